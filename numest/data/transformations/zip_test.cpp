// Side by side, numbered, and one after another.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Dataset zip(const Dataset& a, const Dataset& b) {
  return Dataset::zip(Nest<Dataset>::tuple({a, b}));
}

TEST(Zip, EndsWithTheShortest) {
  EXPECT_THAT(numbers(zip(Dataset::range(2), Dataset::range(10, 15))),
              ElementsAre(ElementsAre(0, 10), ElementsAre(1, 11)));
  EXPECT_EQ(zip(Dataset::range(2), Dataset::range(3).repeat()).cardinality(),
            2);
  EXPECT_EQ(zip(stream(2), Dataset::range(3)).cardinality(),
            kUnknownCardinality);
}

TEST(Zip, Conforms) {
  expect_conformance(zip(Dataset::range(4), Dataset::range(3)).batch(2));
  expect_conformance(zip(stream(4), Dataset::range(3).repeat()).batch(3));
  expect_conformance(
      zip(Dataset::range(6).shuffle(6), stream(9).shuffle(2)).batch(4));
}

TEST(Zip, KeepsTheStructureOfItsInputs) {
  const Dataset data = Dataset::zip(Nest<Dataset>::dict(
      {{"a", Dataset::range(2)}, {"b", Dataset::range(2).enumerate()}}));
  EXPECT_EQ(to_string(data.element_spec()),
            "{a: int64 (), b: (int64 (), int64 ())}");
  EXPECT_THROW(Dataset::zip(Nest<Dataset>::tuple({})), ValueError);
}

TEST(Zip, ShufflesOfOneKindDiffer) {
  const Dataset shuffled = Dataset::range(20).shuffle(20);
  bool differs = false;
  for (const auto& row : numbers(zip(shuffled, shuffled), 20, {.seed = 1}))
    differs = differs || row[0] != row[1];
  EXPECT_TRUE(differs);
}

TEST(Enumerate, CountsFromStart) {
  EXPECT_THAT(numbers(Dataset::range(5, 7).enumerate(10)),
              ElementsAre(ElementsAre(10, 5), ElementsAre(11, 6)));
  expect_conformance(Dataset::range(5).enumerate().shuffle(5).batch(2));
  expect_conformance(stream(5).enumerate(3).batch(2));
  expect_conformance(ragged(1, 4).enumerate());
}

TEST(Concatenate, GivesFirstThenSecond) {
  EXPECT_THAT(flat_numbers(Dataset::range(2).concatenate(Dataset::range(7, 9))),
              ElementsAre(0, 1, 7, 8));
  const Dataset both = Dataset::range(4).concatenate(Dataset::range(7, 12));
  expect_conformance(both);
  expect_conformance(both.batch(3));
  expect_conformance(both.shuffle(20).batch(4));
  expect_conformance(both.shuffle(3));
  expect_conformance(stream(4).concatenate(Dataset::range(3)).batch(2));
}

TEST(Concatenate, RelaxesShapesButNotDtypes) {
  const auto row = [](int64_t n) {
    return Dataset::from_tensors(Array::zeros(DType::kFloat32, Shape{n}));
  };
  EXPECT_TRUE(
      is_symbol(row(2).concatenate(row(3)).element_spec().leaf.shape[0]));
  expect_conformance(row(2).concatenate(row(3)));
  EXPECT_THAT(
      message_of<TypeError>([&] { row(2).concatenate(Dataset::range(3)); }),
      HasSubstr("incompatible dataset elements: float32 (2,) against "
                "int64 ()"));
}

}  // namespace
}  // namespace numest::data
