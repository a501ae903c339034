// Each pass by itself; numest/runtime/fuzz_test.cpp compares all of them.
#include "numest/passes/passes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "numest/graph/evaluate.h"
#include "numest/graph/verify.h"
#include "numest/ops/call.h"
#include "numest/ops/operators.h"
#include "numest/passes/default_pipeline.h"

namespace numest {
namespace {

constexpr DType kF = DType::kFloat32;

Tensor input(const Shape& shape, DType dtype = kF) {
  return parameter({dtype, shape}, "x");
}

std::vector<std::string> op_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node* node : topological_order(graph))
    if (!is_parameter(*node)) names.emplace_back(node->op->name);
  return names;
}

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Graph run(Graph (*pass)(const Graph&), const Tensor& x, const Tensor& y) {
  Graph result = pass({"f", {x}, {y}});
  verify(result, "in the test");
  return result;
}

TEST(Canonicalize, DropsWhatChangesNothing) {
  const Tensor x = input({fresh_extent(), 3});
  Tensor y = reshape(broadcast_to(stop_gradient(x), x.shape()), x.shape());
  y = transpose(y, {0, 1});
  EXPECT_THAT(op_names(run(canonicalize, x, y)), IsEmpty());
}

TEST(Canonicalize, PutsConstantsSecond) {
  const Tensor x = input({3});
  const Graph graph = run(canonicalize, x, 2.0 + x);
  EXPECT_TRUE(graph.outputs[0].node()->inputs[0].is_symbolic());
  EXPECT_FALSE(graph.outputs[0].node()->inputs[1].is_symbolic());
  const Graph ordered = run(canonicalize, x, 2.0 - x);
  EXPECT_FALSE(ordered.outputs[0].node()->inputs[0].is_symbolic());
}

TEST(Fold, ComputesConstantNodes) {
  const Tensor x = input({});
  const OpDef& op = *(x + 1.0).node()->op;
  const Tensor one(Array::scalar(1.0f)), two(Array::scalar(2.0f));
  const Tensor three = make_node(op, {one, two}, {})[0];
  ASSERT_TRUE(three.is_symbolic());
  const Graph graph = run(fold, x, x * three);
  EXPECT_THAT(op_names(graph), ElementsAre("multiply"));
  EXPECT_EQ(graph.outputs[0].node()->inputs[1].numpy().item<float>(), 3);
}

TEST(Fold, LeavesLargeResults) {
  const Tensor x = input({});
  const Tensor one(Array::scalar(1.0f));
  const Tensor f = full(x, {2});
  const Tensor large = make_node(
      *f.node()->op, {one}, {{"shape", Shape{1 << 20}}, {"dtype", Attr()}})[0];
  EXPECT_THAT(op_names(run(fold, x, sum(large) + x)),
              ElementsAre("full", "sum", "add"));
}

TEST(Fold, AnswersForKnownExtentsWithoutTheValues) {
  const Tensor x = input({fresh_extent(), 3});
  const Tensor y = exp(x);
  const auto ask = [&](const char* op, int64_t axis) {
    return call_one(op_named(op), {y}, {{"axis", axis}});
  };
  const Graph graph = run(fold, x, ask("arange_like", -1) + ask("extent", 1));
  EXPECT_THAT(op_names(graph), IsEmpty());
  EXPECT_TRUE(
      array_equal(graph.outputs[0].numpy(), Array::from<int64_t>({3, 4, 5})));
  EXPECT_THAT(op_names(run(fold, x, ask("extent", 0))),
              ElementsAre("exp", "extent"));
}

TEST(MergeCommon, MergesEqualNodes) {
  const Tensor x = input({3});
  const Graph graph = run(merge_common, x, tanh(x + 1.0) * tanh(x + 1.0));
  EXPECT_THAT(op_names(graph), ElementsAre("add", "tanh", "multiply"));
}

TEST(MergeCommon, KeepsDifferentAttributesApart) {
  const Tensor x = input({3, 3});
  const Graph graph = run(merge_common, x, sum(x, {0}) + sum(x, {1}));
  EXPECT_THAT(op_names(graph), ElementsAre("sum", "sum", "add"));
}

// The second extent is called as the first, in attributes, too.
TEST(MergeCommon, RenamesTheExtentsOfMergedNodes) {
  const Tensor n = parameter({DType::kInt64, {}}, "n");
  const Tensor row = input({1});
  const auto ones = [&] {
    const Tensor positions = count_up(n);
    const Tensor value =
        call_one(op_named("with_dependencies"), {row, positions});
    return sum(broadcast_to(value, positions.shape()));
  };
  const Tensor zeros = ones();
  const Graph graph{"f", {n, row}, {zeros + ones() * 2.0}};
  const Graph merged = merge_common(graph);
  verify(merged, "in the test");
  Array one(kF, {1});
  one.data<float>()[0] = 1;
  const Array inputs[] = {Array::scalar(int64_t{4}), one};
  EXPECT_EQ(evaluate(merged, inputs)[0].item<float>(), 12);
}

std::vector<std::string> simplified(const Tensor& x, const Tensor& y) {
  return op_names(run(simplify, x, y));
}

TEST(Simplify, RemovesNeutralElements) {
  const Tensor x = input({2, 3});
  EXPECT_THAT(simplified(x, x * 1.0), IsEmpty());
  EXPECT_THAT(simplified(x, x / 1.0), IsEmpty());
  EXPECT_THAT(simplified(x, x - 0.0), IsEmpty());
  EXPECT_THAT(simplified(x, power(x, 1.0)), IsEmpty());
  EXPECT_THAT(simplified(x, negative(negative(x))), IsEmpty());
  EXPECT_THAT(simplified(x, transpose(transpose(x))), ElementsAre("transpose"));
  EXPECT_THAT(simplified(x, power(x, 2.0)), ElementsAre("square"));
  EXPECT_THAT(simplified(x, x / 4.0), ElementsAre("multiply"));
  EXPECT_THAT(simplified(x, x / 3.0), ElementsAre("divide"));
}

TEST(Simplify, KeepsWhatRoundsOrPropagates) {
  const Tensor x = input({3});
  EXPECT_THAT(simplified(x, x + 0.0), ElementsAre("add"));       // -0.0 + 0.0
  EXPECT_THAT(simplified(x, x * 0.0), ElementsAre("multiply"));  // nan
  const Tensor i = input({3}, DType::kInt32);
  EXPECT_THAT(simplified(i, i + 0), IsEmpty());
  EXPECT_THAT(simplified(i, i * 0), ElementsAre("zeros_like"));
  const Tensor through = astype(astype(i, kF), DType::kInt32);
  EXPECT_THAT(simplified(i, through), ElementsAre("astype", "astype"));
}

TEST(Simplify, DropsBroadcastsThatTheOpDoesItself) {
  const Tensor x = input({fresh_extent(), 3}), s = input({});
  const Graph graph = simplify(
      {"f", {x, s}, {x * broadcast_to(s, x.shape()), zeros_like(x) - x}});
  EXPECT_THAT(op_names(graph), UnorderedElementsAre("multiply", "subtract"));
  const Graph kept = simplify({"f", {s}, {s * broadcast_to(s, {4})}});
  EXPECT_THAT(op_names(kept), ElementsAre("broadcast_to", "multiply"));
}

TEST(Simplify, DropsWhatIsWrittenOverAsAWhole) {
  const Tensor x = input({fresh_extent(), 4}), y = input({x.shape()[0], 4});
  const auto written = [&](int64_t start, int64_t stop, int64_t step) {
    const std::vector<int64_t> starts{0, start}, steps{1, step};
    const std::vector<int64_t> stops{std::numeric_limits<int64_t>::max(), stop};
    const Tensor t =
        call_one(op_named("slice_update"), {x, y},
                 {{"starts", starts}, {"stops", stops}, {"steps", steps}});
    return op_names(simplify({"f", {x, y}, {t}}));
  };
  EXPECT_THAT(written(0, 4, 1), IsEmpty());
  EXPECT_THAT(written(0, 9, 1), IsEmpty());
  EXPECT_THAT(written(3, -9, -1), ElementsAre("slice_update"));
  const Tensor row = input({4});
  EXPECT_THAT(
      op_names(simplify({"f",
                         {x, row},
                         {call_one(op_named("slice_update"), {x, row},
                                   {{"starts", std::vector<int64_t>{0}},
                                    {"stops", std::vector<int64_t>{9}},
                                    {"steps", std::vector<int64_t>{1}}})}})),
      ElementsAre("slice_update"));
}

TEST(Simplify, CutsWindowsFromRowsThatAreNotPadded) {
  const Tensor x = input({fresh_extent(), 4, 3, 2});
  const Tensor starts = parameter({DType::kInt64, {x.shape()[0], 3}}, "at");
  const std::vector<int64_t> widths{0, 0, 2, 1, 0, 3, 0, 0};
  const auto windows = [&](std::string_view mode) {
    const Tensor padded = pad(x, widths, mode, 1.5);
    const Tensor y = call_one(op_named("dynamic_slice_rows"), {padded, starts},
                              {{"sizes", Shape{5, 4, 2}}});
    return Graph{"f", {x, starts}, {y}};
  };
  const Graph graph = windows("constant"), fast = simplify(graph);
  verify(fast, "in the test");
  EXPECT_THAT(op_names(fast), ElementsAre("dynamic_slice_rows"));
  EXPECT_THAT(op_names(simplify(windows("edge"))),
              ElementsAre("pad", "dynamic_slice_rows"));
  Array rows(kF, {3, 4, 3, 2}), at(DType::kInt64, {3, 3});
  for (int i = 0; i < 72; ++i) rows.data<float>()[i] = float(i);
  for (int i = 0; i < 9; ++i) at.data<int64_t>()[i] = i * 5 % 4 - 1;
  const Array inputs[] = {rows, at};
  EXPECT_TRUE(
      array_equal(evaluate(fast, inputs)[0], evaluate(graph, inputs)[0]));
}

TEST(FuseLinear, TakesBiasAndActivation) {
  const Tensor x = input({fresh_extent(), 3}), w = input({3, 4}),
               b = input({4});
  for (auto activation : {&relu, &tanh, &sigmoid}) {
    const Graph graph =
        fuse_linear({"f", {x, w, b}, {activation(matmul(x, w) + b)}});
    verify(graph, "in the test");
    EXPECT_THAT(op_names(graph), ElementsAre("linear"));
  }
}

TEST(FuseLinear, LeavesWhatOthersRead) {
  const Tensor x = input({5, 3}), w = input({3, 4}), b = input({4});
  const Tensor product = matmul(x, w), sum = product + b;
  EXPECT_THAT(op_names(fuse_linear({"f", {x, w, b}, {sum, relu(sum)}})),
              ElementsAre("linear", "relu"));
  EXPECT_THAT(op_names(fuse_linear({"f", {x, w, b}, {product, sum}})),
              ElementsAre("matmul", "add"));
  const Tensor row = input({5, 4});
  EXPECT_THAT(op_names(fuse_linear({"f", {x, w, row}, {product + row}})),
              ElementsAre("matmul", "add"));
}

TEST(FuseLinear, ChangesNoValueOfAGradient) {
  const Tensor x = input({5, 3}), w = input({3, 4}), b = input({4});
  const Tensor y = relu(matmul(x, w) + b);
  // The derivative of relu by its output, as reverse mode gives it.
  const Tensor g = where(greater(y, 0.0), y, 0.0);
  const Graph graph{"f", {x, w, b}, {y, matmul(x, g, true)}};
  const Graph fused = fuse_linear(graph);
  EXPECT_THAT(op_names(fused),
              ElementsAre("linear", "greater", "where", "matmul"));
  std::vector<Array> inputs;
  float next = -2;
  for (const Tensor& t : graph.inputs) {
    Array a(kF, t.shape());
    for (float& v : a.span<float>()) v = (next += 0.3f) > 2 ? next = -2 : next;
    inputs.push_back(a);
  }
  const auto expected = evaluate(graph, inputs),
             actual = evaluate(fused, inputs);
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(allclose(actual[i], expected[i], 1e-5, 1e-5));
}

TEST(FuseElementwise, JoinsAChain) {
  const Tensor x = input({fresh_extent(), 3});
  const Graph graph = run(fuse_elementwise, x, tanh(x * 2.0 + 1.0));
  EXPECT_THAT(op_names(graph), ElementsAre("fused"));
}

TEST(FuseElementwise, GivesWhatTheGraphGives) {
  const Tensor x = input({5, 3}), b = input({3}), c = input({5, 1});
  const Tensor product = x * b;
  const Graph graph{"f", {x, b, c}, {relu(product + c), product}};
  const Graph fused = fuse_elementwise(graph);
  verify(fused, "in the test");
  EXPECT_THAT(op_names(fused), ElementsAre("fused"));
  std::vector<Array> inputs;
  for (const Tensor& t : graph.inputs) {
    Array a(kF, t.shape());
    float next = -3;
    for (float& v : a.span<float>()) v = next += 0.7f;
    inputs.push_back(a);
  }
  const auto expected = evaluate(graph, inputs);
  const auto actual = evaluate(fused, inputs);
  EXPECT_TRUE(allclose(actual[0], expected[0]));
  EXPECT_TRUE(allclose(actual[1], expected[1]));
}

// sum(h) lies between h and the last product: one group would wait for itself.
TEST(FuseElementwise, MakesNoCircle) {
  const Tensor x = input({4});
  const Tensor h = tanh(x) * 2.0;
  const Graph graph = run(fuse_elementwise, x, (h - sum(h)) * h);
  EXPECT_THAT(op_names(graph), ElementsAre("fused", "sum", "fused"));
}

TEST(FuseElementwise, KeepsShapesApart) {
  const Tensor x = input({4}), y = input({3, 4});
  const Graph graph =
      fuse_elementwise({"f", {x, y}, {tanh(x * 2.0) + tanh(y)}});
  EXPECT_THAT(op_names(graph), UnorderedElementsAre("fused", "fused"));
}

TEST(FuseElementwise, SplitsGroupsThatAreTooLong) {
  const Tensor x = input({4});
  Tensor y = x;
  for (int i = 0; i < 200; ++i) y = tanh(y + x);
  const size_t count = op_names(run(fuse_elementwise, x, y)).size();
  EXPECT_GE(count, 400u / 64);
  EXPECT_LT(count, 20u);
}

// Adagrad on a weight whose gradient is larger than the cache.
struct Adagrad {
  Tensor x = input({16, 700}), g = input({16, 130});
  Tensor w = input({700, 130}), a = input({700, 130});
  Graph graph;
  Adagrad() {
    const OpDef& matmul_op = op_named("matmul");
    const Tensor gradient =
        call_one(matmul_op, {x, g}, {{"transpose_a", true}});
    const Tensor next = a + gradient * gradient;
    graph = {"f", {x, g, w, a}, {w - 0.1 * gradient / sqrt(next), next}};
  }
};

Array ramp(const Shape& shape, int64_t step) {
  Array values(kF, shape);
  int64_t next = 0;
  for (float& v : values.span<float>())
    v = float((next += step) % 101) * 0.01f + 0.1f;
  return values;
}

// Each output of one node is an input of its own.
TEST(FuseElementwise, CountsAllOutputsOfANode) {
  Graph graph;
  graph.inputs = {parameter({DType::kFloat32, {4}})};
  std::vector<Tensor> parts{graph.inputs[0]};
  for (int i = 0; i < 40; ++i) parts.push_back(graph.inputs[0]);
  Tensor big = call_one(op_named("concatenate"), parts);
  parts[0] = big;
  parts.erase(parts.begin() + 1);
  parts.insert(parts.begin() + 1, graph.inputs[0]);
  const std::vector<Tensor> pieces = call(op_named("split_like"), parts);
  Tensor total = pieces[0];
  for (size_t i = 1; i < pieces.size(); ++i) total = total * pieces[i] + 1.0f;
  graph.outputs = {total};
  const Array inputs[] = {Array::from<float>({0.5, 1, -1, 0})};
  const Graph fused = fuse_elementwise(graph);
  EXPECT_TRUE(allclose(evaluate(fused, inputs)[0], evaluate(graph, inputs)[0]));
}

TEST(FuseProduct, GivesWhatTheGraphGives) {
  const Adagrad adagrad;
  const Graph fused = fuse_product(fuse_elementwise(adagrad.graph));
  verify(fused, "in the test");
  EXPECT_THAT(op_names(fused), ElementsAre("fused_product"));
  std::vector<Array> inputs;
  for (const Tensor& t : adagrad.graph.inputs)
    inputs.push_back(ramp(t.shape(), 7 + int64_t(inputs.size())));
  const auto expected = evaluate(adagrad.graph, inputs);
  const auto actual = evaluate(fused, inputs);
  EXPECT_TRUE(allclose(actual[0], expected[0], 1e-4));
  EXPECT_TRUE(allclose(actual[1], expected[1], 1e-4));
}

TEST(FuseProduct, LeavesGradientsThatOthersRead) {
  Adagrad adagrad;
  const Tensor gradient = call_one(op_named("matmul"), {adagrad.x, adagrad.g},
                                   {{"transpose_a", true}});
  const Graph graph = fuse_product(
      fuse_elementwise({"f",
                        {adagrad.x, adagrad.g, adagrad.w},
                        {adagrad.w - 0.1 * gradient, sum(gradient)}}));
  EXPECT_THAT(op_names(graph), UnorderedElementsAre("matmul", "fused", "sum"));
}

TEST(Pipeline, SwitchesPassesOffByName) {
  const Tensor x = input({3});
  const Graph graph{"f", {x}, {tanh(x * 2.0)}};
  EXPECT_THAT(op_names(optimize(graph)), ElementsAre("fused"));
  EXPECT_THAT(op_names(optimize(graph, {.disabled = {"fuse_elementwise"}})),
              ElementsAre("multiply", "tanh"));
  EXPECT_THROW(optimize(graph, {.disabled = {"fuze"}}), KeyError);
}

TEST(Pipeline, CountsNodesOfEachPass) {
  const Tensor x = input({3});
  auto rows = pass_statistics();
  const auto before = rows.back();
  optimize({"f", {x}, {tanh(x * 2.0)}});
  rows = pass_statistics();
  EXPECT_EQ(rows.back().name, "fuse_product");
  EXPECT_EQ(rows.back().runs, before.runs + 1);
  EXPECT_EQ(rows.back().nodes_after - before.nodes_after, 2);
}

}  // namespace
}  // namespace numest
