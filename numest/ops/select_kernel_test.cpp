// `where` by rows against a loop over elements.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "numest/array/index.h"
#include "numest/ops/functions.h"

namespace numest {
namespace {

Array counted(const Shape& shape, float first) {
  Array a(DType::kFloat32, shape);
  std::iota(a.data<float>(), a.data<float>() + a.size(), first);
  return a;
}

// Three conditions, one for each index of the first axis.
Array row_condition(int ndim) {
  Array c(DType::kBool, Shape{3});
  for (int64_t i = 0; i < 3; ++i) c.data<bool>()[i] = i != 1;
  for (int i = 1; i < ndim; ++i) c = c.expand_dims(-1);
  return c;
}

void expect_chosen(const Array& condition, const Array& x, const Array& y) {
  const Array got = where(condition, x, y).numpy();
  const Array left = x.broadcast_to(got.shape());
  const Array right = y.broadcast_to(got.shape());
  const Array choice = condition.broadcast_to(got.shape());
  const Array flat_left = left.copy().reshape({got.size()});
  const Array flat_right = right.copy().reshape({got.size()});
  const Array flat_choice = choice.copy().reshape({got.size()});
  const Array flat = got.copy().reshape({got.size()});
  for (int64_t i = 0; i < got.size(); ++i)
    ASSERT_EQ(
        flat.data<float>()[i],
        (flat_choice.data<bool>()[i] ? flat_left : flat_right).data<float>()[i])
        << i;
}

Array flipped(const Array& a, int axis) {
  std::vector<IndexItem> items(size_t(a.ndim()), Slice{});
  items[size_t(axis)] = Slice{{}, {}, -1};
  return take_index(a, items);
}

TEST(WhereByRows, TakesRowsOfAnyStrides) {
  const Shape shape{3, 8, 7, 3};
  const Array x = counted(shape, 0), y = counted(shape, 1000);
  const Array condition = row_condition(4);
  expect_chosen(condition, x, y);
  for (int axis = 0; axis < 4; ++axis)
    expect_chosen(condition, flipped(x, axis), y);
  const Array turned =
      counted({7, 3, 8, 3}, 0).transpose(std::vector{3, 2, 0, 1});
  expect_chosen(condition, turned, flipped(y, 2));
}

TEST(WhereByRows, BroadcastsItsSides) {
  const Array x = counted({3, 70, 2}, 0);
  const Array condition = row_condition(3);
  expect_chosen(condition, x, counted({2}, -5));
  expect_chosen(condition, counted({70, 1}, 9), x);
  expect_chosen(condition, counted({}, 7), x);
}

TEST(WhereByRows, LeavesOtherConditionsToTheElements) {
  const Array x = counted({3, 100}, 0), y = counted({3, 100}, 1000);
  Array condition(DType::kBool, Shape{3, 100});
  for (int64_t i = 0; i < 300; ++i) condition.data<bool>()[i] = i % 3 == 0;
  expect_chosen(condition, x, y);
  expect_chosen(counted({100}, 0).astype(DType::kBool), x, y);
}

}  // namespace
}  // namespace numest
