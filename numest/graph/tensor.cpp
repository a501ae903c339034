// Tensors: construction, access to the data, printing.
#include "numest/graph/tensor.h"

#include "numest/graph/node.h"

namespace numest {

Tensor::Tensor(Array value)
    : value_(std::make_shared<const Array>(std::move(value))),
      spec_{value_->dtype(), value_->shape()} {}

Tensor::Tensor(double value) : Tensor(Array::scalar(value)) { is_weak_ = true; }
Tensor::Tensor(int64_t value) : Tensor(Array::scalar(value)) {
  is_weak_ = true;
}
Tensor::Tensor(bool value) : Tensor(Array::scalar(value)) { is_weak_ = true; }

Tensor::Tensor(std::shared_ptr<const Node> node, int output)
    : node_(std::move(node)),
      spec_(node_->outputs.at(size_t(output))),
      output_(output) {}

Tensor Tensor::as_weak() const {
  NUMEST_CHECK(ndim() == 0, "as_weak: got {} axes, expected a scalar", ndim());
  Tensor t = *this;
  t.is_weak_ = true;
  return t;
}

Tensor Tensor::weak(Array scalar) {
  Tensor t(std::move(scalar));
  t.is_weak_ = true;
  return t;
}

const Array& Tensor::numpy() const {
  NUMEST_USER_CHECK(!is_empty(), ValueError,
                    "numpy: got a Tensor without a value, expected data");
  if (value_) return *value_;
  fail<TypeError>(
      "numpy: got the symbolic tensor {}{}, expected data: its value is not "
      "known while the function is traced; use array operations on it, or "
      "return it from the function",
      to_string(), node_->location.empty() ? "" : " of " + node_->location);
}

bool Tensor::is_same(const Tensor& other) const {
  if (node_) return node_ == other.node_ && output_ == other.output_;
  return !other.node_ && value_ == other.value_;
}

std::string Tensor::to_string() const {
  if (is_empty()) return "Tensor()";
  if (value_) return value_->to_string();
  const std::string label =
      node_->name.empty() ? std::string(node_->op->name) : node_->name;
  return fmt::format("Tensor('{}:{}', shape={}, dtype={})", label, output_,
                     shape().to_string(), name(dtype()));
}

}  // namespace numest
