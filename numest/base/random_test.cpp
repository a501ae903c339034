#include "numest/base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace numest {
namespace {

using Block = std::array<uint32_t, 4>;

// Random123's kat_vectors, lines "philox4x32 10".
TEST(Philox, GivesThePublishedKnownAnswers) {
  EXPECT_EQ(philox_block({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox_block({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox_block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                         {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, StreamIsTheBijectionOnKeyAndCounterWords) {
  EXPECT_EQ(
      philox(Key{0x2222222211111111}, 0x4444444433333333),
      philox_block({0x33333333, 0x44444444, 0, 0}, {0x11111111, 0x22222222}));
}

TEST(Fold, GivesDistinctKeysThatDependOnOrder) {
  std::set<uint64_t> seen;
  for (uint64_t i = 0; i < 1000; ++i) seen.insert(fold(Key{7}, i).value);
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_EQ(fold(Key{7}, {1, 2}), fold(fold(Key{7}, 1), 2));
  EXPECT_NE(fold(Key{7}, {1, 2}), fold(Key{7}, {2, 1}));
}

TEST(Stream, ReadsTheWordsOfTheBlocksInOrder) {
  Stream stream(Key{5});
  for (uint64_t counter = 0; counter < 3; ++counter)
    for (const uint32_t word : philox(Key{5}, counter))
      EXPECT_EQ(stream.next_uint32(), word);
}

TEST(Stream, BelowStaysInRangeAndHitsAllValuesEvenly) {
  Stream stream(Key{1});
  std::array<int, 5> hits{};
  for (int i = 0; i < 5000; ++i) ++hits[stream.next_below(5)];
  for (const int n : hits) EXPECT_NEAR(n, 1000, 150);
  EXPECT_EQ(stream.next_below(1), 0u);
  const uint64_t large = (uint64_t{1} << 63) + 1;  // rejects half of the draws
  for (int i = 0; i < 100; ++i) EXPECT_LT(stream.next_below(large), large);
}

TEST(Stream, NormalHasMeanZeroAndVarianceOne) {
  Stream stream(Key{2});
  constexpr int kCount = 20000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kCount; ++i) {
    const double x = stream.next_normal();
    ASSERT_TRUE(std::isfinite(x));
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.03);
  EXPECT_NEAR(squares / kCount, 1, 0.05);
}

TEST(Uniform, StaysBelowOne) {
  EXPECT_EQ(uniform_float(0), 0.0f);
  EXPECT_LT(uniform_float(0xffffffff), 1.0f);
  EXPECT_LT(uniform_double(0xffffffff, 0xffffffff), 1.0);
}

TEST(PermutedIndex, IsAPermutationOfEverySize) {
  for (const uint64_t size : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 100u, 1025u}) {
    std::vector<bool> seen(size);
    for (uint64_t i = 0; i < size; ++i) {
      const uint64_t to = permuted_index(Key{size}, size, i);
      ASSERT_LT(to, size);
      EXPECT_FALSE(seen[to]);
      seen[to] = true;
    }
  }
}

TEST(PermutedIndex, SendsAnIndexEverywhereEvenlyOverKeys) {
  for (const uint64_t size : {2u, 3u, 4u, 6u, 10u}) {
    std::vector<int> hits(size);
    const int each = 1000;
    for (uint64_t k = 0; k < size * each; ++k)
      ++hits[permuted_index(fold(Key{9}, k), size, size / 2)];
    for (const int n : hits) EXPECT_NEAR(n, each, 160) << size;
  }
}

TEST(PermutedIndex, ReachesEveryOrderOfThree) {
  std::set<std::vector<uint64_t>> orders;
  for (uint64_t k = 0; k < 200; ++k) {
    std::vector<uint64_t> order;
    for (uint64_t i = 0; i < 3; ++i)
      order.push_back(permuted_index(Key{k}, 3, i));
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 6u);
}

TEST(PermutedIndex, TakesSizesUpTo64Bits) {
  const uint64_t size = uint64_t{1} << 62;
  EXPECT_LT(permuted_index(Key{3}, size + 1, size), size + 1);
  EXPECT_NE(permuted_index(Key{3}, size, 0), permuted_index(Key{3}, size, 1));
}

}  // namespace
}  // namespace numest
