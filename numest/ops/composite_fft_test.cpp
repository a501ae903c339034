// numpy.fft in C++: defaults, options and what is refused. Values are compared
// with NumPy's in python/tests/numpy_table.py.
#include "numest/ops/composite_fft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/base/error.h"

namespace numest {
namespace {

using testing::FloatEq;
using testing::HasSubstr;
using testing::Pointwise;

Array wave() { return arange(0, 6).numpy(); }

TEST(Fft, InverseGivesBackWhatItWas) {
  const Tensor back = real(fft::ifft(fft::fft(wave())));
  EXPECT_EQ(back.dtype(), DType::kFloat64);
  const auto got = back.numpy().to_vector<double>();
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], double(i), 1e-14);
}

TEST(Fft, OptionsHaveNumPysDefaults) {
  EXPECT_EQ(fft::rfft(wave()).shape(), Shape({4}));
  EXPECT_EQ(fft::rfft(wave(), {.n = 9}).shape(), Shape({5}));
  EXPECT_EQ(fft::irfft(wave()).shape(), Shape({10}));
  const Tensor table = zeros({2, 6, 4});
  EXPECT_EQ(fft::rfftn(table).shape(), Shape({2, 6, 3}));
  EXPECT_EQ(fft::fft2(table, {.s = {{3, 5}}}).shape(), Shape({2, 3, 5}));
  EXPECT_EQ(fft::irfftn(table, {.s = {{7}}, .axes = {{1}}}).shape(),
            Shape({2, 7, 4}));
}

TEST(Fft, OfFloat32IsComplex64) {
  EXPECT_EQ(fft::fft(wave().astype(DType::kFloat32)).dtype(),
            DType::kComplex64);
}

TEST(Fft, OfNoRowsIsNothing) {
  EXPECT_EQ(fft::fft(zeros({0, 4})).shape(), Shape({0, 4}));
}

TEST(Fft, FrequenciesAreNumPys) {
  EXPECT_THAT(fft::fftfreq(5, 0.5).numpy().to_vector<float>(),
              Pointwise(FloatEq(), {0.f, .4f, .8f, -.8f, -.4f}));
  EXPECT_THAT(fft::rfftfreq(4).numpy().to_vector<float>(),
              Pointwise(FloatEq(), {0.f, .25f, .5f}));
}

template <class Error, class F>
void expect_message(F&& f, const char* text) {
  try {
    f();
    FAIL() << "nothing was thrown";
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr(text));
  }
}

TEST(Fft, SaysWhatIsWrong) {
  expect_message<ValueError>([] { fft::fft(wave(), {.n = 0}); },
                             "fft: Invalid number of FFT data points (0)");
  expect_message<ValueError>([] { fft::ifft(wave(), {.norm = "half"}); },
                             "ifft: Invalid norm value half; should be");
  expect_message<TypeError>(
      [] { fft::rfft(astype(wave(), DType::kComplex128)); },
      "rfft: got a of dtype complex128, expected real numbers; use fft");
  expect_message<ValueError>(
      [] {
        fft::fftn(wave(), {.s = {{1, 2}}, .axes = {{0}}});
      },
      "fftn: Shape and axes have different lengths: got 2 and 1");
}

}  // namespace
}  // namespace numest
