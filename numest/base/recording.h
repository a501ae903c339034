// Where time goes: spans that nest on each thread. While nothing records, a
// span costs one relaxed load. `numest/runtime/profile.h` makes a report of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace numest {

/// Monotonic clock in nanoseconds.
int64_t now_ns();

enum class SpanKind : uint8_t {
  kCall,     // what a user called, or a part of it
  kProgram,  // one run of a compiled program
  kKernel,   // one node of it
  kWait,     // nothing is done here
};

/// "call", "program", "kernel" or "wait".
const char* name(SpanKind kind);

/// What a span is. Equal labels are one row of a report.
struct SpanLabel {
  SpanKind kind = SpanKind::kCall;
  std::string name = {};
  std::string program = {};   // of kernels
  int64_t step = -1;          // of kernels: place in the program
  std::string type = {};      // of kernels: what it computes
  std::string location = {};  // "file.py:12", or empty

  bool operator<(const SpanLabel& other) const {
    return fields() < other.fields();
  }

 private:
  std::tuple<const SpanKind&, const std::string&, const std::string&,
             const int64_t&, const std::string&, const std::string&>
  fields() const {
    return std::tie(kind, name, program, step, type, location);
  }
};

/// Bytes read and written, operations on numbers.
struct Work {
  int64_t num_bytes = 0, num_flops = 0;
};

/// Number of the recording that runs, different for each; 0: none runs.
namespace recording {
inline constinit std::atomic<uint64_t> current{0};
}
inline uint64_t current_recording() {
  return recording::current.load(std::memory_order_relaxed);
}

/// The number of `label` in recording `recording`; of no use in another.
uint32_t span_label_id(uint64_t recording, const SpanLabel& label);

/// A label that stands in the source, with its number kept. Static.
class SpanSite {
 public:
  constexpr SpanSite(SpanKind kind, const char* name)
      : kind_(kind), name_(name) {}
  SpanSite(const SpanSite&) = delete;
  SpanSite& operator=(const SpanSite&) = delete;
  uint32_t id(uint64_t recording);

 private:
  const SpanKind kind_;
  const char* const name_;
  std::atomic<uint64_t> known_{0};  // low bits of the recording, the number
};

/// From construction to destruction, on this thread, inside of the spans that
/// are open there.
class Span {
 public:
  explicit Span(SpanSite& site) {
    if (const uint64_t r = current_recording()) [[unlikely]]
      open(r, site.id(r));
  }
  /// `label`: number in `recording`, which may have ended.
  Span(uint64_t recording, uint32_t label) { open(recording, label); }
  ~Span() {
    if (is_open_) [[unlikely]]
      close({});
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;
  /// Ends now, having done `work`.
  void end(const Work& work) {
    if (is_open_) close(work);
  }

 private:
  void open(uint64_t recording, uint32_t label);
  void close(const Work& work);
  bool is_open_ = false;
};

/// One finished span.
struct SpanEvent {
  uint32_t label = 0, thread = 0;
  int64_t start_ns = 0, duration_ns = 0;  // from the start of the recording
  Work work = {};
};

/// All spans of one label inside of outermost spans of another (or its own).
struct SpanTotals {
  uint32_t root = 0, label = 0;
  int64_t calls = 0;
  int64_t nanoseconds = 0;
  int64_t own_nanoseconds = 0;  // without the spans inside
  Work work = {};
};

struct Recording {
  int64_t duration_ns = 0;
  std::vector<SpanLabel> labels = {};
  std::vector<SpanTotals> totals = {};  // of all spans
  /// The latest spans, at most as many as asked for, in the order of their
  /// ends by thread.
  std::vector<SpanEvent> events = {};
  int64_t num_dropped_events = 0;
  std::vector<std::string> threads = {};  // names
};

/// Starts to record, in all threads. `max_events` spans are kept one by one;
/// totals are kept of all. ValueError if a recording runs (there is one at a
/// time in a process) or max_events is negative. A forked child records
/// nothing.
void start_recording(int64_t max_events);
/// Ends the recording. Spans that are open now are not in it, nor are the
/// last ones of other threads inside of such.
Recording stop_recording();

}  // namespace numest
