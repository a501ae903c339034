// Every operation on the files of a training run fails once: what was saved
// stays, the error says what to do, and training goes on to the same weights.
// A short run takes each position with one fault in turn, NUMEST_SOAK all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <system_error>

#include "numest/base/error.h"
#include "numest/base/file_faults_for_test.h"
#include "numest/base/soak_for_test.h"
#include "numest/estimator/training_for_test.h"

namespace numest::estimator {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr Fault kFaults[] = {Fault::kNoSpace,  Fault::kBadDisk,
                             Fault::kCutShort, Fault::kInterrupted,
                             Fault::kFullDisk, Fault::kLostDisk};

bool is_harmless(Fault fault) {
  return fault == Fault::kCutShort || fault == Fault::kInterrupted;
}

class FileFaultsTest : public testing::Test {
 protected:
  // Positions from 0 until no operation is left.
  void at_every_operation(bool is_resumed) {
    const int64_t num_faults = std::size(kFaults);
    int64_t position = 0;
    const int64_t stride = sanitizer_share() == 1 ? 1 : 13;
    for (bool was_met = true; was_met && !HasFailure(); position += stride) {
      was_met = false;
      for (int64_t i = 0; i < 2 * num_faults; ++i)
        if (is_soak() || i == position % (2 * num_faults))
          was_met |= meets(kFaults[i / 2], position, i % 2, is_resumed);
    }
    EXPECT_GT(position, 100);  // else the faults were not asked for
  }

  const Silence silence_;
  const std::map<int64_t, Values> by_step_ = undisturbed();

 private:
  // A run that meets the fault; false if it ended before.
  bool meets(Fault fault, int64_t position, bool in_same_process,
             bool is_resumed) {
    SCOPED_TRACE(fmt::format("fault {} at operation {}", int(fault), position));
    const TemporaryDirectory folder;
    const std::string model_dir = join_path(folder.path(), "model");
    if (is_resumed) fail_at_step_6(model_dir);
    DNNClassifier model(training_options(model_dir));
    FaultPlan plan(fault, position, model_dir);
    const std::string error = error_of_training(model, plan);
    if (!plan.was_reached()) return false;
    expect_clear(error, fault, plan);
    expect_old_state(model_dir);
    DNNClassifier other(training_options(model_dir));
    Estimator& next = in_same_process ? model : other;
    train_to_the_end(next);
    expect_same_bits(values_of(latest_checkpoint(model_dir)),
                     by_step_.at(kTrainingSteps));
    expect_nothing_is_left_over(next);
    return true;
  }

  static std::map<int64_t, Values> undisturbed() {
    const TemporaryDirectory folder;
    train_undisturbed(folder.path());
    return values_by_step(folder.path());
  }

  static void fail_at_step_6(const std::string& model_dir) {
    DNNClassifier model(training_options(model_dir));
    FaultPlan plan(Fault::kBadDisk, 0,
                   join_path(model_dir, "model.ckpt-6.pos"));
    EXPECT_NE(error_of_training(model, plan), "");
    EXPECT_EQ(checkpoint_step(latest_checkpoint(model_dir)), 3);
  }

  static std::string error_of_training(Estimator& model, FaultPlan& plan) {
    const FaultScope scope(plan);
    try {
      train_to_the_end(model);
    } catch (const UserError& error) {
      EXPECT_EQ(error.code(), ErrorCode::kOSError) << error.what();
      return error.what();
    }
    return "";
  }

  // The file by the name that users know, what failed, why, what to do.
  static void expect_clear(const std::string& error, Fault fault,
                           const FaultPlan& plan) {
    if (is_harmless(fault) || plan.failed_path().empty()) {
      EXPECT_EQ(error, "");
      return;
    }
    // Old files that cannot be removed are told in the log.
    const bool is_remove = plan.failed_operation() == FileOperation::kRemove;
    if (error.empty() && is_remove) return;
    const std::string path = plan.failed_path();
    if (!is_remove) {
      EXPECT_THAT(error, HasSubstr(path.substr(0, path.find(".tmp-"))));
      EXPECT_THAT(error, HasSubstr(name(plan.failed_operation())));
    }
    EXPECT_THAT(error, AnyOf(HasSubstr("No space left on device; free space"),
                             HasSubstr("Input/output error; check the disk")));
    EXPECT_THAT(error, Not(HasSubstr(".tmp-")));
  }

  void expect_old_state(const std::string& model_dir) const {
    const std::string prefix = latest_checkpoint(model_dir);
    if (prefix.empty()) {
      EXPECT_FALSE(read_checkpoint_state(model_dir));
      return;
    }
    expect_same_bits(values_of(prefix), by_step_.at(checkpoint_step(prefix)));
  }
};

TEST_F(FileFaultsTest, LoseNothingInANewRun) {
  ASSERT_EQ(by_step_.size(), 5u);
  at_every_operation(false);
}

TEST_F(FileFaultsTest, LoseNothingInAResumedRun) { at_every_operation(true); }

}  // namespace
}  // namespace numest::estimator
