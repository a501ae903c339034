// For tests: programs that no person would write, by number. Elementwise
// chains, reductions, products, shapes, integers and gradients over inputs of
// known and unknown extents.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "numest/base/random.h"
#include "numest/ops/composite.h"
#include "numest/ops/operators.h"
#include "numest/runtime/executable.h"
#include "numest/transforms/vjp.h"

namespace numest {

/// float32 values of [-2, 2); unknown extents are `extent`.
inline std::vector<Array> random_inputs(const Graph& graph, int64_t extent,
                                        Stream& random) {
  std::vector<Array> result;
  for (const Tensor& t : graph.inputs) {
    Shape shape = t.shape();
    for (int64_t& e : shape)
      if (is_symbol(e)) e = extent;
    Array a(t.dtype(), shape);
    for (float& v : a.span<float>()) v = float(random.next_double() * 4 - 2);
    result.push_back(a);
  }
  return result;
}

class RandomGraph {
 public:
  explicit RandomGraph(uint64_t seed) : random_(fold(Key{11}, seed)) {
    batch_ = below(4) == 0 ? int64_t(below(3)) : int64_t(1 + below(300));
    const int64_t extent = below(2) ? fresh_extent() : batch_;
    add_input({extent, 4});
    add_input({extent, 4});
    add_input({4});
    add_input({extent, 1});
    add_input({});
    const size_t num_nodes = 3 + below(25);
    for (size_t i = 0; i < num_nodes; ++i) add_node();
    if (below(3) == 0) add_gradients();
    choose_outputs();
  }

  Graph graph;
  CompileOptions options;  // with random aliases

  std::vector<Array> inputs() { return random_inputs(graph, batch_, random_); }

 private:
  uint64_t below(uint64_t bound) { return random_.next_below(bound); }
  const Tensor& any() { return values_[below(values_.size())]; }

  void add_input(const Shape& shape) {
    graph.inputs.push_back(parameter({DType::kFloat32, shape},
                                     "p" + std::to_string(values_.size())));
    values_.push_back(graph.inputs.back());
  }

  Tensor constant() {
    const float numbers[] = {0, 1, -1, 2, 0.5f, 3};
    if (below(3) == 0) return Array::from<float>({1, -2, 0.25f, 0}, Shape{4});
    return Tensor(Array::scalar(numbers[below(6)]));
  }

  Tensor unary(const Tensor& x) {
    switch (below(12)) {
      case 0:
        return tanh(x);
      case 1:
        return sigmoid(x);
      case 2:
        return negative(x);
      case 3:
        return relu(x);
      case 4:
        return sqrt(absolute(x));
      case 5:
        return square(tanh(x));
      case 6:
        return astype(astype(x, DType::kFloat64), DType::kFloat32);
      case 7:
        return stop_gradient(x);
      case 8:
        return maximum(x, constant());
      case 9:
        return where(greater(x, constant()), x, constant() * x);
      case 10:
        return astype(isfinite(x), DType::kFloat32);
      default:
        return minimum(x, 2.0) / 4.0;
    }
  }

  Tensor binary(const Tensor& x, const Tensor& y) {
    switch (below(6)) {
      case 0:
        return x + y;
      case 1:
        return x - y;
      case 2:
        return tanh(x) * tanh(y);
      case 3:
        return maximum(x, y);
      case 4:
        return where(less(x, y), x, y);
      default:
        return x * constant() + y;
    }
  }

  Tensor shaped(const Tensor& x) {
    switch (below(8)) {
      case 0:
        return sum(x, {}, std::nullopt, false) * 0.01;
      case 1:
        return x.ndim() == 2 ? sum(x, {0}) * 0.01 : x;
      case 2:
        return x.ndim() == 2 ? max(x, {1}, true) : x;
      case 3:
        return x.ndim() == 2 ? transpose(transpose(x) + 1.0) : x;
      case 4:
        return broadcast_to(x, x.shape());
      case 5:
        return x.ndim() == 2 ? reshape(reshape(x * 2.0, {-1}), x.shape()) : x;
      case 6:
        return squeeze(expand_dims(x, 0), 0);
      default:
        return zeros_like(x) + x;
    }
  }

  Tensor weights() {
    Array w(DType::kFloat32, {4, 4});
    for (float& v : w.span<float>()) v = float(random_.next_double() - 0.5);
    return w;
  }

  // Products, and what works on rows.
  Tensor of_rows(const Tensor& x) {
    if (x.ndim() != 2) return x;
    const bool is_wide = x.shape()[1] == 4;
    switch (below(8)) {
      case 0:
        return is_wide ? matmul(x, weights()) : x;
      case 1:
        return is_wide ? relu(matmul(x, weights()) + any_row()) : x;
      case 2:
        return is_wide ? linear(x, weights(), any_row(), "tanh") : x;
      case 3:
        return softmax(x);
      case 4:
        return log_softmax(tanh(x));
      case 5:
        return cumsum(x, 1) * 0.25;
      case 6:
        return is_wide ? take(x, Tensor(Array::from<int64_t>({3, 0, 0, 2})), 1)
                       : x;
      default:
        return is_wide ? sum(concatenate({x, x * 2.0}, 1), {1}, std::nullopt,
                             true) *
                                 0.1 +
                             x
                       : x;
    }
  }

  Tensor any_row() { return Array::from<float>({1, -2, 0.25f, 0}, Shape{4}); }

  Tensor integers(const Tensor& x) {
    const Tensor n = astype(greater(x, constant()), DType::kInt32);
    return astype(below(2) ? n * 3 - 1 : maximum(n, 1 - n) + n,
                  DType::kFloat32);
  }

  void add_node() {
    const uint64_t kind = below(13);
    const Tensor x = any();
    Tensor y = kind < 4    ? unary(x)
               : kind < 7  ? binary(x, any())
               : kind < 8  ? binary(x, constant())
               : kind < 10 ? shaped(x)
               : kind < 12 ? of_rows(x)
                           : integers(x);
    values_.push_back(std::move(y));
  }

  // A step of gradient descent, whose results may take the inputs' places.
  void add_gradients() {
    const Tensor loss = mean(square(tanh(any()))) + mean(tanh(any()));
    const auto by_input = gradients(loss, graph.inputs);
    for (size_t i = 0; i < by_input.size(); ++i)
      values_.push_back(graph.inputs[i] - 0.125 * by_input[i]);
  }

  // Outputs of an input's type take its place half of the time.
  void choose_outputs() {
    std::vector<bool> taken(graph.inputs.size());
    for (size_t n = 1 + below(5); n > 0; --n) {
      graph.outputs.push_back(any());
      const TensorSpec& spec = graph.outputs.back().spec();
      for (size_t i = 0; i < taken.size(); ++i) {
        const TensorSpec& in = graph.inputs[i].spec();
        if (taken[i] || in.dtype != spec.dtype || !(in.shape == spec.shape) ||
            below(2))
          continue;
        taken[i] = true;
        options.alias.emplace_back(int(graph.outputs.size()) - 1, int(i));
        break;
      }
    }
  }

  Stream random_;
  int64_t batch_ = 0;
  std::vector<Tensor> values_;
};

}  // namespace numest
