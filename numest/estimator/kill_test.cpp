// Training in processes that are killed, at random operations on files and
// after random times: what they leave loads, and the last of them ends with
// the bits of a run that was left alone.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>

#include "numest/base/file_faults_for_test.h"
#include "numest/base/random.h"
#include "numest/base/soak_for_test.h"
#include "numest/estimator/training_for_test.h"

namespace numest::estimator {
namespace {

// The child ends without the tests' own cleaning up.
pid_t start_process(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    body();
  } catch (const std::exception& error) {
    fmt::print(stderr, "the child failed: {}\n", error.what());
    ::_exit(1);
  }
  ::_exit(testing::Test::HasFailure() ? 1 : 0);
}

// True if it ended by itself, false if it was killed.
bool wait_for_end(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status)) {
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
    return false;
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
  return true;
}

void train_in(const std::string& model_dir) {
  DNNClassifier model(training_options(model_dir));
  train_to_the_end(model);
}

class Kill : public testing::Test {
 protected:
  // `run` starts a process in the folder and tells whether it ended.
  void kill_often(int64_t num_kills,
                  const std::function<bool(const std::string&)>& run) {
    while (num_kills_ < num_kills && !HasFailure()) {
      const TemporaryDirectory folder;
      const std::string model_dir = join_path(folder.path(), "model");
      int kills_here = 0;
      while (!run(model_dir) && !HasFailure()) {
        ++num_kills_;
        expect_intact(model_dir);
        // Now and then one has to come through.
        if (++kills_here == 8)
          wait_for_end(start_process([&] { train_in(model_dir); }));
      }
      expect_same_bits(values_of(latest_checkpoint(model_dir)),
                       by_step_.at(kTrainingSteps));
      EXPECT_TRUE(wait_for_end(start_process([&] {
        DNNClassifier model(training_options(model_dir));
        expect_nothing_is_left_over(model);
      })));
    }
  }

  uint64_t below(uint64_t bound) { return random_.next_below(bound); }

  std::map<int64_t, int> steps_seen_;

 private:
  void expect_intact(const std::string& model_dir) {
    const std::string prefix = latest_checkpoint(model_dir);
    if (prefix.empty()) {
      EXPECT_FALSE(file_exists(join_path(model_dir, "checkpoint")));
      return;
    }
    const int64_t step = checkpoint_step(prefix);
    ++steps_seen_[step];
    expect_same_bits(values_of(prefix), by_step_.at(step));
  }

  // Made in a process of its own: children then start as clean as this one.
  static std::map<int64_t, Values> values_of_another_process() {
    const TemporaryDirectory folder;
    EXPECT_TRUE(
        wait_for_end(start_process([&] { train_undisturbed(folder.path()); })));
    return values_by_step(folder.path());
  }

  const Silence silence_;
  const std::map<int64_t, Values> by_step_ = values_of_another_process();
  Stream random_{Key{17}};
  int64_t num_kills_ = 0;
};

TEST_F(Kill, AtAnyFileOperationLosesNothing) {
  kill_often(rounds(200, 1000), [&](const std::string& model_dir) {
    const auto position = int64_t(below(120));
    return wait_for_end(start_process([&] {
      FaultPlan plan(Fault::kKill, position, model_dir);
      const FaultScope scope(plan);
      train_in(model_dir);
    }));
  });
  EXPECT_GE(steps_seen_.size(), 4u);
}

TEST_F(Kill, AtAnyTimeLosesNothing) {
  // Moments of a run as long as runs take here.
  const auto start = std::chrono::steady_clock::now();
  {
    const TemporaryDirectory folder;
    EXPECT_TRUE(wait_for_end(start_process([&] { train_in(folder.path()); })));
  }
  const std::chrono::duration<double, std::micro> took =
      std::chrono::steady_clock::now() - start;
  kill_often(rounds(200, 1000), [&](const std::string& model_dir) {
    const pid_t child = start_process([&] { train_in(model_dir); });
    ::usleep(useconds_t(below(uint64_t(took.count()))));
    ::kill(child, SIGKILL);
    return wait_for_end(child);
  });
}

}  // namespace
}  // namespace numest::estimator
