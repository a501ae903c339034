// Against derivatives known in closed form.
#include "numest/transforms/functional.h"

#include <gtest/gtest.h>

#include "numest/ops/composite_linalg.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

using Doubles = std::vector<double>;

Tensor vector() { return Array::from(Doubles{1, -2, 0.5}); }
Tensor matrix() { return Array::from(Doubles{1, 2, 3, 4, 5, 6}, Shape{2, 3}); }
void expect_near(const Tensor& got, const Tensor& wanted) {
  EXPECT_EQ(got.shape(), wanted.shape());
  EXPECT_TRUE(allclose(got.numpy(), wanted.numpy())) << got.to_string();
}

const auto weighted_cubes = [](const Tensor& x, const Tensor& w) {
  return sum(w * x * x * x);
};

TEST(PlainFunctions, HaveGradientsByOneOrSeveralArguments) {
  const Tensor x = vector(), w = x + 3;
  expect_near(grad(weighted_cubes)(x, w), 3 * w * x * x);
  expect_near(grad(weighted_cubes, -1)(x, w), x * x * x);
  const auto both = grad(weighted_cubes, std::vector<int>{1, 0})(x, w);
  expect_near(both[0], x * x * x);
  expect_near(both[1], 3 * w * x * x);
  const auto [value, slope] = value_and_grad(weighted_cubes)(x, w);
  expect_near(value, weighted_cubes(x, w));
  expect_near(slope, 3 * w * x * x);
}

TEST(PlainFunctions, HaveJacobiansAndHessians) {
  const Tensor x = vector(), w = x + 3;
  const auto product = [](const Tensor& a, const Tensor& v) {
    return dot(a, v);
  };
  expect_near(jacobian(product, 1)(matrix(), x), matrix());
  const Tensor by_matrix = jacobian(product)(matrix(), x);
  expect_near(by_matrix, einsum("ik,j->ikj", {eye(2), x}));
  const auto squares = [](const Tensor& v) { return square(v); };
  expect_near(jacobian(squares)(x), 2 * eye(3) * x);
  expect_near(hessian(weighted_cubes)(x, w), 6 * eye(3) * w * x);
  expect_near(hessian([](const Tensor& v) { return sum(v); })(x),
              zeros({3, 3}));
}

TEST(PlainFunctions, TakeWhatATraceHolds) {
  const Tensor w = vector(), rows = matrix();
  const auto loss = [](const Tensor& v, const Tensor& x) {
    return sum(vmap([&](const Tensor& row) { return dot(row, v); })(x));
  };
  expect_near(grad(loss)(w, rows), sum(rows, {0}));
  expect_near(grad(loss, 1)(w, rows), ones({2, 1}) * w);
}

TEST(PlainFunctions, NestInOneAnother) {
  const Tensor rows = matrix();
  const auto cubes = [](const Tensor& v) { return sum(v * v * v); };
  expect_near(vmap(grad(cubes))(rows), 3 * rows * rows);
  const Tensor curvatures = vmap(hessian(cubes))(rows);
  expect_near(curvatures, 6 * eye(3) * expand_dims(rows, 1));
  expect_near(grad([&](const Tensor& v) { return sum(grad(cubes)(v)); })(rows),
              6 * rows);
  expect_near(vmap(weighted_cubes, {0, -1})(rows, vector()),
              sum(rows * rows * rows * vector(), 1));
}

TEST(PlainFunctions, MayUseTensorsOfAnOuterTrace) {
  const auto outer = [](const Tensor& w) {
    const auto inner = [&](const Tensor& x) { return w * x * x; };
    return sum(jacobian(inner)(vector()));
  };
  expect_near(grad(outer)(vector()), 2 * vector());
}

TEST(PlainFunctions, RefuseArgumentsThatAreNotThere) {
  const Tensor x = vector();
  const auto f = [](const Tensor& v) { return sum(v); };
  for (int argnum : {1, -2}) {
    EXPECT_THROW(grad(f, argnum)(x), ValueError);
    EXPECT_THROW(jacobian(f, argnum)(x), ValueError);
  }
  EXPECT_THROW(vmap(f, {0, 0})(x), ValueError);
  EXPECT_THROW(vmap(f)(Tensor(1.0)), IndexError);
  EXPECT_THROW(jacobian([](const Tensor& v) { return argmax(v); })(x),
               ValueError);
}

}  // namespace
}  // namespace numest
