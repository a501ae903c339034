// The cache: when it is filled and what it freezes.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;

// Counts how often the source below a cache is read.
Dataset counted(int64_t count, int64_t& calls) {
  return stream(count).map(
      [&calls](const Element& x) {
        ++calls;
        return x;
      },
      TensorSpec{DType::kInt64, Shape{}});
}

TEST(Cache, SecondPassReadsMemory) {
  int64_t calls = 0;
  const Dataset data = counted(4, calls).cache();
  EXPECT_THAT(flat_numbers(data), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(flat_numbers(data.repeat(2)),
              ElementsAre(0, 1, 2, 3, 0, 1, 2, 3));
  EXPECT_EQ(calls, 4);
}

TEST(Cache, PartialPassFillsNothing) {
  int64_t calls = 0;
  const Dataset data = counted(4, calls).cache();
  numbers(data, 3);
  EXPECT_EQ(calls, 3);
  numbers(data);
  EXPECT_EQ(calls, 7);
}

TEST(Cache, FreezesTheOrderBelowIt) {
  const Dataset data = Dataset::range(20).shuffle(20).cache();
  EXPECT_EQ(numbers(data), numbers(data));
}

TEST(Cache, Conforms) {
  expect_conformance(Dataset::range(5).cache());
  expect_conformance(Dataset::range(5).shuffle(5).cache().repeat(3).batch(4));
  expect_conformance(stream(5).cache().shuffle(2).repeat(2));
  expect_conformance(ragged(1, 5).cache());
  expect_conformance(stream(0).cache());
}

TEST(Cache, StateRestoresIntoAnEmptyCache) {
  const auto make = [] {
    return Dataset::range(9).shuffle(9).cache().repeat(2);
  };
  const Dataset first = make(), second = make();
  Iterator iterator = first.make_iterator();
  drain(iterator, 12);
  const std::string state = iterator.get_state();
  Iterator restored = second.make_iterator();
  restored.set_state(state);
  EXPECT_EQ(to_string(drain(restored, 99)), to_string(drain(iterator, 99)));
}

}  // namespace
}  // namespace numest::data
