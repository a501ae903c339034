// Values and errors of the shape, slice, rearranging and diagonal ops.
#include <gtest/gtest.h>

#include "numest/graph/evaluate.h"
#include "numest/ops/emit.h"
#include "numest/ops/functions.h"
#include "numest/ops/reshape.h"

namespace numest {
namespace {

using Ints = std::vector<int64_t>;

Array counted(const Shape& shape) {
  Array a(DType::kInt64, shape);
  for (int64_t i = 0; i < a.size(); ++i) a.data<int64_t>()[i] = i;
  return a;
}

void expect_values(const Tensor& t, const Shape& shape, const Ints& values) {
  EXPECT_EQ(t.shape(), shape) << t.shape().to_string();
  EXPECT_EQ(t.numpy().to_vector<int64_t>(), values);
}

TEST(Slice, HasDefaultSteps) {
  const Tensor a = Array::from<int64_t>({1, 2, 3, 4});
  EXPECT_EQ(slice(a, {1}, {3}).numpy().to_vector<int64_t>(),
            (std::vector<int64_t>{2, 3}));
}

TEST(Reshaped, InfersOneExtent) {
  EXPECT_EQ(reshaped({3, 4}, {-1, 2}), (Shape{6, 2}));
  EXPECT_EQ(reshaped({0, 6}, {0, 2, -1}), (Shape{0, 2, 3}));
  EXPECT_EQ(reshaped({0}, {0, 4}), (Shape{0, 4}));
  EXPECT_EQ(reshaped({0, 3}, {5, 0}), (Shape{5, 0}));
  EXPECT_THROW(reshaped({0, 3}, {5, 2}), ValueError);
  EXPECT_THROW(reshaped({3, 4}, {5, -1}), ValueError);
  EXPECT_THROW(reshaped({3, 4}, {-1, -1}), ValueError);
  EXPECT_THROW(reshaped({3, 4}, {13}), ValueError);
}

TEST(Reshaped, KeepsSymbols) {
  const int64_t n = fresh_extent();
  EXPECT_EQ(reshaped({n, 6}, {n, 2, -1}), (Shape{n, 2, 3}));
  EXPECT_EQ(reshaped({n, 6}, {-1, 6}), (Shape{n, 6}));
  EXPECT_TRUE(is_symbol(reshaped({n, 6}, {-1})[0]));
  EXPECT_NE(reshaped({n, 6}, {-1})[0], -1);
}

TEST(Reshape, OfUnknownExtentFollowsTheData) {
  const int64_t n = fresh_extent();
  Graph graph;
  graph.inputs = {parameter({DType::kInt64, Shape{n, 6}})};
  graph.outputs = {
      emit("reshape", {graph.inputs[0]}, {{"shape", Shape{-1, 3}}})};
  const Array inputs[] = {counted({4, 6})};
  EXPECT_EQ(evaluate(graph, inputs)[0].shape(), (Shape{8, 3}));
}

TEST(Transpose, RejectsAxesThatAreNoPermutation) {
  EXPECT_THROW(emit("transpose", {counted({2, 3})}, {{"axes", Ints{0, 0}}}),
               ValueError);
}

TEST(Concatenate, NamesShapesThatDiffer) {
  try {
    emit("concatenate", {counted({2, 3}), counted({2, 4})});
    FAIL();
  } catch (const ValueError& e) {
    EXPECT_NE(std::string(e.what()).find("(2, 4)"), std::string::npos);
  }
}

TEST(Squeeze, RejectsLongAxes) {
  EXPECT_THROW(emit("squeeze", {counted({2, 1})}, {{"axis", int64_t{0}}}),
               ValueError);
}

TEST(Slice, FollowsPythonsBounds) {
  const Array a = counted({5});
  auto slice = [&](int64_t start, int64_t stop, int64_t step) {
    return emit("slice", {a},
                {{"starts", Ints{start}},
                 {"stops", Ints{stop}},
                 {"steps", Ints{step}}});
  };
  expect_values(slice(1, 9, 2), {2}, {1, 3});
  expect_values(slice(INT64_MAX, INT64_MIN, -2), {3}, {4, 2, 0});
  expect_values(slice(-2, INT64_MAX, 1), {2}, {3, 4});
  EXPECT_THROW(slice(0, 1, 0), ValueError);
}

TEST(SliceUpdate, LeavesTheInputAlone) {
  const Array a = counted({4});
  const Tensor b = emit("slice_update", {a, Tensor(int64_t{7})},
                        {{"starts", Ints{1}}, {"stops", Ints{3}}});
  expect_values(b, {4}, {0, 7, 7, 3});
  expect_values(a, {4}, {0, 1, 2, 3});
}

TEST(DynamicSlice, MovesWindowsInside) {
  const Tensor start(Array::from<int64_t>({3}));
  expect_values(
      emit("dynamic_slice", {counted({5}), start}, {{"sizes", Shape{4}}}), {4},
      {1, 2, 3, 4});
}

TEST(Pad, RepeatsEdgesAndReflects) {
  const Array a = counted({3});
  auto pad = [&](const Ints& widths, const char* mode) {
    return emit("pad", {a},
                {{"pad_width", widths}, {"mode", std::string(mode)}});
  };
  expect_values(pad({2, 1}, "constant"), {6}, {0, 0, 0, 1, 2, 0});
  expect_values(pad({2, 1}, "edge"), {6}, {0, 0, 0, 1, 2, 2});
  expect_values(pad({3, 4}, "reflect"), {10}, {1, 2, 1, 0, 1, 2, 1, 0, 1, 2});
  EXPECT_THROW(pad({-1}, "edge"), ValueError);
  EXPECT_THROW(pad({1}, "mirror"), ValueError);
}

TEST(Tile, PutsNewAxesInFront) {
  expect_values(emit("tile", {counted({2})}, {{"reps", Ints{2, 2}}}), {2, 4},
                {0, 1, 0, 1, 0, 1, 0, 1});
}

TEST(Repeat, RepeatsElements) {
  expect_values(emit("repeat", {counted({3})}, {{"repeats", int64_t{2}}}), {6},
                {0, 0, 1, 1, 2, 2});
}

TEST(Roll, WrapsAround) {
  expect_values(emit("roll", {counted({5})}, {{"shift", Ints{7}}}), {5},
                {3, 4, 0, 1, 2});
}

TEST(Diagonal, TakesOffsets) {
  const Array a = counted({3, 4});
  expect_values(emit("diagonal", {a}, {{"offset", int64_t{1}}}), {3},
                {1, 6, 11});
  expect_values(emit("diagonal", {a}, {{"offset", int64_t{-2}}}), {1}, {8});
}

TEST(Triangle, ClearsTheOtherHalf) {
  const Array a = counted({2, 3});
  expect_values(emit("triu", {a}, {{"k", int64_t{1}}}), {2, 3},
                {0, 1, 2, 0, 0, 5});
  expect_values(emit("tril", {a}), {2, 3}, {0, 0, 0, 3, 4, 0});
  EXPECT_THROW(emit("tril", {counted({3})}), ValueError);
}

}  // namespace
}  // namespace numest
