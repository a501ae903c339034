// Values of losses, activations, convolutions and pools.
#include <gtest/gtest.h>

#include <cmath>

#include "numest/ops/emit.h"

namespace numest {
namespace {

Tensor doubles(const std::vector<double>& values, const Shape& shape) {
  return Array::from(values, shape);
}
std::vector<double> values_of(const Tensor& t) {
  return t.numpy().to_vector<double>();
}

TEST(Softmax, StaysFiniteForLargeLogits) {
  const auto y = values_of(emit("softmax", {doubles({1e4, 1e4, -1e4}, {3})}));
  EXPECT_DOUBLE_EQ(y[0], 0.5);
  EXPECT_DOUBLE_EQ(y[2], 0);
}

TEST(SoftmaxCrossEntropy, IsMinusLogProbability) {
  const Tensor logits = doubles({1, 2, 3, 0, 0, 0}, {2, 3});
  const Tensor labels(Array::from<int64_t>({2, 0}));
  const auto loss = values_of(emit("softmax_cross_entropy", {logits, labels}));
  const auto log_p = values_of(emit("log_softmax", {logits}));
  EXPECT_NEAR(loss[0], -log_p[2], 1e-12);
  EXPECT_NEAR(loss[1], std::log(3.0), 1e-12);
}

TEST(SoftmaxCrossEntropy, NamesTheLabelOutOfRange) {
  try {
    emit("softmax_cross_entropy",
         {doubles({0, 0}, {1, 2}), Tensor(Array::from<int64_t>({2}))});
    FAIL();
  } catch (const ValueError& e) {
    const std::string text = e.what();
    EXPECT_NE(text.find("got label 2"), std::string::npos);
    EXPECT_NE(text.find("< 2, the number of classes"), std::string::npos);
  }
}

TEST(SigmoidCrossEntropy, HasTheRightSlopeAtZero) {
  const OpDef& op = op_named("sigmoid_cross_entropy");
  const Tensor inputs[] = {doubles({0}, {1}), doubles({1}, {1})};
  const Tensor outputs[] = {
      emit("sigmoid_cross_entropy", {inputs[0], inputs[1]})};
  EXPECT_NEAR(values_of(outputs[0])[0], std::log(2.0), 1e-12);
  const Tensor cotangents[] = {doubles({1}, {1})};
  const auto g = op.vjp(VjpContext{op, inputs, outputs, cotangents, {}});
  EXPECT_DOUBLE_EQ(values_of(g[0])[0], -0.5);
}

TEST(Activations, HaveKnownValues) {
  const Tensor x = doubles({-1, 0, 2}, {3});
  EXPECT_EQ(values_of(emit("leaky_relu", {x})),
            (std::vector<double>{-0.2, 0, 2}));
  EXPECT_NEAR(values_of(emit("elu", {x}))[0], std::exp(-1) - 1, 1e-12);
  EXPECT_NEAR(values_of(emit("selu", {x}))[2], 2.1014019747109610, 1e-12);
  EXPECT_NEAR(values_of(emit("gelu", {x}))[2], std::erfc(-std::sqrt(2.0)),
              1e-6);
  EXPECT_NEAR(values_of(emit("swish", {x}))[2], 2 / (1 + std::exp(-2.0)),
              1e-12);
  EXPECT_NEAR(values_of(emit("softsign", {x}))[2], 2.0 / 3, 1e-12);
}

// Padding as TensorFlow defines it, by the sum over the window.
std::vector<double> conv_by_loops(const Array& x, const Array& w,
                                  int64_t stride, bool is_same) {
  const Shape &s = x.shape(), &f = w.shape();
  std::vector<double> out;
  auto axis = [&](int64_t in, int64_t k) {
    const int64_t n =
        is_same ? (in + stride - 1) / stride : (in - k) / stride + 1;
    const int64_t pad =
        is_same ? std::max<int64_t>((n - 1) * stride + k - in, 0) / 2 : 0;
    return std::pair{n, pad};
  };
  const auto [rows, top] = axis(s[1], f[0]);
  const auto [columns, left] = axis(s[2], f[1]);
  const double *p = x.data<double>(), *q = w.data<double>();
  for (int64_t n = 0; n < s[0]; ++n)
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c)
        for (int64_t o = 0; o < f[3]; ++o) {
          double sum = 0;
          for (int64_t i = 0; i < f[0]; ++i)
            for (int64_t j = 0; j < f[1]; ++j)
              for (int64_t k = 0; k < f[2]; ++k) {
                const int64_t y = r * stride - top + i;
                const int64_t z = c * stride - left + j;
                if (y < 0 || z < 0 || y >= s[1] || z >= s[2]) continue;
                sum += p[((n * s[1] + y) * s[2] + z) * s[3] + k] *
                       q[((i * f[1] + j) * f[2] + k) * f[3] + o];
              }
          out.push_back(sum);
        }
  return out;
}

TEST(Conv2d, AgreesWithLoops) {
  Array x(DType::kFloat64, {2, 5, 6, 3}), w(DType::kFloat64, {3, 2, 3, 4});
  for (int64_t i = 0; i < x.size(); ++i)
    x.data<double>()[i] = double(i % 7) - 3;
  for (int64_t i = 0; i < w.size(); ++i)
    w.data<double>()[i] = double(i % 5) - 2;
  for (int64_t stride : {1, 2})
    for (bool is_same : {false, true}) {
      const Tensor y =
          emit("conv2d", {x, w},
               {{"strides", std::vector<int64_t>{stride}},
                {"padding", std::string(is_same ? "SAME" : "VALID")}});
      const auto want = conv_by_loops(x, w, stride, is_same);
      const auto got = values_of(y);
      ASSERT_EQ(got.size(), want.size());
      for (size_t i = 0; i < got.size(); ++i)
        EXPECT_NEAR(got[i], want[i], 1e-9);
    }
}

TEST(Conv2d, NamesWhatDoesNotFit) {
  const Tensor x(Array::zeros(DType::kFloat32, {1, 4, 4, 3}));
  const Tensor w(Array::zeros(DType::kFloat32, {2, 2, 2, 1}));
  EXPECT_THROW(emit("conv2d", {x, w}), ValueError);
  EXPECT_THROW(emit("conv2d", {x, x}, {{"padding", std::string("FULL")}}),
               ValueError);
}

TEST(Pool, SeesOnlyTheImageAtTheBorder) {
  const Tensor x = doubles({-1, -2, -3, -4, -5, -6, -7, -8, -9}, {1, 3, 3, 1});
  const Attrs attrs{{"pool_size", std::vector<int64_t>{2}},
                    {"padding", std::string("SAME")}};
  EXPECT_EQ(values_of(emit("max_pool2d", {x}, attrs)),
            (std::vector<double>{-1, -3, -7, -9}));
  EXPECT_EQ(values_of(emit("avg_pool2d", {x}, attrs)),
            (std::vector<double>{-3, -4.5, -7.5, -9}));
}

}  // namespace
}  // namespace numest
