// Values of sorting ops.
#include <gtest/gtest.h>

#include <cmath>

#include "numest/ops/emit.h"

namespace numest {
namespace {

using Ints = std::vector<int64_t>;

Tensor doubles(const std::vector<double>& v) { return Array::from(v); }
Ints ints_of(const Tensor& t) { return t.numpy().to_vector<int64_t>(); }

TEST(Sort, PutsNanLast) {
  const auto y =
      emit("sort", {doubles({2, std::nan(""), 1})}).numpy().to_vector<double>();
  EXPECT_EQ(y[0], 1);
  EXPECT_EQ(y[1], 2);
  EXPECT_TRUE(std::isnan(y[2]));
}

TEST(Argsort, KeepsTheOrderOfEquals) {
  EXPECT_EQ(ints_of(emit("argsort", {doubles({1, 0, 1, 0})})),
            (Ints{1, 3, 0, 2}));
}

TEST(TopK, IsDescendingAndPrefersTheFirst) {
  const auto out =
      call(op_named("top_k"), {doubles({1, 3, 3, 2})}, {{"k", int64_t{3}}});
  EXPECT_EQ(ints_of(out[0]), (Ints{3, 3, 2}));
  EXPECT_EQ(ints_of(out[1]), (Ints{1, 2, 3}));
  EXPECT_THROW(call(op_named("top_k"), {doubles({1})}, {{"k", int64_t{2}}}),
               ValueError);
}

TEST(Searchsorted, HasTwoSides) {
  const Tensor a = doubles({1, 2, 2, 3}), v = doubles({2, 0, 9});
  EXPECT_EQ(ints_of(emit("searchsorted", {a, v})), (Ints{1, 0, 4}));
  EXPECT_EQ(
      ints_of(emit("searchsorted", {a, v}, {{"side", std::string("right")}})),
      (Ints{3, 0, 4}));
}

TEST(Unique, GivesValuesFirstInverseAndCounts) {
  const Tensor x(Array::from<int64_t>({3, 1, 3, 1, 2}));
  EXPECT_EQ(ints_of(emit("unique", {x})), (Ints{1, 2, 3}));
  const auto all = call(op_named("unique_all"), {x});
  EXPECT_EQ(ints_of(all[1]), (Ints{1, 4, 0}));
  EXPECT_EQ(ints_of(all[2]), (Ints{2, 0, 2, 0, 1}));
  EXPECT_EQ(ints_of(all[3]), (Ints{2, 1, 2}));
}

TEST(Unique, SortsStrings) {
  const Tensor words(Array::from<Bytes>({"b", "a", "b"}));
  EXPECT_EQ(emit("unique", {words}).numpy().to_vector<Bytes>(),
            (std::vector<Bytes>{"a", "b"}));
}

TEST(Isin, TakesStringsAndPromotesNumbers) {
  const Tensor words(Array::from<Bytes>({"b", "a", "c"}));
  const Tensor few(Array::from<Bytes>({"a", "c"}));
  EXPECT_EQ(ints_of(emit("isin", {words, few})), (Ints{0, 1, 1}));
  const Tensor whole(Array::from<int64_t>({1, 2, 3}));
  EXPECT_EQ(ints_of(emit("isin", {whole, doubles({2, 3.5})})), (Ints{0, 1, 0}));
  EXPECT_EQ(ints_of(emit("isin", {whole, Tensor(2)})), (Ints{0, 1, 0}));
  EXPECT_THROW(emit("isin", {whole, few}), TypeError);
}

TEST(Bincount, CountsAndRejectsNegatives) {
  const Tensor x(Array::from<int64_t>({0, 2, 2}));
  EXPECT_EQ(ints_of(emit("bincount", {x}, {{"minlength", int64_t{5}}})),
            (Ints{1, 0, 2, 0, 0}));
  EXPECT_THROW(emit("bincount", {Tensor(Array::from<int64_t>({-1}))}),
               ValueError);
  EXPECT_EQ(emit("bincount", {Tensor(Array(DType::kInt32, Shape{0}))}).shape(),
            Shape{0});
}

}  // namespace
}  // namespace numest
