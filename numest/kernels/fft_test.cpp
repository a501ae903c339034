// Transforms against the sum of their definition.
#include "numest/kernels/fft.h"

#include <gtest/gtest.h>

#include <numbers>
#include <random>
#include <vector>

namespace numest::kernels {
namespace {

template <class T>
std::vector<std::complex<T>> random_row(int64_t n) {
  std::mt19937 random{uint32_t(n)};
  std::normal_distribution<double> normal;
  std::vector<std::complex<T>> row;
  for (int64_t i = 0; i < n; ++i)
    row.emplace_back(T(normal(random)), T(normal(random)));
  return row;
}

template <class T>
std::complex<double> coefficient(const std::vector<std::complex<T>>& x,
                                 int64_t k, double sign) {
  const auto n = int64_t(x.size());
  std::complex<double> sum = 0;
  for (int64_t j = 0; j < n; ++j)
    sum += std::complex<double>(x[size_t(j)]) *
           std::polar(1.0, sign * 2 * std::numbers::pi * double(j * k % n) /
                               double(n));
  return sum;
}

class Fft : public testing::TestWithParam<int64_t> {};

TEST_P(Fft, IsTheSumOfItsDefinitionInBothDirections) {
  const int64_t n = GetParam();
  const auto x = random_row<double>(n);
  for (const bool inverse : {false, true}) {
    std::vector<std::complex<double>> y(x.size());
    fft(x.data(), y.data(), 1, n, inverse);
    for (int64_t k = 0; k < n; k += 1 + n / 16)
      EXPECT_LT(std::abs(y[size_t(k)] - coefficient(x, k, inverse ? 1 : -1)),
                1e-12 * double(n + 10));
  }
}

TEST_P(Fft, OfRealNumbersIsTheSameSumAndSymmetric) {
  const int64_t n = GetParam();
  auto x = random_row<double>(n);
  for (auto& number : x) number = number.real();
  std::vector<std::complex<double>> y(x.size());
  fft(x.data(), y.data(), 1, n, false);
  for (int64_t k = 0; k < n; ++k) {
    EXPECT_LT(std::abs(y[size_t(k)] - coefficient(x, k, -1)),
              1e-12 * double(n + 10));
    EXPECT_LT(std::abs(y[size_t(k)] - std::conj(y[size_t((n - k) % n)])),
              1e-12 * double(n + 10));
  }
}

// Small factors, primes below and above the limit of kissfft, their products.
INSTANTIATE_TEST_SUITE_P(Lengths, Fft,
                         testing::Values(1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 49, 47,
                                         53, 97, 106, 128, 1000, 1009, 2018));

TEST(FftRows, AreTransformedAloneAndInPlace) {
  const int64_t rows = 700, n = 60;
  const auto x = random_row<float>(rows * n);
  auto y = x;
  fft(y.data(), y.data(), rows, n, false);
  for (int64_t r = 0; r < rows; r += 99) {
    const std::vector<std::complex<float>> row(x.begin() + r * n,
                                               x.begin() + (r + 1) * n);
    const auto wanted = coefficient(row, 7, -1);
    EXPECT_LT(std::abs(std::complex<double>(y[size_t(r * n + 7)]) - wanted),
              1e-5);
  }
}

TEST(FftRows, OfNoElementsAreNothing) {
  fft<double>(nullptr, nullptr, 3, 0, false);
  fft<double>(nullptr, nullptr, 0, 8, false);
}

}  // namespace
}  // namespace numest::kernels
