// Branches, loops and calls, concrete and in graphs. Derivatives and blocks
// of them are tested with the transforms.
#include <gtest/gtest.h>

#include "numest/graph/evaluate.h"
#include "numest/ops/control.h"
#include "numest/ops/emit.h"

namespace numest {
namespace {

using Tensors = std::vector<Tensor>;
using Span = std::span<const Tensor>;

Tensor add(const Tensor& a, const Tensor& b) { return emit("add", {a, b}); }
Tensor mul(const Tensor& a, const Tensor& b) {
  return emit("multiply", {a, b});
}
double run(const Graph& graph, double x) {
  const Array inputs[] = {Array::scalar(x)};
  return evaluate(graph, inputs)[0].item<double>();
}
Graph scalar_graph() {
  Graph graph;
  graph.inputs = {parameter({DType::kFloat64, {}}, "x")};
  return graph;
}

TEST(Cond, CallsTheBranchOfAConcreteCondition) {
  auto yes = [](Span) { return Tensors{Tensor(1.0)}; };
  auto no = [](Span) -> Tensors { throw std::runtime_error("not taken"); };
  EXPECT_EQ(cond(Tensor(true), yes, no)[0].numpy().item<double>(), 1);
}

TEST(Cond, ChoosesInGraphsAndLiftsOuterTensors) {
  Graph graph = scalar_graph();
  const Tensor x = graph.inputs[0];
  const Tensor twice = mul(x, 2.0);
  graph.outputs = cond(
      emit("greater", {x, 0.0}), [&](Span) { return Tensors{twice}; },
      [&](Span) { return Tensors{add(twice, x)}; });
  EXPECT_EQ(run(graph, 3), 6);
  EXPECT_EQ(run(graph, -3), -9);
}

TEST(Cond, Nests) {
  Graph graph = scalar_graph();
  const Tensor x = graph.inputs[0];
  auto inner = [&](Span) {
    return cond(
        emit("greater", {x, 10.0}), [&](Span) { return Tensors{add(x, 1.0)}; },
        [&](Span) { return Tensors{add(x, 2.0)}; });
  };
  graph.outputs =
      cond(emit("greater", {x, 0.0}), inner, [&](Span) { return Tensors{x}; });
  EXPECT_EQ(run(graph, 20), 21);
  EXPECT_EQ(run(graph, 2), 4);
  EXPECT_EQ(run(graph, -2), -2);
}

TEST(Cond, RejectsBranchesThatDiffer) {
  Graph graph = scalar_graph();
  const Tensor x = graph.inputs[0];
  EXPECT_THROW(
      cond(
          emit("greater", {x, 0.0}), [&](Span) { return Tensors{x}; },
          [&](Span) { return Tensors{Tensor(Array::scalar(int64_t{1}))}; }),
      TypeError);
}

Tensors doubling(const Tensor& x, const Tensor& limit) {
  return while_loop(
      [&](Span v) {
        return emit("less", {v[0], limit});
      },
      [](Span v) { return Tensors{mul(v[0], 2.0)}; }, {x});
}

TEST(WhileLoop, RunsAtOnceOnData) {
  EXPECT_EQ(doubling(3.0, 20.0)[0].numpy().item<double>(), 24);
}

TEST(WhileLoop, RunsInGraphsWithCaptures) {
  Graph graph = scalar_graph();
  const Tensor limit = mul(graph.inputs[0], 10.0);
  graph.outputs = doubling(graph.inputs[0], limit);
  EXPECT_EQ(run(graph, 3), 48);
  EXPECT_EQ(run(graph, 1), 16);
}

TEST(WhileLoop, StopsAfterMaxIterations) {
  Graph graph = scalar_graph();
  graph.outputs = while_loop(
      [](Span v) {
        return emit("less", {v[0], 1e9});
      },
      [](Span v) { return Tensors{add(v[0], 1.0)}; }, {graph.inputs[0]}, 5);
  EXPECT_EQ(run(graph, 0), 5);
}

TEST(WhileLoop, ExtentsMayGrow) {
  Graph graph;
  graph.inputs = {parameter({DType::kFloat64, Shape{1}})};
  graph.outputs = while_loop(
      [](Span v) {
        return emit("less", {emit("extent", {v[0]}), Tensor(int64_t{5})});
      },
      [](Span v) {
        return Tensors{emit("concatenate", {v[0], v[0]})};
      },
      {graph.inputs[0]});
  const Array inputs[] = {Array::from<double>({2})};
  EXPECT_EQ(evaluate(graph, inputs)[0].shape(), Shape{8});
}

TEST(WhileLoop, RejectsABodyThatChangesDtypes) {
  Graph graph = scalar_graph();
  EXPECT_THROW(while_loop(
                   [](Span v) {
                     return emit("less", {v[0], 1.0});
                   },
                   [](Span v) {
                     return Tensors{emit("less", {v[0], 1.0})};
                   },
                   {graph.inputs[0]}),
               TypeError);
}

TEST(MapRows, StacksTheRowsResults) {
  const OpDef& op = op_named("cumsum");
  const Tensor block(Array::from<double>({1, 2, 3, 4}, Shape{2, 2}));
  const Tensor inputs[] = {block};
  const bool batched[] = {true};
  const Attrs attrs{{"axis", int64_t{0}}, {"dtype", Attr()}};
  const auto out = vmap_rows(VmapContext{op, inputs, batched, attrs});
  EXPECT_EQ(out[0].numpy().to_vector<double>(),
            (std::vector<double>{1, 3, 3, 7}));
}

class Adder : public ForeignFunction {
 public:
  std::string name() const override { return "adder"; }
  std::vector<TensorSpec> output_types(
      std::span<const TensorSpec> inputs) const override {
    return {inputs[0]};
  }
  std::vector<Array> call(std::span<const Array> inputs) const override {
    return {emit("add", {Tensor(inputs[0]), Tensor(1.0)}).numpy()};
  }
};

TEST(PythonCall, CallsTheFunctionWhenTheGraphRuns) {
  Graph graph = scalar_graph();
  const std::shared_ptr<const ForeignFunction> f = std::make_shared<Adder>();
  graph.outputs = {emit("python_call", {graph.inputs[0]}, {{"function", f}})};
  EXPECT_EQ(run(graph, 4), 5);
}

}  // namespace
}  // namespace numest
