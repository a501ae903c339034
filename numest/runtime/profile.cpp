// The text of a profile.
#include "numest/runtime/profile.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace numest {

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Profile::Profile(const StepList& list)
    : list_(list), rows_(std::make_unique<Row[]>(list.steps.size())) {}

void Profile::add(size_t step, int64_t nanoseconds, int64_t num_bytes) {
  rows_[step].calls.fetch_add(1, std::memory_order_relaxed);
  rows_[step].nanoseconds.fetch_add(nanoseconds, std::memory_order_relaxed);
  rows_[step].num_bytes.fetch_add(num_bytes, std::memory_order_relaxed);
}

std::string Profile::table(size_t max_lines) const {
  std::vector<size_t> order(list_.steps.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return rows_[a].nanoseconds.load() > rows_[b].nanoseconds.load();
  });
  double total = 0;
  for (size_t s : order) total += double(rows_[s].nanoseconds.load());
  std::string text =
      "share  us/call     calls    GB/s  op: outputs  location\n";
  for (size_t s : order) {
    const double ns = double(rows_[s].nanoseconds.load());
    const int64_t calls = rows_[s].calls.load();
    if (calls == 0 || max_lines-- == 0) break;
    const Step& step = list_.steps[s];
    const TensorSpec& spec = list_.values[size_t(step.outputs[0])].spec;
    text += fmt::format("{:4.1f}% {:8.2f} {:9} {:7.2f}  {}: {}{}  {}\n",
                        100 * ns / total, ns / 1e3 / double(calls), calls,
                        double(rows_[s].num_bytes.load()) / ns, step.op->name,
                        name(spec.dtype), spec.shape.to_string(),
                        step.node ? step.node->location : "");
  }
  return text;
}

}  // namespace numest
