// Shapes and values of matrix products against plain loops.
#include <gtest/gtest.h>

#include "numest/ops/emit.h"
#include "numest/ops/matrix_product.h"

namespace numest {
namespace {

Array wave(DType dtype, const Shape& shape, double phase) {
  Array a(DType::kFloat64, shape);
  for (int64_t i = 0; i < a.size(); ++i)
    a.data<double>()[i] = double((i * 7 + int64_t(phase)) % 11) - 5;
  return a.astype(dtype);
}

// Both of two axes.
Array product_by_loops(const Array& a, const Array& b) {
  const int64_t m = a.shape()[0], k = a.shape()[1], n = b.shape()[1];
  const auto x = a.to_vector<double>(), y = b.to_vector<double>();
  std::vector<double> out(size_t(m * n), 0.0);
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j)
      for (int64_t l = 0; l < k; ++l)
        out[size_t(i * n + j)] += x[size_t(i * k + l)] * y[size_t(l * n + j)];
  return Array::from(out, Shape{m, n}).astype(a.dtype());
}

TEST(Matmul, AgreesWithLoopsForAllLayouts) {
  for (DType dtype : {DType::kFloat32, DType::kFloat64, DType::kInt64}) {
    const Array a = wave(dtype, {5, 7}, 1), b = wave(dtype, {7, 3}, 2);
    const Array want = product_by_loops(a, b);
    for (bool ta : {false, true})
      for (bool tb : {false, true}) {
        const Tensor got = emit(
            "matmul", {ta ? a.transpose().copy() : a, tb ? b.transpose() : b},
            {{"transpose_a", ta}, {"transpose_b", tb}});
        EXPECT_TRUE(array_equal(got.numpy(), want));
      }
  }
}

TEST(Matmul, BroadcastsStacks) {
  const Array a = wave(DType::kFloat64, {2, 1, 3, 4}, 1);
  const Array b = wave(DType::kFloat64, {5, 4, 2}, 2);
  const Array got = emit("matmul", {a, b}).numpy();
  ASSERT_EQ(got.shape(), (Shape{2, 5, 3, 2}));
  for (int64_t i = 0; i < 2; ++i)
    for (int64_t j = 0; j < 5; ++j)
      EXPECT_TRUE(array_equal(
          got.index(0, i).index(0, j),
          product_by_loops(a.index(0, i).index(0, 0), b.index(0, j))));
}

TEST(Matmul, TakesVectors) {
  const Array v = Array::from<double>({1, 2, 3});
  EXPECT_EQ(emit("matmul", {v, v}).numpy().item<double>(), 14);
  EXPECT_EQ(product_of({3}, {2, 3, 4}, false, false).shape(), (Shape{2, 4}));
  EXPECT_EQ(product_of({2, 4, 3}, {3}, false, false).shape(), (Shape{2, 4}));
}

TEST(Matmul, OfNothingIsZero) {
  const Tensor t = emit("matmul", {Array::zeros(DType::kFloat32, {2, 0}),
                                   Array::zeros(DType::kFloat32, {0, 3})});
  EXPECT_TRUE(array_equal(t.numpy(), Array::zeros(DType::kFloat32, {2, 3})));
}

TEST(Matmul, NamesShapesThatDoNotFit) {
  try {
    emit("matmul",
         {wave(DType::kFloat32, {2, 3}, 0), wave(DType::kFloat32, {4, 2}, 0)});
    FAIL();
  } catch (const ValueError& e) {
    EXPECT_NE(std::string(e.what()).find("(3 against 4)"), std::string::npos);
  }
  EXPECT_THROW(emit("matmul", {Tensor(1.0), Tensor(2.0)}), ValueError);
}

TEST(Linear, IsMatmulPlusBias) {
  const Array x = wave(DType::kFloat32, {4, 3}, 1);
  const Array w = wave(DType::kFloat32, {3, 2}, 2);
  const Array b = Array::from<float>({1, -1});
  const Tensor want = emit("add", {emit("matmul", {x, w}), b});
  EXPECT_TRUE(array_equal(emit("linear", {x, w, b}).numpy(), want.numpy()));
  EXPECT_TRUE(allclose(
      emit("linear", {x, w, b}, {{"activation", std::string("relu")}}).numpy(),
      emit("relu", {want}).numpy()));
  EXPECT_THROW(emit("linear", {x, w, b}, {{"activation", std::string("step")}}),
               ValueError);
}

}  // namespace
}  // namespace numest
