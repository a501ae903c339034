// Columns are empty where a figure would say nothing.
#include "numest/runtime/profile_table.h"

#include <fmt/format.h>

namespace numest {

namespace {

bool is_rest(const ProfiledSpan& span, const ProfiledCall& call) {
  return span.label.kind != SpanKind::kKernel && span.label.name == call.name;
}

std::string title(const ProfiledSpan& span, const ProfiledCall& call) {
  const SpanLabel& label = span.label;
  if (is_rest(span, call)) return "rest of " + label.name;
  if (label.kind == SpanKind::kProgram)
    return "between the kernels of " + label.name;
  if (label.kind != SpanKind::kKernel) return label.name;
  const std::string at = label.location.empty() ? "" : "  " + label.location;
  return fmt::format("{}: {}  {}#{}{}", label.name, label.type, label.program,
                     label.step, at);
}

std::string rates(const ProfiledSpan& span) {
  if (span.label.kind != SpanKind::kKernel) return std::string(25, ' ');
  return fmt::format("{:8.2f} {:8.2f} {:5.1f}%", span.gb_per_s,
                     span.gflop_per_s, 100 * span.share_of_limit);
}

std::string line(double own_us, double us, int64_t calls, double all_us,
                 const std::string& rest) {
  return fmt::format("{:5.1f}% {:9.2f} {:8} {}\n",
                     all_us > 0 ? 100 * own_us / all_us : 0.0,
                     us / double(std::max<int64_t>(calls, 1)), calls, rest);
}

std::string paragraph(const ProfiledCall& call, size_t max_rows) {
  std::string text =
      fmt::format("\n{}: {:.6g} ms in {} call{}\n", call.name, call.us / 1e3,
                  call.calls, call.calls == 1 ? "" : "s");
  text +=
      " share   us/call    calls     GB/s     GF/s  limit  what: type  "
      "program#step  source\n";
  for (size_t i = 0; i < call.spans.size() && i < max_rows; ++i) {
    const ProfiledSpan& s = call.spans[i];
    text += line(s.own_us, s.own_us, s.calls, call.us,
                 rates(s) + "  " + title(s, call));
  }
  double left_us = 0;
  for (size_t i = max_rows; i < call.spans.size(); ++i)
    left_us += call.spans[i].own_us;
  if (call.spans.size() > max_rows)
    text += fmt::format("{:5.1f}% in {} rows more\n", 100 * left_us / call.us,
                        call.spans.size() - max_rows);
  return text;
}

}  // namespace

std::string profile_table(const std::vector<ProfiledCall>& calls,
                          const MachineLimits& limits, double seconds,
                          size_t max_rows) {
  std::string text = fmt::format(
      "profile of {:.6g} s, {} thread{}; limit: {:.4g} GB/s, {:.4g} GF/s\n",
      seconds, limits.num_threads, limits.num_threads == 1 ? "" : "s",
      limits.gb_per_s, limits.gflop_per_s);
  for (const ProfiledCall& call : calls) text += paragraph(call, max_rows);
  return text;
}

}  // namespace numest
