// Expected values are NumPy's, of the same calls.
#include "numest/ops/composite_at.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/graph/evaluate.h"
#include "numest/np.h"

namespace numest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<double> values(const Tensor& t) {
  return t.numpy().to_vector<double>();
}

template <class F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "no error";
}

const Tensor kA = np::array({{0.0, 1.0, 2.0}, {3.0, 4.0, 5.0}});

TEST(UfuncAt, RepeatedPositionsCountInTheirOrder) {
  const Tensor v = np::array({8.0, 9.0, 10.0});
  const Tensor at = np::array({0, -1, 0});
  const auto of = [&](const char* ufunc, const Tensor& b) {
    return values(np::ufunc_at(ufunc, v, {at}, b));
  };
  const Tensor b = np::array({2.0, 3.0, 4.0});
  EXPECT_THAT(of("multiply", b), ElementsAre(64, 9, 30));
  EXPECT_THAT(of("divide", b), ElementsAre(1, 9, 10.0 / 3));
  EXPECT_THAT(of("subtract", b), ElementsAre(2, 9, 7));
  EXPECT_THAT(of("add", 1), ElementsAre(10, 9, 11));
  EXPECT_THAT(of("power", np::array({2.0, 1.0, 0.5})), ElementsAre(8, 9, 10));
  EXPECT_THAT(of("maximum", np::array({9.0, 11.0, 7.0})),
              ElementsAre(9, 9, 11));
  EXPECT_THAT(values(np::ufunc_at("negative", v, {at})),
              ElementsAre(8, 9, -10));
}

TEST(UfuncAt, TakesAllThatIndexes) {
  const auto at = [](const std::vector<TensorIndex>& items, const Tensor& b) {
    return values(np::ufunc_at("minimum", kA, items, b));
  };
  const Tensor two = np::array({1, 1});
  EXPECT_THAT(at({two, two}, np::array({3, 2})), ElementsAre(0, 1, 2, 3, 2, 5));
  EXPECT_THAT(at({Slice{}, int64_t{1}}, 0), ElementsAre(0, 0, 2, 3, 0, 5));
  EXPECT_THAT(at({np::greater(kA, 3)}, 1), ElementsAre(0, 1, 2, 3, 1, 1));
  EXPECT_THAT(at({Ellipsis{}}, np::array({1, 1, 1})),
              ElementsAre(0, 1, 1, 1, 1, 1));
  EXPECT_THROW(at({np::array({0, 2})}, 1), IndexError);
  EXPECT_THROW(at({two}, np::array({1, 2})), ValueError);
}

TEST(UfuncAt, IsComputedInTheDtypeOfBothAndCastAfterEachStep) {
  const Tensor a = np::array({3, 0}), at = np::array({0, 0});
  const Tensor down = np::ufunc_at("add", a, {at}, -0.5);
  EXPECT_EQ(down.dtype(), DType::kInt64);
  EXPECT_THAT(values(down), ElementsAre(1, 0));  // 2.5, then 1.5, are cut
  EXPECT_THAT(values(np::ufunc_at("divide", a, {at}, 2)), ElementsAre(0, 0));
  const Tensor bits = np::array({7, 7});
  EXPECT_THAT(
      values(np::ufunc_at("bitwise_and", bits, {at}, np::array({6, 3}))),
      ElementsAre(2, 7));
  EXPECT_THAT(
      values(np::ufunc_at("logical_xor", bits, {at}, np::array({1, 1}))),
      ElementsAre(1, 7));
  EXPECT_THAT(error_of([&] { np::ufunc_at("bitwise_or", kA, {at}, 1); }),
              HasSubstr("bitwise_or.at: is not defined"));
}

TEST(UfuncAt, SaysWhatIsNoUfunc) {
  EXPECT_THAT(error_of([] { np::ufunc_at("sum", kA, {int64_t{0}}, 1); }),
              HasSubstr("got 'sum', expected a ufunc"));
  EXPECT_THAT(error_of([] { np::ufunc_at("multiply", kA, {int64_t{0}}); }),
              HasSubstr("second operand needed"));
  EXPECT_THAT(error_of([] { np::ufunc_at("negative", kA, {int64_t{0}}, 1); }),
              HasSubstr("when ufunc negative is unary"));
}

TEST(UfuncAt, ManyRepetitionsAreThoseOfALoop) {
  const int64_t n = 5000;
  const Tensor at = np::remainder(np::square(np::arange(n)), 7);
  const Tensor b =
      1.0 + np::sin(np::astype(np::arange(n), DType::kFloat64)) / 100.0;
  const Tensor found = np::ufunc_at("multiply", np::ones({8}), {at}, b);
  std::vector<double> wanted(8, 1.0);
  const auto positions = at.numpy().to_vector<int64_t>();
  const auto factors = values(b);
  for (size_t i = 0; i < positions.size(); ++i)
    wanted[size_t(positions[i])] *= factors[i];
  EXPECT_EQ(values(found), wanted);
}

TEST(Delete, LeavesOutPositionsSlicesAndMasks) {
  const Tensor v = np::array({5, 6, 7, 8});
  EXPECT_THAT(values(np::delete_(v, 1)), ElementsAre(5, 7, 8));
  EXPECT_THAT(values(np::delete_(v, -1)), ElementsAre(5, 6, 7));
  EXPECT_THAT(values(np::delete_(v, {0, 2, 2})), ElementsAre(6, 8));
  EXPECT_THAT(values(np::delete_(v, {0, 1})), ElementsAre(7, 8));
  EXPECT_THAT(values(np::delete_(v, std::vector<int64_t>{})),
              ElementsAre(5, 6, 7, 8));
  EXPECT_THAT(values(np::delete_(v, Slice{1, 3})), ElementsAre(5, 8));
  EXPECT_THAT(values(np::delete_(v, Slice{{}, {}, -2})), ElementsAre(5, 7));
  EXPECT_THAT(values(np::delete_(v, np::greater(v, 6))), ElementsAre(5, 6));
  EXPECT_THAT(values(np::delete_(kA, 4)), ElementsAre(0, 1, 2, 3, 5));
  EXPECT_THAT(values(np::delete_(kA, 1, {.axis = 1})), ElementsAre(0, 2, 3, 5));
  EXPECT_THAT(values(np::delete_(kA, 0, 0)), ElementsAre(3, 4, 5));
  EXPECT_THROW(np::delete_(v, 4), IndexError);
  EXPECT_THROW(np::delete_(v, {0, -5}), IndexError);
  EXPECT_THAT(error_of([&] { np::delete_(kA, np::greater(v, 6), 1); }),
              HasSubstr("match the axis length of 3"));
}

TEST(MaskIndices, AreThoseThatTheMaskKeeps) {
  const auto upper = np::mask_indices(3, np::triu, 1);
  EXPECT_THAT(values(upper[0]), ElementsAre(0, 0, 1));
  EXPECT_THAT(values(upper[1]), ElementsAre(1, 2, 2));
  EXPECT_EQ(np::mask_indices(3, np::tril)[0].shape(), (Shape{6}));
  const auto corners = np::mask_indices(
      2,
      [](const Tensor& m, int64_t k) {
        return m * np::array({{0, 1}, {2, 0}}) - k;
      },
      1);
  EXPECT_THAT(values(corners[0]), ElementsAre(0, 1, 1));
}

}  // namespace
}  // namespace numest
