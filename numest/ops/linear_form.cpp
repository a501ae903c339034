// Coefficients by tensor; a form is constant if all of them cancel.
#include "numest/ops/linear_form.h"

#include <map>
#include <string_view>
#include <utility>

#include "numest/graph/node.h"

namespace numest {

namespace {

using Term = std::pair<const Node*, int>;  // node, output

struct Form {
  std::map<Term, int64_t> coefficients;
  int64_t constant = 0;

  void add(const Form& other, int64_t factor) {
    constant += factor * other.constant;
    for (const auto& [term, c] : other.coefficients)
      if ((coefficients[term] += factor * c) == 0) coefficients.erase(term);
  }
};

// Deep sums stop here: the rest counts as one term.
constexpr int kMaxDepth = 64;

bool is_scalar_integer(const Tensor& t) {
  return t.shape().size() == 1 && !t.is_symbolic() && !is_inexact(t.dtype()) &&
         t.dtype() != DType::kBytes;
}

int64_t value_of(const Tensor& t) {
  return t.numpy().astype(DType::kInt64).contiguous().data<int64_t>()[0];
}

Form form_of(const Tensor& t, int depth);

Form sum(const Node& node, int64_t factor, int depth) {
  Form form = form_of(node.inputs[0], depth);
  form.add(form_of(node.inputs[1], depth), factor);
  return form;
}

Form scaled(const Tensor& t, int64_t factor, int depth) {
  Form form;
  form.add(form_of(t, depth), factor);
  return form;
}

Form form_of(const Tensor& t, int depth) {
  Form form;
  if (is_scalar_integer(t)) {
    form.constant = value_of(t);
    return form;
  }
  const Node* node = t.node().get();
  const std::string_view op = node ? node->op->name : "";
  if (depth < kMaxDepth && !is_inexact(t.dtype())) {
    ++depth;
    if (op == "add") return sum(*node, 1, depth);
    if (op == "subtract") return sum(*node, -1, depth);
    if (op == "negative") return scaled(node->inputs[0], -1, depth);
    if (op == "astype" && !is_inexact(node->inputs[0].dtype()))
      return form_of(node->inputs[0], depth);
    if (op == "multiply")
      for (int i : {0, 1})
        if (is_scalar_integer(node->inputs[size_t(i)]))
          return scaled(node->inputs[size_t(1 - i)],
                        value_of(node->inputs[size_t(i)]), depth);
  }
  form.coefficients[{node, t.is_symbolic() ? t.output() : 0}] = 1;
  return form;
}

}  // namespace

std::optional<int64_t> constant_difference(const Tensor& a, const Tensor& b) {
  Form form = form_of(a, 0);
  form.add(form_of(b, 0), -1);
  if (!form.coefficients.empty()) return std::nullopt;
  return form.constant;
}

}  // namespace numest
