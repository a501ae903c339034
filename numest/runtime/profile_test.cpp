#include "numest/runtime/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/graph/evaluate.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"
#include "numest/runtime/executable.h"

namespace numest {
namespace {

using testing::HasSubstr;

Array ones(const Shape& shape) {
  Array a(DType::kFloat32, shape);
  for (float& v : a.span<float>()) v = 1;
  return a;
}

Graph product_and_sum() {
  const LocationScope scope("model.py:7");
  const Tensor x = parameter({DType::kFloat32, {fresh_extent(), 30}});
  const Tensor w = parameter({DType::kFloat32, {30, 40}});
  return {"f", {x, w}, {sum(matmul(x, w))}};
}

const ProfiledCall& call_of(const Profile& profile, const std::string& name) {
  for (const ProfiledCall& call : profile.calls())
    if (call.name == name) return call;
  throw std::runtime_error("no call " + name);
}

const ProfiledSpan& kernel(const ProfiledCall& call, const std::string& name) {
  for (const ProfiledSpan& s : call.spans)
    if (s.label.kind == SpanKind::kKernel && s.label.name == name) return s;
  throw std::runtime_error("no kernel " + name);
}

TEST(Profile, CountsCallsBytesAndOperationsOfEachNode) {
  const Executable program = compile(product_and_sum());
  const std::vector<Array> inputs{ones({20, 30}), ones({30, 40})};
  Profile profile;
  for (int i = 0; i < 5; ++i) program.run(inputs);
  profile.stop();
  const ProfiledCall& call = call_of(profile, "f");
  EXPECT_EQ(call.calls, 5);
  const ProfiledSpan& product = kernel(call, "matmul");
  EXPECT_EQ(product.calls, 5);
  EXPECT_EQ(product.label.location, "model.py:7");
  EXPECT_EQ(product.label.program, "f");
  EXPECT_EQ(product.work.num_flops, 5 * 2 * 20 * 30 * 40);
  EXPECT_EQ(product.work.num_bytes, 5 * 4 * (20 * 30 + 30 * 40 + 20 * 40));
  EXPECT_EQ(kernel(call, "sum").work.num_flops, 5 * 20 * 40);
}

TEST(Profile, RatesAndSharesFollowFromTheOtherFigures) {
  const Executable program = compile(product_and_sum());
  Profile profile;
  program.run(std::vector<Array>{ones({20, 30}), ones({30, 40})});
  profile.stop();
  const MachineLimits limits = profile.limits();
  EXPECT_GT(limits.gb_per_s, 0);
  EXPECT_GT(limits.gflop_per_s, 0);
  double own_us = 0;
  for (const ProfiledSpan& s : call_of(profile, "f").spans) {
    own_us += s.own_us;
    EXPECT_DOUBLE_EQ(s.gb_per_s, double(s.work.num_bytes) / (1e3 * s.us));
    EXPECT_DOUBLE_EQ(s.gflop_per_s, double(s.work.num_flops) / (1e3 * s.us));
    EXPECT_DOUBLE_EQ(s.share_of_limit,
                     std::max(s.gb_per_s / limits.gb_per_s,
                              s.gflop_per_s / limits.gflop_per_s));
  }
  EXPECT_DOUBLE_EQ(call_of(profile, "f").us, own_us);
  EXPECT_LE(own_us, profile.us());
}

TEST(Profile, NamesTheOpsOfAFusedNodeAndTheirLines) {
  const Tensor x = parameter({DType::kFloat32, {fresh_extent()}});
  const auto at = [](const char* line, const auto& make) {
    const LocationScope scope(line);
    return make();
  };
  const Tensor y = at("f.py:1", [&] { return x * 2.0f; });
  const Tensor z = at("f.py:2", [&] { return exp(y); });
  const Executable program = compile({"g", {x}, {z}});
  Profile profile;
  program.run(std::vector<Array>{ones({100})});
  profile.stop();
  const ProfiledSpan& fused =
      kernel(call_of(profile, "g"), "fused(multiply, exp)");
  EXPECT_EQ(fused.label.location, "f.py:1, f.py:2");
  EXPECT_EQ(fused.work.num_flops, 200);
  EXPECT_EQ(fused.work.num_bytes, 800);
}

TEST(Profile, ChangesNoResultAndCountsWhileThreadsRun) {
  const Executable program = compile(product_and_sum());
  const std::vector<Array> inputs{ones({20, 30}), ones({30, 40})};
  const float expected = program.run(inputs)[0].item<float>();
  Profile profile;
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i)
          if (program.run(inputs)[0].item<float>() != expected) ++failures;
      });
  }
  profile.stop();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(call_of(profile, "f").calls, 400);
  EXPECT_EQ(kernel(call_of(profile, "f"), "matmul").calls, 400);
}

TEST(Profile, TableHasARowForEachSpanAndSaysWhatItLeavesOut) {
  const Executable program = compile(product_and_sum());
  Profile profile;
  program.run(std::vector<Array>{ones({2, 30}), ones({30, 40})});
  profile.stop();
  const std::string table = profile.table();
  EXPECT_THAT(table, HasSubstr("matmul: float32(?, 40)  f#"));
  EXPECT_THAT(table, HasSubstr("model.py:7"));
  EXPECT_THAT(table, HasSubstr("rest of f"));
  const size_t num_spans = call_of(profile, "f").spans.size();
  EXPECT_THAT(profile.table(1),
              HasSubstr(fmt::format("in {} rows more", num_spans - 1)));
}

TEST(Profile, IsOneAtATimeAndEndsWithItsObject) {
  {
    const Profile first;
    EXPECT_THAT([] { Profile second; },
                testing::ThrowsMessage<ValueError>(
                    HasSubstr("profile: another one is running")));
  }
  Profile next;
  EXPECT_THAT([&] { next.table(); },
              testing::ThrowsMessage<ValueError>(HasSubstr(
                  "profile: table: it is still running, expected one that was "
                  "stopped")));
  next.stop();
  EXPECT_THAT([&] { next.stop(); },
              testing::ThrowsMessage<ValueError>(
                  HasSubstr("profile: stop: it was stopped before")));
}

TEST(Profile, TraceOfAPathThatCannotBeWrittenIsAnErrorThatNamesIt) {
  Profile profile;
  profile.stop();
  EXPECT_THAT(
      [&] { profile.save_chrome_trace("/nonexistent/trace.json"); },
      testing::ThrowsMessage<UserError>(HasSubstr("/nonexistent/trace.json")));
}

TEST(MachineLimits, AreMeasuredOnceForANumberOfThreads) {
  const MachineLimits first = machine_limits(), second = machine_limits();
  EXPECT_EQ(first.gb_per_s, second.gb_per_s);
  EXPECT_EQ(first.gflop_per_s, second.gflop_per_s);
}

}  // namespace
}  // namespace numest
