#include "numest/base/thread_pool.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "numest/base/error.h"

namespace numest {
namespace {

using Pieces = std::set<std::pair<int64_t, int64_t>>;

class ThreadPool : public testing::Test {
 protected:
  void TearDown() override { set_num_threads(before_); }
  const int before_ = num_threads();
};

Pieces pieces_of(int64_t size, int64_t grain) {
  std::mutex mutex;
  Pieces out;
  parallel_for(size, grain, [&](int64_t begin, int64_t end) {
    const std::lock_guard lock(mutex);
    out.emplace(begin, end);
  });
  return out;
}

TEST_F(ThreadPool, SplitDependsOnSizeAndGrainOnly) {
  const Pieces expected = {{0, 4}, {4, 8}, {8, 10}};
  for (const int threads : {1, 2, 3, 8}) {
    set_num_threads(threads);
    EXPECT_EQ(num_threads(), threads);
    EXPECT_EQ(pieces_of(10, 4), expected);
  }
  EXPECT_EQ(pieces_of(0, 4), Pieces{});
  EXPECT_EQ(pieces_of(3, 4), (Pieces{{0, 3}}));
  EXPECT_EQ(pieces_of(4, 4), (Pieces{{0, 4}}));
}

TEST_F(ThreadPool, RunsEveryElementOnceInManyLoops) {
  set_num_threads(4);
  for (int round = 0; round < 500; ++round) {
    std::vector<int> hits(97);
    parallel_for(97, 5, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) ++hits[size_t(i)];
    });
    ASSERT_EQ(hits, std::vector<int>(97, 1));
  }
}

TEST_F(ThreadPool, RethrowsTheLowestPieceThatFailed) {
  set_num_threads(4);
  for (int round = 0; round < 100; ++round) {
    try {
      parallel_for(64, 1, [](int64_t begin, int64_t) {
        if (begin >= 7) throw std::runtime_error(std::to_string(begin));
      });
      FAIL();
    } catch (const std::runtime_error& e) {
      EXPECT_STREQ(e.what(), "7");
    }
  }
  EXPECT_EQ(pieces_of(2, 1).size(), 2u);  // the pool goes on
}

TEST_F(ThreadPool, NestedLoopsRunInlineWithTheSameSplit) {
  set_num_threads(3);
  std::atomic<int> inner{0};
  parallel_for(6, 1, [&](int64_t, int64_t) {
    const auto self = std::this_thread::get_id();
    parallel_for(10, 3, [&](int64_t, int64_t) {
      EXPECT_EQ(std::this_thread::get_id(), self);
      ++inner;
    });
  });
  EXPECT_EQ(inner, 24);
}

TEST_F(ThreadPool, SeveralThreadsMayCallAtOnce) {
  set_num_threads(3);
  std::atomic<int64_t> sum{0};
  {
    std::vector<std::jthread> callers;
    for (int t = 0; t < 4; ++t)
      callers.push_back(start_thread("caller", [&](std::stop_token) {
        for (int i = 0; i < 100; ++i)
          parallel_for(10, 1, [&](int64_t begin, int64_t) { sum += begin; });
      }));
  }
  EXPECT_EQ(sum, 4 * 100 * 45);
}

TEST_F(ThreadPool, RefusesLessThanOneThread) {
  EXPECT_THROW(set_num_threads(0), ValueError);
  set_num_threads(2);
  EXPECT_THROW(parallel_for(2, 1, [](int64_t, int64_t) { set_num_threads(1); }),
               ValueError);
}

TEST_F(ThreadPool, WorksInAForkedChild) {
  set_num_threads(2);
  pieces_of(8, 1);
  const pid_t child = fork();
  if (child == 0) _exit(pieces_of(8, 1).size() == 8 ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(StartThread, StopsAndJoinsOnDestruction) {
  std::atomic<bool> ended{false};
  {
    const std::jthread thread =
        start_thread("a name longer than Linux allows", [&](std::stop_token s) {
          while (!s.stop_requested()) std::this_thread::yield();
          ended = true;
        });
  }
  EXPECT_TRUE(ended);
}

TEST_F(ThreadPool, InlineLoopsStayOnTheirThreadUntilTheyEnd) {
  set_num_threads(2);
  const auto num_helped = [] {
    std::atomic<int> others{0}, arrived{0};
    const std::thread::id self = std::this_thread::get_id();
    parallel_for(2, 1, [&](int64_t, int64_t) {
      // Two pieces at once need two threads; alone, the first gives up.
      ++arrived;
      for (int i = 0; i < 2000 && arrived < 2; ++i) std::this_thread::yield();
      others += std::this_thread::get_id() != self;
    });
    return others.load();
  };
  {
    const InlineLoops inner(true);
    const InlineLoops nested(false);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(num_helped(), 0);
  }
  int helped = 0;
  for (int i = 0; i < 1000 && helped == 0; ++i) helped += num_helped();
  EXPECT_GT(helped, 0);
}

}  // namespace
}  // namespace numest
