// Batches and their splitting.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Batch, LastBatchIsSmallerUnlessDropped) {
  EXPECT_THAT(
      numbers(Dataset::range(7).batch(3)),
      ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4, 5), ElementsAre(6)));
  EXPECT_THAT(numbers(Dataset::range(7).batch(3, true)),
              ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4, 5)));
}

TEST(Batch, ConformsOverEverySource) {
  for (const bool drop : {false, true}) {
    expect_conformance(Dataset::range(7).batch(3, drop));
    expect_conformance(stream(7).batch(3, drop));
    expect_conformance(Dataset::range(7).batch(2, true).batch(2, drop));
    expect_conformance(Dataset::range(5).repeat(2).batch(4, drop));
    expect_conformance(Dataset::range(7).batch(3, true).shuffle(2, 1));
    expect_conformance(Dataset::range(0).batch(3, drop));
  }
}

TEST(Batch, ExtentIsOneSymbolOrTheSize) {
  const Dataset pair = Dataset::range(7).enumerate();
  const auto free = pair.batch(3).element_spec().flatten();
  EXPECT_TRUE(is_symbol(free[0].shape[0]));
  EXPECT_EQ(free[0].shape[0], free[1].shape[0]);
  EXPECT_EQ(pair.batch(3, true).element_spec().flatten()[1].shape, Shape{3});
}

TEST(Batch, EpochBorderIsCrossed) {
  EXPECT_THAT(numbers(Dataset::range(3).repeat(2).batch(4)),
              ElementsAre(ElementsAre(0, 1, 2, 0), ElementsAre(1, 2)));
}

TEST(Batch, ManyAreReadAtOnceAsViews) {
  const Array rows = Array::from(std::vector<int64_t>(20, 1), {20});
  const auto block_of = [](const Dataset& dataset) {
    Iterator iterator = dataset.make_iterator();
    Block block;
    EXPECT_TRUE(iterator.next_block(100, block));
    return block;
  };
  const Dataset slices = Dataset::from_tensor_slices(rows);
  const Block batches = block_of(slices.repeat().batch(5));
  ASSERT_EQ(batches.count(), 4);
  EXPECT_EQ(batches.element(3)[0].raw(), rows.raw() + 15 * 8);
  // Functions of the user see no row before it is wanted.
  const auto same = [](const Element& x) { return x; };
  const TensorSpec spec{DType::kInt64, Shape{}};
  EXPECT_EQ(block_of(slices.map(same, spec).repeat().batch(5)).count(), 1);
}

TEST(Batch, ManyAtOnceConform) {
  for (const bool drop : {false, true}) {
    const Dataset numbers = Dataset::range(20);
    expect_conformance(numbers.repeat(3).batch(7, drop), 40);
    expect_conformance(numbers.shuffle(20).repeat(3).batch(7, drop), 40);
    expect_conformance(numbers.shuffle(4).repeat(2).batch(3, drop).prefetch(),
                       40);
    expect_conformance(numbers.batch(3, drop).repeat(3).prefetch(), 40);
  }
}

TEST(Batch, UnequalShapesAreRefused) {
  EXPECT_THAT(message_of<ValueError>([] { numbers(ragged(1, 4).batch(2)); }),
              HasSubstr("element 1 has shape (2,), expected (1,)"));
}

TEST(Batch, SizeMustBePositive) {
  EXPECT_THAT(message_of<ValueError>([] { Dataset::range(5).batch(0); }),
              HasSubstr("batch_size must be greater than zero: got 0"));
}

TEST(Unbatch, GivesTheRowsBack) {
  EXPECT_THAT(flat_numbers(Dataset::range(5).batch(2).unbatch()),
              ElementsAre(0, 1, 2, 3, 4));
  expect_conformance(Dataset::range(5).batch(2).unbatch());
  expect_conformance(Dataset::range(6).batch(2, true).unbatch().batch(4));
  EXPECT_EQ(Dataset::range(6).batch(2, true).unbatch().cardinality(), 6);
  EXPECT_THAT(message_of<ValueError>([] { Dataset::range(5).unbatch(); }),
              HasSubstr("scalar"));
}

}  // namespace
}  // namespace numest::data
