// Orders: complete, within the window, and when they repeat.
#include <gmock/gmock.h>

#include <algorithm>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::HasSubstr;

std::vector<double> sorted(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values;
}

TEST(Shuffle, ConformsInAllThreeWays) {
  for (const int64_t buffer_size : {1, 3, 12, 100}) {
    expect_conformance(Dataset::range(12).shuffle(buffer_size));
    expect_conformance(stream(12).shuffle(buffer_size, 4));
    expect_conformance(Dataset::range(5).repeat().shuffle(buffer_size));
    expect_conformance(Dataset::range(5).shuffle(buffer_size).repeat(3));
  }
  expect_conformance(Dataset::range(12).shuffle(kUnknownCardinality).batch(5));
  expect_conformance(ragged(1, 6).shuffle(3));
}

TEST(Shuffle, GivesEveryElementOnce) {
  const std::vector<double> all = flat_numbers(Dataset::range(30));
  for (const int64_t buffer_size : {1, 7, 30}) {
    EXPECT_EQ(sorted(flat_numbers(Dataset::range(30).shuffle(buffer_size))),
              all);
    EXPECT_EQ(sorted(flat_numbers(stream(30).shuffle(buffer_size))), all);
  }
}

TEST(Shuffle, AnElementLeavesTheWindowNotBeforeItEnters) {
  for (const Dataset& source : {Dataset::range(50), stream(50)}) {
    const std::vector<double> out = flat_numbers(source.shuffle(5));
    for (size_t i = 0; i < out.size(); ++i) EXPECT_LT(out[i], double(i) + 5);
  }
}

TEST(Shuffle, WindowOverAStreamAndOverPositionsIsOneOrder) {
  EXPECT_EQ(numbers(stream(20).shuffle(6), 100, {.seed = 9}),
            numbers(Dataset::range(20).shuffle(6), 100, {.seed = 9}));
}

TEST(Shuffle, EveryFirstElementIsAboutEquallyLikely) {
  std::vector<int> counts(5, 0);
  const Dataset data = Dataset::range(5).shuffle(5).take(1);
  for (uint64_t seed = 0; seed < 1000; ++seed)
    ++counts[size_t(flat_numbers(data, 1, {.seed = seed})[0])];
  for (const int count : counts) EXPECT_NEAR(count, 200, 60);  // 4.7 sigma
}

TEST(Shuffle, SeedMakesASequenceOfIterationsThatRepeats) {
  const auto orders = [](bool reshuffle) {
    const Dataset data = Dataset::range(20).shuffle(20, 1, reshuffle);
    return std::vector{numbers(data), numbers(data)};
  };
  EXPECT_EQ(orders(true), orders(true));
  EXPECT_NE(orders(true)[0], orders(true)[1]);
  EXPECT_EQ(orders(false)[0], orders(false)[1]);
}

TEST(Shuffle, WithoutReshufflingAllEpochsAndIterationsAreEqual) {
  const Dataset data =
      Dataset::range(20).shuffle(20, std::nullopt, false).repeat(2);
  const std::vector<double> out = flat_numbers(data);
  const std::vector<double> first(out.begin(), out.begin() + 20);
  EXPECT_EQ(first, std::vector<double>(out.begin() + 20, out.end()));
  EXPECT_EQ(out, flat_numbers(data));
}

TEST(Shuffle, TwoShufflesDiffer) {
  const IteratorOptions options{.seed = 1};
  const Dataset once = Dataset::range(20).shuffle(20);
  EXPECT_NE(numbers(once, 50, options), numbers(once.shuffle(20), 50, options));
}

TEST(Shuffle, BufferSizeIsChecked) {
  for (const int64_t size : {0, -1, -3})
    EXPECT_THAT(
        message_of<ValueError>([&] { Dataset::range(5).shuffle(size); }),
        HasSubstr("buffer_size must be greater than zero or UNKNOWN"));
  EXPECT_THROW(Dataset::range(5).repeat().shuffle(kUnknownCardinality),
               ValueError);
}

}  // namespace
}  // namespace numest::data
