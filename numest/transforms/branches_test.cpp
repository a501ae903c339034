// Sinking of dear branches: what is not taken is not computed, by a counter;
// what is taken gives what the selection gave, in graphs that nest and in
// blocks; derivatives and loops.
#include "numest/transforms/branches.h"

#include <gtest/gtest.h>

#include <atomic>

#include "numest/base/thread_pool.h"
#include "numest/graph/evaluate.h"
#include "numest/ops/composite.h"
#include "numest/ops/control.h"
#include "numest/ops/operators.h"
#include "numest/ops/rules.h"
#include "numest/transforms/vjp.h"
#include "numest/transforms/vmap.h"

namespace numest {
namespace {

using Tensors = std::vector<Tensor>;

std::atomic<int64_t> num_rows_computed{0};

// Doubles rows, and counts them.
constexpr int64_t kWidth = 4;
constexpr OpDef kCounted = {
    .name = "counted",
    .doc = "Twice the input, at a price.",
    .params = {},
    .type = [](const TypeContext& c) -> Types { return c.in(0); },
    .kernel =
        [](const KernelContext& c) {
          num_rows_computed += c.in(0).size() / kWidth;
          const auto x = c.in(0).contiguous().to_vector<double>();
          for (size_t i = 0; i < x.size(); ++i)
            c.out().data<double>()[i] = 2 * x[i];
        },
    .vjp = [](const VjpContext& c) -> Tensors {
      return make_node(c.op, {c.cotangent()}, {});
    },
    .vmap = [](const VmapContext& c) -> Tensors {
      return make_node(c.op, {c.inputs[0]}, {});
    },
    .flops = [](const KernelContext&) -> int64_t { return 10'000'000; },
};

Tensor counted(const Tensor& x) { return make_node(kCounted, {x}, {})[0]; }

int64_t rows_computed() { return num_rows_computed.exchange(0); }

// x: (kWidth,) float64, n: int64.
Graph element_graph(const std::function<Tensors(Tensor, Tensor)>& f) {
  Graph graph;
  graph.name = "test";
  graph.inputs = {parameter({DType::kFloat64, {kWidth}}, "x"),
                  parameter({DType::kInt64, {}}, "n")};
  graph.outputs = f(graph.inputs[0], graph.inputs[1]);
  return graph;
}

size_t count_nodes(const Graph& graph, std::string_view op) {
  size_t count = 0;
  for (const Node* node : topological_order(graph)) {
    count += node->op->name == op;
    for (const auto& [key, value] : node->attrs.items())
      if (const auto* g = std::get_if<std::shared_ptr<const Graph>>(&value))
        count += count_nodes(**g, op);
  }
  return count;
}

std::vector<Array> block(int64_t size) {
  Array x(DType::kFloat64, {size, kWidth}), n(DType::kInt64, {size});
  for (int64_t i = 0; i < x.size(); ++i)
    x.data<double>()[i] = double((i * 37) % 101) / 8 - 5;
  for (int64_t i = 0; i < size; ++i) n.data<int64_t>()[i] = (i * 7) % 10;
  return {x, n};
}

void expect_equal(const std::vector<Array>& got,
                  const std::vector<Array>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_TRUE(array_equal(got[i], want[i]))
        << got[i].to_string() << "\nexpected\n"
        << want[i].to_string();
}

// The sunk graph gives what the graph gives, for elements and blocks.
Graph checked(const Graph& graph) {
  const Graph sunk = sink_branches(graph, BranchUse::kElement);
  EXPECT_GT(count_nodes(sunk, "cond"), 0u) << to_string(sunk);
  const Graph by_row = vmap_graph(sunk), selected = vmap_graph(graph);
  EXPECT_GT(count_nodes(by_row, "cond_rows"), 0u) << to_string(by_row);
  for (const int64_t size : {0, 1, 2, 7, 150}) {
    const auto inputs = block(size);
    for (const int threads : {1, 8}) {
      set_num_threads(threads);
      expect_equal(evaluate(by_row, inputs), evaluate(selected, inputs));
    }
    for (int64_t r = 0; r < std::min<int64_t>(size, 10); ++r) {
      const Array row[] = {inputs[0].index(0, r), inputs[1].index(0, r)};
      expect_equal(evaluate(sunk, row), evaluate(graph, row));
    }
  }
  rows_computed();
  return sunk;
}

Graph one_dear_branch() {
  return element_graph([](const Tensor& x, const Tensor& n) -> Tensors {
    return {where(equal(n, 3), counted(x) + 1.0, x)};
  });
}

TEST(SinkBranches, ABranchThatIsNotTakenIsNotComputed) {
  const Graph sunk = checked(one_dear_branch());
  const Array x = block(1)[0].index(0, 0);
  evaluate(sunk, std::vector<Array>{x, Array::scalar(int64_t{2})});
  EXPECT_EQ(rows_computed(), 0);
  evaluate(sunk, std::vector<Array>{x, Array::scalar(int64_t{3})});
  EXPECT_EQ(rows_computed(), 1);
}

TEST(SinkBranches, OnlyTheRowsOfABlockThatTakeItAreComputed) {
  const Graph by_row =
      vmap_graph(sink_branches(one_dear_branch(), BranchUse::kElement));
  evaluate(by_row, block(150));
  EXPECT_EQ(rows_computed(), 15);
  auto none = block(5);
  none[1].assign(Array::scalar(int64_t{0}));
  evaluate(by_row, none);
  EXPECT_EQ(rows_computed(), 0);
  none[1].assign(Array::scalar(int64_t{3}));
  evaluate(by_row, none);
  EXPECT_EQ(rows_computed(), 5);
}

TEST(SinkBranches, CheapSelectionsStay) {
  const Graph graph =
      element_graph([](const Tensor& x, const Tensor& n) -> Tensors {
        return {where(equal(n, 3), x * 2.0 + 1.0, x)};
      });
  const Graph sunk = sink_branches(graph, BranchUse::kElement);
  EXPECT_TRUE(sunk.outputs[0].is_same(graph.outputs[0]));
}

TEST(SinkBranches, WhatBothSidesOrOthersNeedStaysOutside) {
  const Graph sunk =
      checked(element_graph([](const Tensor& x, const Tensor& n) -> Tensors {
        const Tensor both = counted(x), read = counted(x * 3.0);
        const Tensor c = less(n, 5);
        return {where(c, counted(both) + read, both), read};
      }));
  EXPECT_EQ(count_nodes(sunk, "counted"), 3u);
  const Array x = block(1)[0].index(0, 0);
  evaluate(sunk, std::vector<Array>{x, Array::scalar(int64_t{7})});
  EXPECT_EQ(rows_computed(), 2);
}

TEST(SinkBranches, SelectionsByOneConditionAndItsNegationAreOneNode) {
  const Graph sunk =
      checked(element_graph([](const Tensor& x, const Tensor& n) -> Tensors {
        const Tensor c = less(n, 5);
        const Tensor a = where(c, counted(x), x);
        const Tensor b = where(logical_not(c), a, counted(a) + 1.0);
        return {a, b, where(c, b, x)};
      }));
  EXPECT_EQ(count_nodes(sunk, "cond"), 1u);
  EXPECT_EQ(count_nodes(sunk, "where"), 0u);
}

TEST(SinkBranches, WhatStandsBetweenSelectionsDividesThem) {
  const Graph sunk =
      checked(element_graph([](const Tensor& x, const Tensor& n) -> Tensors {
        const Tensor c = less(n, 5);
        const Tensor a = where(c, counted(x), x);
        const Tensor between = cumsum(a, 0);
        return {where(c, counted(between), a), between};
      }));
  EXPECT_EQ(count_nodes(sunk, "cond"), 2u);
}

TEST(SinkBranches, BranchesNestAndChain) {
  const Graph sunk =
      checked(element_graph([](const Tensor& x, const Tensor& n) -> Tensors {
        const Tensor inner =
            where(less(n, 2), counted(x) + 1.0, counted(x * 2.0));
        const Tensor chain =
            where(equal(n, 7), counted(x * 5.0), where(equal(n, 8), x, -x));
        return {where(less(n, 5), inner, chain)};
      }));
  EXPECT_EQ(count_nodes(sunk, "cond"), 3u);
  EXPECT_EQ(count_nodes(sunk, "where"), 1u);
  const Array x = block(1)[0].index(0, 0);
  evaluate(sunk, std::vector<Array>{x, Array::scalar(int64_t{1})});
  EXPECT_EQ(rows_computed(), 1);
  evaluate(sunk, std::vector<Array>{x, Array::scalar(int64_t{9})});
  EXPECT_EQ(rows_computed(), 0);
}

TEST(SinkBranches, AForeignFunctionStaysOutside) {
  constexpr OpDef impure = [] {
    OpDef op = kCounted;
    op.traits = kImpure;
    return op;
  }();
  static constexpr OpDef kOutside = impure;
  const Graph graph =
      element_graph([](const Tensor& x, const Tensor& n) -> Tensors {
        return {where(equal(n, 3), make_node(kOutside, {x}, {})[0], x)};
      });
  const Graph sunk = sink_branches(graph, BranchUse::kElement);
  EXPECT_EQ(count_nodes(sunk, "cond"), 0u);
}

TEST(SinkBranches, BodiesOfLoopsHaveBranchesToo) {
  const Graph graph =
      element_graph([](const Tensor& x, const Tensor& n) -> Tensors {
        return {while_node(
            [&](auto v) { return less(v[1], n); },
            [](auto v) -> Tensors {
              return {where(equal(v[1], 4), counted(v[0]), v[0]), v[1] + 1};
            },
            {x, Tensor(Array::scalar(int64_t{0}))})[0]};
      });
  const Graph sunk = checked(graph);
  const Array x = block(1)[0].index(0, 0);
  evaluate(sunk, std::vector<Array>{x, Array::scalar(int64_t{9})});
  EXPECT_EQ(rows_computed(), 1);
}

TEST(SinkBranches, ExtentsOfAttributesComeAlong) {
  Graph graph;
  const int64_t extent = fresh_extent();
  graph.inputs = {parameter({DType::kFloat64, {kWidth}}, "x"),
                  parameter({DType::kInt64, {}}, "n"),
                  parameter({DType::kFloat64, {extent}}, "unread")};
  const Tensor x = graph.inputs[0];
  const Tensor wide = broadcast_to(expand_dims(x, 0), {extent, kWidth});
  graph.outputs = {
      where(equal(graph.inputs[1], 3), sum(counted(wide), {0}), x)};
  const Graph sunk = sink_branches(graph, BranchUse::kElement);
  ASSERT_EQ(count_nodes(sunk, "cond"), 1u);
  const auto inputs = block(1);
  const std::vector<Array> row = {inputs[0].index(0, 0),
                                  Array::scalar(int64_t{3}),
                                  Array::zeros(DType::kFloat64, {5})};
  expect_equal(evaluate(sunk, row), evaluate(graph, row));
}

// The gradient of sum(f(x) * w) by x and w.
std::vector<Array> gradient(const Graph& graph, const Array& n, int64_t size) {
  const auto inputs = block(size);
  Graph program;
  program.inputs = {parameter({DType::kFloat64, inputs[0].shape()}, "x"),
                    parameter({DType::kInt64, n.shape()}, "n"),
                    parameter({DType::kFloat64, {kWidth}}, "w")};
  const Tensors out = inline_graph(graph, program.inputs);
  const Tensor wrt[] = {program.inputs[0], program.inputs[2]};
  program.outputs = gradients(sum(out[0] * out[0]), wrt);
  return evaluate(
      program,
      std::vector<Array>{inputs[0], n, Array::from<double>({1, 2, -1, 3})});
}

Graph with_shared_weight() {
  Graph graph = element_graph(
      [](const Tensor& x, const Tensor&) -> Tensors { return {x}; });
  graph.inputs.push_back(parameter({DType::kFloat64, {kWidth}}, "w"));
  const Tensor x = graph.inputs[0], w = graph.inputs[2];
  graph.outputs = {where(equal(graph.inputs[1], 3), counted(x * w), x + w * w)};
  return graph;
}

TEST(SinkBranches, DerivativesSkipTheBranchToo) {
  const Graph graph = with_shared_weight();
  const Graph sunk = sink_branches(graph, BranchUse::kElement);
  const std::vector<bool> flags = {true, true, false};
  const auto n = block(60)[1];
  const Graph by_row = vmap_graph(sunk, flags);
  ASSERT_EQ(count_nodes(by_row, "cond_rows"), 1u);
  rows_computed();
  const auto got = gradient(by_row, n, 60);
  EXPECT_EQ(rows_computed(), 12);  // six rows, forward and back
  const auto want = gradient(vmap_graph(graph, flags), n, 60);
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_TRUE(allclose(got[i], want[i], 1e-12, 1e-12));
}

TEST(CondRows, IsVectorizedAgain) {
  const Graph graph = one_dear_branch();
  const Graph twice =
      vmap_graph(vmap_graph(sink_branches(graph, BranchUse::kElement)));
  const auto inputs = block(12);
  const std::vector<Array> folded = {inputs[0].reshape({3, 4, kWidth}),
                                     inputs[1].reshape({3, 4})};
  expect_equal(
      evaluate(twice, folded),
      {evaluate(vmap_graph(graph), inputs)[0].reshape({3, 4, kWidth})});
}

TEST(CondRows, RejectsWhatIsNoConditionByRow) {
  const Graph by_row =
      vmap_graph(sink_branches(one_dear_branch(), BranchUse::kElement));
  for (const Node* node : topological_order(by_row))
    if (node->op->name == "cond_rows") {
      Tensors inputs = node->inputs;
      inputs[0] = Tensor(true);
      EXPECT_THROW(make_node(*node->op, inputs, node->attrs), TypeError);
    }
}

TEST(BranchSinker, WhatWasSunkOnceStandsForTheOldNodes) {
  const Graph graph = with_shared_weight();
  BranchSinker sinker(BranchUse::kWhole);
  const Tensor loss = sum(graph.outputs[0]);
  const Tensors first = sinker.sink(Tensors{loss, graph.inputs[2]});
  EXPECT_TRUE(first[1].is_same(graph.inputs[2]));
  const Tensors later = sinker.sink(Tensors{loss, graph.outputs[0] + 1.0});
  Graph all;
  all.outputs = {first[0], later[0], later[1]};
  EXPECT_EQ(count_nodes(all, "cond"), 1u) << to_string(all);
  EXPECT_EQ(count_nodes(all, "where"), 0u);
}

}  // namespace
}  // namespace numest
