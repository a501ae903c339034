// Sampling, and the text of what was sampled.
#include "numest/runtime/step_sampler.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace numest {

StepSampler::StepSampler(const StepList& list, int64_t every)
    : list_(list),
      rows_(std::make_unique<Row[]>(list.steps.size())),
      every_(every) {}

void StepSampler::add(size_t step, int64_t nanoseconds, int64_t num_bytes) {
  rows_[step].calls.fetch_add(1, std::memory_order_relaxed);
  rows_[step].nanoseconds.fetch_add(nanoseconds, std::memory_order_relaxed);
  rows_[step].num_bytes.fetch_add(num_bytes, std::memory_order_relaxed);
}

int64_t StepSampler::num_runs() const {
  const std::lock_guard lock(mutex_);
  int64_t sum = ended_;
  for (const auto* count : running_)
    sum += count->load(std::memory_order_relaxed);
  return sum;
}

SampledRuns::SampledRuns(StepSampler* sampler)
    : sampler_(sampler),
      next_timed_(sampler ? 0 : std::numeric_limits<int64_t>::max()) {
  if (!sampler_) return;
  const std::lock_guard lock(sampler_->mutex_);
  sampler_->running_.push_back(&count_);
}

SampledRuns::~SampledRuns() {
  if (!sampler_) return;
  const std::lock_guard lock(sampler_->mutex_);
  std::erase(sampler_->running_, &count_);
  sampler_->ended_ += count_.load(std::memory_order_relaxed);
}

// Timing may cost half a percent of the runs, whatever their length, after a
// few that tell at once what there is. Who asked for every run gets every run.
void SampledRuns::end_timed(size_t num_steps, int64_t nanoseconds) {
  sampler_->timed_.fetch_add(1, std::memory_order_relaxed);
  constexpr int64_t kCostNs = 80;  // of timing a step
  constexpr int64_t kPart = 200, kFirst = 8, kMostRuns = 1 << 16;
  const int64_t cost = int64_t(num_steps) * kCostNs;
  const int64_t untimed = std::max(nanoseconds - cost, nanoseconds / 8 + 1);
  const int64_t affordable = cost * kPart / untimed;
  const int64_t every = sampler_->every_;
  const bool is_exact = every == 1 || ++num_timed_ < kFirst;
  next_timed_ = count_.load(std::memory_order_relaxed) - 1 +
                (is_exact ? every : std::clamp(affordable, every, kMostRuns));
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

std::vector<ProfileRow> StepSampler::rows() const {
  const int64_t runs = num_runs(), timed = timed_.load();
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

std::string StepSampler::table(size_t max_lines) const {
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
