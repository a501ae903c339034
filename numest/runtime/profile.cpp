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

Profile::Profile(const StepList& list, int64_t every)
    : list_(list),
      rows_(std::make_unique<Row[]>(list.steps.size())),
      every_(every) {}

bool Profile::starts_run() {
  return runs_.fetch_add(1, std::memory_order_relaxed) % every_ == 0;
}

void Profile::add(size_t step, int64_t nanoseconds, int64_t num_bytes) {
  rows_[step].calls.fetch_add(1, std::memory_order_relaxed);
  rows_[step].nanoseconds.fetch_add(nanoseconds, std::memory_order_relaxed);
  rows_[step].num_bytes.fetch_add(num_bytes, std::memory_order_relaxed);
}

namespace {

// The ops of a node: those of its bodies if it has any.
void list_ops(const Node& node, ProfileRow& row) {
  bool has_body = false;
  for (const auto& [key, attr] : node.attrs.items())
    if (const auto* body = std::get_if<std::shared_ptr<const Graph>>(&attr)) {
      has_body = true;
      for (const Node* inner : topological_order(**body))
        if (!is_parameter(*inner)) list_ops(*inner, row);
    }
  if (!has_body) row.ops.emplace_back(node.op->name, node.location);
}

}  // namespace

std::vector<ProfileRow> Profile::rows() const {
  const int64_t runs = runs_.load();
  const int64_t timed = (runs + every_ - 1) / every_;
  const auto of_all = [&](int64_t value) {
    return timed == 0 ? 0
                      : int64_t(double(value) * double(runs) / double(timed));
  };
  std::vector<ProfileRow> rows;
  for (size_t s = 0; s < list_.steps.size(); ++s) {
    ProfileRow row;
    if (list_.steps[s].node)
      list_ops(*list_.steps[s].node, row);
    else
      row.ops.emplace_back(list_.steps[s].op->name, "");
    row.calls = of_all(rows_[s].calls.load());
    row.nanoseconds = of_all(rows_[s].nanoseconds.load());
    row.num_bytes = of_all(rows_[s].num_bytes.load());
    rows.push_back(std::move(row));
  }
  return rows;
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
