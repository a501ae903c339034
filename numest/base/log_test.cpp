#include "numest/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace numest {
namespace {

class Log : public testing::Test {
 protected:
  void TearDown() override {
    set_log_sink({});
    set_log_level(LogLevel::kInfo);
  }
};

TEST_F(Log, WritesOneLineWithLevelAndName) {
  testing::internal::CaptureStderr();
  log_info("step {}", 3);
  log_warning("slow");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "INFO:numest: step 3\nWARNING:numest: slow\n");
}

TEST_F(Log, DropsLinesBelowTheLevel) {
  std::vector<std::string> lines;
  set_log_sink([&](LogLevel, std::string_view t) { lines.emplace_back(t); });
  set_log_level(LogLevel::kWarning);
  log_info("no");
  log_warning("yes");
  EXPECT_THAT(lines, testing::ElementsAre("yes"));
}

TEST_F(Log, SinkMayLogItself) {
  int depth = 0;
  set_log_sink([&](LogLevel, std::string_view) {
    if (++depth < 3) log_info("again");
  });
  log_info("first");
  EXPECT_EQ(depth, 3);
}

}  // namespace
}  // namespace numest
