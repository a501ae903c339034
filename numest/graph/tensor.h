// A Tensor is an Array or a promise of one: ops compute at once on data and
// build a node while tracing. Light to copy, immutable.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>

#include "numest/array/array.h"
#include "numest/array/nest.h"

namespace numest {

struct Node;

class Tensor {
 public:
  /// No value; the zero gradient in VJPs.
  Tensor() = default;
  Tensor(Array value);  // NOLINT: an array is a tensor
  /// Numbers are weak scalars: they take the dtype of what they meet (NEP 50).
  Tensor(double value);                           // NOLINT
  Tensor(float value) : Tensor(double{value}) {}  // NOLINT
  Tensor(int64_t value);                          // NOLINT
  template <std::integral T>
  Tensor(T value) : Tensor(int64_t(value)) {}  // NOLINT
  Tensor(bool value);                          // NOLINT
  /// Output `output` of a node.
  explicit Tensor(std::shared_ptr<const Node> node, int output = 0);
  static Tensor weak(Array scalar);
  /// This scalar as a Python number would be: it takes the dtype of what it
  /// meets. For draws and conversions that give Python numbers.
  Tensor as_weak() const;

  bool is_empty() const { return !node_ && !value_; }
  bool is_symbolic() const { return node_ != nullptr; }
  bool is_weak() const { return is_weak_; }
  const TensorSpec& spec() const { return spec_; }
  DType dtype() const { return spec_.dtype; }
  /// Extents; negative ones are symbols (see numest/array/shape.h).
  const Shape& shape() const { return spec_.shape; }
  int ndim() const { return spec_.shape.ndim(); }

  /// The data. A symbolic tensor throws TypeError saying what to do.
  const Array& numpy() const;
  const std::shared_ptr<const Node>& node() const { return node_; }
  int output() const { return output_; }

  /// The same node and output, or the same array object.
  bool is_same(const Tensor& other) const;
  /// "Tensor('add:0', shape=(?, 3), dtype=float32)" or the array's text.
  std::string to_string() const;

 private:
  std::shared_ptr<const Node> node_;
  std::shared_ptr<const Array> value_;
  TensorSpec spec_;
  int output_ = 0;
  bool is_weak_ = false;
};

}  // namespace numest
