// Random graphs: passes on = off, compiled = interpreted, fused = unfused,
// updated in place = computed anew. NUMEST_FUZZ_GRAPHS sets how many,
// NUMEST_FUZZ_SEED the first.
#include <gtest/gtest.h>

#include <cstdlib>

#include "numest/base/random.h"
#include "numest/graph/evaluate.h"
#include "numest/ops/operators.h"
#include "numest/runtime/executable.h"

namespace numest {
namespace {

int64_t from_environment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoll(text) : otherwise;
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
    choose_outputs();
  }

  Graph graph;
  CompileOptions options;  // with random aliases

  std::vector<Array> inputs() {
    std::vector<Array> result;
    for (const Tensor& t : graph.inputs) {
      Shape shape = t.shape();
      for (int64_t& e : shape)
        if (is_symbol(e)) e = batch_;
      Array a(t.dtype(), shape);
      for (float& v : a.span<float>()) v = float(random_.next_double() * 4 - 2);
      result.push_back(a);
    }
    return result;
  }

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

  void add_node() {
    const uint64_t kind = below(10);
    const Tensor x = any();
    Tensor y = kind < 4   ? unary(x)
               : kind < 7 ? binary(x, any())
               : kind < 8 ? binary(x, constant())
                          : shaped(x);
    values_.push_back(std::move(y));
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

std::vector<Array> copies(const std::vector<Array>& arrays) {
  std::vector<Array> result;
  for (const Array& a : arrays) result.push_back(a.copy());
  return result;
}

void expect_close(const std::vector<Array>& actual,
                  const std::vector<Array>& expected, const Graph& graph,
                  const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].shape(), expected[i].shape()) << what;
    ASSERT_TRUE(allclose(actual[i], expected[i], 1e-4, 1e-4))
        << what << ", output " << i << ":\n"
        << actual[i].to_string() << "\nexpected\n"
        << expected[i].to_string() << "\n"
        << to_string(graph);
  }
}

void check_variant(RandomGraph& random, const std::vector<Array>& inputs,
                   const std::vector<Array>& expected, bool has_alias,
                   const std::string& disabled) {
  CompileOptions options;
  if (has_alias) options.alias = random.options.alias;
  if (!disabled.empty()) options.passes.disabled = {disabled};
  options.passes.verify = true;
  const Executable program = compile(random.graph, options);
  const std::string what =
      fmt::format("without '{}'{}", disabled, has_alias ? ", in place" : "");
  for (int run = 0; run < 2; ++run) {
    const auto given = copies(inputs);
    expect_close(program.run(given), expected, program.graph(), what);
  }
}

TEST(Fuzz, CompiledGraphsGiveWhatTheInterpreterGives) {
  const int64_t count = from_environment("NUMEST_FUZZ_GRAPHS", 500);
  const int64_t first = from_environment("NUMEST_FUZZ_SEED", 0);
  for (int64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomGraph random{uint64_t(seed)};
    const auto inputs = random.inputs();
    const auto expected = evaluate(random.graph, copies(inputs));
    check_variant(random, inputs, expected, false, "all");
    check_variant(random, inputs, expected, false, "");
    check_variant(random, inputs, expected, true, "all");
    check_variant(random, inputs, expected, true, "");
    check_variant(random, inputs, expected, true, "fuse_elementwise");
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace numest
