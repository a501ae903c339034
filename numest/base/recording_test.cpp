#include "numest/base/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <thread>

#include "numest/base/error.h"

namespace numest {
namespace {

constinit SpanSite outer_site{SpanKind::kCall, "outer"};
constinit SpanSite inner_site{SpanKind::kWait, "inner"};

class Recorded : public testing::Test {
 protected:
  void SetUp() override { start_recording(1000); }
  void TearDown() override {
    if (current_recording() != 0) stop_recording();
  }
};

// Totals by name of the outermost span and of the span.
std::map<std::pair<std::string, std::string>, SpanTotals> by_name(
    const Recording& r) {
  std::map<std::pair<std::string, std::string>, SpanTotals> found;
  for (const SpanTotals& t : r.totals)
    found[{r.labels[t.root].name, r.labels[t.label].name}] = t;
  return found;
}

void outer_with(int num_inner) {
  const Span outer(outer_site);
  for (int i = 0; i < num_inner; ++i) Span(inner_site).end({3, 5});
}

TEST_F(Recorded, OwnTimesOfASpanAndThoseInsideAddUp) {
  outer_with(2);
  outer_with(1);
  auto totals = by_name(stop_recording());
  ASSERT_EQ(totals.size(), 2u);
  const SpanTotals& outer = totals.at({"outer", "outer"});
  const SpanTotals& inner = totals.at({"outer", "inner"});
  EXPECT_EQ(outer.calls, 2);
  EXPECT_EQ(inner.calls, 3);
  EXPECT_EQ(inner.work.num_bytes, 9);
  EXPECT_EQ(inner.work.num_flops, 15);
  EXPECT_EQ(outer.own_nanoseconds + inner.own_nanoseconds, outer.nanoseconds);
}

TEST_F(Recorded, CountsWhatWasHandedOverInTheMiddle) {
  outer_with(5000);
  auto totals = by_name(stop_recording());
  EXPECT_EQ(totals.at({"outer", "inner"}).calls, 5000);
  int64_t sum = 0;
  for (const auto& [name, t] : totals) sum += t.own_nanoseconds;
  EXPECT_EQ(sum, totals.at({"outer", "outer"}).nanoseconds);
  EXPECT_TRUE(totals.contains({"outer", "profiling"}));
}

TEST_F(Recorded, KeepsTheLatestEventsAndCountsTheOthers) {
  outer_with(0);
  outer_with(5000);
  const Recording r = stop_recording();
  EXPECT_EQ(r.events.size(), 1000u);
  int64_t num_spans = 0;
  for (const SpanTotals& t : r.totals) num_spans += t.calls;
  EXPECT_EQ(r.num_dropped_events, num_spans - 1000);
  EXPECT_EQ(r.labels[r.events.back().label].name, "outer");
  for (size_t i = 1; i < r.events.size(); ++i)
    EXPECT_LE(r.events[i - 1].start_ns + r.events[i - 1].duration_ns,
              r.events[i].start_ns + r.events[i].duration_ns);
}

TEST_F(Recorded, CountsOfManyThreadsAreExact) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 300; ++i) outer_with(2);
    });
  threads.clear();
  const Recording r = stop_recording();
  auto totals = by_name(r);
  EXPECT_EQ(totals.at({"outer", "outer"}).calls, 8 * 300);
  EXPECT_EQ(totals.at({"outer", "inner"}).calls, 8 * 600);
  EXPECT_EQ(r.threads.size(), 8u);
}

TEST_F(Recorded, LeavesOutSpansThatAreOpenAtAnEnd) {
  {
    const Span outer(outer_site);
    const Recording first = stop_recording();
    EXPECT_TRUE(first.totals.empty());
    start_recording(10);
    const Span inner(inner_site);  // inside of a span of the first
  }
  outer_with(1);
  auto totals = by_name(stop_recording());
  EXPECT_EQ(totals.size(), 2u);
  EXPECT_EQ(totals.at({"outer", "outer"}).calls, 1);
}

TEST_F(Recorded, IsOneAtATime) {
  EXPECT_THAT([] { start_recording(1); },
              testing::ThrowsMessage<ValueError>(
                  testing::HasSubstr("profile: another one is running")));
  outer_with(1);
  EXPECT_EQ(stop_recording().totals.size(), 2u);  // of the first
}

TEST_F(Recorded, AForkedChildRecordsNothingAndMayStart) {
  const pid_t child = fork();
  if (child == 0) {
    const bool is_off = current_recording() == 0;
    start_recording(5);
    outer_with(1);
    _exit(is_off && stop_recording().totals.size() == 2 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  outer_with(1);
  EXPECT_EQ(stop_recording().totals.size(), 2u);
}

TEST(Recording, OfNoEventsCountsThemAll) {
  start_recording(0);
  outer_with(2);
  const Recording r = stop_recording();
  EXPECT_TRUE(r.events.empty());
  EXPECT_EQ(r.num_dropped_events, 3);
  EXPECT_EQ(by_name(r).at({"outer", "inner"}).calls, 2);
}

TEST(Recording, RefusesANegativeNumberOfEvents) {
  EXPECT_THAT([] { start_recording(-1); },
              testing::ThrowsMessage<ValueError>(testing::HasSubstr(
                  "profile: max_events: got -1, expected 0 or more")));
}

TEST(Recording, WhileThereIsNoneSpansLeaveNothing) {
  outer_with(3);
  start_recording(0);
  const Recording r = stop_recording();
  EXPECT_TRUE(r.totals.empty());
  EXPECT_TRUE(r.events.empty());
  EXPECT_EQ(r.num_dropped_events, 0);
}

}  // namespace
}  // namespace numest
