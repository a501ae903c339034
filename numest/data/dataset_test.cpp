// The handle: pipelines as a user writes them, seeds, states, options.
#include "numest/data/dataset.h"

#include <gmock/gmock.h>

#include <map>

#include "numest/base/counters.h"
#include "numest/base/recording.h"
#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;

Dataset pairs(int64_t count) {
  std::vector<float> x(size_t(count) * 2);
  std::vector<int64_t> y(size_t(count), 0);
  for (size_t i = 0; i < y.size(); ++i) {
    x[2 * i] = float(i);
    x[2 * i + 1] = float(i) + 0.5f;
    y[i] = int64_t(i);
  }
  return Dataset::from_tensor_slices(
      Element::tuple({Element::dict({{"x", Array::from(x, Shape{count, 2})}}),
                      Array::from(y)}));
}

TEST(Dataset, TrainingPipelineConforms) {
  expect_conformance(pairs(10).shuffle(10).repeat().batch(4).prefetch(2));
  expect_conformance(
      pairs(10).shuffle(3, 5).repeat(2).batch(4, true).prefetch(1));
}

TEST(Dataset, ShuffleAndBatchKeepComponentsTogether) {
  for (const Element& batch : pairs(100).shuffle(100).batch(32)) {
    const Array& x = *&batch.children[0].find("x")->leaf;
    const std::vector<int64_t> y = batch.children[1].leaf.to_vector<int64_t>();
    const std::vector<float> values = x.to_vector<float>();
    for (size_t i = 0; i < y.size(); ++i)
      EXPECT_EQ(values[2 * i + 1], float(y[i]) + 0.5f);
  }
}

TEST(Dataset, RangeForGivesStructuredElements) {
  int64_t count = 0;
  for (const Element& element : pairs(3)) {
    EXPECT_TRUE(element.is_tuple());
    EXPECT_EQ(element.children[1].leaf.item<int64_t>(), count++);
  }
  EXPECT_EQ(count, 3);
}

TEST(Dataset, SeedOfTheIteratorFixesEveryOrder) {
  const Dataset data = Dataset::range(50).shuffle(50);
  EXPECT_EQ(numbers(data, 100, {.seed = 1}), numbers(data, 100, {.seed = 1}));
  EXPECT_NE(numbers(data, 100, {.seed = 1}), numbers(data, 100, {.seed = 2}));
  EXPECT_NE(numbers(data), numbers(data));
}

TEST(Dataset, BatchOfASourceInOrderIsAView) {
  const Array x = Array::from(std::vector<float>{1, 2, 3, 4}, Shape{4});
  Iterator iterator = Dataset::from_tensor_slices(x).batch(2).make_iterator();
  EXPECT_EQ(iterator.next()->leaf.raw(), x.raw());
  EXPECT_EQ(iterator.next()->leaf.raw(), x.raw() + 8);
}

TEST(Dataset, ShuffledBatchesUseTheirBufferAgain) {
  Iterator iterator = pairs(64).shuffle(64).repeat().batch(16).make_iterator();
  iterator.next();
  const int64_t before = counter_value(Counter::array_allocations);
  for (int i = 0; i < 20; ++i) iterator.next();
  EXPECT_EQ(counter_value(Counter::array_allocations), before);
}

TEST(Dataset, ABatchThatIsHeldIsNotWrittenAgain) {
  Iterator iterator = pairs(8).shuffle(8).batch(4).make_iterator({.seed = 3});
  const Element first = *iterator.next();
  const std::string before = first.children[1].leaf.to_string();
  iterator.next();
  EXPECT_EQ(first.children[1].leaf.to_string(), before);
}

TEST(Dataset, StateOfAnotherPipelineIsRefused) {
  const std::string state =
      Dataset::range(3).batch(2).make_iterator().get_state();
  Iterator other = Dataset::range(3).repeat(2).make_iterator();
  try {
    other.set_state(state);
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_THAT(error.what(), HasSubstr("state is of another dataset"));
  }
  EXPECT_THROW(other.set_state("short"), ValueError);
  EXPECT_EQ(other.next()->leaf.item<int64_t>(), 0);
}

TEST(Dataset, ReduceFoldsAllElements) {
  const Element sum = Dataset::range(5).reduce(
      Array::scalar<int64_t>(0), [](const Element& s, const Element& x) {
        return Element(Array::scalar<int64_t>(s.leaf.item<int64_t>() +
                                              x.leaf.item<int64_t>()));
      });
  EXPECT_EQ(sum.leaf.item<int64_t>(), 10);
  EXPECT_THROW(Dataset::range(2).repeat().reduce(sum, nullptr), ValueError);
}

TEST(Dataset, GetSingleElementWantsExactlyOne) {
  EXPECT_EQ(Dataset::range(1).get_single_element().leaf.item<int64_t>(), 0);
  EXPECT_THROW(Dataset::range(2).get_single_element(), ValueError);
  EXPECT_THROW(Dataset::range(0).get_single_element(), ValueError);
}

TEST(Dataset, LaterOptionsWinFieldByField) {
  Options first, later;
  first.deterministic = true;
  first.autotune = true;
  later.autotune = false;
  const Dataset data =
      Dataset::range(3).with_options(first).batch(2).with_options(later);
  EXPECT_EQ(data.options().deterministic, true);
  EXPECT_EQ(data.options().autotune, false);
  expect_conformance(data);
}

TEST(Dataset, EmptyDatasetHasNoElements) {
  EXPECT_EQ(Dataset().cardinality(), 0);
  expect_conformance(Dataset().shuffle(5).batch(2).prefetch());
}

TEST(Dataset, EpochsAreToldApartFromBatches) {
  const auto epochs = [](const Dataset& d) { return d.node()->epochs(); };
  const Dataset rows = pairs(10).shuffle(10);
  for (const Epochs& e : {epochs(rows.repeat(5).batch(4).prefetch(1)),
                          epochs(rows.batch(4).repeat(5))}) {
    EXPECT_EQ(e.rows, 10);
    EXPECT_EQ(e.length, 3);
    EXPECT_EQ(e.count, 5);
  }
  EXPECT_EQ(epochs(rows.repeat().batch(4)).count, kInfiniteCardinality);
  EXPECT_EQ(epochs(rows.repeat(2).repeat(3)).count, 6);
  EXPECT_EQ(epochs(stream(3).batch(2)).rows, kUnknownCardinality);
  EXPECT_EQ(epochs(rows.batch(4, true)).length, 2);
}

TEST(Dataset, ShuffledEpochsHoldAllElements) {
  const std::vector<double> both =
      flat_numbers(Dataset::range(20).shuffle(20).repeat(2));
  std::vector<double> all(20), first(both.begin(), both.begin() + 20),
      second(both.begin() + 20, both.end());
  for (size_t i = 0; i < 20; ++i) all[i] = double(i);
  EXPECT_THAT(first, UnorderedElementsAreArray(all));
  EXPECT_THAT(second, UnorderedElementsAreArray(all));
  EXPECT_NE(first, second);
}

TEST(Dataset, IteratorsMadeWhileRecordingCountTheirBlocksAndKeepStates) {
  const auto shuffled = [] {
    return Dataset::range(10).shuffle(4).filter(
        [](const Element&) { return true; });
  };
  const IteratorOptions options{.seed = 3};
  const std::vector<double> expected = flat_numbers(shuffled(), 99, options);
  auto plain = shuffled().make_iterator(options);
  for (int i = 0; i < 4; ++i) plain.next();
  start_recording(0);
  auto recorded = shuffled().make_iterator(options);
  recorded.set_state(plain.get_state());
  std::vector<double> rest;
  while (const auto element = recorded.next())
    rest.push_back(double(element->leaf.item<int64_t>()));
  const Recording found = stop_recording();
  EXPECT_THAT(rest,
              testing::ElementsAreArray(expected.begin() + 4, expected.end()));
  std::map<std::string, int64_t> calls;
  for (const SpanTotals& t : found.totals)
    calls[found.labels[t.label].name] += t.calls;
  EXPECT_EQ(calls.at("dataset: filter"), 7);  // the last finds the end
  EXPECT_TRUE(calls.contains("dataset: shuffle"));
  EXPECT_FALSE(recorded.next());  // after the recording
}

}  // namespace
}  // namespace numest::data
