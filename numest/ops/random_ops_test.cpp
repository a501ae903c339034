// Laws of keyed draws: equal keys, equal values; blocks equal single draws.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "numest/ops/emit.h"
#include "numest/ops/random.h"

namespace numest {
namespace {

TEST(RandomOps, ArrayOfKeysGivesEachKeysDraws) {
  const Tensor keys = random::split(random::key(3), 4);
  for (const char* op : {"random_uniform", "random_normal",
                         "random_truncated_normal", "random_bits"}) {
    const Tensor all = emit(op, {keys}, {{"shape", Shape{2, 3}}});
    ASSERT_EQ(all.shape(), (Shape{4, 2, 3}));
    for (int64_t i = 0; i < 4; ++i) {
      const Tensor one = emit(op, {Tensor(keys.numpy().index(0, i))},
                              {{"shape", Shape{2, 3}}});
      EXPECT_TRUE(array_equal(all.numpy().index(0, i), one.numpy())) << op;
    }
  }
}

TEST(RandomOps, UniformHasItsMoments) {
  const auto u = random::uniform(random::key(1), {20000}, -1, 3)
                     .numpy()
                     .to_vector<double>();
  double sum = 0;
  for (double x : u) {
    ASSERT_GE(x, -1);
    ASSERT_LE(x, 3);
    sum += x;
  }
  EXPECT_NEAR(sum / 20000, 1, 0.05);
}

TEST(RandomOps, TruncatedNormalStaysWithinTwo) {
  for (double x : random::truncated_normal(random::key(2), {5000})
                      .numpy()
                      .to_vector<double>())
    ASSERT_LE(std::abs(x), 2);
}

TEST(RandomOps, IntegersCoverTheirRange) {
  const Tensor draw =
      emit("random_integers", {random::key(5), Tensor(-2), Tensor(3)},
           {{"shape", Shape{1000}}});
  auto v = draw.numpy().to_vector<int64_t>();
  EXPECT_EQ(*std::min_element(v.begin(), v.end()), -2);
  EXPECT_EQ(*std::max_element(v.begin(), v.end()), 2);
  EXPECT_THROW(emit("random_integers", {random::key(5), Tensor(3), Tensor(3)},
                    {{"shape", Shape{1}}}),
               ValueError);
}

TEST(RandomOps, PermutationHoldsEveryNumberOnce) {
  auto p = emit("random_permutation", {random::key(7)}, {{"n", Shape{50}}})
               .numpy()
               .to_vector<int64_t>();
  std::sort(p.begin(), p.end());
  for (int64_t i = 0; i < 50; ++i) EXPECT_EQ(p[size_t(i)], i);
}

TEST(RandomOps, KeysMustBeUint64) {
  EXPECT_THROW(emit("random_uniform", {Tensor(Array::scalar(1.0))}), TypeError);
}

TEST(Choice, WithoutReplacementRepeatsNothing) {
  const Tensor a = Array::from<int64_t>({10, 11, 12, 13});
  const Tensor weights = Array::from<double>({0.4, 0.3, 0.2, 0.1});
  for (const std::optional<Tensor>& p : {std::optional<Tensor>(), {weights}}) {
    auto v = random::choice(random::key(9), a, {4}, false, p)
                 .numpy()
                 .to_vector<int64_t>();
    std::sort(v.begin(), v.end());
    EXPECT_EQ(v, (std::vector<int64_t>{10, 11, 12, 13}));
  }
  EXPECT_THROW(random::choice(random::key(9), a, {5}, false), ValueError);
}

TEST(Choice, FollowsWeights) {
  const Tensor a = Array::from<int64_t>({0, 1});
  const Tensor p = Array::from<double>({0.0, 1.0});
  for (int64_t v : random::choice(random::key(4), a, {50}, true, p)
                       .numpy()
                       .to_vector<int64_t>())
    EXPECT_EQ(v, 1);
}

TEST(Dropout, KeepsTheMean) {
  const Tensor x(Array::from(std::vector<double>(10000, 1.0)));
  const auto y =
      random::dropout(x, random::key(6), 0.25).numpy().to_vector<double>();
  double sum = 0;
  for (double v : y) {
    EXPECT_TRUE(v == 0 || std::abs(v - 4.0 / 3) < 1e-12);
    sum += v;
  }
  EXPECT_NEAR(sum / 10000, 1, 0.05);
  EXPECT_THROW(random::dropout(x, random::key(6), 1), ValueError);
}

}  // namespace
}  // namespace numest
