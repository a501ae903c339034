#include "numest/runtime/step_sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace numest {
namespace {

using testing::ElementsAre;

const StepList kNoSteps;

// Which of `num_runs` are timed if a timed one takes `nanoseconds`.
std::vector<int64_t> timed_runs(int64_t every, int64_t num_runs,
                                size_t num_steps, int64_t nanoseconds) {
  StepSampler sampler(kNoSteps, every);
  SampledRuns runs(&sampler);
  std::vector<int64_t> timed;
  for (int64_t run = 0; run < num_runs; ++run) {
    if (!runs.starts_timed()) continue;
    timed.push_back(run);
    runs.end_timed(num_steps, nanoseconds);
  }
  return timed;
}

TEST(SampledRuns, OfLongRunsAreEachSixteenth) {
  const std::vector<int64_t> timed = timed_runs(16, 1000, 50, 10'000'000);
  ASSERT_EQ(timed.size(), 63u);
  for (size_t i = 0; i < timed.size(); ++i) EXPECT_EQ(timed[i], 16 * i);
}

TEST(SampledRuns, OfShortRunsAreFewAfterTheFirstEight) {
  // Timing 10 steps costs some 0.8 us; the run itself takes 0.2 us.
  const std::vector<int64_t> timed = timed_runs(16, 2000, 10, 1000);
  EXPECT_THAT(timed, ElementsAre(0, 16, 32, 48, 64, 80, 96, 112, 912, 1712));
}

TEST(SampledRuns, AreAllRunsIfAllAreWanted) {
  EXPECT_EQ(timed_runs(1, 100, 10, 100).size(), 100u);
}

TEST(SampledRuns, AreNoneWithoutASampler) {
  SampledRuns runs(nullptr);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(runs.starts_timed());
}

TEST(StepSampler, ExtrapolatesToRunsOfFramesThatAreThereAndGone) {
  const OpDef* op = &parameter_op();
  StepList list;
  list.steps.emplace_back().op = op;
  StepSampler sampler(list, 10);
  SampledRuns stays(&sampler);
  std::optional<SampledRuns> goes(std::in_place, &sampler);
  for (int run = 0; run < 30; ++run)
    for (SampledRuns* runs : {&stays, &*goes}) {
      if (!runs->starts_timed()) continue;
      sampler.add(0, 50, 7);
      runs->end_timed(1, 1'000'000);
    }
  goes.reset();
  const std::vector<ProfileRow> rows = sampler.rows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].calls, 60);
  EXPECT_EQ(rows[0].nanoseconds, 60 * 50);
  EXPECT_EQ(rows[0].num_bytes, 60 * 7);
}

}  // namespace
}  // namespace numest
