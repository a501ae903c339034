#include "numest/array/shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "numest/base/error.h"

namespace numest {
namespace {

TEST(Shape, PrintsAsPythonTuple) {
  EXPECT_EQ(Shape{}.to_string(), "()");
  EXPECT_EQ(Shape{4}.to_string(), "(4,)");
  EXPECT_EQ((Shape{2, 3}).to_string(), "(2, 3)");
  EXPECT_EQ((Shape{fresh_extent(), 3}).to_string(), "(?, 3)");
}

TEST(Shape, SizeIsTheProductAndRefusesOverflow) {
  EXPECT_EQ(Shape{}.size(), 1);
  EXPECT_EQ((Shape{2, 3, 4}).size(), 24);
  constexpr int64_t kLarge = int64_t{1} << 40;
  EXPECT_EQ((Shape{kLarge, kLarge, 0}).size(), 0);
  EXPECT_THROW((Shape{kLarge, kLarge}).size(), ValueError);
  EXPECT_THROW((Shape{fresh_extent()}).size(), ValueError);
}

TEST(Shape, InsertsAndErasesAxes) {
  Shape s = {2, 3};
  s.insert(1, 7);
  s.push_back(9);
  s.insert(0, 1);
  EXPECT_EQ(s, (Shape{1, 2, 7, 3, 9}));
  s.erase(2);
  s.erase(0);
  EXPECT_EQ(s, (Shape{2, 3, 9}));
}

TEST(Shape, HoldsWhatAVectorHoldsAcrossItsNearMemory) {
  Shape s;
  std::vector<int64_t> wanted;
  const auto expect_same = [&] {
    EXPECT_EQ(std::vector<int64_t>(s.begin(), s.end()), wanted);
  };
  for (int64_t i = 0; i < kMaxNdim; ++i) {
    const int at = static_cast<int>(i / 2);
    s.insert(at, i);
    wanted.insert(wanted.begin() + at, i);
    expect_same();
  }
  while (!wanted.empty()) {
    const int at = static_cast<int>(wanted.size() / 3);
    s.erase(at);
    wanted.erase(wanted.begin() + at);
    expect_same();
  }
}

TEST(Shape, CopiesAndMovesKeepTheValues) {
  for (const int ndim : {0, 3, 6, 7, kMaxNdim})
    for (const int other : {0, 6, 7}) {
      Shape s = Shape::filled(ndim, 5), old = s;
      Shape copy(s), assigned = Shape::filled(other, 1);
      assigned = s;
      if (ndim > 0) s[0] = 9;  // the copies have memory of their own
      EXPECT_EQ(copy, old);
      EXPECT_EQ(assigned, old);
      Shape moved(std::move(copy)), taken = Shape::filled(other, 1);
      taken = std::move(assigned);
      EXPECT_EQ(moved, old);
      EXPECT_EQ(taken, old);
      Shape& self = taken;
      taken = self;
      EXPECT_EQ(taken, old);
    }
}

TEST(Shape, RefusesMoreThanThirtyTwoAxes) {
  EXPECT_EQ(Shape::filled(32, 1).size(), 1);
  EXPECT_THROW(Shape::filled(33, 1), ValueError);
  Shape full = Shape::filled(32, 2);
  EXPECT_THROW(full.push_back(1), ValueError);
  EXPECT_THROW(Shape(std::vector<int64_t>(33)), ValueError);
}

TEST(NormalizeAxis, CountsFromTheEndAndNamesTheOp) {
  EXPECT_EQ(normalize_axis(-1, 3, "sum"), 2);
  EXPECT_EQ(normalize_axis(0, 3, "sum"), 0);
  try {
    normalize_axis(3, 3, "sum");
    FAIL();
  } catch (const IndexError& e) {
    EXPECT_STREQ(e.what(),
                 "sum: axis 3 is out of bounds for array of dimension 3");
  }
  EXPECT_THROW(normalize_axis(0, 0, "sum"), IndexError);
}

TEST(Broadcast, AlignsTrailingAxes) {
  EXPECT_EQ(broadcast_shapes({2, 1, 4}, {3, 1}, "add"), (Shape{2, 3, 4}));
  EXPECT_EQ(broadcast_shapes({3, 1}, {2, 1, 4}, "add"), (Shape{2, 3, 4}));
  EXPECT_EQ(broadcast_shapes({}, {2}, "add"), (Shape{2}));
  EXPECT_EQ(broadcast_shapes({1}, {0}, "add"), (Shape{0}));
}

TEST(Broadcast, ErrorNamesOpAndBothShapesInOrder) {
  try {
    broadcast_shapes({3}, {2, 4}, "add");
    FAIL();
  } catch (const ValueError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("add: "));
    EXPECT_THAT(e.what(), testing::HasSubstr("(3,) (2, 4)"));
  }
  EXPECT_THROW(broadcast_shapes({0}, {2}, "add"), ValueError);
}

TEST(Broadcast, SymbolsFollowTheirRules) {
  const int64_t n = fresh_extent(), m = fresh_extent();
  EXPECT_NE(n, m);
  EXPECT_EQ(broadcast_shapes({n}, {n}, "add"), Shape{n});
  EXPECT_EQ(broadcast_shapes({n}, {1}, "add"), Shape{n});
  EXPECT_EQ(broadcast_shapes({1}, {n}, "add"), Shape{n});
  EXPECT_EQ(broadcast_shapes({n}, {5}, "add"), Shape{5});
  EXPECT_EQ(broadcast_shapes({n}, {m}, "add"), Shape{n});
  EXPECT_EQ(broadcast_shapes({n}, {2, m}, "add"), (Shape{2, n}));
}

TEST(ContiguousStrides, AreRowMajorInBytes) {
  EXPECT_EQ(contiguous_strides({2, 3, 4}, 8), (Strides{96, 32, 8}));
  EXPECT_EQ(contiguous_strides({}, 8), Strides{});
  EXPECT_EQ(contiguous_strides({2, 0, 4}, 1), (Strides{4, 4, 1}));
}

}  // namespace
}  // namespace numest
