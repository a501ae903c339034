#include <gtest/gtest.h>

#include <cmath>

#include "numest/array/array.h"

namespace numest {
namespace {

struct PrintCase {
  std::vector<double> values;
  Shape shape;
  DType dtype;
  std::string expected;
};

// str(np.array(values, dtype).reshape(shape)) of NumPy 2.4.6.
const std::vector<PrintCase>& cases() {
  static const std::vector<PrintCase> all = {
      {{1.0, 2.0, 3.0, 4.0},
       {2, 2},
       DType::kFloat64,
       "[[1. 2.]\n"
       " [3. 4.]]"},
      {{1.0, 2.5}, {2}, DType::kFloat64, "[1.  2.5]"},
      {{0.1, 0.25, -3.0}, {3}, DType::kFloat64, "[ 0.1   0.25 -3.  ]"},
      {{0.3333333333333333, 0.6666666666666666},
       {2},
       DType::kFloat64,
       "[0.33333333 0.66666667]"},
      {{0.3333333333333333, 0.6666666666666666},
       {2},
       DType::kFloat32,
       "[0.33333334 0.6666667 ]"},
      {{0.3333333333333333, 1000.5},
       {2},
       DType::kFloat16,
       "[3.3325e-01 1.0005e+03]"},
      {{NAN, 1.25, -INFINITY}, {3}, DType::kFloat64, "[ nan 1.25 -inf]"},
      {{NAN}, {1}, DType::kFloat64, "[nan]"},
      {{INFINITY, -INFINITY}, {2}, DType::kFloat32, "[ inf -inf]"},
      {{NAN, 10000000000.0}, {2}, DType::kFloat64, "[   nan 1.e+10]"},
      {{-INFINITY, 1e-10, 12.0},
       {3},
       DType::kFloat64,
       "[   -inf 1.0e-10 1.2e+01]"},
      {{100000000.0, 1.0}, {2}, DType::kFloat64, "[1.e+08 1.e+00]"},
      {{99999999.0, 99999999.0}, {2}, DType::kFloat64, "[99999999. 99999999.]"},
      {{1e-05, 1.0}, {2}, DType::kFloat64, "[1.e-05 1.e+00]"},
      {{1000000.0, 2.0}, {2}, DType::kFloat32, "[1.e+06 2.e+00]"},
      {{1.0, 1001.0}, {2}, DType::kFloat64, "[1.000e+00 1.001e+03]"},
      {{1.5e+300, -2e-300}, {2}, DType::kFloat64, "[ 1.5e+300 -2.0e-300]"},
      {{123456.789, 234567.891},
       {2},
       DType::kFloat64,
       "[123456.789 234567.891]"},
      {{0.0, -0.0}, {2}, DType::kFloat64, "[ 0. -0.]"},
      {{0.0, 0.0, 0.0}, {3}, DType::kFloat32, "[0. 0. 0.]"},
      {{1e+100, 1e+99}, {2}, DType::kFloat64, "[1.e+100 1.e+099]"},
      {{0.000123456789, 0.1}, {2}, DType::kFloat64, "[0.00012346 0.1       ]"},
      {{999.999999999, 1.0}, {2}, DType::kFloat64, "[1000.    1.]"},
      {{-1.5, 0.0001, 0.05},
       {3},
       DType::kFloat32,
       "[-1.5e+00  1.0e-04  5.0e-02]"},
      {{1.000000004, 1.000000005, 1.000000006},
       {3},
       DType::kFloat64,
       "[1.         1.         1.00000001]"},
      {{0.99999999999}, {1}, DType::kFloat64, "[1.]"},
      {{1.5}, {}, DType::kFloat64, "1.5"},
      {{1e+16}, {}, DType::kFloat64, "1e+16"},
      {{1000000000000000.0}, {}, DType::kFloat64, "1000000000000000.0"},
      {{1000000.0}, {}, DType::kFloat32, "1e+06"},
      {{0.1}, {}, DType::kFloat32, "0.1"},
      {{65504.0}, {}, DType::kFloat16, "6.55e+04"},
      {{NAN}, {}, DType::kFloat32, "nan"},
      {{-INFINITY}, {}, DType::kFloat64, "-inf"},
      {{1e-05}, {}, DType::kFloat64, "1e-05"},
      {{3.0}, {}, DType::kInt64, "3"},
      {{1.0}, {}, DType::kBool, "True"},
      {{-0.0}, {}, DType::kFloat64, "-0.0"},
      {{1.0, -20.0, 300.0}, {3}, DType::kInt64, "[  1 -20 300]"},
      {{1.0, 0.0}, {2}, DType::kBool, "[ True False]"},
      {{1.0, 1.0}, {2}, DType::kBool, "[ True  True]"},
      {{0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0},
       {2, 2, 2},
       DType::kInt8,
       "[[[0 1]\n"
       "  [2 3]]\n"
       "\n"
       " [[4 5]\n"
       "  [6 7]]]"},
      {{0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0,
        13.0, 14.0, 15.0},
       {2, 2, 2, 2},
       DType::kInt64,
       "[[[[ 0  1]\n"
       "   [ 2  3]]\n"
       "\n"
       "  [[ 4  5]\n"
       "   [ 6  7]]]\n"
       "\n"
       "\n"
       " [[[ 8  9]\n"
       "   [10 11]]\n"
       "\n"
       "  [[12 13]\n"
       "   [14 15]]]]"},
      {{}, {0}, DType::kFloat64, "[]"},
      {{}, {0, 3}, DType::kFloat64, "[]"},
      {{}, {2, 0}, DType::kFloat64, "[]"},
      {{0.0,  1.5,  3.0,  4.5,  6.0,  7.5,  9.0,  10.5, 12.0, 13.5,
        15.0, 16.5, 18.0, 19.5, 21.0, 22.5, 24.0, 25.5, 27.0, 28.5,
        30.0, 31.5, 33.0, 34.5, 36.0, 37.5, 39.0, 40.5, 42.0, 43.5},
       {30},
       DType::kFloat64,
       "[ 0.   1.5  3.   4.5  6.   7.5  9.  10.5 12.  13.5 15.  16.5 18.  "
       "19.5\n"
       " 21.  22.5 24.  25.5 27.  28.5 30.  31.5 33.  34.5 36.  37.5 39.  "
       "40.5\n"
       " 42.  43.5]"},
      {{0.0, 1000000000.0, 2000000000.0, 3000000000.0, 4000000000.0,
        5000000000.0, 6000000000.0, 7000000000.0, 8000000000.0, 9000000000.0,
        10000000000.0, 11000000000.0},
       {12},
       DType::kInt64,
       "[          0  1000000000  2000000000  3000000000  4000000000  "
       "5000000000\n"
       "  6000000000  7000000000  8000000000  9000000000 10000000000 "
       "11000000000]"},
      {{0.0,  1.25,  2.5,  3.75,  5.0,  6.25,  7.5,  8.75,
        10.0, 11.25, 12.5, 13.75, 15.0, 16.25, 17.5, 18.75,
        20.0, 21.25, 22.5, 23.75, 25.0, 26.25, 27.5, 28.75},
       {2, 12},
       DType::kFloat32,
       "[[ 0.    1.25  2.5   3.75  5.    6.25  7.5   8.75 10.   11.25 12.5  "
       "13.75]\n"
       " [15.   16.25 17.5  18.75 20.   21.25 22.5  23.75 25.   26.25 27.5  "
       "28.75]]"},
      {{1.0}, {1, 1, 1}, DType::kFloat64, "[[[1.]]]"},
      {{10000000000.0, 10000000000.0, 10000000000.0, 10000000000.0,
        10000000000.0, 10000000000.0, 10000000000.0, 10000000000.0,
        10000000000.0},
       {9},
       DType::kFloat64,
       "[1.e+10 1.e+10 1.e+10 1.e+10 1.e+10 1.e+10 1.e+10 1.e+10 1.e+10]"},
  };
  return all;
}

TEST(Print, EqualsNumpysStr) {
  for (const PrintCase& c : cases())
    EXPECT_EQ(Array::from(c.values, c.shape).astype(c.dtype).to_string(),
              c.expected);
}

TEST(Print, ShortensAboveAThousandElements) {
  Array a(DType::kFloat64, {1001});
  double next = 0;
  for (double& x : a.span<double>()) x = next++;
  EXPECT_EQ(a.to_string(), "[   0.    1.    2. ...  998.  999. 1000.]");
  EXPECT_EQ(a.rows(0, 1000).to_string().find("..."), std::string::npos);
}

TEST(Print, ShortensEachLongAxis) {
  Array a(DType::kInt64, {2, 3, 200});
  int64_t next = 0;
  for (int64_t& x : a.span<int64_t>()) x = next++;
  EXPECT_EQ(a.to_string(),
            "[[[   0    1    2 ...  197  198  199]\n"
            "  [ 200  201  202 ...  397  398  399]\n"
            "  [ 400  401  402 ...  597  598  599]]\n"
            "\n"
            " [[ 600  601  602 ...  797  798  799]\n"
            "  [ 800  801  802 ...  997  998  999]\n"
            "  [1000 1001 1002 ... 1197 1198 1199]]]");
  const Array tall = Array::zeros(DType::kBool, {600, 2});
  EXPECT_EQ(tall.to_string(),
            "[[False False]\n [False False]\n [False False]\n ...\n"
            " [False False]\n [False False]\n [False False]]");
}

TEST(Print, ComplexNumbersEqualNumpysStr) {
  EXPECT_EQ(Array::from<Complex128>({{1, 2}, {3.5, -1}}).to_string(),
            "[1. +2.j 3.5-1.j]");
  EXPECT_EQ(Array::from<Complex128>({{1e-20, 1}, {NAN, 2e10}}).to_string(),
            "[1.e-20+1.e+00j    nan+2.e+10j]");
  EXPECT_EQ(Array::scalar(Complex64(1 / 3.0f, 1e10f)).to_string(),
            "(0.33333334+1e+10j)");
  EXPECT_EQ(Array::scalar(Complex128(1, -2)).to_string(), "(1-2j)");
  EXPECT_EQ(Array::scalar(Complex128(0, 0)).to_string(), "0j");
}

TEST(Print, BytesAreQuotedAsPythonDoes) {
  EXPECT_EQ(
      Array::from<Bytes>({"a", Bytes("b\0\xff'\n\"", 6), "it's"}).to_string(),
      "[b'a' b'b\\x00\\xff\\'\\n\"' b\"it's\"]");
  EXPECT_EQ(Array::scalar(Bytes("hi")).to_string(), "b'hi'");
}

TEST(Print, LargeIntegersAndShortFloats) {
  EXPECT_EQ(Array::scalar(~uint64_t{0}).to_string(), "18446744073709551615");
  EXPECT_EQ(Array::from<BFloat16>({1.0f, 2.5f, 0.1f}).to_string(),
            "[1.  2.5 0.1]");
}

TEST(Print, ReadsStridedArrays) {
  const Array a = Array::from<int>({1, 2, 3, 4}, {2, 2});
  EXPECT_EQ(a.transpose().to_string(), "[[1 3]\n [2 4]]");
}

}  // namespace
}  // namespace numest
