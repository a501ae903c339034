// Rates and shares of what was recorded.
#include "numest/runtime/profile.h"

#include <algorithm>
#include <map>

#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/runtime/chrome_trace.h"
#include "numest/runtime/profile_table.h"

namespace numest {

namespace {

ProfiledSpan profiled(const SpanTotals& totals, const SpanLabel& label,
                      const MachineLimits& limits) {
  ProfiledSpan span{label, totals.calls, double(totals.nanoseconds) / 1e3,
                    double(totals.own_nanoseconds) / 1e3, totals.work};
  const double ns = std::max(1.0, double(totals.nanoseconds));
  span.gb_per_s = double(totals.work.num_bytes) / ns;
  span.gflop_per_s = double(totals.work.num_flops) / ns;
  span.share_of_limit = std::max(span.gb_per_s / limits.gb_per_s,
                                 span.gflop_per_s / limits.gflop_per_s);
  return span;
}

std::vector<ProfiledCall> calls_of(const Recording& recording,
                                   const MachineLimits& limits) {
  std::map<uint32_t, ProfiledCall> by_root;
  for (const SpanTotals& totals : recording.totals) {
    ProfiledCall& call = by_root[totals.root];
    call.name = recording.labels[totals.root].name;
    if (totals.label == totals.root) call.calls = totals.calls;
    call.us += double(totals.own_nanoseconds) / 1e3;
    call.spans.push_back(
        profiled(totals, recording.labels[totals.label], limits));
  }
  std::vector<ProfiledCall> calls;
  for (auto& [root, call] : by_root) {
    std::stable_sort(call.spans.begin(), call.spans.end(),
                     [](const ProfiledSpan& a, const ProfiledSpan& b) {
                       return a.own_us > b.own_us;
                     });
    calls.push_back(std::move(call));
  }
  std::stable_sort(
      calls.begin(), calls.end(),
      [](const ProfiledCall& a, const ProfiledCall& b) { return a.us > b.us; });
  return calls;
}

}  // namespace

Profile::Profile(int64_t max_events) : limits_(machine_limits()) {
  start_recording(max_events);
}

Profile::~Profile() {
  if (is_running()) stop_recording();
}

void Profile::stop() {
  NUMEST_USER_CHECK(is_running(), ValueError,
                    "profile: stop: it was stopped before, expected one that "
                    "is running");
  recording_ = stop_recording();
  calls_ = calls_of(*recording_, limits_);
}

const Recording& Profile::recording(const char* wanted) const {
  NUMEST_USER_CHECK(recording_, ValueError,
                    "profile: {}: it is still running, expected one that was "
                    "stopped",
                    wanted);
  return *recording_;
}

double Profile::us() const { return double(recording("us").duration_ns) / 1e3; }
const std::vector<ProfiledCall>& Profile::calls() const {
  recording("calls");
  return calls_;
}
int64_t Profile::num_events() const {
  return int64_t(recording("num_events").events.size());
}
int64_t Profile::num_dropped_events() const {
  return recording("num_dropped_events").num_dropped_events;
}

std::string Profile::table(size_t max_rows) const {
  const Recording& r = recording("table");
  return profile_table(calls_, limits_, double(r.duration_ns) / 1e9, max_rows);
}

std::string Profile::chrome_trace() const {
  return numest::chrome_trace(recording("chrome_trace"));
}

void Profile::save_chrome_trace(const std::string& path) const {
  write_file_atomically(path, chrome_trace());
}

}  // namespace numest
