// A step down a gradient that is rows added to zeros, as np.take and an
// embedding give it, touches only these rows.
#include <algorithm>

#include "numest/ops/call.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"
#include "numest/train/optimizers/tables.h"

namespace numest {

namespace {

const Node* node_of(const Tensor& t, std::string_view op) {
  const Node* node = t.is_symbolic() ? t.node().get() : nullptr;
  return node && node->op && node->op->name == op ? node : nullptr;
}

bool is_zeros(const Tensor& t) { return node_of(t, "zeros_like") != nullptr; }

const Node* rows_of(const Tensor& gradient) {
  const Node* node = node_of(gradient, "scatter_add");
  return node && is_zeros(node->inputs[0]) ? node : nullptr;
}

// What a gradient adds up: rows, and all else.
struct Terms {
  std::vector<const Node*> rows;
  std::vector<Tensor> others;

  void add(const Tensor& gradient, const Shape& shape) {
    const Node* sum = node_of(gradient, "add");
    if (const Node* node = rows_of(gradient))
      rows.push_back(node);
    else if (sum && sum->inputs[0].shape() == shape &&
             sum->inputs[1].shape() == shape)
      for (const Tensor& t : sum->inputs) add(t, shape);
    else
      others.push_back(gradient);
  }
};

// Whether one update may add them all.
bool are_alike(const std::vector<const Node*>& rows) {
  return std::all_of(rows.begin(), rows.end(), [&](const Node* node) {
    const Attrs& attrs = node->attrs;
    return attrs.integer("axis") == 0 && attrs.integer("batch_dims") == 0 &&
           attrs.text("mode") == rows[0]->attrs.text("mode") &&
           node->inputs[1].dtype() == rows[0]->inputs[1].dtype();
  });
}

Tensor joined(const std::vector<Tensor>& parts) {
  return parts.size() == 1 ? parts[0]
                           : emit("concatenate", parts, {{"axis", int64_t{0}}});
}

// All in one update: a second one would not be in place.
Tensor with_rows(const Tensor& variable, const std::vector<const Node*>& rows,
                 const Tensor& rate) {
  Shape row = variable.shape();
  row[0] = -1;
  std::vector<Tensor> at, updates;
  for (const Node* node : rows) {
    at.push_back(emit("reshape", {node->inputs[1]}, {{"shape", Shape{-1}}}));
    updates.push_back(emit("reshape", {node->inputs[2]}, {{"shape", row}}));
  }
  return call_one(*rows[0]->op,
                  {variable, joined(at), -(rate * joined(updates))},
                  rows[0]->attrs);
}

}  // namespace

Tensor descended(const Tensor& variable, const Tensor& rate,
                 const Tensor& gradient) {
  Terms terms;
  terms.add(gradient, gradient.shape());
  const bool is_by_rows = !terms.rows.empty() && are_alike(terms.rows) &&
                          variable.shape().is_known();
  if (!is_by_rows) return variable - rate * gradient;
  Tensor result = variable;
  for (const Tensor& term : terms.others) result = result - rate * term;
  return with_rows(result, terms.rows, rate);
}

}  // namespace numest
