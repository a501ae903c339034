// Against numbers worked out by hand from NumPy's definitions.
#include "numest/ops/shorthand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numbers>

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
  const Tensor a = row({3, 1, 1}), b = row({2, 3});
  EXPECT_EQ(values(union1d(a, b)), (Doubles{1, 2, 3}));
  EXPECT_EQ(values(intersect1d(a, b)), (Doubles{3}));
  EXPECT_EQ(values(setdiff1d(a, b)), (Doubles{1}));
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

}  // namespace
}  // namespace numest
