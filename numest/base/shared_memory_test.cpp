#include "numest/base/shared_memory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

namespace numest {
namespace {

// Runs `body` in a fork and returns its exit status.
int in_child(const std::function<int()>& body) {
  const pid_t pid = fork();
  if (pid == 0) _exit(body());
  int status = -1;
  waitpid(pid, &status, 0);
  return WEXITSTATUS(status);
}

TEST(SharedMemory, ChildSeesWhatTheParentWroteAndTheOtherWayRound) {
  SharedMemory memory;
  std::strcpy(reinterpret_cast<char*>(memory.data()), "parent");
  const int status = in_child([&] {
    char* text = reinterpret_cast<char*>(memory.data());
    const bool is_seen = std::string_view(text) == "parent";
    std::strcpy(text, "child");
    return is_seen ? 0 : 1;
  });
  EXPECT_EQ(status, 0);
  EXPECT_STREQ(reinterpret_cast<char*>(memory.data()), "child");
}

TEST(SharedMemory, GrowthKeepsContentsAndIsFollowed) {
  SharedMemory memory;
  memory.data()[0] = std::byte{7};
  const int status = in_child([&] {
    memory.reserve(1 << 20);
    memory.data()[(1 << 20) - 1] = std::byte{8};
    return memory.data()[0] == std::byte{7} ? 0 : 1;
  });
  EXPECT_EQ(status, 0);
  memory.follow(1 << 20);
  EXPECT_EQ(memory.size(), size_t{1} << 20);
  EXPECT_EQ(memory.data()[0], std::byte{7});
  EXPECT_EQ(memory.data()[(1 << 20) - 1], std::byte{8});
}

TEST(SharedMemory, SmallerSizesChangeNothing) {
  SharedMemory memory;
  const std::byte* before = memory.data();
  memory.reserve(1);
  memory.follow(0);
  EXPECT_EQ(memory.data(), before);
}

TEST(SharedMemory, AMappingThatIsHeldOutlivesGrowth) {
  SharedMemory memory;
  const std::shared_ptr<Mapping> held = memory.mapping();
  held->data()[0] = std::byte{3};
  memory.reserve(2 * memory.size());
  EXPECT_NE(held, memory.mapping());
  EXPECT_EQ(held->data()[0], std::byte{3});
}

}  // namespace
}  // namespace numest
