// Writers on a file system that fails at every one of their operations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/base/file_faults_for_test.h"

namespace numest {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Fault kFaults[] = {Fault::kNoSpace,     Fault::kBadDisk,
                             Fault::kInterrupted, Fault::kCutShort,
                             Fault::kFullDisk,    Fault::kLostDisk};

class FileFaultsTest : public testing::Test {
 protected:
  std::string at(std::string_view name) { return join_path(dir_.path(), name); }

  // Runs `work` once per fault and position, until positions end.
  template <class Work, class Check>
  void at_every_operation(Work work, Check check) {
    for (const Fault fault : kFaults)
      for (int64_t position = 0;; ++position) {
        SCOPED_TRACE(fmt::format("fault {} at {}", int(fault), position));
        FaultPlan plan(fault, position, dir_.path());
        const std::string error = error_of(work, plan);
        if (!plan.was_reached()) break;
        check(error, plan);
      }
  }

  TemporaryDirectory dir_;

 private:
  template <class Work>
  static std::string error_of(Work work, FaultPlan& plan) {
    const FaultScope scope(plan);
    try {
      work();
    } catch (const OSError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(FileFaultsTest, LeaveTheOldFileOrTheNewOne) {
  const std::string old(3 << 20, 'o'), fresh(2 << 20, 'n');
  write_file_atomically(at("x"), old);
  at_every_operation(
      [&] {
        FileWriter writer(at("x"));
        writer.append(fresh.substr(0, 100));
        writer.append(fresh.substr(100));
        writer.commit();
      },
      [&](const std::string& error, const FaultPlan& plan) {
        const std::string found = read_file(at("x"));
        EXPECT_EQ(error.empty(), plan.failed_path().empty());
        EXPECT_TRUE(found == fresh || (!error.empty() && found == old));
        EXPECT_THAT(error, AnyOf("", HasSubstr(dir_.path())));
        remove_stale_temporaries(dir_.path());
        EXPECT_THAT(list_directory(dir_.path()), ElementsAre("x"));
        write_file_atomically(at("x"), old);
      });
}

TEST_F(FileFaultsTest, LeaveWholeAppends) {
  std::string expected;
  at_every_operation(
      [&] {
        if (file_exists(at("log"))) remove_file(at("log"));
        expected.clear();
        const auto log = FileAppender::create_new(at("log"));
        for (const char c : {'a', 'b', 'c'}) {
          const std::string line(5000, c);
          expected += line;
          try {
            log->append(line);
          } catch (const OSError&) {
            EXPECT_EQ(file_size(at("log")) % 5000, 0);
          }
        }
        log->close();
      },
      [&](const std::string& error, const FaultPlan&) {
        if (!file_exists(at("log"))) return;
        const std::string found = read_file(at("log"));
        EXPECT_TRUE(expected.starts_with(found));
        EXPECT_EQ(found.size() % 5000, 0u);
        EXPECT_TRUE(found.size() == 15000 || !error.empty());
      });
}

TEST_F(FileFaultsTest, OfReadingGiveTheWholeFileOrAnError) {
  const std::string contents(100'000, 'x');
  write_file_atomically(at("x"), contents);
  std::string found;
  int num_errors = 0;
  at_every_operation(
      [&] {
        found = read_file(at("x"));
        MappedFile::open(at("x"));
      },
      [&](const std::string& error, const FaultPlan& plan) {
        EXPECT_EQ(error.empty(), plan.failed_path().empty());
        EXPECT_TRUE(!error.empty() || found == contents);
        num_errors += !error.empty();
      });
  EXPECT_GT(num_errors, 4);
}

TEST_F(FileFaultsTest, NameFileOperationReasonAndRemedy) {
  FaultPlan plan(Fault::kNoSpace, 1, dir_.path());
  const FaultScope scope(plan);
  try {
    write_file_atomically(at("x"), "abc");
    FAIL() << "the fault was not asked for";
  } catch (const OSError& error) {
    EXPECT_EQ(error.what(),
              "write " + at("x") +
                  ": No space left on device; free space on its disk, or use "
                  "another folder");
  }
}

TEST_F(FileFaultsTest, EndWithTheirScope) {
  FaultPlan plan(Fault::kLostDisk, 0, dir_.path());
  {
    const FaultScope scope(plan);
    EXPECT_THROW(write_file_atomically(at("x"), ""), OSError);
  }
  write_file_atomically(at("x"), "");
}

}  // namespace
}  // namespace numest
