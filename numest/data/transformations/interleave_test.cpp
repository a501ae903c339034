// Datasets of datasets.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;

Dataset times(const Element& x) {
  return Dataset::from_tensors(x).repeat(x.leaf.item<int64_t>());
}
Dataset tens(const Element& x) {
  const int64_t first = x.leaf.item<int64_t>() * 10;
  return Dataset::range(first, first + 5);
}

TEST(FlatMap, GivesInnerDatasetsInOrder) {
  EXPECT_THAT(flat_numbers(Dataset::range(4).flat_map(times)),
              ElementsAre(1, 2, 2, 3, 3, 3));
}

TEST(Interleave, TakesTurnsAndRefillsSlots) {
  EXPECT_THAT(flat_numbers(Dataset::range(4).interleave(tens, 2, 2)),
              ElementsAre(0, 1, 10, 11, 2, 3, 12, 13, 4, 14, 20, 21, 30, 31, 22,
                          23, 32, 33, 24, 34));
  EXPECT_THAT(flat_numbers(Dataset::range(5).interleave(times, 3)),
              ElementsAre(1, 2, 3, 2, 3, 4, 3, 4, 4, 4));
}

TEST(Interleave, Conforms) {
  expect_conformance(Dataset::range(4).flat_map(times).batch(4));
  expect_conformance(stream(5).interleave(times, 3));
  expect_conformance(Dataset::range(3).shuffle(3).interleave(tens, 2, 3));
  expect_conformance(Dataset::range(4).interleave(
      [](const Element& x) { return tens(x).shuffle(5); }, 3, 2));
  expect_conformance(Dataset::range(0).interleave(tens, 3));
}

TEST(Interleave, ArgumentsAreChecked) {
  EXPECT_THROW(Dataset::range(4).interleave(tens, 0), ValueError);
  EXPECT_THROW(Dataset::range(4).interleave(tens, 1, 0), ValueError);
  EXPECT_THROW(Dataset::range(4).flat_map(nullptr), TypeError);
}

}  // namespace
}  // namespace numest::data
