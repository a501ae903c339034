// Batches of ragged elements.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(PaddedBatch, PadsToTheLargestOfTheBatch) {
  EXPECT_THAT(numbers(ragged(1, 4).padded_batch(2)),
              ElementsAre(ElementsAre(1, 0, 2, 2), ElementsAre(3, 3, 3)));
}

TEST(PaddedBatch, PadsToTheShapeAndValueGiven) {
  const Dataset data = ragged(1, 3).padded_batch(
      2, Nest<Shape>(Shape{3}), Element(Array::scalar<int64_t>(-1)));
  EXPECT_THAT(numbers(data), ElementsAre(ElementsAre(1, -1, -1, 2, 2, -1)));
}

TEST(PaddedBatch, Conforms) {
  expect_conformance(ragged(0, 6).padded_batch(4));
  expect_conformance(ragged(0, 6).shuffle(3).padded_batch(4, {}, {}, true));
  expect_conformance(ragged(0, 4).enumerate().padded_batch(3));
}

TEST(PaddedBatch, ArgumentsAreChecked) {
  const Dataset data = ragged(1, 4);
  EXPECT_THAT(message_of<TypeError>([&] {
                data.padded_batch(3, {}, Element(Array::scalar<float>(0.5f)));
              }),
              HasSubstr("got float32, expected int64"));
  EXPECT_THAT(message_of<ValueError>([&] {
                data.padded_batch(3, Nest<Shape>(Shape{2, 2}));
              }),
              HasSubstr("padded shape (2, 2) is not compatible"));
  EXPECT_THAT(message_of<DataLossError>([&] {
                numbers(data.padded_batch(3, Nest<Shape>(Shape{2})));
              }),
              HasSubstr("pad to a smaller size"));
  EXPECT_THROW(data.padded_batch(0), ValueError);
}

}  // namespace
}  // namespace numest::data
