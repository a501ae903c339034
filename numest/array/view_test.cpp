#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/array/array.h"

namespace numest {
namespace {

using testing::ElementsAre;

Array counting(const Shape& shape) {
  Array a(DType::kInt32, shape);
  int32_t next = 0;
  for (int32_t& x : a.span<int32_t>()) x = next++;
  return a;
}

// Python's slice, by enumeration: `list(range(n))[start:stop:step]`.
std::vector<int> python_slice(const Slice& s, int64_t n) {
  std::vector<int> out;
  const bool up = s.step > 0;
  const auto clip = [&](int64_t at) {
    if (at < 0) at += n;
    return up ? std::min(std::max<int64_t>(at, 0), n)
              : std::min(std::max<int64_t>(at, -1), n - 1);
  };
  const int64_t begin = s.start ? clip(*s.start) : (up ? 0 : n - 1);
  const int64_t end = s.stop ? clip(*s.stop) : (up ? n : -1);
  for (int64_t i = begin; up ? i < end : i > end; i += s.step)
    out.push_back(int(i));
  return out;
}

TEST(Slice, EqualsPythonsForAllSmallBounds) {
  std::vector<std::optional<int64_t>> bounds = {std::nullopt};
  for (int64_t b = -6; b <= 6; ++b) bounds.push_back(b);
  for (const int64_t n : {0, 1, 4})
    for (const auto& start : bounds)
      for (const auto& stop : bounds)
        for (const int64_t step : {1, 2, 3, -1, -2, -7}) {
          const Slice s{start, stop, step};
          EXPECT_EQ(counting({n}).slice(std::vector{s}).to_vector<int>(),
                    python_slice(s, n));
        }
}

TEST(Slice, TakesExtremeBoundsAndRefusesStepZero) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  const Array a = counting({3});
  EXPECT_EQ(a.slice(std::vector{Slice{kMin, kMax, kMax}}).size(), 1);
  EXPECT_EQ(a.slice(std::vector{Slice{kMax, kMin, kMin}}).size(), 1);
  EXPECT_THROW(a.slice(std::vector{Slice{{}, {}, 0}}), ValueError);
  EXPECT_THROW(a.slice(std::vector{Slice{}, Slice{}}), IndexError);
}

TEST(Slice, SharesTheBuffer) {
  const Array a = counting({2, 3});
  a.slice(std::vector{Slice{}, Slice{{}, {}, -2}})
      .assign(Array::scalar<int32_t>(9));
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(9, 1, 9, 9, 4, 9));
}

TEST(Index, DropsTheAxisAndCountsFromTheEnd) {
  const Array a = counting({2, 3});
  EXPECT_THAT(a.index(1, -1).to_vector<int>(), ElementsAre(2, 5));
  EXPECT_EQ(a.index(0, 1).shape(), Shape{3});
  try {
    a.index(1, 3);
    FAIL();
  } catch (const IndexError& e) {
    EXPECT_STREQ(e.what(), "index 3 is out of bounds for axis 1 with size 3");
  }
}

TEST(Rows, AreARangeOfTheFirstAxis) {
  EXPECT_THAT(counting({3, 2}).rows(1, 3).to_vector<int>(),
              ElementsAre(2, 3, 4, 5));
  EXPECT_EQ(counting({3, 2}).rows(3, 3).shape(), (Shape{0, 2}));
  EXPECT_THROW(counting({3}).rows(2, 4), IndexError);
  EXPECT_THROW(counting({}).rows(0, 0), IndexError);
}

TEST(Transpose, MovesElementsToPermutedPositions) {
  const Array a = counting({2, 3, 4});
  const Array t = a.transpose(std::vector{2, 0, -2});
  EXPECT_EQ(t.shape(), (Shape{4, 2, 3}));
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 4; ++k)
        EXPECT_EQ(t.index(0, k).index(0, i).index(0, j).item<int>(),
                  12 * i + 4 * j + k);
  EXPECT_EQ(a.transpose().shape(), (Shape{4, 3, 2}));
  EXPECT_THROW(a.transpose(std::vector{0, 0, 1}), ValueError);
  EXPECT_THROW(a.transpose(std::vector{0, 1}), ValueError);
}

TEST(ExpandDims, UndoesSqueeze) {
  const Array a = counting({2, 3});
  EXPECT_EQ(a.expand_dims(-1).shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(a.expand_dims(1).shape(), (Shape{2, 1, 3}));
  EXPECT_TRUE(a.expand_dims(0).is_contiguous());
  for (const int axis : {0, 1, 2})
    EXPECT_TRUE(array_equal(a.expand_dims(axis).squeeze(axis), a));
  EXPECT_THROW(a.squeeze(0), ValueError);
  EXPECT_THROW(a.expand_dims(3), IndexError);
}

TEST(BroadcastTo, RepeatsWithoutCopy) {
  const Array a = counting({3, 1});
  const Array b = a.broadcast_to({2, 3, 2});
  EXPECT_EQ(b.raw(), a.raw());
  EXPECT_THAT(b.to_vector<int>(),
              ElementsAre(0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2));
  EXPECT_EQ(counting({1}).broadcast_to({0}).size(), 0);
  EXPECT_THROW(a.broadcast_to({2, 2}), ValueError);
  EXPECT_THROW(a.broadcast_to({3}), ValueError);
}

TEST(Reshape, KeepsRowMajorOrderForEveryLayout) {
  const Array a = counting({2, 3, 4});
  std::vector<int> axes = {0, 1, 2};
  do {
    const Array t = a.transpose(axes);
    for (const Shape& shape :
         {Shape{24}, Shape{4, 6}, Shape{2, 2, 2, 3}, Shape{1, 24, 1},
          Shape{8, 3}, Shape{3, 1, 8}, Shape{12, 2}})
      EXPECT_EQ(t.reshape(shape).to_vector<int>(), t.to_vector<int>());
  } while (std::next_permutation(axes.begin(), axes.end()));
}

TEST(Reshape, IsAViewWhereStridesAllow) {
  const Array a = counting({4, 6});
  EXPECT_EQ(a.reshape({24}).raw(), a.raw());
  const Array halves = a.slice(std::vector{Slice{}, Slice{0, 4}});
  EXPECT_EQ(halves.reshape({2, 2, 2, 2}).raw(), a.raw());
  EXPECT_EQ(halves.reshape({4, 1, 4}).raw(), a.raw());
  EXPECT_NE(halves.reshape({16}).raw(), a.raw());
  EXPECT_EQ(a.transpose().reshape({2, 3, 4}).raw(), a.raw());
}

TEST(Reshape, InfersOneExtent) {
  EXPECT_EQ(counting({4, 6}).reshape({3, -1}).shape(), (Shape{3, 8}));
  EXPECT_EQ(counting({}).reshape({-1}).shape(), (Shape{1}));
  EXPECT_EQ(counting({0, 3}).reshape({-1, 5}).shape(), (Shape{0, 5}));
  EXPECT_THROW(counting({6}).reshape({-1, -1}), ValueError);
  EXPECT_THROW(counting({6}).reshape({4, -1}), ValueError);
  EXPECT_THROW(counting({0}).reshape({0, -1}), ValueError);
  try {
    counting({6}).reshape({5});
    FAIL();
  } catch (const ValueError& e) {
    EXPECT_STREQ(e.what(),
                 "reshape: cannot reshape array of size 6 into shape (5,)");
  }
}

}  // namespace
}  // namespace numest
