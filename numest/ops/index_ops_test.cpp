// Values and errors of gathers, scatters and indexing.
#include <gtest/gtest.h>

#include "numest/graph/evaluate.h"
#include "numest/ops/emit.h"
#include "numest/ops/indexing.h"

namespace numest {
namespace {

using Ints = std::vector<int64_t>;

Array counted(const Shape& shape) {
  Array a(DType::kInt64, shape);
  for (int64_t i = 0; i < a.size(); ++i) a.data<int64_t>()[i] = i;
  return a;
}
Tensor ints(const Ints& values) { return Array::from(values); }

void expect_values(const Tensor& t, const Shape& shape, const Ints& values) {
  EXPECT_EQ(t.shape(), shape) << t.shape().to_string();
  EXPECT_EQ(t.numpy().to_vector<int64_t>(), values);
}

TEST(Take, CountsNegativeIndicesFromTheEnd) {
  expect_values(
      emit("take", {counted({2, 3}), ints({-1, 0})}, {{"axis", int64_t{1}}}),
      {2, 2}, {2, 0, 5, 3});
}

TEST(Take, NamesIndexAndExtent) {
  try {
    emit("take", {counted({3}), ints({5})});
    FAIL();
  } catch (const IndexError& e) {
    EXPECT_STREQ(e.what(),
                 "take: index 5 is out of bounds for axis 0 with size 3");
  }
}

TEST(Take, ClipsAndWraps) {
  const Tensor i = ints({-1, 4});
  expect_values(
      emit("take", {counted({3}), i}, {{"mode", std::string("clip")}}), {2},
      {0, 2});
  expect_values(
      emit("take", {counted({3}), i}, {{"mode", std::string("wrap")}}), {2},
      {2, 1});
}

TEST(Take, CopiesStrings) {
  const Tensor words = Array::from<Bytes>({"a", "bc"});
  const Tensor t = emit("take", {words, ints({1, 0})});
  EXPECT_EQ(t.numpy().to_vector<Bytes>(), (std::vector<Bytes>{"bc", "a"}));
}

TEST(Scatter, AddsDuplicatesAndLastWins) {
  const Tensor zeros(Array::zeros(DType::kInt64, Shape{3}));
  const Tensor at = ints({1, 1, -1}), values = ints({1, 2, 3});
  expect_values(emit("scatter_add", {zeros, at, values}), {3}, {0, 3, 3});
  expect_values(emit("scatter_set", {zeros, at, values}), {3}, {0, 2, 3});
}

TEST(OneHot, IsZeroOutOfRange) {
  expect_values(emit("one_hot", {ints({1, 5, -1})}, {{"depth", int64_t{2}}}),
                {3, 2}, {0, 1, 0, 0, 0, 0});
}

TEST(Index, MixesBasicItems) {
  const Array a = counted({2, 3, 4});
  expect_values(index(a, {int64_t{1}, Ellipsis{}, NewAxis{}, Slice{1, 3}}),
                {3, 1, 2}, {13, 14, 17, 18, 21, 22});
  expect_values(index(a, {Ellipsis{}, int64_t{-1}}), {2, 3},
                {3, 7, 11, 15, 19, 23});
  EXPECT_THROW(index(a, {int64_t{2}}), IndexError);
  EXPECT_THROW(index(a, {Slice{}, Slice{}, Slice{}, Slice{}}), IndexError);
}

TEST(Index, AgreesWithTakeIndexOnArrays) {
  const Array a = counted({3, 4, 5});
  const Array i = Array::from<int64_t>({0, 2}),
              j = Array::from<int64_t>({1, -1});
  const std::vector<IndexItem> items{i, Slice{1, 3}, j};
  const Tensor t = index(a, {Tensor(i), Slice{1, 3}, Tensor(j)});
  EXPECT_TRUE(array_equal(t.numpy(), take_index(a, items)));
}

TEST(Index, SelectsByMask) {
  const Array mask = Array::from<bool>({true, false, true});
  expect_values(index(counted({3, 2}), {Tensor(mask)}), {2, 2}, {0, 1, 4, 5});
  EXPECT_THROW(index(counted({2, 2}), {Tensor(mask)}), IndexError);
}

TEST(Index, OfMaskWorksInsideOfGraphs) {
  Graph graph;
  graph.inputs = {parameter({DType::kInt64, Shape{fresh_extent()}})};
  const Tensor& x = graph.inputs[0];
  const Tensor even =
      emit("equal", {emit("remainder", {x, Tensor(2)}), Tensor(0)});
  graph.outputs = {index(x, {even})};
  const Array inputs[] = {counted({5})};
  expect_values(evaluate(graph, inputs)[0], {3}, {0, 2, 4});
}

TEST(IndexUpdate, WritesCopies) {
  const Array a = counted({2, 3});
  expect_values(index_update(a, {int64_t{0}, Slice{1, {}, 1}}, Tensor(9)),
                {2, 3}, {0, 9, 9, 3, 4, 5});
  expect_values(index_update(a, {ints({1}), ints({0})}, Tensor(9)), {2, 3},
                {0, 1, 2, 9, 4, 5});
  const Tensor large = emit("greater", {Tensor(a), Tensor(3)});
  expect_values(index_update(a, {large}, Tensor(0)), {2, 3},
                {0, 1, 2, 3, 0, 0});
  expect_values(index_update(a, {large}, ints({7, 8})), {2, 3},
                {0, 1, 2, 3, 7, 8});
  expect_values(a, {2, 3}, {0, 1, 2, 3, 4, 5});
}

TEST(Nonzero, GivesOnePositionArrayPerAxis) {
  const auto at = call(op_named("nonzero"), {counted({2, 2})});
  ASSERT_EQ(at.size(), 2u);
  expect_values(at[0], {3}, {0, 1, 1});
  expect_values(at[1], {3}, {1, 0, 1});
}

}  // namespace
}  // namespace numest
