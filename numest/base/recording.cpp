// Each thread collects its finished spans and hands them over in bulk, so
// that threads meet at one lock rarely. What handing over costs is a span too:
// it must not look like the work of others.
#include "numest/base/recording.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <utility>

#include "numest/base/error.h"

namespace numest {

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

const char* name(SpanKind kind) {
  switch (kind) {
    case SpanKind::kCall:
      return "call";
    case SpanKind::kProgram:
      return "program";
    case SpanKind::kKernel:
      return "kernel";
    case SpanKind::kWait:
      return "wait";
  }
  return "";
}

namespace {

constexpr size_t kHandOver = 1024;  // spans

struct OpenSpan {
  uint32_t label;
  int64_t start;
  int64_t inside;  // nanoseconds of spans inside
};

struct FinishedSpan {
  uint32_t root;
  int64_t own_ns;
  SpanEvent event;  // its start is that of the clock
};

struct ThreadSpans {
  uint64_t recording = 0;  // of all below
  std::vector<OpenSpan> open = {};
  std::vector<FinishedSpan> finished = {};
  bool is_known = false;  // has a number in `recording`
  uint32_t thread = 0;
};

thread_local ThreadSpans spans;

std::string thread_name() {
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof name);
  return name;
}

class Recorder {
 public:
  uint64_t start(int64_t max_events) {
    const std::lock_guard lock(mutex_);
    NUMEST_USER_CHECK(running_ == 0, ValueError,
                      "profile: another one is running, expected none: there "
                      "is one at a time in a process; stop that one first");
    labels_.clear();
    totals_.clear();
    result_ = Recording();
    num_events_ = 0;
    max_events_ = size_t(max_events);
    start_ns_ = now_ns();
    return running_ = ++last_;
  }

  Recording stop() {
    const std::lock_guard lock(mutex_);
    running_ = 0;
    result_.duration_ns = now_ns() - start_ns_;
    for (const auto& [key, totals] : totals_) result_.totals.push_back(totals);
    result_.num_dropped_events = num_events_ - int64_t(result_.events.size());
    std::vector<SpanEvent>& ring = result_.events;
    if (result_.num_dropped_events > 0 && !ring.empty())
      std::rotate(ring.begin(),
                  ring.begin() + num_events_ % int64_t(ring.size()),
                  ring.end());
    totals_.clear();
    labels_.clear();
    return std::exchange(result_, {});
  }

  uint32_t label_id(uint64_t recording, const SpanLabel& label) {
    const std::lock_guard lock(mutex_);
    if (recording != running_) return 0;
    const auto [it, is_new] =
        labels_.try_emplace(label, uint32_t(labels_.size()));
    if (is_new) result_.labels.push_back(label);
    return it->second;
  }

  void add(ThreadSpans& from) {
    const std::lock_guard lock(mutex_);
    if (from.recording != running_) return;
    if (!std::exchange(from.is_known, true)) {
      from.thread = uint32_t(result_.threads.size());
      result_.threads.push_back(thread_name());
    }
    for (FinishedSpan& span : from.finished) {
      span.event.thread = from.thread;
      span.event.start_ns -= start_ns_;
      add_to_totals(span);
      keep(span.event);
    }
  }

  // When the process forked, another thread may have held the lock and been
  // in the middle of a change: all is left as it is and made anew. Numbers go
  // on, since sites remember them.
  void forget_in_child() {
    const uint64_t last = last_;
    new (this) Recorder();
    last_ = last;
  }

 private:
  void add_to_totals(const FinishedSpan& span) {
    SpanTotals& t = totals_[{span.root, span.event.label}];
    t.root = span.root;
    t.label = span.event.label;
    ++t.calls;
    t.nanoseconds += span.event.duration_ns;
    t.own_nanoseconds += span.own_ns;
    t.work.num_bytes += span.event.work.num_bytes;
    t.work.num_flops += span.event.work.num_flops;
  }

  void keep(const SpanEvent& event) {
    if (result_.events.size() < max_events_)
      result_.events.push_back(event);
    else if (max_events_ > 0)
      result_.events[size_t(num_events_) % max_events_] = event;
    ++num_events_;
  }

  std::mutex mutex_;
  uint64_t running_ = 0, last_ = 0;
  int64_t start_ns_ = 0, num_events_ = 0;
  size_t max_events_ = 0;
  std::map<SpanLabel, uint32_t> labels_;
  std::map<std::pair<uint32_t, uint32_t>, SpanTotals> totals_;
  Recording result_;
};

Recorder& recorder() {
  static Recorder instance;
  static const int is_registered = pthread_atfork(nullptr, nullptr, [] {
    recording::current.store(0);
    instance.forget_in_child();
  });
  static_cast<void>(is_registered);
  return instance;
}

constinit SpanSite hand_over_site{SpanKind::kCall, "profiling"};

// With a span of its own, which the next call hands over.
void hand_over() {
  const int64_t start = now_ns();
  const uint32_t root = spans.open.empty() ? 0 : spans.open[0].label;
  recorder().add(spans);
  spans.finished.clear();
  if (spans.open.empty()) return;
  const int64_t duration = now_ns() - start;
  spans.open.back().inside += duration;
  const uint32_t label = hand_over_site.id(spans.recording);
  spans.finished.push_back(
      {root, duration, {label, spans.thread, start, duration, {}}});
}

}  // namespace

uint32_t span_label_id(uint64_t recording, const SpanLabel& label) {
  return recorder().label_id(recording, label);
}

uint32_t SpanSite::id(uint64_t recording) {
  const uint64_t known = known_.load(std::memory_order_relaxed);
  if (known >> 32 == (recording & 0xffffffffu)) return uint32_t(known);
  const uint32_t id = span_label_id(recording, {.kind = kind_, .name = name_});
  known_.store(recording << 32 | id, std::memory_order_relaxed);
  return id;
}

// Inside of a span of another recording nothing is recorded.
void Span::open(uint64_t recording, uint32_t label) {
  if (recording != spans.recording) {
    if (!spans.open.empty()) return;
    spans.recording = recording;
    spans.finished.clear();
    spans.is_known = false;
  }
  is_open_ = true;
  spans.open.push_back({label, 0, 0});
  spans.open.back().start = now_ns();
}

void Span::close(const Work& work) {
  const int64_t end = now_ns();
  is_open_ = false;
  const OpenSpan span = spans.open.back();
  const uint32_t root = spans.open.front().label;
  spans.open.pop_back();
  const int64_t duration = end - span.start;
  spans.finished.push_back(
      {root,
       duration - span.inside,
       {span.label, spans.thread, span.start, duration, work}});
  if (!spans.open.empty()) spans.open.back().inside += duration;
  if (spans.open.empty() || spans.finished.size() >= kHandOver) hand_over();
}

void start_recording(int64_t max_events) {
  NUMEST_USER_CHECK(max_events >= 0, ValueError,
                    "profile: max_events: got {}, expected 0 or more",
                    max_events);
  recording::current.store(recorder().start(max_events));
}

Recording stop_recording() {
  recording::current.store(0);
  if (!spans.finished.empty()) recorder().add(spans);
  spans.finished.clear();
  return recorder().stop();
}

}  // namespace numest
