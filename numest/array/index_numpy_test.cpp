// Random indexing expressions and what NumPy 2.4.6 gives for them (made by a
// script over np.arange(size).reshape(shape)[items]).
#include <gtest/gtest.h>

#include "numest/array/index.h"

namespace numest {
namespace {

IndexItem at(std::vector<int64_t> values, Shape shape) {
  return Array::from<int64_t>(values, shape);
}

IndexItem mask(std::vector<int64_t> values, Shape shape) {
  return Array::from<int64_t>(values, shape).astype(DType::kBool);
}

struct IndexCase {
  Shape shape;
  std::vector<IndexItem> items;
  Shape result_shape;
  std::vector<int64_t> result;
};

Array counting(const Shape& shape) {
  Array a(DType::kInt64, shape);
  int64_t next = 0;
  for (int64_t& x : a.span<int64_t>()) x = next++;
  return a;
}

const std::vector<IndexCase>& cases() {
  // clang-format off
  static const std::vector<IndexCase> all = {
    {{2, 3, 4},
     {Slice{{}, {}, 2}, mask({1, 0, 1}, {3})},
     {1, 2, 4},
     {0, 1, 2, 3, 8, 9, 10, 11}},
    {{2, 3, 4},
     {NewAxis{}, NewAxis{}, int64_t{-2}, at({1}, {}), at({-3, 2, 3}, {3})},
     {1, 1, 3},
     {5, 6, 7}},
    {{3, 4},
     {at({-3, -2}, {2}), Ellipsis{}, at({2}, {})},
     {2},
     {2, 6}},
    {{3, 4},
     {at({-1}, {}), NewAxis{}, at({-2}, {})},
     {1},
     {10}},
    {{3, 4},
     {at({-3, 1, -3}, {3}), int64_t{3}},
     {3},
     {3, 7, 3}},
    {{3, 4},
     {at({1, -3, 0}, {3}), Slice{2, 2, -2}},
     {3, 0},
     {}},
    {{4},
     {Ellipsis{}},
     {4},
     {0, 1, 2, 3}},
    {{3, 4},
     {int64_t{2}},
     {4},
     {8, 9, 10, 11}},
    {{3, 2, 2, 3},
     {Slice{1, {}, 1}, int64_t{-2}},
     {2, 2, 3},
     {12, 13, 14, 15, 16, 17, 24, 25, 26, 27, 28, 29}},
    {{3, 2, 2, 3},
     {Slice{2, -4, 2}, NewAxis{}, NewAxis{}, at({1, 0, 0}, {1, 3}), Slice{3, {}, -1}, Slice{-2, 4, -1}},
     {0, 1, 1, 1, 3, 2, 0},
     {}},
    {{3, 0, 2},
     {Slice{{}, {}, -1}, at({}, {0, 2}), int64_t{1}},
     {3, 0, 2},
     {}},
    {{3, 4},
     {Ellipsis{}, at({0, 1}, {2}), at({0, 3}, {2})},
     {2},
     {0, 7}},
    {{3, 4},
     {int64_t{1}, mask({1, 0, 1, 0}, {4})},
     {2},
     {4, 6}},
    {{3, 2, 2, 3},
     {int64_t{2}, Slice{0, -3, -1}},
     {1, 2, 3},
     {24, 25, 26, 27, 28, 29}},
    {{4},
     {int64_t{-3}},
     {},
     {1}},
    {{4},
     {NewAxis{}, Ellipsis{}, mask({0, 1, 0, 0}, {4})},
     {1, 1},
     {1}},
    {{4},
     {at({-3, 3, -1}, {3})},
     {3},
     {1, 3, 3}},
    {{2, 3, 4},
     {int64_t{-2}, mask({1}, {}), NewAxis{}, NewAxis{}, Slice{0, {}, 1}, int64_t{-2}},
     {1, 1, 1, 3},
     {2, 6, 10}},
    {{4},
     {mask({0}, {}), Slice{{}, {}, -2}},
     {0, 2},
     {}},
    {{3, 2, 2, 3},
     {at({0}, {}), mask({0}, {}), at({-2}, {}), Ellipsis{}, Slice{{}, 0, 2}},
     {0, 2, 0},
     {}},
    {{3, 2, 2, 3},
     {int64_t{2}, mask({1, 1, 1, 1}, {2, 2}), NewAxis{}, int64_t{-1}},
     {4, 1},
     {26, 29, 32, 35}},
    {{3, 2, 2, 3},
     {int64_t{2}, at({-2}, {}), Slice{{}, {}, -1}, Slice{2, {}, 1}},
     {2, 1},
     {29, 26}},
    {{3, 4},
     {Ellipsis{}, at({0, 0}, {2})},
     {3, 2},
     {0, 0, 4, 4, 8, 8}},
    {{3, 2, 2, 3},
     {at({-1, -2, 0}, {3}), int64_t{-2}},
     {3, 2, 3},
     {24, 25, 26, 27, 28, 29, 12, 13, 14, 15, 16, 17, 0, 1, 2, 3, 4, 5}},
    {{2, 3, 4},
     {at({-2}, {}), Ellipsis{}},
     {3, 4},
     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
    {{4},
     {at({1}, {})},
     {},
     {1}},
    {{4},
     {at({3}, {})},
     {},
     {3}},
    {{4},
     {mask({1, 1, 0, 1}, {4})},
     {3},
     {0, 1, 3}},
    {{3, 4},
     {at({0}, {}), int64_t{1}},
     {},
     {1}},
    {{2, 3, 4},
     {int64_t{-2}, int64_t{-1}, NewAxis{}, mask({0}, {}), NewAxis{}, Slice{{}, {}, -1}},
     {0, 1, 1, 4},
     {}},
    {{2, 3, 4},
     {int64_t{1}, NewAxis{}, NewAxis{}, at({-2, 2, -2}, {3}), Slice{{}, {}, -2}},
     {3, 1, 1, 2},
     {19, 17, 23, 21, 19, 17}},
    {{4},
     {mask({1, 0, 1, 1}, {4})},
     {3},
     {0, 2, 3}},
    {{2, 3, 4},
     {mask({0, 0, 1, 1, 1, 0}, {2, 3}), NewAxis{}, at({0, -1, 2}, {1, 3})},
     {1, 3, 1},
     {8, 15, 18}},
    {{2, 3, 4},
     {Ellipsis{}, at({1}, {}), Slice{{}, -1, 1}},
     {2, 3},
     {4, 5, 6, 16, 17, 18}},
    {{3, 4},
     {NewAxis{}, at({1, 2, 1}, {3}), int64_t{2}},
     {1, 3},
     {6, 10, 6}},
    {{3, 0, 2},
     {Slice{{}, {}, -1}, at({}, {0, 2}), int64_t{1}},
     {3, 0, 2},
     {}},
    {{3, 4},
     {int64_t{-3}, at({-2, -2, 2}, {3})},
     {3},
     {2, 2, 2}},
    {{2, 3, 4},
     {Ellipsis{}, at({-1, 3, 3}, {1, 3})},
     {2, 3, 1, 3},
     {3, 3, 3, 7, 7, 7, 11, 11, 11, 15, 15, 15, 19, 19, 19, 23, 23, 23}},
    {{2, 3, 4},
     {at({1}, {}), Slice{{}, {}, -2}, NewAxis{}, int64_t{3}},
     {2, 1},
     {23, 15}},
    {{4},
     {mask({1, 1, 1, 1}, {4})},
     {4},
     {0, 1, 2, 3}},
    {{2, 3, 4},
     {NewAxis{}, NewAxis{}, Slice{{}, {}, -1}, int64_t{0}, at({-3}, {})},
     {1, 1, 2},
     {13, 1}},
    {{2, 3, 4},
     {mask({1, 0}, {2})},
     {1, 3, 4},
     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
    {{4},
     {at({2, 2, -2}, {3})},
     {3},
     {2, 2, 2}},
    {{3, 4},
     {mask({0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0}, {3, 4})},
     {4},
     {1, 7, 9, 10}},
    {{2, 3, 4},
     {NewAxis{}, NewAxis{}, int64_t{1}, at({-2, 2, 1}, {3}), Slice{{}, 0, -1}},
     {1, 1, 3, 3},
     {19, 18, 17, 23, 22, 21, 19, 18, 17}},
    {{3, 4},
     {mask({0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1}, {3, 4})},
     {6},
     {1, 2, 4, 9, 10, 11}},
    {{2, 3, 4},
     {NewAxis{}, at({-1}, {}), Slice{0, 4, 1}, at({2, 3}, {2})},
     {2, 1, 3},
     {14, 18, 22, 15, 19, 23}},
    {{3, 2, 2, 3},
     {at({0, 0, -1}, {3}), int64_t{-1}, Slice{{}, -2, -1}, Slice{0, -1, -1}},
     {3, 1, 0},
     {}},
    {{4},
     {NewAxis{}, at({3, 0, -4}, {1, 3})},
     {1, 1, 3},
     {3, 0, 0}},
    {{3, 4},
     {at({2, 0}, {2}), at({1}, {})},
     {2},
     {9, 1}},
    {{3, 4},
     {mask({1, 0, 1}, {3}), at({-4}, {})},
     {2},
     {0, 8}},
    {{4},
     {at({0}, {})},
     {},
     {0}},
    {{2, 3, 4},
     {Slice{{}, -2, 1}, mask({0, 1, 0}, {3}), int64_t{-2}},
     {0, 1},
     {}},
    {{2, 3, 4},
     {mask({0, 1}, {2}), Ellipsis{}, NewAxis{}, NewAxis{}, at({2, -2, -3}, {3})},
     {3, 3, 1, 1},
     {14, 18, 22, 14, 18, 22, 13, 17, 21}},
    {{4},
     {at({-3, 1}, {2})},
     {2},
     {1, 1}},
    {{2, 3, 4},
     {Ellipsis{}, NewAxis{}, NewAxis{}, int64_t{-2}, at({2, 0, -2}, {3}), at({3, 2, -4}, {3})},
     {1, 1, 3},
     {11, 2, 4}},
    {{2, 3, 4},
     {Ellipsis{}, at({-3, -2, -2}, {3})},
     {2, 3, 3},
     {1, 2, 2, 5, 6, 6, 9, 10, 10, 13, 14, 14, 17, 18, 18, 21, 22, 22}},
    {{4},
     {NewAxis{}, mask({0, 0, 0, 1}, {4})},
     {1, 1},
     {3}},
    {{3, 2, 2, 3},
     {Slice{{}, 0, 2}, at({-2}, {}), at({0, 1, -2, -2}, {2, 2})},
     {0, 2, 2, 3},
     {}},
    {{3, 2, 2, 3},
     {Slice{1, {}, -2}, at({1, -1, -2}, {3}), at({-1, -2, 0}, {3}), Slice{{}, -3, -2}},
     {1, 3, 1},
     {23, 20, 14}},
    {{3, 2, 2, 3},
     {NewAxis{}, at({1, -3, 0}, {1, 3}), Ellipsis{}, at({0, 0, 1}, {3}), int64_t{-2}, at({-1}, {})},
     {1, 3, 1},
     {14, 2, 8}},
  };
  // clang-format on
  return all;
}

TEST(IndexNumpy, TakeGivesNumpysShapeAndValues) {
  for (size_t i = 0; i < cases().size(); ++i) {
    const IndexCase& c = cases()[i];
    const Array got = take_index(counting(c.shape), c.items);
    EXPECT_EQ(got.shape().to_string(), c.result_shape.to_string()) << i;
    EXPECT_EQ(got.to_vector<int64_t>(), c.result) << i;
  }
}

TEST(IndexNumpy, TakeReadsStridedArrays) {
  for (size_t i = 0; i < cases().size(); ++i) {
    const IndexCase& c = cases()[i];
    const Array strided = counting(c.shape).transpose().copy().transpose();
    EXPECT_EQ(take_index(strided, c.items).to_vector<int64_t>(), c.result) << i;
  }
}

TEST(IndexNumpy, PutWritesTheTakenElementsOnly) {
  for (size_t i = 0; i < cases().size(); ++i) {
    const IndexCase& c = cases()[i];
    const Array a = counting(c.shape);
    std::vector<int64_t> expected = a.to_vector<int64_t>();
    // Position and value agree, so equal positions get equal values.
    std::vector<int64_t> values;
    for (const int64_t position : c.result) {
      expected[size_t(position)] = -position - 1;
      values.push_back(-position - 1);
    }
    put_index(a, c.items, Array::from(values, c.result_shape));
    EXPECT_EQ(a.to_vector<int64_t>(), expected) << i;
  }
}

}  // namespace
}  // namespace numest
