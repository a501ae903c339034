// The recorded state file of an estimator is the oracle.
#include "numest/formats/checkpoint_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/base/log.h"
#include "numest/formats/checkpoint.h"

namespace numest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CheckpointStateFile : public testing::Test {
 protected:
  void SetUp() override {
    set_log_sink([this](LogLevel, std::string_view text) { log_ += text; });
  }
  void TearDown() override { set_log_sink(nullptr); }
  void write_state(std::string_view text) {
    write_file_atomically(join_path(dir(), "checkpoint"), text);
  }
  void write_model(const std::string& name) {
    write_checkpoint(join_path(dir(), name), {{"x", Array::scalar(1.0f)}});
  }
  const std::string& dir() const { return folder_.path(); }
  TemporaryDirectory folder_;
  std::string log_;
};

TEST_F(CheckpointStateFile, ReadsWhatTensorFlowWrote) {
  const std::string dir =
      join_path(NUMEST_TEST_DATA, "tf215/4_checkpoints/dnn_v2");
  const auto state = read_checkpoint_state(dir);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->latest, join_path(dir, "model.ckpt-25"));
  EXPECT_THAT(state->paths, ElementsAre(join_path(dir, "model.ckpt-10"),
                                        join_path(dir, "model.ckpt-20"),
                                        join_path(dir, "model.ckpt-25")));
  EXPECT_EQ(latest_checkpoint(dir), state->latest);
  EXPECT_EQ(list_checkpoints(dir), state->paths);
}

TEST_F(CheckpointStateFile, WritesTheTextThatTensorFlowWrites) {
  const std::string dir =
      join_path(NUMEST_TEST_DATA, "tf215/4_checkpoints/dnn_v2");
  CheckpointState state;
  state.latest = join_path(this->dir(), "model.ckpt-25");
  for (const char* step : {"10", "20", "25"})
    state.paths.push_back(
        join_path(this->dir(), std::string("model.ckpt-") + step));
  write_checkpoint_state(this->dir(), state);
  EXPECT_EQ(read_file(join_path(this->dir(), "checkpoint")),
            read_file(join_path(dir, "checkpoint")));
}

TEST_F(CheckpointStateFile, RoundTripsTimesAndForeignPaths) {
  CheckpointState state{"/elsewhere/model \"q\"",
                        {join_path(dir(), "a"), "/elsewhere/model \"q\""},
                        {1.5, 1700000000.25},
                        3.0};
  write_checkpoint_state(dir(), state);
  EXPECT_EQ(read_checkpoint_state(dir()), state);
  state.timestamps.pop_back();
  EXPECT_THROW(write_checkpoint_state(dir(), state), ValueError);
}

TEST_F(CheckpointStateFile, AbsentOrUnreadableMeansNoCheckpoint) {
  EXPECT_EQ(read_checkpoint_state(dir()), std::nullopt);
  EXPECT_EQ(latest_checkpoint(dir()), "");
  EXPECT_EQ(latest_checkpoint(join_path(dir(), "absent")), "");
  write_state("model_checkpoint_path: 12 34 {");
  EXPECT_EQ(read_checkpoint_state(dir()), std::nullopt);
  EXPECT_THAT(log_, HasSubstr("cannot be parsed"));
  write_state("");
  EXPECT_THROW(read_checkpoint_state(dir()), ValueError);
}

TEST_F(CheckpointStateFile, LatestNeedsItsIndex) {
  write_state("model_checkpoint_path: 'model.ckpt'  future_field: 3");
  EXPECT_EQ(latest_checkpoint(dir()), "");
  EXPECT_THAT(log_, HasSubstr("does not exist"));
  write_model("model.ckpt");
  EXPECT_EQ(latest_checkpoint(dir()), join_path(dir(), "model.ckpt"));
}

TEST_F(CheckpointStateFile, ListsByStepNotByName) {
  for (const char* name : {"model.ckpt-9", "model.ckpt-10", "model.ckpt"})
    write_model(name);
  EXPECT_THAT(list_checkpoints(dir()),
              ElementsAre(join_path(dir(), "model.ckpt"),
                          join_path(dir(), "model.ckpt-9"),
                          join_path(dir(), "model.ckpt-10")));
  EXPECT_EQ(checkpoint_step("a/model.ckpt-123"), 123);
  EXPECT_EQ(checkpoint_step("a/model.ckpt-12x"), -1);
}

}  // namespace
}  // namespace numest
