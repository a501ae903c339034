// Events by hand: names and numbers only.
#include "numest/runtime/chrome_trace.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

namespace numest {

namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + '"';
}

// What all events of a label share: name, category, and of a kernel the
// beginning of its arguments.
struct EventText {
  std::string head, arguments;
  explicit EventText(const SpanLabel& label)
      : head(fmt::format("\"name\":{},\"cat\":\"{}\"", quoted(label.name),
                         name(label.kind))) {
    if (label.kind == SpanKind::kKernel)
      arguments =
          fmt::format("\"program\":{},\"step\":{},\"type\":{},\"source\":{},",
                      quoted(label.program), label.step, quoted(label.type),
                      quoted(label.location));
  }
};

void add_event(std::string& out, const SpanEvent& e, const EventText& text,
               int pid) {
  fmt::format_to(std::back_inserter(out),
                 ",\n{{{},\"ph\":\"X\",\"pid\":{},\"tid\":{},\"ts\":{:.3f},"
                 "\"dur\":{:.3f}",
                 text.head, pid, e.thread, double(e.start_ns) / 1e3,
                 double(e.duration_ns) / 1e3);
  if (!text.arguments.empty())
    fmt::format_to(std::back_inserter(out),
                   ",\"args\":{{{}\"bytes\":{},\"flops\":{}}}", text.arguments,
                   e.work.num_bytes, e.work.num_flops);
  out += "}";
}

// Outer spans before those inside.
bool comes_before(const SpanEvent& a, const SpanEvent& b) {
  if (a.thread != b.thread) return a.thread < b.thread;
  if (a.start_ns != b.start_ns) return a.start_ns < b.start_ns;
  return a.duration_ns > b.duration_ns;
}

}  // namespace

std::string chrome_trace(const Recording& recording) {
  const int pid = getpid();
  std::vector<EventText> texts(recording.labels.begin(),
                               recording.labels.end());
  std::vector<SpanEvent> events = recording.events;
  std::stable_sort(events.begin(), events.end(), comes_before);
  std::string out = fmt::format(
      "{{\"displayTimeUnit\":\"ns\",\"otherData\":{{\"dropped_events\":{}}},"
      "\"traceEvents\":[\n{{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":{},"
      "\"args\":{{\"name\":\"numest\"}}}}",
      recording.num_dropped_events, pid);
  for (size_t t = 0; t < recording.threads.size(); ++t)
    out += fmt::format(
        ",\n{{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":{},\"tid\":{},"
        "\"args\":{{\"name\":{}}}}}",
        pid, t, quoted(recording.threads[t]));
  for (const SpanEvent& e : events) add_event(out, e, texts[e.label], pid);
  return out + "\n]}\n";
}

}  // namespace numest
