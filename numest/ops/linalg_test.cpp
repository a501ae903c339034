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

}  // namespace
}  // namespace numest
