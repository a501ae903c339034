// Epochs.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;

TEST(Repeat, GivesThePassesInOrder) {
  EXPECT_THAT(flat_numbers(Dataset::range(2).repeat(3)),
              ElementsAre(0, 1, 0, 1, 0, 1));
  EXPECT_EQ(Dataset::range(3).repeat(0).cardinality(), 0);
  EXPECT_EQ(Dataset::range(3).repeat().cardinality(), kInfiniteCardinality);
  EXPECT_EQ(stream(3).repeat(2).cardinality(), kUnknownCardinality);
}

TEST(Repeat, Conforms) {
  expect_conformance(Dataset::range(3).repeat(0));
  expect_conformance(Dataset::range(3).repeat());
  expect_conformance(Dataset::range(3).repeat(2).repeat(2));
  expect_conformance(stream(3).repeat(3).skip(2));
}

TEST(Repeat, OfAnEmptyDatasetEnds) {
  EXPECT_EQ(flat_numbers(Dataset::range(0).repeat()).size(), 0u);
  EXPECT_EQ(flat_numbers(stream(0).repeat()).size(), 0u);
  EXPECT_THROW(Dataset::range(3).repeat(-2), ValueError);
}

}  // namespace
}  // namespace numest::data
