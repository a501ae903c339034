// Expected values are NumPy's, of the same calls.
#include "numest/ops/ufunc.h"

#include <gtest/gtest.h>

#include "numest/graph/evaluate.h"
#include "numest/np.h"

namespace numest {
namespace {

void expect_near(const Tensor& got, const Tensor& wanted) {
  EXPECT_EQ(got.dtype(), wanted.dtype());
  EXPECT_EQ(got.shape(), wanted.shape());
  EXPECT_TRUE(allclose(got.numpy(), wanted.numpy())) << got.to_string();
}

// The function in a program that serves any extent.
Tensor in_program(const std::function<Tensor(const Tensor&)>& f,
                  const Tensor& x) {
  TensorSpec spec = x.spec();
  for (int i = 0; i < x.ndim(); ++i) spec.shape[i] = fresh_extent();
  Graph graph;
  graph.inputs = {parameter(spec, "x")};
  graph.outputs = {f(graph.inputs[0])};
  const Array value = x.numpy();
  return evaluate(graph, {&value, 1})[0];
}

Tensor table() { return array({{3.0, 4.0, 1.0}, {12.0, 0.5, -2.0}}); }

TEST(Ufunc, ReducesRowAfterRow) {
  const Tensor x = table();
  expect_near(ufunc(hypot).reduce(x), hypot(select(x, 0), select(x, 1)));
  expect_near(ufunc(subtract).reduce(x, 1), array({-2.0, 13.5}));
  expect_near(ufunc(subtract).reduce(x, 1, true), array({{-2.0}, {13.5}}));
  expect_near(ufunc(add).reduce(array({{1, 2}, {3, 4}}), -1), array({3, 7}));
  expect_near(ufunc(maximum).reduce(x, 1), array({4.0, 12.0}));
  expect_near(ufunc(divide).reduce(array({8, 2, 2})), array(2.0));
  expect_near(ufunc(logical_xor).reduce(array({1, 1, 1})), array(true));
  expect_near(ufunc(multiply).reduce(zeros({0, 2})), ones(2));
  EXPECT_THROW(ufunc(hypot).reduce(zeros({0, 2})), ValueError);
  EXPECT_THROW(ufunc(hypot).reduce(x, 2), IndexError);
}

TEST(Ufunc, AccumulatesRowAfterRow) {
  const Tensor x = table();
  expect_near(ufunc(add).accumulate(x, 1), cumsum(x, 1));
  expect_near(ufunc(subtract).accumulate(x, 1),
              array({{3.0, -1.0, -2.0}, {12.0, 11.5, 13.5}}));
  expect_near(ufunc(maximum).accumulate(x),
              array({{3.0, 4.0, 1.0}, {12.0, 4.0, 1.0}}));
  expect_near(ufunc(power).accumulate(zeros({0, 2})), zeros({0, 2}));
}

TEST(Ufunc, IsALoopWhereExtentsAreNotKnown) {
  const auto fold = [](const Tensor& x) { return ufunc(hypot).reduce(x, 1); };
  const auto totals = [](const Tensor& x) {
    return ufunc(subtract).accumulate(x, 1);
  };
  for (const Tensor& x : {table(), reshape(arange(200.0), {2, 100})}) {
    expect_near(in_program(fold, x), fold(x));
    expect_near(in_program(totals, x), totals(x));
  }
}

TEST(Ufunc, CombinesAllPairs) {
  const Tensor v = array({1.0, 2.0}), m = table();
  const Tensor pairs = ufunc(power).outer(v, m);
  EXPECT_EQ(pairs.shape(), (Shape{2, 2, 3}));
  expect_near(select(pairs, 1), power(2.0, m));
  expect_near(ufunc(add).outer(v, 3.0), v + 3.0);
}

TEST(Ufunc, ReducesPieces) {
  const Tensor x = array({1, 2, 3, 4, 5});
  expect_near(ufunc(add).reduceat(x, {0, 3, 1}), array({6, 4, 14}));
  expect_near(ufunc(multiply).reduceat(table(), {1, 0}, 1),
              array({{4.0, 12.0}, {0.5, -12.0}}));
  EXPECT_THROW(ufunc(add).reduceat(x, {5}), IndexError);
  EXPECT_THROW(ufunc(add).reduceat(x, {-1}), IndexError);
}

}  // namespace
}  // namespace numest
