// Derivatives against central differences and by hand, first and second;
// vectorizing against a loop; tracing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/base/counters.h"
#include "numest/graph/evaluate.h"
#include "numest/ops/composite.h"
#include "numest/ops/control.h"
#include "numest/ops/emit.h"
#include "numest/ops/indexing.h"
#include "numest/ops/operators.h"
#include "numest/transforms/ragged.h"
#include "numest/transforms/trace.h"
#include "numest/transforms/vjp.h"
#include "numest/transforms/vmap.h"

namespace numest {
namespace {

using Span = std::span<const Tensor>;
using Tensors = std::vector<Tensor>;
using Doubles = std::vector<double>;

Tensor doubles(const Doubles& values, const Shape& shape) {
  return Array::from(values, shape);
}

Doubles values(const Tensor& t) {
  return t.numpy().astype(DType::kFloat64).contiguous().to_vector<double>();
}

double value(const Tensor& t) { return values(t)[0]; }

// d f / d x[i] by central differences.
Doubles differences(const ScalarFunction& f, const Tensor& x) {
  constexpr double kStep = 1e-5;
  Doubles result;
  for (int64_t i = 0; i < x.numpy().size(); ++i) {
    Array up = x.numpy().copy(), down = x.numpy().copy();
    up.data<double>()[i] += kStep;
    down.data<double>()[i] -= kStep;
    const Tensor plus[] = {up}, minus[] = {down};
    result.push_back((value(f(plus)) - value(f(minus))) / (2 * kStep));
  }
  return result;
}

void expect_near(const Doubles& got, const Doubles& want, double tolerance) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], want[i], tolerance) << "element " << i;
}

Tensor network(Span v) {
  const Tensor& x = v[0];
  const Tensor w = doubles({0.5, -1, 2, 0.3, 0.7, -0.2}, {3, 2});
  const Tensor h = tanh(matmul(reshape(x, {2, 3}), w));
  return mean(softplus(h) * sigmoid(h)) + max(x) - sum(sort(x)) * 0.1;
}

TEST(Grad, AgreesWithCentralDifferences) {
  const Tensor x = doubles({0.1, -0.4, 0.9, 1.3, -2, 0.6}, {6});
  const Tensor arguments[] = {x};
  const auto g = grad(network)(arguments);
  expect_near(values(g[0]), differences(network, x), 1e-8);
}

TEST(Grad, OfItselfIsTheSecondDerivative) {
  const ScalarFunction f = [](Span v) { return sum(v[0] * v[0] * v[0]); };
  const ScalarFunction slope = [&](Span v) { return sum(grad(f)(v)[0]); };
  const Tensor x[] = {doubles({1, -2, 0.5}, {3})};
  EXPECT_EQ(values(grad(f)(x)[0]), (Doubles{3, 12, 0.75}));
  EXPECT_EQ(values(grad(slope)(x)[0]), (Doubles{6, -12, 3}));
}

TEST(Grad, TakesTheArgumentsThatAreNamed) {
  const ScalarFunction f = [](Span v) { return sum(v[0] * v[1]); };
  const Tensor v[] = {doubles({2, 3}, {2}), doubles({5, 7}, {2})};
  const auto g = grad(f, {1})(v);
  ASSERT_EQ(g.size(), 1u);
  EXPECT_EQ(values(g[0]), (Doubles{2, 3}));
}

TEST(Grad, IsZeroWhereNothingDepends) {
  const ScalarFunction f = [](Span v) { return sum(v[0]); };
  const Tensor v[] = {doubles({2}, {1}), doubles({5, 7}, {2})};
  EXPECT_EQ(values(grad(f)(v)[1]), (Doubles{0, 0}));
}

TEST(ValueAndGrad, GivesBoth) {
  const ScalarFunction f = [](Span v) { return sum(square(v[0])); };
  const Tensor v[] = {doubles({3, 4}, {2})};
  const auto [y, g] = value_and_grad(f)(v);
  EXPECT_EQ(value(y), 25);
  EXPECT_EQ(values(g[0]), (Doubles{6, 8}));
}

TEST(Grad, RefusesWhatIsNoFloatingScalar) {
  const Tensor v[] = {doubles({3, 4}, {2})};
  EXPECT_THROW(grad([](Span s) { return s[0]; })(v), ValueError);
  EXPECT_THROW(grad([](Span s) { return argmax(s[0]); })(v), ValueError);
}

TEST(Grad, GoesThroughBranchesAndLoops) {
  // x^8 by three squarings if x > 0, else 3 x.
  const ScalarFunction f = [](Span v) {
    auto power = [](Span s) {
      Tensors vars{s[0], Tensor(Array::scalar(int64_t{0}))};
      vars =
          while_loop([](Span w) { return less(w[1], Tensor(int64_t{3})); },
                     [](Span w) {
                       return Tensors{w[0] * w[0], w[1] + Tensor(int64_t{1})};
                     },
                     vars, 3);
      return Tensors{vars[0]};
    };
    return cond(greater(v[0], 0.0), power,
                [](Span s) { return Tensors{s[0] * 3.0}; }, {v[0]})[0];
  };
  for (double x : {1.5, -2.0}) {
    const Tensor v[] = {doubles({x}, {})};
    const double want = x > 0 ? 8 * std::pow(x, 7) : 3;
    EXPECT_NEAR(value(grad(f)(v)[0]), want, 1e-9 * std::abs(want));
  }
}

TEST(CustomGradient, ReplacesTheDerivativeAndKeepsTheValue) {
  const ScalarFunction f = [](Span v) {
    const Tensors y = custom_gradient({exp(v[0])}, {v[0]}, [&](Span g) {
      return Tensors{g[0] * v[0] * 10.0};  // uses a tensor from outside
    });
    return sum(y[0] * 3.0);
  };
  const Tensor v[] = {doubles({1, 2}, {2})};
  const auto [y, g] = value_and_grad(f)(v);
  EXPECT_NEAR(value(y), 3 * (std::exp(1) + std::exp(2)), 1e-9);
  EXPECT_EQ(values(g[0]), (Doubles{30, 60}));
}

TEST(Vmap, EqualsALoop) {
  const TensorFunction f = [](Span v) {
    const Tensor distance = v[0] - v[1];
    return Tensors{sort(distance), sum(distance * distance),
                   matmul(reshape(v[0], {1, 3}), reshape(v[1], {3, 1}))};
  };
  const Tensor block = doubles({3, 1, 2, -1, 0, 5}, {2, 3});
  const Tensor shared = doubles({1, 2, 3}, {3});
  const Tensor arguments[] = {block, shared};
  const auto got = vmap(f, {0, -1})(arguments);
  for (int64_t row = 0; row < 2; ++row) {
    const Tensor one[] = {Tensor(block.numpy().index(0, row)), shared};
    const auto want = f(one);
    for (size_t i = 0; i < want.size(); ++i)
      EXPECT_TRUE(allclose(got[i].numpy().index(0, row), want[i].numpy()));
  }
}

TEST(Vmap, OfGradGivesAGradientPerRow) {
  const ScalarFunction f = [](Span v) { return sum(v[0] * v[0] * v[0]); };
  const TensorFunction each = [&](Span v) { return grad(f)(v); };
  const Tensor block[] = {doubles({1, 2, 3, 4}, {2, 2})};
  EXPECT_EQ(values(vmap(each)(block)[0]), (Doubles{3, 12, 27, 48}));
}

// Positive elements only: how many there are differs by row.
Tensor kept_of(const Tensor& x) { return index(x, {x > 0.0}); }

TEST(Vmap, RunsExtentsThatDifferByRowAlone) {
  const TensorFunction f = [](Span v) {
    const Tensor kept = kept_of(v[0]);
    const Tensor doubled = v[0] * 2.0;
    return Tensors{sum(kept * kept), max(doubled) + sum(kept), doubled};
  };
  const Tensor block =
      doubles({3, -1, 2, -1, -5, -2, 4, 5, 6}, {3, 3});  // 2, 0, 3 are kept
  const Tensor arguments[] = {block};
  const auto got = vmap(f)(arguments);
  for (int64_t row = 0; row < 3; ++row) {
    const Tensor one[] = {Tensor(block.numpy().index(0, row))};
    const auto want = f(one);
    for (size_t i = 0; i < want.size(); ++i)
      EXPECT_TRUE(allclose(got[i].numpy().index(0, row), want[i].numpy()));
  }
}

TEST(Vmap, RefusesResultsWhoseExtentsDiffer) {
  const Tensor arguments[] = {doubles({3, -1, -1, -1}, {2, 2})};
  EXPECT_THROW(vmap([](Span v) { return Tensors{kept_of(v[0])}; })(arguments),
               NotSupportedError);
}

TEST(Ragged, TakesInWhatLiesBetween) {
  Graph graph;
  graph.inputs = {parameter({DType::kFloat64, {4}})};
  const Tensor& x = graph.inputs[0];
  const Tensor number = sum(kept_of(x));     // leaves the part ...
  const Tensor between = exp(number) * 2.0;  // ... and comes back
  graph.outputs = {sum(kept_of(x) * between), sum(x)};
  const bool is_batched[] = {true};
  const RaggedPart part = ragged_part(graph, is_batched);
  EXPECT_TRUE(part.nodes.contains(between.node().get()));
  EXPECT_FALSE(part.nodes.contains(graph.outputs[1].node().get()));
  const RowProgram rows = row_program(graph, part);
  EXPECT_EQ(rows.outputs.size(), 1U);
  EXPECT_EQ(rows.inputs.size(), rows.body.inputs.size());
}

// The gradient's broadcast has no input of the extent that it names.
TEST(ExecutionOrder, RunsWhatMakesAnExtentBeforeWhoNamesIt) {
  Graph graph;
  graph.inputs = {parameter({DType::kInt64, {}})};
  const Tensor& n = graph.inputs[0];
  const Tensor first = emit("count_up", {n});
  const Tensor ones =
      emit("broadcast_to", {Tensor(1.0)}, {{"shape", first.shape()}});
  const Tensor later = with_inputs(first.node(), {n + int64_t{1}})[0];
  graph.outputs = {sum(ones), sum(later)};
  const Array inputs[] = {Array::scalar(int64_t{3})};
  EXPECT_EQ(evaluate(graph, inputs)[0].item<double>(), 4);
  EXPECT_EQ(evaluate(graph, inputs)[1].item<int64_t>(), 6);
}

TEST(Trace, CallsTheFunctionOnceForAllBatchSizes) {
  int calls = 0;
  const TensorSpec spec{DType::kFloat64, {fresh_extent(), 2}};
  const TensorSpec specs[] = {spec};
  const int64_t before = counter_value(Counter::traces);
  const Graph graph = trace(
      [&](Span v) {
        ++calls;
        return Tensors{sum(v[0], 0)};
      },
      specs, "totals");
  for (int64_t rows : {1, 3}) {
    const Array block[] = {Array::zeros(DType::kFloat64, {rows, 2})};
    EXPECT_EQ(evaluate(graph, block)[0].shape(), (Shape{2}));
  }
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(counter_value(Counter::traces) - before, 1);
  EXPECT_EQ(graph.name, "totals");
}

}  // namespace
}  // namespace numest
