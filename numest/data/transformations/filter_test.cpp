// Predicates.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool is_even(const Element& x) { return x.leaf.item<int64_t>() % 2 == 0; }

TEST(Filter, KeepsWhatPasses) {
  EXPECT_THAT(flat_numbers(Dataset::range(7).filter(is_even)),
              ElementsAre(0, 2, 4, 6));
  EXPECT_EQ(Dataset::range(7).filter(is_even).cardinality(),
            kUnknownCardinality);
}

TEST(Filter, Conforms) {
  expect_conformance(Dataset::range(9).filter(is_even).batch(2));
  expect_conformance(stream(9).filter(is_even).repeat(2).batch(3));
  expect_conformance(
      Dataset::range(9).filter([](const Element&) { return false; }));
  expect_conformance(Dataset::range(9).shuffle(9).filter(is_even));
}

TEST(Filter, PredicateMustGiveABoolScalar) {
  const Dataset data = Dataset::range(3);
  EXPECT_THAT(message_of<ValueError>([&] {
                data.filter(map_function(plus_one, data.element_spec()));
              }),
              HasSubstr("must return a bool scalar: got int64 ()"));
  EXPECT_THROW(data.filter(Dataset::Predicate()), TypeError);
}

TEST(Filter, ErrorNamesTheElement) {
  const Dataset data =
      Dataset::range(9).skip(3).filter([](const Element& x) -> bool {
        if (x.leaf.item<int64_t>() == 5) throw IndexError("five");
        return true;
      });
  EXPECT_EQ(message_of<IndexError>([&] { numbers(data); }),
            "five (element 2 of filter)");
}

}  // namespace
}  // namespace numest::data
