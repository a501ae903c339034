#include "numest/array/index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace numest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Items = std::vector<IndexItem>;

Array counting(const Shape& shape) {
  Array a(DType::kInt32, shape);
  int32_t next = 0;
  for (int32_t& x : a.span<int32_t>()) x = next++;
  return a;
}

void expect_index_error(const Array& a, const Items& items,
                        const std::string& text) {
  try {
    take_index(a, items);
    ADD_FAILURE() << "no error: " << text;
  } catch (const IndexError& e) {
    EXPECT_THAT(e.what(), HasSubstr(text));
  }
}

TEST(TakeIndex, BasicItemsGiveAView) {
  const Array a = counting({2, 3, 4});
  const Array view =
      take_index(a, Items{int64_t{1}, NewAxis{}, Ellipsis{}, Slice{1, 3}});
  EXPECT_EQ(view.shape(), (Shape{1, 3, 2}));
  EXPECT_THAT(view.to_vector<int>(), ElementsAre(13, 14, 17, 18, 21, 22));
  EXPECT_EQ(view.buffer(), a.buffer());
  EXPECT_EQ(take_index(a, Items{}).raw(), a.raw());
}

TEST(TakeIndex, EmptyPositionsGiveAnEmptyArray) {
  const Array none(DType::kInt64, {0, 2});
  EXPECT_EQ(take_index(counting({3, 4}), Items{none}).shape(),
            (Shape{0, 2, 4}));
  EXPECT_EQ(
      take_index(counting({3, 0}), Items{Array::from<int>({2, 0})}).shape(),
      (Shape{2, 0}));
}

TEST(TakeIndex, EveryIntegerDtypeIndexes) {
  for (int i = int(DType::kInt8); i <= int(DType::kUInt64); ++i)
    EXPECT_THAT(take_index(counting({3}),
                           Items{Array::from<int>({2, 1}).astype(DType(i))})
                    .to_vector<int>(),
                ElementsAre(2, 1));
}

TEST(TakeIndex, MovesStringsAndWideElements) {
  const Array text = Array::from<Bytes>({"a", "b", "c", "d"}, {2, 2});
  EXPECT_THAT(
      take_index(text, Items{Array::from<int>({1, 1, 0})}).to_vector<Bytes>(),
      ElementsAre("c", "d", "c", "d", "a", "b"));
  const Array z = Array::from<Complex128>({{1, 2}, {3, 4}});
  EXPECT_EQ(take_index(z, Items{Array::from<int>({1})}).item<Complex128>(),
            Complex128(3, 4));
}

TEST(TakeIndex, ErrorsSayWhatNumpySays) {
  const Array a = counting({3, 4});
  expect_index_error(a, {int64_t{5}},
                     "index 5 is out of bounds for axis 0 with size 3");
  expect_index_error(a, {NewAxis{}, Slice{}, Array::from<int>({0, -5})},
                     "index -5 is out of bounds for axis 1 with size 4");
  expect_index_error(a, {int64_t{0}, int64_t{0}, int64_t{0}},
                     "too many indices for array: array is 2-dimensional, "
                     "but 3 were indexed");
  expect_index_error(a, {Ellipsis{}, Ellipsis{}},
                     "an index can only have a single ellipsis ('...')");
  expect_index_error(a, {Array::from<bool>({true, false})},
                     "boolean index did not match indexed array along axis 0; "
                     "size of axis is 3 but size of corresponding boolean "
                     "axis is 2");
  expect_index_error(a, {Array::from<double>({1.0})},
                     "arrays used as indices must be of integer (or boolean) "
                     "type");
  expect_index_error(
      a, {Array::from<int>({0, 1}), Array::from<int>({0, 1, 2})},
      "shape mismatch: indexing arrays could not be broadcast together with "
      "shapes (2,) (3,)");
}

TEST(PutIndex, BroadcastsAndCastsTheValue) {
  const Array a = counting({3, 4});
  put_index(a, Items{Array::from<int>({2, 0})},
            Array::from<double>({-1.5, -2, -3, -4}, {1, 1, 4}));
  EXPECT_THAT(a.to_vector<int>(),
              ElementsAre(-1, -2, -3, -4, 4, 5, 6, 7, -1, -2, -3, -4));
  put_index(a, Items{Slice{1, 2}}, Array::scalar(0));
  EXPECT_THAT(take_index(a, Items{int64_t{1}}).to_vector<int>(),
              ElementsAre(0, 0, 0, 0));
}

TEST(PutIndex, MaskTakesAScalarOrOneValueEach) {
  const Array a = counting({4});
  const Array mask = Array::from<bool>({true, false, true, false});
  put_index(a, Items{mask}, Array::from<int>({7, 8}));
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(7, 1, 8, 3));
  put_index(a, Items{mask}, Array::scalar(0));
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(0, 1, 0, 3));
  EXPECT_THROW(put_index(a, Items{mask}, Array::from<int>({1, 2, 3})),
               ValueError);
}

TEST(PutIndex, LastOfEqualPositionsWins) {
  const Array a = counting({2});
  put_index(a, Items{Array::from<int>({1, 1, 1})}, Array::from<int>({5, 6, 7}));
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(0, 7));
}

TEST(PutIndex, ReadsAnOverlappingValueAsItWas) {
  const Array a = counting({3});
  put_index(a, Items{Array::from<int>({1, 2})}, a.rows(0, 2));
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(0, 0, 1));
}

TEST(PutIndex, RefusesReadOnlyArraysAndLargerValues) {
  EXPECT_THROW(put_index(Array(), Items{Ellipsis{}}, Array()), ValueError);
  EXPECT_THROW(put_index(Array(), Items{Array::scalar(true)}, Array()),
               ValueError);
  EXPECT_THROW(
      put_index(counting({3}), Items{Array::from<int>({0})}, counting({2, 1})),
      ValueError);
}

TEST(NonzeroPositions, ListsTrueElementsInRowMajorOrder) {
  const Array mask = Array::from<int>({0, 1, 1, 0, 0, 1}, {2, 3});
  const std::vector<Array> at = nonzero_positions(mask);
  ASSERT_EQ(at.size(), 2u);
  EXPECT_THAT(at[0].to_vector<int>(), ElementsAre(0, 0, 1));
  EXPECT_THAT(at[1].to_vector<int>(), ElementsAre(1, 2, 2));
}

TEST(NonzeroPositions, AreThoseOfALoopForAnyShapeAndDensity) {
  for (const Shape& shape : {Shape{0}, Shape{1}, Shape{100}, Shape{4, 0},
                             Shape{7, 9}, Shape{3, 4, 30}})
    for (const int64_t period : {1, 2, 7, 1000}) {
      Array mask = Array::zeros(DType::kBool, shape);
      std::vector<int64_t> flat, found;
      for (int64_t i = period - 1; i < mask.size(); i += period) {
        mask.data<bool>()[i] = true;
        flat.push_back(i);
      }
      const std::vector<Array> at = nonzero_positions(mask);
      ASSERT_EQ(int(at.size()), shape.ndim());
      for (int64_t k = 0; k < at[0].size(); ++k) {
        int64_t position = 0;
        for (int axis = 0; axis < shape.ndim(); ++axis)
          position =
              position * shape[axis] + at[size_t(axis)].data<int64_t>()[k];
        found.push_back(position);
      }
      EXPECT_EQ(found, flat) << shape.to_string() << " " << period;
    }
}

}  // namespace
}  // namespace numest
