// Derivatives of derivatives of loops, against the loop written out and
// against differences; the scans that they are made of, against a plain loop.
#include <gtest/gtest.h>

#include "numest/graph/evaluate.h"
#include "numest/ops/composite.h"
#include "numest/ops/control.h"
#include "numest/ops/emit.h"
#include "numest/ops/loop_gradient.h"
#include "numest/ops/operators.h"
#include "numest/transforms/vjp.h"
#include "numest/transforms/vmap.h"

namespace numest {
namespace {

using Tensors = std::vector<Tensor>;
using Span = std::span<const Tensor>;

Tensor round_of(const Tensor& y, const Tensor& x, const Tensor& w) {
  return tanh(matmul(w, y)) * 1.5 + x * y;
}

// The number of rounds depends on values.
Tensor by_loop(const Tensor& x, const Tensor& w, double bound, int64_t most) {
  const Tensors last =
      while_node([&](Span v) { return less(sum(square(v[0])), bound); },
                 [&](Span v) -> Tensors {
                   return {round_of(v[0], x, w), v[1] + 1.0};
                 },
                 {x, Tensor(Array::scalar(0.0))}, most);
  return sum(square(last[0]) * x) + last[1];
}

Tensor by_hand(const Tensor& x, const Tensor& w, int rounds) {
  Tensor y = x;
  for (int i = 0; i < rounds; ++i) y = round_of(y, x, w);
  return sum(square(y) * x) + double(rounds);
}

using Function = std::function<Tensor(const Tensor&, const Tensor&)>;

const Array kX = Array::from<double>({0.03, -0.04, 0.05});
const Array kW =
    Array::from<double>({0.5, -1, 0.25, 1, 0.75, -0.5, 0.1, 0.6, 1.2}, {3, 3});

Graph with_parameters() {
  Graph graph;
  graph.inputs = {parameter({DType::kFloat64, {3}}, "x"),
                  parameter({DType::kFloat64, {3, 3}}, "w")};
  return graph;
}

// sum(gradient * direction) by x, then the same of it, `order` times; by w at
// last.
std::vector<Array> derivatives(const Function& f, int order) {
  Graph graph = with_parameters();
  const Tensor direction = Array::from<double>({0.7, -0.2, 1.1});
  Tensor value = f(graph.inputs[0], graph.inputs[1]);
  for (int i = 0; i < order; ++i) {
    const Tensors slope = gradients(value, std::span(graph.inputs).first(1));
    value = sum(slope[0] * direction);
    graph.outputs.push_back(value);
  }
  for (const Tensor& t : gradients(value, graph.inputs))
    graph.outputs.push_back(t);
  return evaluate(graph, std::vector<Array>{kX, kW});
}

void expect_close(const std::vector<Array>& got, const std::vector<Array>& want,
                  double tolerance = 1e-10) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_TRUE(allclose(got[i], want[i], tolerance, tolerance))
        << got[i].to_string() << "\nexpected\n"
        << want[i].to_string();
}

int rounds_until(double bound) {
  for (int rounds = 0;; ++rounds) {
    Graph graph = with_parameters();
    Tensor y = graph.inputs[0];
    for (int i = 0; i < rounds; ++i)
      y = round_of(y, graph.inputs[0], graph.inputs[1]);
    graph.outputs = {sum(square(y))};
    if (evaluate(graph, std::vector<Array>{kX, kW})[0].item<double>() >= bound)
      return rounds;
  }
}

TEST(LoopDerivatives, AreThoseOfTheLoopWrittenOut) {
  const int rounds = rounds_until(2.0);
  ASSERT_GT(rounds, 2);
  for (int order = 1; order <= 3; ++order) {
    SCOPED_TRACE(order);
    expect_close(
        derivatives([](const Tensor& x,
                       const Tensor& w) { return by_loop(x, w, 2.0, -1); },
                    order),
        derivatives([&](const Tensor& x,
                        const Tensor& w) { return by_hand(x, w, rounds); },
                    order));
  }
}

TEST(LoopDerivatives, OfNoRoundAndOfALimitedNumber) {
  for (const int most : {0, 1, 4}) {
    SCOPED_TRACE(most);
    expect_close(
        derivatives(
            [&](const Tensor& x, const Tensor& w) {
              return by_loop(x, w, most == 0 ? 0.0 : 1e9, most);
            },
            2),
        derivatives([&](const Tensor& x,
                        const Tensor& w) { return by_hand(x, w, most); },
                    2));
  }
}

TEST(LoopDerivatives, OfElementsWhoseRoundsDiffer) {
  Graph element = with_parameters();
  const Tensor loss = by_loop(element.inputs[0], element.inputs[1], 2.0, 20);
  const Tensor slope = gradients(loss, element.inputs)[0];
  element.outputs = {gradients(sum(slope * slope), element.inputs)[0]};
  const Graph block = vmap_graph(element, {true, false});
  Array x(DType::kFloat64, {4, 3});
  for (int64_t r = 0; r < 4; ++r)
    for (int64_t i = 0; i < 3; ++i)
      x.data<double>()[3 * r + i] = kX.data<double>()[i] * double(r);
  const auto got = evaluate(block, std::vector<Array>{x, kW});
  for (int64_t r = 0; r < 4; ++r)
    expect_close({got[0].index(0, r)},
                 evaluate(element, std::vector<Array>{x.index(0, r), kW}));
}

TEST(LoopDerivatives, OfVariablesThatGrowAreRefused) {
  Graph graph = with_parameters();
  const Tensor x = graph.inputs[0];
  const Tensor last = while_node([](Span v) { return less(sum(v[0]), 9.0); },
                                 [](Span v) -> Tensors {
                                   return {concatenate({v[0], v[0] * v[0]}, 0)};
                                 },
                                 {x})[0];
  const Tensor slope =
      gradients(sum(last), std::span(graph.inputs).first(1))[0];
  try {
    gradients(sum(slope), std::span(graph.inputs).first(1));
    FAIL();
  } catch (const NotSupportedError& e) {
    EXPECT_NE(std::string(e.what()).find("unroll the loop"), std::string::npos);
  }
}

// Carried: a running sum scaled by w; rows: the sum so far times the row.
Graph scan_graph(int64_t extent, bool reverse) {
  Graph body;
  for (int i = 0; i < 3; ++i)
    body.inputs.push_back(parameter({DType::kFloat64, {}}, "v"));
  const Tensor w = body.inputs[0], total = body.inputs[1], x = body.inputs[2];
  body.outputs = {total * w + sin(x), total * x};
  Graph graph;
  graph.inputs = {parameter({DType::kFloat64, {}}, "w"),
                  parameter({DType::kFloat64, {}}, "start"),
                  parameter({DType::kFloat64, {extent}}, "rows")};
  graph.outputs = scan({graph.inputs[0]}, {graph.inputs[1]}, {graph.inputs[2]},
                       body, reverse);
  return graph;
}

std::vector<Array> scan_inputs(int64_t extent) {
  Array rows(DType::kFloat64, {extent});
  for (int64_t i = 0; i < extent; ++i)
    rows.data<double>()[i] = double((i * 5) % 7) - 2.5;
  return {Array::scalar(0.8), Array::scalar(0.3), rows};
}

TEST(Scan, CarriesFromRowToRow) {
  for (const bool reverse : {false, true})
    for (const int64_t extent : {0, 1, 6}) {
      const auto inputs = scan_inputs(extent);
      const auto got = evaluate(scan_graph(fresh_extent(), reverse), inputs);
      double total = 0.3;
      Array rows(DType::kFloat64, {extent});
      for (int64_t k = 0; k < extent; ++k) {
        const int64_t at = reverse ? extent - 1 - k : k;
        const double x = inputs[2].data<double>()[at];
        rows.data<double>()[at] = total * x;
        total = total * 0.8 + std::sin(x);
      }
      expect_close(got, {Array::scalar(total), rows}, 1e-14);
    }
}

TEST(Scan, DerivativesAreThoseOfTheRowsWrittenOut) {
  for (const bool reverse : {false, true}) {
    const auto derivatives = [&](bool is_scan) {
      Graph graph = scan_graph(6, reverse);
      const Tensor w = graph.inputs[0], x = graph.inputs[2];
      Tensors out = graph.outputs;
      if (!is_scan) {
        Tensor total = graph.inputs[1];
        Tensors rows(6);
        for (int64_t k = 0; k < 6; ++k) {
          const int64_t at = reverse ? 5 - k : k;
          const Tensor row = take(x, Tensor(Array::scalar(at)), 0);
          rows[size_t(at)] = total * row;
          total = total * w + sin(row);
        }
        out = {total, stack(rows, 0)};
      }
      const Tensor loss = out[0] * out[0] + sum(out[1] * out[1] * x);
      const Tensors slopes = gradients(loss, graph.inputs);
      const Tensor again =
          slopes[0] * slopes[1] + sum(slopes[2] * slopes[2] * x);
      graph.outputs = slopes;
      for (const Tensor& t : gradients(again, graph.inputs))
        graph.outputs.push_back(t);
      return evaluate(graph, scan_inputs(6));
    };
    expect_close(derivatives(true), derivatives(false), 1e-11);
  }
}

TEST(Scan, IsVectorized) {
  const Graph element = scan_graph(6, false);
  const auto one = scan_inputs(6);
  const std::vector<Array> inputs = {one[0], Array::from<double>({0.3, 2}),
                                     one[2].broadcast_to({2, 6})};
  const auto got = evaluate(vmap_graph(element, {false, true, true}), inputs);
  for (int64_t r = 0; r < 2; ++r)
    expect_close({got[0].index(0, r), got[1].index(0, r)},
                 evaluate(element, std::vector<Array>{
                                       one[0], inputs[1].index(0, r), one[2]}));
}

}  // namespace
}  // namespace numest
