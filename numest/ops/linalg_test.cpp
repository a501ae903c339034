// numpy.linalg's names: norms against their definitions, least squares
// against the normal equations.
#include "numest/ops/linalg.h"

#include <gtest/gtest.h>

#include <cmath>

#include "numest/base/error.h"
#include "numest/ops/creation.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

double number(const Tensor& t) { return t.numpy().item<double>(); }
void expect_near(const Tensor& got, const Tensor& wanted) {
  EXPECT_EQ(got.shape(), wanted.shape());
  EXPECT_TRUE(allclose(got.numpy(), wanted.numpy())) << got.to_string();
}

TEST(Linalg, NormsGoByOrderAndAxes) {
  const Tensor x = array({{3.0, -4.0, 0.0}, {1.0, 2.0, 2.0}});
  EXPECT_NEAR(number(linalg::norm(x)), std::sqrt(34), 1e-12);
  expect_near(linalg::norm(x, {.axis = 1}), array({5.0, 3.0}));
  expect_near(linalg::norm(x, {.ord = 1, .axis = 1, .keepdims = true}),
              array({{7.0}, {5.0}}));
  expect_near(linalg::norm(x, {.ord = inf, .axis = 0}), array({3., 4., 2.}));
  EXPECT_NEAR(number(linalg::norm(x, 1)), 6, 1e-12);
  EXPECT_NEAR(number(linalg::norm(x, inf)), 7, 1e-12);
  EXPECT_NEAR(number(linalg::norm(x, "fro")), std::sqrt(34), 1e-12);
  EXPECT_NEAR(number(linalg::norm(x, "nuc")), number(sum(linalg::svdvals(x))),
              1e-12);
  const Tensor stacked = stack({x, 2 * x}, 1);  // matrices of axes 0 and 2
  expect_near(linalg::norm(stacked, {.ord = 1, .axis = {0, 2}}),
              array({6.0, 12.0}));
  EXPECT_EQ(linalg::norm(stacked, {.ord = 2, .axis = {2, 0}, .keepdims = true})
                .shape(),
            (Shape{1, 2, 1}));
}

TEST(Linalg, NormsRefuseWhatHasNone) {
  const Tensor x = array({1.0, 2.0});
  EXPECT_THROW(linalg::norm(x, "fro"), ValueError);
  EXPECT_THROW(linalg::norm(array({{1.0}}), "max"), ValueError);
  EXPECT_THROW(linalg::norm(zeros({2, 2, 2}), 1), ValueError);
}

TEST(Linalg, LeastSquaresSolveTheNormalEquations) {
  const Tensor a = array({{1.0, 0.0}, {1.0, 1.0}, {1.0, 3.0}});
  const Tensor b = array({1.0, 3.0, 4.0});
  const auto found = linalg::lstsq(a, b);
  const Tensor t = transpose(a);
  const Tensor column = expand_dims(dot(t, b), 1);
  expect_near(found[0], squeeze(linalg::solve(matmul(t, a), column), 1));
  expect_near(found[1], array({number(sum(square(b - dot(a, found[0]))))}));
  EXPECT_EQ(number(found[2]), 2);
  const auto flat = linalg::lstsq(ones({3, 2}), b);  // of rank 1
  EXPECT_EQ(number(flat[2]), 1);
  EXPECT_EQ(flat[1].shape(), Shape{0});
  expect_near(flat[0], full({2}, 8.0 / 6));
  EXPECT_NEAR(number(linalg::cond(array({{2.0, 0.0}, {0.0, 0.5}}))), 4, 1e-12);
}

// a v - v diag(w), of a stack of matrices, is 0, and the columns have norm 1.
void expect_eigenvectors(const Tensor& a) {
  const auto found = linalg::eig(a);
  const Tensor &w = found[0], &v = found[1];
  EXPECT_TRUE(is_complex(w.dtype()));
  const Tensor rest = matmul(a, v) - v * expand_dims(w, {-2});
  const double tolerance = itemsize(w.dtype()) == 8 ? 1e-5 : 1e-12;
  EXPECT_LT(number(max(absolute(rest))), tolerance);
  const Tensor norms = linalg::norm(v, {.axis = -2});
  EXPECT_LT(number(max(absolute(norms - 1.0))), tolerance);
  const Tensor values = linalg::eigvals(a);
  EXPECT_EQ(values.dtype(), w.dtype());
  EXPECT_LT(number(max(absolute(sort(values) - sort(w)))), tolerance);
}

TEST(Linalg, EigenvectorsOfAnyMatricesAreComplex) {
  const Tensor wave = reshape(sin(square(arange(32.0))), {2, 4, 4});
  const Tensor turn = array({{0.0, -1.0}, {1.0, 0.0}});
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kComplex64,
                            DType::kComplex128}) {
    expect_eigenvectors(astype(wave, dtype));
    expect_eigenvectors(astype(turn, dtype));
  }
  const Tensor skewed = astype(wave, DType::kComplex128);
  expect_eigenvectors(skewed * astype(exp(skewed), DType::kComplex128));
  EXPECT_EQ(linalg::eig(zeros({3, 0, 0}))[1].shape(), (Shape{3, 0, 0}));
  EXPECT_EQ(linalg::eig(array({{1, 2}, {3, 4}}))[0].dtype(),
            DType::kComplex128);
}

TEST(Linalg, EigenvaluesRefuseWhatIsNotFinite) {
  const Tensor a = array({{1.0, 2.0}, {NAN, 4.0}});
  EXPECT_THROW(linalg::eig(a), ValueError);
  EXPECT_THROW(linalg::eigvals(a / 0.0), ValueError);
  EXPECT_THROW(linalg::eigvals(zeros({2, 3})), ValueError);
}

TEST(Linalg, RootsAreZerosOfThePolynomial) {
  const auto sorted = [](const Tensor& p) { return real(sort(roots(p))); };
  expect_near(sorted(array({2.0, -12.0, 22.0, -12.0})), array({1., 2., 3.}));
  expect_near(sorted(array({0, 1, -3, 2, 0, 0})), array({0., 0., 1., 2.}));
  expect_near(imag(sort(roots(array({1.0, 0.0, 4.0})))), array({-2., 2.}));
  EXPECT_EQ(roots(array({3.0})).shape(), (Shape{0}));
  EXPECT_EQ(roots(zeros({4})).shape(), (Shape{0}));
  EXPECT_EQ(roots(array({1.0, 2.0})).dtype(), DType::kComplex128);
  EXPECT_THROW(roots(zeros({2, 2})), ValueError);
}

}  // namespace
}  // namespace numest
