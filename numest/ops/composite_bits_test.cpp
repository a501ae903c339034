// Expected values are NumPy's, of the same calls.
#include "numest/ops/composite_bits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "numest/graph/evaluate.h"
#include "numest/np.h"

namespace numest {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

std::vector<double> values(const Tensor& t) {
  return t.numpy().astype(DType::kFloat64).to_vector<double>();
}

TEST(Bits, AreCountedAndPacked) {
  const Tensor counts = bitwise_count(
      Array::from<int64_t>({0, 1, -7, 255, (int64_t{1} << 40) + 1}));
  EXPECT_EQ(counts.dtype(), DType::kUInt8);
  EXPECT_THAT(values(counts), ElementsAre(0, 1, 3, 8, 2));
  EXPECT_THAT(values(packbits(np::array({1, 0, 1, 1, 0, 0, 0, 0, 1}))),
              ElementsAre(176, 128));
  EXPECT_THAT(values(packbits(np::array({{1, 0, 1}, {0, 1, 1}}), 1, "little")),
              ElementsAre(5, 6));
  const Tensor bytes = np::array({{5}, {128}}).numpy().astype(DType::kUInt8);
  EXPECT_EQ(unpackbits(bytes).shape(), Shape{16});
  EXPECT_THAT(values(unpackbits(bytes, 1)),
              ElementsAre(0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_THROW(unpackbits(np::array({1})), TypeError);
  EXPECT_THROW(packbits(np::array({1}), {}, "wide"), ValueError);
}

TEST(Bits, NumbersHaveMantissasAndExponents) {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto [mantissa, exponent] =
      frexp(Array::from<double>({0, -3, 1e-310, 8, infinity}));
  EXPECT_THAT(values(mantissa),
              ElementsAre(0, -0.75, DoubleNear(0.5752618031559393, 1e-13), 0.5,
                          infinity));
  EXPECT_EQ(exponent.dtype(), DType::kInt32);
  EXPECT_THAT(values(exponent), ElementsAre(0, 2, -1029, 4, 0));
}

TEST(Bits, BesselsFunctionMakesAWindow) {
  EXPECT_THAT(
      values(i0(np::array({0.0, 1.0, -2.0}))),
      ElementsAre(DoubleNear(1, 1e-14), DoubleNear(1.2660658777520082, 1e-14),
                  DoubleNear(2.279585302336067, 1e-14)));
  EXPECT_NEAR(values(i0(30.0))[0] / 781672297823.9775, 1, 1e-14);
  EXPECT_THAT(
      values(kaiser(5, 8.6)),
      ElementsAre(DoubleNear(0.0013325139979024198, 1e-15),
                  DoubleNear(0.34039362244018856, 1e-14), DoubleNear(1, 1e-14),
                  DoubleNear(0.34039362244018856, 1e-14),
                  DoubleNear(0.0013325139979024198, 1e-15)));
  EXPECT_THAT(values(kaiser(1, 2)), ElementsAre(1));
  EXPECT_TRUE(values(kaiser(0, 2)).empty());
}

TEST(Bits, PiecesQuotientsAndEnds) {
  const auto mask = [](std::initializer_list<int> v) {
    return Tensor(Array::from<int>(v).astype(DType::kBool));
  };
  const Tensor x = np::array({-1.0, 0.0, 2.0});
  EXPECT_THAT(
      values(piecewise(x, {mask({1, 0, 0}), mask({0, 0, 1})}, {5, 6, 7})),
      ElementsAre(5, 7, 6));
  EXPECT_THROW(piecewise(x, {mask({1, 0, 0})}, {}), ValueError);
  const auto [quotient, rest] =
      polydiv(np::array({3.0, 5.0, 2.0}), np::array({2.0, 1.0}));
  EXPECT_THAT(values(quotient), ElementsAre(1.5, 1.75));
  EXPECT_THAT(values(rest), ElementsAre(0.25));
  EXPECT_THAT(values(trim_zeros(np::array({0, 0, 1, 0, 2, 0}))),
              ElementsAre(1, 0, 2));
  EXPECT_THAT(values(trim_zeros(np::array({0, 1, 0}), "f")), ElementsAre(1, 0));
  EXPECT_THAT(values(trim_zeros(np::array({0, 1, 0}), "B")), ElementsAre(0, 1));
  for (const char* ends : {"fb", "f", "b"})
    EXPECT_TRUE(values(trim_zeros(np::array({0, 0}), ends)).empty());
  EXPECT_TRUE(values(trim_zeros(zeros({0}))).empty());
  EXPECT_THROW(trim_zeros(zeros({2, 2})), ValueError);
  EXPECT_THAT(values(unique_values(np::array({3, 1, 3, 2}))),
              ElementsAre(1, 2, 3));
  EXPECT_EQ(sort_complex(np::array({2, 1})).dtype(), DType::kComplex128);
}

// Their lengths depend on values that are not known before the program runs.
TEST(Bits, RestsAndEndsAreTraced) {
  const Tensor u = parameter({DType::kFloat64, {3}});
  const Tensor v = parameter({DType::kFloat32, {2}});
  const auto [quotient, rest] = polydiv(u, v);
  EXPECT_EQ(quotient.dtype(), DType::kFloat64);
  const Graph graph{"f", {u, v}, {quotient, rest, trim_zeros(u)}};
  const Array numbers[] = {Array::from<double>({0, 4, 2}),
                           Array::from<float>({2, 1})};
  const auto found = evaluate(graph, numbers);
  EXPECT_THAT(found[0].to_vector<double>(), ElementsAre(0, 2));
  EXPECT_THAT(found[1].to_vector<double>(), ElementsAre(0));
  EXPECT_THAT(found[2].to_vector<double>(), ElementsAre(4, 2));
  const auto [none, all] = polydiv(np::array({1.0}), np::array({1.0, 2.0}));
  EXPECT_THAT(values(none), ElementsAre(0));
  EXPECT_THAT(values(all), ElementsAre(1));
  EXPECT_THROW(polydiv(zeros({2, 2}), zeros({1})), ValueError);
}

}  // namespace
}  // namespace numest
