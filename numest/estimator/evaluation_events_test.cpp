#include "numest/estimator/evaluation_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "numest/base/counters.h"
#include "numest/base/file_faults_for_test.h"

namespace numest::estimator {
namespace {

using testing::ElementsAre;

class EvaluationEventsTest : public testing::Test {
 protected:
  void write(EvaluationEvents& events, int64_t step) const {
    events.write(eval_, {{"loss", Array::scalar(float(step))},
                         {"global_step", Array::scalar(step)}});
  }

  // Steps of the scalars in each file of the folder.
  std::vector<std::vector<int64_t>> steps() const {
    std::vector<std::vector<int64_t>> all;
    for (const std::string& path : list_event_files(eval_)) {
      all.emplace_back();
      for (const Event& event : read_events(path))
        if (!event.values.empty()) all.back().push_back(event.step);
    }
    return all;
  }

  const TemporaryDirectory folder_;
  const std::string eval_ = join_path(folder_.path(), "eval");
};

TEST_F(EvaluationEventsTest, AreReadableAtOnceAndOpenOneFile) {
  EvaluationEvents events;
  const int64_t before = counter_value(Counter::file_opens);
  write(events, 1);
  EXPECT_THAT(steps(), ElementsAre(ElementsAre(1)));
  const int64_t read = counter_value(Counter::file_opens);
  write(events, 2);
  write(events, 3);
  EXPECT_EQ(counter_value(Counter::file_opens), read);
  EXPECT_EQ(read - before, 2);  // one to write, one to read
  EXPECT_THAT(steps(), ElementsAre(ElementsAre(1, 2, 3)));
}

TEST_F(EvaluationEventsTest, OfTwoObjectsAreFilesOfTheirOwn) {
  EvaluationEvents one, other;
  write(one, 1);
  write(other, 2);
  write(one, 3);
  EXPECT_THAT(steps(),
              testing::UnorderedElementsAre(ElementsAre(1, 3), ElementsAre(2)));
}

TEST_F(EvaluationEventsTest, OfAForkedProcessAreInAFileOfItsOwn) {
  EvaluationEvents events;
  write(events, 1);
  const pid_t child = fork();
  if (child == 0) {
    write(events, 2);
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  write(events, 3);
  EXPECT_THAT(steps(),
              testing::UnorderedElementsAre(ElementsAre(1, 3), ElementsAre(2)));
}

TEST_F(EvaluationEventsTest, GoOnInANewFileWhenTheFolderWasRemoved) {
  EvaluationEvents events;
  write(events, 1);
  std::filesystem::remove_all(eval_);
  write(events, 2);
  EXPECT_THAT(steps(), ElementsAre(ElementsAre(2)));
}

TEST_F(EvaluationEventsTest, KeepFewFilesOpen) {
  EvaluationEvents events;
  const auto num_open = [] {
    return int64_t(list_directory("/proc/self/fd").size());
  };
  const int64_t before = num_open();
  for (int i = 0; i < 50; ++i)
    events.write(join_path(folder_.path(), std::to_string(i)),
                 {{"global_step", Array::scalar(int64_t{1})}});
  EXPECT_LE(num_open() - before, 4);
}

TEST_F(EvaluationEventsTest, ThatCouldNotBeWrittenDoNotFollowLater) {
  EvaluationEvents events;
  write(events, 1);
  {
    FaultPlan plan(Fault::kFullDisk, 0, eval_);
    const FaultScope scope(plan);
    EXPECT_THROW(write(events, 2), OSError);
  }
  write(events, 3);
  EXPECT_THAT(steps(),
              testing::UnorderedElementsAre(ElementsAre(1), ElementsAre(3)));
}

}  // namespace
}  // namespace numest::estimator
