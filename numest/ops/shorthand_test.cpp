// Against numbers worked out by hand from NumPy's definitions.
#include "numest/ops/shorthand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "numest/ops/indexing.h"
#include "numest/ops/keywords.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

using Doubles = std::vector<double>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

Tensor row(const Doubles& values) { return Array::from(values); }
Tensor matrix() { return Array::from(Doubles{1, 2, 3, 4, 5, 6}, Shape{2, 3}); }
Doubles values(const Tensor& t) { return t.numpy().to_vector<double>(); }

void expect_near(const Tensor& got, const Doubles& wanted) {
  EXPECT_THAT(values(got),
              testing::Pointwise(testing::DoubleNear(1e-12), wanted));
}

TEST(Shorthand, ElementwiseFunctionsHaveTheirDefinitions) {
  const Tensor x = row({-2.5, 0.5, 7});
  EXPECT_EQ(values(fix(x)), (Doubles{-2, 0, 7}));
  EXPECT_EQ(values(modf(x).first), (Doubles{-0.5, 0.5, 0}));
  EXPECT_EQ(values(modf(x).second), (Doubles{-2, 0, 7}));
  EXPECT_EQ(values(divmod(x, 2).first), (Doubles{-2, 0, 3}));
  EXPECT_EQ(values(divmod(x, 2).second), (Doubles{1.5, 0.5, 1}));
  EXPECT_EQ(values(ldexp(x, row({1, 2, 3}))), (Doubles{-5, 2, 56}));
  expect_near(degrees(row({std::numbers::pi})), {180});
  expect_near(logaddexp2(row({3}), row({3})), {4});
  expect_near(float_power(Array::from(std::vector<int64_t>{2, 4}), -1),
              {0.5, 0.25});
  expect_near(angle(Array::from(std::vector<Complex128>{{0, 1}}), true), {90});
}

TEST(Shorthand, SignsOfInfinitiesAreTold) {
  const Tensor x = row({-kInf, kInf, kNan, 1});
  EXPECT_EQ(values(isneginf(x)), (Doubles{1, 0, 0, 0}));
  EXPECT_EQ(values(isposinf(x)), (Doubles{0, 1, 0, 0}));
}

TEST(Shorthand, ReductionsLeaveNanOut) {
  const Tensor x = row({3, kNan, 1, 2});
  EXPECT_EQ(values(nanmedian(x)), (Doubles{2}));
  EXPECT_EQ(values(nanpercentile(x, 50)), (Doubles{2}));
  EXPECT_EQ(values(nancumsum(x)), (Doubles{3, 3, 4, 6}));
  EXPECT_EQ(values(nancumprod(x)), (Doubles{3, 3, 3, 6}));
  EXPECT_EQ(values(amax(matrix(), 0)), (Doubles{4, 5, 6}));
  EXPECT_EQ(values(amin(matrix(), 1)), (Doubles{1, 4}));
}

TEST(Shorthand, ArraysAreEqualByShapeAndElements) {
  const Tensor x = row({1, kNan});
  EXPECT_EQ(values(array_equal(matrix(), matrix())), (Doubles{1}));
  EXPECT_EQ(values(array_equal(matrix(), row({1}))), (Doubles{0}));
  EXPECT_EQ(values(array_equal(x, x)), (Doubles{0}));
  EXPECT_EQ(values(array_equal(x, x, true)), (Doubles{1}));
}

TEST(Shorthand, ProductsOfVectorsAndMatrices) {
  const Tensor v = row({1, 0, -1});
  EXPECT_EQ(values(inner(matrix(), v)), (Doubles{-2, -2}));
  EXPECT_EQ(values(vdot(matrix(), matrix())), (Doubles{91}));
  EXPECT_EQ(values(vecdot(matrix(), v)), (Doubles{-2, -2}));
  EXPECT_EQ(values(matvec(matrix(), v)), (Doubles{-2, -2}));
  EXPECT_EQ(values(vecmat(row({1, 1}), matrix())), (Doubles{5, 7, 9}));
  expect_near(eigvalsh(Array::from(Doubles{2, 1, 1, 2}, Shape{2, 2})), {1, 3});
}

TEST(Shorthand, AxesAreAddedSplitAndTurned) {
  EXPECT_EQ(atleast_3d(row({1, 2})).shape(), (Shape{1, 2, 1}));
  EXPECT_EQ(atleast_3d(matrix()).shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(dstack({matrix(), matrix()}).shape(), (Shape{2, 3, 2}));
  EXPECT_EQ(values(matrix_transpose(matrix())), (Doubles{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(values(hsplit(matrix(), 3)[2]), (Doubles{3, 6}));
  EXPECT_EQ(values(vsplit(matrix(), 2)[1]), (Doubles{4, 5, 6}));
  EXPECT_EQ(values(unstack(matrix(), -1)[1]), (Doubles{2, 5}));
  EXPECT_EQ(values(identity(2)), (Doubles{1, 0, 0, 1}));
}

TEST(Shorthand, PositionsAndSets) {
  EXPECT_EQ(values(flatnonzero(row({0, 2, 0, 3}))), (Doubles{1, 3}));
  EXPECT_EQ(values(extract(matrix() > 3, matrix())), (Doubles{4, 5, 6}));
  EXPECT_EQ(values(ediff1d(matrix())), (Doubles{1, 1, 1, 1, 1}));
  EXPECT_EQ(values(ediff1d(row({1, 3}), row({8, 9}), 7)),
            (Doubles{7, 2, 8, 9}));
  const Tensor a = row({3, 1, 1}), b = row({2, 3});
  EXPECT_EQ(values(union1d(a, b)), (Doubles{1, 2, 3}));
  EXPECT_EQ(values(intersect1d(a, b)), (Doubles{3}));
  EXPECT_EQ(values(setdiff1d(a, b)), (Doubles{1}));
  EXPECT_EQ(values(setdiff1d(row({5, 1, 5, 2}), row({2}), true)),
            (Doubles{5, 1, 5}));
}

TEST(Shorthand, SeriesAndWindows) {
  expect_near(logspace(0.0, 2.0, 3), {1, 10, 100});
  expect_near(geomspace(1.0, 8.0, 4), {1, 2, 4, 8});
  expect_near(hanning(3), {0, 1, 0});
  expect_near(hamming(3), {0.08, 1, 0.08});
  expect_near(bartlett(5), {0, 0.5, 1, 0.5, 0});
  expect_near(blackman(3), {0, 1, 0});
  expect_near(hanning(1), {1});
}

TEST(Shorthand, PolynomialsOfOtherLengths) {
  const Tensor p = row({1, 2, 3}), q = row({4, 5});
  EXPECT_EQ(values(polyadd(p, q)), (Doubles{1, 6, 8}));
  EXPECT_EQ(values(polysub(q, p)), (Doubles{-1, 2, 2}));
  EXPECT_EQ(values(polymul(p, q)), (Doubles{4, 13, 22, 15}));
}

TEST(Shorthand, DiagonalsBlocksAndBroadcasts) {
  EXPECT_EQ(values(diag(row({1, 2}), 1)), (Doubles{0, 1, 0, 0, 0, 2, 0, 0, 0}));
  EXPECT_EQ(values(diag(matrix(), 1)), (Doubles{2, 6}));
  EXPECT_EQ(values(trace(matrix())), (Doubles{6}));
  EXPECT_EQ(values(block({{row({1}), row({2})}, {row({3, 4})}})),
            (Doubles{1, 2, 3, 4}));
  const auto both = broadcast_arrays({matrix(), row({7, 8, 9})});
  EXPECT_EQ(values(both[1]), (Doubles{7, 8, 9, 7, 8, 9}));
  EXPECT_EQ(values(resize(row({1, 2}), {2, 2})), (Doubles{1, 2, 1, 2}));
  EXPECT_THROW(diag(Tensor(1.0)), ValueError);
}

TEST(Shorthand, InsertsChoosesAndCompresses) {
  EXPECT_EQ(values(insert(row({1, 2}), 1, row({8, 9}))), (Doubles{1, 8, 9, 2}));
  EXPECT_EQ(values(insert(matrix(), -1, 0, 1)),
            (Doubles{1, 2, 0, 3, 4, 5, 0, 6}));
  EXPECT_THROW(insert(row({1}), 2, 0), IndexError);
  const Tensor at = Array::from(std::vector<int64_t>{1, 0});
  EXPECT_EQ(values(choose(at, {row({1, 2}), 9})), (Doubles{9, 2}));
  EXPECT_EQ(values(choose(at, {3, 9})), (Doubles{9, 3}));
  EXPECT_EQ(values(choose(at + 2, {3, 9}, "wrap")), (Doubles{9, 3}));
  EXPECT_EQ(values(choose(at + 2, {3, 9}, {.mode = "clip"})), (Doubles{9, 9}));
  EXPECT_THROW(choose(at + 1, {3, 9}), ValueError);
  EXPECT_EQ(values(compress(row({0, 1}), matrix(), 0)), (Doubles{4, 5, 6}));
}

TEST(Shorthand, GivesPositions) {
  const auto lower = tril_indices(2), upper = triu_indices(2, 1);
  EXPECT_EQ(values(lower[0]), (Doubles{0, 1, 1}));
  EXPECT_EQ(values(lower[1]), (Doubles{0, 0, 1}));
  EXPECT_EQ(values(upper[1]), (Doubles{1}));
  const auto at =
      unravel_index(row({5, 1}).numpy().astype(DType::kInt64), {2, 3});
  EXPECT_EQ(values(at[0]), (Doubles{1, 0}));
  EXPECT_EQ(values(at[1]), (Doubles{2, 1}));
  EXPECT_EQ(values(indices({1, 2})), (Doubles{0, 0, 0, 1}));
  EXPECT_EQ(values(digitize(row({0, 1, 5}), row({1, 3}))), (Doubles{0, 1, 2}));
  EXPECT_EQ(values(digitize(row({1}), row({1, 3}), true)), (Doubles{0}));
  EXPECT_EQ(values(digitize(row({0, 1, 5}), row({3, 1}))), (Doubles{2, 1, 0}));
  EXPECT_EQ(values(digitize(row({0, 1, 5}), row({3, 1}), true)),
            (Doubles{2, 2, 0}));
  EXPECT_THROW(digitize(row({0}), row({1, 3, 2})), ValueError);
}

TEST(Shorthand, QuantilesOfSeveralQAreStacked) {
  const Tensor x = row({3, 1, 2});
  expect_near(quantile(x, row({0, 0.25, 1})), {1, 1.5, 3});
  expect_near(percentile(matrix(), row({0, 50}), {.axis = 0}),
              {1, 2, 3, 2.5, 3.5, 4.5});
  EXPECT_TRUE(std::isnan(values(median(zeros({0})))[0]));
}

TEST(Shorthand, DistinctValuesComeWithTheirCounts) {
  const Tensor x = row({2, 1, 2});
  EXPECT_EQ(values(unique_counts(x).second), (Doubles{1, 2}));
  EXPECT_EQ(values(unique_inverse(x).second), (Doubles{1, 0, 1}));
  EXPECT_EQ(values(setxor1d(x, row({2, 3}))), (Doubles{1, 3}));
  EXPECT_EQ(values(unique_all(x)[3]), (Doubles{1, 2}));
  EXPECT_EQ(values(nonzero(matrix() - 1)[1]), (Doubles{1, 2, 0, 1, 2}));
  EXPECT_EQ(values(top_k(x, 2)[0]), (Doubles{2, 2}));
}

TEST(Shorthand, CurvesAreUnwrappedAndFitted) {
  expect_near(unwrap(row({0, 3, -3, 0})),
              {0, 3, 2 * std::numbers::pi - 3, 2 * std::numbers::pi});
  expect_near(slice_axis(matrix(), -1, 1, 2), {2, 5});
  EXPECT_THROW(slice_axis(matrix(), 2, 0, 1), IndexError);
  expect_near(vander(row({2, 3}), 3), {4, 2, 1, 9, 3, 1});
  const Tensor x = row({0, 1, 2, 3});
  EXPECT_THAT(values(polyfit(x, 3 * x - 1, 1)),
              testing::Pointwise(testing::DoubleNear(1e-9), Doubles{3, -1}));
  // A weight of zero leaves the third point out; two columns at once.
  const Tensor bent = row({0, 1, 9, 3}), w = row({1, 1, 0, 1});
  EXPECT_THAT(
      values(polyfit(x, stack({bent, 2 * bent}, 1), 1, {}, w)),
      testing::Pointwise(testing::DoubleNear(1e-9), Doubles{1, 2, 0, 0}));
  EXPECT_EQ(values(spacing(row({1, -1}))), (Doubles{0x1p-52, -0x1p-52}));
  EXPECT_EQ(values(array_equiv(x, x)), (Doubles{1}));
  EXPECT_EQ(values(array_equiv(x, row({1, 2}))), (Doubles{0}));
  expect_near(tensordot(matrix(), matrix()), {91});
}

// All pairs of the two would be 4 10^10.
TEST(Shorthand, MembershipOfManyIsSearched) {
  const Tensor many = arange(0.0, 2e5, 1.0) * 2;
  const Tensor x = row({4, 5, -1, 4e5, kNan, 0});
  EXPECT_EQ(values(isin(x, many)), (Doubles{1, 0, 0, 0, 0, 1}));
  EXPECT_EQ(values(count_nonzero(isin(many + 2, many)))[0], 2e5 - 1);
  EXPECT_EQ(values(isin(x, where(greater(many, 100), kNan, many))),
            (Doubles{1, 0, 0, 0, 0, 1}));
}

TEST(Shorthand, RefusesWhatNumpyRefuses) {
  EXPECT_THROW(cov(zeros({2, 2, 2})), ValueError);
  EXPECT_THROW(rot90(matrix(), 1, 0, -2), ValueError);
  EXPECT_THROW(index(matrix(), {Ellipsis{}, Ellipsis{}}), IndexError);
}

}  // namespace
}  // namespace numest
