// Parts by position.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Take, StopsAfterCountOrAtTheEnd) {
  EXPECT_THAT(flat_numbers(Dataset::range(5).take(2)), ElementsAre(0, 1));
  EXPECT_THAT(flat_numbers(Dataset::range(2).take(5)), ElementsAre(0, 1));
  EXPECT_THAT(flat_numbers(stream(2).take(-1)), ElementsAre(0, 1));
  EXPECT_EQ(Dataset::range(3).repeat().take(7).cardinality(), 7);
  EXPECT_THROW(Dataset::range(5).take(-2), ValueError);
}

TEST(Take, DrawsNothingBeyondCount) {
  int64_t drawn = 0;
  const Dataset data = Dataset::from_generator(
      [&drawn] {
        return [&drawn] { return Element(Array::scalar<int64_t>(drawn++)); };
      },
      TensorSpec{DType::kInt64, Shape{}});
  numbers(data.batch(2).take(2));
  EXPECT_EQ(drawn, 4);
}

TEST(Skip, StartsAfterCount) {
  EXPECT_THAT(flat_numbers(Dataset::range(5).skip(3)), ElementsAre(3, 4));
  EXPECT_THAT(flat_numbers(stream(5).skip(3)), ElementsAre(3, 4));
  EXPECT_EQ(flat_numbers(stream(5).skip(-1)).size(), 0u);
  EXPECT_EQ(Dataset::range(5).skip(-1).cardinality(), 0);
  EXPECT_EQ(Dataset::range(5).skip(9).cardinality(), 0);
  EXPECT_EQ(Dataset::range(5).repeat().skip(3).cardinality(),
            kInfiniteCardinality);
}

TEST(Shard, TakesEveryNth) {
  EXPECT_THAT(flat_numbers(Dataset::range(10).shard(3, 1)),
              ElementsAre(1, 4, 7));
  EXPECT_THAT(flat_numbers(stream(10).shard(3, 0)), ElementsAre(0, 3, 6, 9));
  EXPECT_EQ(Dataset::range(10).shard(3, 1).cardinality(), 3);
  EXPECT_THAT(message_of<ValueError>([] { Dataset::range(5).shard(0, 0); }),
              HasSubstr("greater than zero"));
  EXPECT_THAT(message_of<ValueError>([] { Dataset::range(5).shard(3, 3); }),
              HasSubstr("between 0 and 2: got index 3"));
}

TEST(Part, AllConformOverEverySource) {
  for (const Dataset& source :
       {Dataset::range(11), stream(11), Dataset::range(11).repeat()}) {
    expect_conformance(source.take(4));
    expect_conformance(source.skip(4));
    expect_conformance(source.shard(4, 2));
    expect_conformance(source.skip(1).take(9).shard(2, 1).batch(2));
  }
}

}  // namespace
}  // namespace numest::data
