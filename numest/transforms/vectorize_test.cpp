// Against the same of whole arrays, and of rows one by one.
#include "numest/transforms/vectorize.h"

#include <gtest/gtest.h>

#include "numest/np.h"

namespace numest {
namespace {

void expect_same(const Tensor& got, const Tensor& wanted) {
  EXPECT_EQ(got.dtype(), wanted.dtype());
  EXPECT_EQ(got.shape(), wanted.shape());
  EXPECT_TRUE(allclose(got.numpy(), wanted.numpy())) << got.to_string();
}

Tensor cube() { return reshape(arange(24.0), {2, 3, 4}); }

const auto bounded = [](const Tensor& a, const Tensor& b) {
  return where(a > b, a - b, a + b);
};

TEST(Vectorize, BroadcastsItsArguments) {
  const Tensor x = cube(), y = array({1.0, 20.0, 3.0, 8.0});
  expect_same(vectorize(bounded)(x, y), bounded(x, y));
  expect_same(vectorize(bounded)(x, 5.0), bounded(x, 5.0));
  expect_same(vectorize(bounded)(2.0, 5.0), array(7.0));
  expect_same(vectorize(bounded)(zeros({0, 3}), 1.0), zeros({0, 3}));
  expect_same(vectorize(bounded)(transpose(x), swapaxes(x, 0, 2)),
              bounded(transpose(x), swapaxes(x, 0, 2)));
}

TEST(Vectorize, CastsToOtypesAndGivesSeveralResults) {
  const auto both = [](const Tensor& a) { return std::vector{a + 1, a > 2}; };
  const Tensor x = array({1, 2, 3});
  const auto found =
      vectorize(both, {.otypes = {DType::kFloat32, DType::kInt8}})(x);
  ASSERT_EQ(found.size(), 2u);
  expect_same(found[0], astype(x + 1, DType::kFloat32));
  expect_same(found[1], astype(x > 2, DType::kInt8));
}

TEST(Vectorize, TakesCoreAxesOfASignature) {
  const auto product =
      vectorize([](const Tensor& m, const Tensor& v) { return matmul(m, v); },
                {.signature = "(m, n),(n)->(m)"});
  const Tensor m = cube(), v = array({{1.0, 0.5, -1.0, 2.0}});
  expect_same(product(m, v), matvec(m, v));
  EXPECT_THROW(product(m, array({1.0, 2.0})), ValueError);
  EXPECT_THROW(product(m, array(1.0)), ValueError);
  const auto any_number =
      vectorize([](const std::same_as<Tensor> auto&... a) { return (a + ...); },
                {.signature = "(),()->()"});
  expect_same(any_number(v, 1.0), v + 1.0);
  EXPECT_THROW(any_number(v), TypeError);
  for (const char* bad : {"(n)", "(n)->", "n->()", "(n,)->()", "(n),->()"})
    EXPECT_THROW(vectorize([](const Tensor& x) { return sum(x); },
                           {.signature = bad})(v),
                 ValueError)
        << bad;
  EXPECT_THROW(
      vectorize([](const Tensor& x) { return x; }, {.signature = "(n)->()"})(v),
      ValueError);
}

TEST(Vectorize, IsDifferentiatedAndTakesWhatATraceHolds) {
  const auto loss = [](const Tensor& w, const Tensor& x) {
    return sum(vectorize([&](const Tensor& e) { return e * e * sum(w); })(x));
  };
  const Tensor w = array({1.0, 2.0}), x = array({{3.0}, {-1.0}});
  expect_same(grad(loss)(w, x), array({10.0, 10.0}));
  expect_same(grad(loss, 1)(w, x), 6 * x);
}

TEST(ApplyAlongAxis, PutsTheAxesOfResultsInPlaceOfTheAxis) {
  const Tensor x = cube();
  for (const int axis : {0, 1, -1}) {
    expect_same(
        apply_along_axis([](const Tensor& v) { return sum(v); }, axis, x),
        sum(x, {axis}));
    expect_same(
        apply_along_axis([](const Tensor& v) { return flip(v); }, axis, x),
        flip(x, {axis}));
  }
  const auto pairs = [](const Tensor& v) {
    return outer(v, array({1.0, 2.0}));
  };
  expect_same(apply_along_axis(pairs, 1, x), stack({x, 2.0 * x}, 2));
  expect_same(apply_along_axis(pairs, 0, array({3.0, 4.0})),
              array({{3.0, 6.0}, {4.0, 8.0}}));
  EXPECT_THROW(apply_along_axis(pairs, 3, x), IndexError);
}

TEST(ApplyOverAxes, KeepsTheNumberOfAxes) {
  const auto total = [](const Tensor& a, int64_t axis) {
    return sum(a, {int(axis)});
  };
  expect_same(apply_over_axes(total, cube(), {0, -1}),
              sum(cube(), {0, 2}, {}, true));
  EXPECT_THROW(apply_over_axes([](const Tensor& a, int64_t) { return sum(a); },
                               cube(), {0}),
               ValueError);
}

TEST(FromFunction, GivesPositionsAlongEachAxis) {
  const auto sums = [](const Tensor& i, const Tensor& j) { return 10 * i + j; };
  expect_same(fromfunction(sums, {2, 3}),
              array({{0.0, 1.0, 2.0}, {10.0, 11.0, 12.0}}));
  expect_same(fromfunction(sums, {1, 2}, {.dtype = DType::kInt32}),
              array({{0, 1}}, DType::kInt32));
  expect_same(fromfunction([](const auto&... at) { return (at + ...); }, {3}),
              arange(3.0));
  EXPECT_THROW(fromfunction(sums, {2, 3, 4}), TypeError);
}

}  // namespace
}  // namespace numest
