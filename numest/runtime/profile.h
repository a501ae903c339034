// What everything costs from the start of a profile to its end: every node of
// every program, what was done around them, and what was waited for. How to
// read it: docs/howto/profile.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "numest/base/recording.h"
#include "numest/runtime/machine_limits.h"

namespace numest {

/// All spans of one label inside of one kind of call.
struct ProfiledSpan {
  SpanLabel label = {};
  int64_t calls = 0;
  double us = 0;      // in all calls
  double own_us = 0;  // without the spans inside: these add up to the call
  Work work = {};
  double gb_per_s = 0, gflop_per_s = 0;  // while it ran
  double share_of_limit = 0;  // the larger of both, by the machine's limit
};

/// What a user called, an iterator's thread, or a program outside of such.
struct ProfiledCall {
  std::string name = {};
  int64_t calls = 0;  // that ended
  double us = 0;      // the sum of `own_us`
  /// Largest `own_us` first. The call's own label is what remains.
  std::vector<ProfiledSpan> spans = {};
};

class Profile {
 public:
  /// Spans kept one by one for the trace, 40 bytes each.
  static constexpr int64_t kDefaultMaxEvents = 200'000;

  /// Measures the machine if that was not done yet, and starts. ValueError if
  /// another profile is running in the process, or max_events is negative.
  explicit Profile(int64_t max_events = kDefaultMaxEvents);
  ~Profile();  // stops
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  /// Ends it. ValueError if it ended before.
  void stop();
  bool is_running() const { return !recording_; }

  // What follows is there after `stop`, else ValueError.

  double us() const;  // from start to end
  const MachineLimits& limits() const { return limits_; }
  /// Those that took most first.
  const std::vector<ProfiledCall>& calls() const;
  /// The events that `chrome_trace` has, and those that it lost: the oldest.
  int64_t num_events() const;
  int64_t num_dropped_events() const;
  /// The calls as text, at most `max_rows` rows each.
  std::string table(size_t max_rows = 30) const;
  /// Trace events as JSON, for chrome://tracing or Perfetto.
  std::string chrome_trace() const;
  /// Writes it to `path`, whole or not at all; OSError naming the path.
  void save_chrome_trace(const std::string& path) const;

 private:
  const Recording& recording(const char* wanted) const;
  MachineLimits limits_;
  std::optional<Recording> recording_;
  std::vector<ProfiledCall> calls_;
};

}  // namespace numest
