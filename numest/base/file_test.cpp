#include "numest/base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "numest/base/counters.h"
#include "numest/base/error.h"

namespace numest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class File : public testing::Test {
 protected:
  std::string at(std::string_view name) { return join_path(dir_.path(), name); }
  TemporaryDirectory dir_;
};

TEST_F(File, ReadsBackWhatWasWrittenAtomically) {
  const std::string bytes("a\0b", 3);
  write_file_atomically(at("x"), bytes);
  write_file_atomically(at("x"), bytes + bytes);
  EXPECT_EQ(read_file(at("x")), bytes + bytes);
  EXPECT_EQ(file_size(at("x")), 6);
  EXPECT_GT(modification_time_ns(at("x")), 0);
  EXPECT_EQ(modification_time_ns(at("none")), 0);
  EXPECT_THAT(list_directory(dir_.path()), ElementsAre("x"));
}

TEST_F(File, WriterShowsTheNameAtCommitOnly) {
  {
    FileWriter writer(at("x"));
    writer.append("abc");
    writer.append(std::string(3 << 20, 'z'));
    writer.append("end");
    EXPECT_EQ(writer.position(), 6u + (3u << 20));
    EXPECT_FALSE(file_exists(at("x")));
    writer.commit();
  }
  EXPECT_EQ(read_file(at("x")), "abc" + std::string(3 << 20, 'z') + "end");
}

TEST_F(File, WriterWithoutCommitLeavesNothing) {
  {
    FileWriter writer(at("x"));
    writer.append("abc");
  }
  EXPECT_TRUE(list_directory(dir_.path()).empty());
}

TEST_F(File, MapsTheWholeFile) {
  write_file_atomically(at("x"), "hello");
  write_file_atomically(at("empty"), "");
  const auto map = MappedFile::open(at("x"));
  remove_file(at("x"));
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(map->bytes().data()),
                             map->bytes().size()),
            "hello");
  EXPECT_TRUE(MappedFile::open(at("empty"))->bytes().empty());
  EXPECT_EQ(read_file(at("empty")), "");
}

TEST_F(File, MakesListsAndRenames) {
  make_directories(at("a/b/c"));
  make_directories(at("a/b/c"));
  EXPECT_TRUE(is_directory(at("a/b")));
  write_file_atomically(at("a/z"), "");
  rename_file(at("a/z"), at("a/y"));
  EXPECT_THAT(list_directory(at("a")), ElementsAre("b", "y"));
}

TEST_F(File, FailuresNameThePath) {
  const std::string none = at("none");
  EXPECT_THROW(read_file(none), NotFoundError);
  EXPECT_THROW(MappedFile::open(none), NotFoundError);
  EXPECT_THROW(list_directory(none), NotFoundError);
  EXPECT_THROW(file_size(none), NotFoundError);
  EXPECT_THROW(remove_file(none), NotFoundError);
  EXPECT_THROW(FileWriter(at("none/x")), NotFoundError);
  EXPECT_THROW(read_file(dir_.path()), OSError);
  EXPECT_THROW(MappedFile::open(dir_.path()), OSError);
  write_file_atomically(at("x"), "");
  EXPECT_THROW(make_directories(at("x/y")), OSError);
  try {
    read_file(none);
  } catch (const NotFoundError& e) {
    EXPECT_THAT(e.what(), HasSubstr(none));
  }
}

TEST_F(File, OpensAreCounted) {
  const int64_t before = counter_value(Counter::file_opens);
  write_file_atomically(at("x"), "a");
  read_file(at("x"));
  MappedFile::open(at("x"));
  EXPECT_EQ(counter_value(Counter::file_opens) - before, 3);
}

TEST_F(File, TemporariesThatNobodyWritesAreRemoved) {
  const std::string gone = at("x.tmp-999999999-0");
  const std::string ours = at(fmt::format("x.tmp-{}-0", ::getpid()));
  const std::string parent = at(fmt::format("x.tmp-{}-0", ::getppid()));
  const std::string other = at("x.tmp-notes");
  for (const auto& path : {gone, ours, parent, other})
    write_file_atomically(path, "");
  {
    const FileWriter writer(at("y"));
    remove_stale_temporaries(dir_.path());
    EXPECT_EQ(list_directory(dir_.path()).size(), 4u);
  }
  EXPECT_FALSE(file_exists(gone));
  remove_stale_temporaries(dir_.path());
  EXPECT_FALSE(file_exists(ours));
  EXPECT_TRUE(file_exists(parent));
  EXPECT_TRUE(file_exists(other));
}

TEST_F(File, WritesOverATemporaryOfTheSameProcessNumber) {
  const auto left_over = [&](int64_t number) {
    return at(fmt::format("x.tmp-{}-{}", ::getpid(), number));
  };
  for (int64_t i = 0; i < 1000; ++i)
    std::ofstream(left_over(i)) << "long contents";
  write_file_atomically(at("x"), "short");
  EXPECT_EQ(read_file(at("x")), "short");
}

TEST(JoinPath, PutsOneSlashBetween) {
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("", "b"), "b");
  EXPECT_EQ(join_path("a", "/b"), "/b");
}

TEST(TemporaryDirectory, IsRemovedWithItsContents) {
  std::string path;
  {
    const TemporaryDirectory dir;
    path = dir.path();
    make_directories(join_path(path, "a/b"));
  }
  EXPECT_FALSE(file_exists(path));
}

}  // namespace
}  // namespace numest
