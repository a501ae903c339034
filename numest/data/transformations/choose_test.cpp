#include "numest/data/transformations/choose.h"

#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Dataset choices(std::vector<int64_t> order) {
  return Dataset::from_tensor_slices(Element(Array::from(order)));
}

Dataset choose(std::vector<int64_t> order, bool stops = true) {
  return Dataset::choose_from_datasets(
      {Dataset::range(3), Dataset::range(10, 12)}, choices(std::move(order)),
      stops);
}

TEST(Choose, TakesTurnsAsTold) {
  EXPECT_THAT(flat_numbers(choose({1, 0, 0, 1, 0})),
              ElementsAre(10, 0, 1, 11, 2));
}

TEST(Choose, EndsWithAnEmptyInputOrPassesItOver) {
  EXPECT_THAT(flat_numbers(choose({1, 1, 1, 0})), ElementsAre(10, 11));
  EXPECT_THAT(flat_numbers(choose({1, 1, 1, 0}, false)),
              ElementsAre(10, 11, 0));
}

TEST(Choose, Conforms) {
  expect_conformance(choose({0, 1, 1, 0, 0, 0}));
  expect_conformance(
      Dataset::choose_from_datasets({stream(5).shuffle(2), stream(4)},
                                    choices({0, 1}).repeat(4), true)
          .batch(3));
}

TEST(Choose, BadArgumentsAreNamed) {
  auto message = [](const std::function<void()>& f) -> std::string {
    try {
      f();
    } catch (const UserError& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_THAT(message([] { flat_numbers(choose({5})); }),
              HasSubstr("got choice 5, expected 0 to 1"));
  EXPECT_THAT(message([] { Dataset::choose_from_datasets({}, choices({0})); }),
              HasSubstr("got no datasets"));
  EXPECT_THAT(message([] {
                Dataset::choose_from_datasets({Dataset::range(2)},
                                              choices({0}).batch(1));
              }),
              HasSubstr("expected int64 scalars"));
}

}  // namespace
}  // namespace numest::data
