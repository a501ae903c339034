#include "numest/estimator/progress.h"

#include <gtest/gtest.h>

namespace numest::estimator {
namespace {

TEST(Plan, NamesRowsStepsAndEpochs) {
  EXPECT_EQ(plan_text({{60000, 469, 5}, 0, 2344}),
            "60,000 rows, 469 steps per epoch, 5 epochs, 2,344 steps");
  EXPECT_EQ(plan_text({{1, 1, 1}, 0, 1}),
            "1 row, 1 step per epoch, 1 epoch, 1 step");
}

TEST(Plan, SaysWhatIsNotKnown) {
  EXPECT_EQ(plan_text({{-2, -2, 1}, 0, {}}), "until the data ends");
  EXPECT_EQ(plan_text({{-2, -2, 1}, 0, 1234567}), "1,234,567 steps");
  EXPECT_EQ(plan_text({{100, 4, -1}, 0, 1000}),
            "100 rows, 4 steps per epoch, endless epochs, 1,000 steps");
}

TEST(Plan, OfAContinuedRunCountsWhatIsLeft) {
  EXPECT_EQ(plan_text({{100, 4, 3}, 5, 12}),
            "100 rows, 4 steps per epoch, 3 epochs, 7 steps from step 5");
}

TEST(Progress, HasLossRateAndTimeLeft) {
  const Plan plan{{100, 4, 3}, 0, 1200};
  EXPECT_EQ(progress_text(plan, {300, 0.5, 38400, 10}),
            "step 300 of 1,200: loss 0.5000, 3,840 examples/s, 30 s left");
  EXPECT_EQ(progress_text(plan, {1, 2, 128, 1}),
            "step 1 of 1,200: loss 2.0000, 128 examples/s, 19 min 59 s left");
  EXPECT_EQ(progress_text(plan, {1, 2, 128, 9}),
            "step 1 of 1,200: loss 2.0000, 14 examples/s, 2 h 59 min left");
}

TEST(Progress, CountsTimeLeftFromTheFirstStepOfThisRun) {
  EXPECT_EQ(progress_text({{100, 4, 3}, 1000, 1200}, {1100, 1, 10, 10}),
            "step 1,100 of 1,200: loss 1.0000, 1 examples/s, 10 s left");
}

TEST(Progress, OfTheLastStepSaysHowLongItTook) {
  EXPECT_EQ(progress_text({{100, 4, 3}, 0, 12}, {12, 0.25, 300, 1.5}),
            "step 12 of 12: loss 0.2500, 200 examples/s, took 1.5 s");
}

TEST(Progress, WithoutAnEndHasNoTimeLeft) {
  EXPECT_EQ(progress_text({{-2, -2, 1}, 0, {}}, {7, 1, 70, 7}),
            "step 7: loss 1.0000, 10 examples/s");
}

}  // namespace
}  // namespace numest::estimator
