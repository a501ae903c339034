// A fused step is called by the ops of its body.
#include "numest/runtime/program_labels.h"

#include <algorithm>

#include "numest/base/recording.h"
#include "numest/passes/fused.h"
#include "numest/passes/fused_product.h"

namespace numest {

namespace {

constexpr size_t kMostNames = 6;

// Adds `text` unless it is empty or there; beyond a few, "...".
void add_once(std::vector<std::string>& names, const std::string& text) {
  if (text.empty() || names.size() > kMostNames) return;
  if (std::find(names.begin(), names.end(), text) != names.end()) return;
  names.push_back(names.size() == kMostNames ? "..." : text);
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool is_fused(const Node& node) {
  return node.op == &fused_op() || node.op == &fused_product_op();
}

struct Names {
  std::vector<std::string> ops = {}, locations = {};

  void add(const Node& node) {
    if (is_fused(node)) add_body(node);
    add_once(locations, node.location);
  }

 private:
  void add_body(const Node& node) {
    const auto& body = *node.attrs.get<std::shared_ptr<const Graph>>("graph");
    for (const Node* inner : topological_order(body)) {
      if (is_parameter(*inner)) continue;
      add_once(ops, std::string(inner->op->name));
      add_once(locations, inner->location);
    }
  }
};

SpanLabel label_of(const StepList& list, size_t s, const std::string& program) {
  const Step& step = list.steps[s];
  Names names;
  if (step.node) names.add(*step.node);
  SpanLabel label{SpanKind::kKernel, std::string(step.op->name), program,
                  int64_t(s)};
  if (!names.ops.empty()) label.name += fmt::format("({})", joined(names.ops));
  if (!step.outputs.empty()) {
    const TensorSpec& spec = list.values[size_t(step.outputs[0])].spec;
    label.type = fmt::format("{}{}", name(spec.dtype), spec.shape.to_string());
  }
  label.location = joined(names.locations);
  return label;
}

}  // namespace

std::shared_ptr<const ProgramLabels::Ids> ProgramLabels::ids(
    uint64_t recording) {
  const std::lock_guard lock(mutex_);
  if (latest_ && latest_->recording == recording) return latest_;
  auto ids = std::make_shared<Ids>();
  ids->recording = recording;
  ids->program =
      span_label_id(recording, {.kind = SpanKind::kProgram, .name = name_});
  for (size_t s = 0; s < list_.steps.size(); ++s)
    ids->steps.push_back(span_label_id(recording, label_of(list_, s, name_)));
  return latest_ = std::move(ids);
}

}  // namespace numest
