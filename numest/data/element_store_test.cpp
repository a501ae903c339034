// What was put in comes out, from memory of the store's own.
#include "numest/data/element_store.h"

#include <gtest/gtest.h>

#include "numest/base/counters.h"

namespace numest::data {
namespace {

Block block_of(int64_t first, int64_t count) {
  Array numbers(DType::kInt64, Shape{count});
  Array pairs(DType::kFloat32, Shape{count, 2});
  for (int64_t i = 0; i < count; ++i) {
    numbers.data<int64_t>()[i] = first + i;
    pairs.data<float>()[2 * i] = float(first + i);
    pairs.data<float>()[2 * i + 1] = -float(first + i);
  }
  return Block::of_columns(count, {numbers, pairs});
}

ElementSpec known_spec() {
  return ElementSpec::tuple({TensorSpec{DType::kInt64, Shape{}},
                             TensorSpec{DType::kFloat32, Shape{2}}});
}

ElementSpec unknown_spec() {
  return ElementSpec::tuple(
      {TensorSpec{DType::kInt64, Shape{}},
       TensorSpec{DType::kFloat32, Shape{fresh_extent()}}});
}

void expect_element(const Block& block, int64_t index, int64_t value) {
  EXPECT_EQ(block.leaf(index, 0).item<int64_t>(), value);
  EXPECT_EQ(block.leaf(index, 1).index(0, 0).item<float>(), float(value));
  EXPECT_EQ(block.leaf(index, 1).index(0, 1).item<float>(), -float(value));
}

TEST(ElementStore, GivesWhatWasPutInTheOrderAsked) {
  for (const ElementSpec& spec : {known_spec(), unknown_spec()}) {
    ElementStore store(spec);
    ArrayPool pool;
    std::vector<int64_t> slots;
    const Block block = block_of(0, 200);
    for (int64_t i = 0; i < 200; ++i) slots.push_back(store.put(block, i));
    const std::vector<int64_t> chosen{slots[150], slots[3], slots[64]};
    const Block out = store.take(chosen, pool);
    ASSERT_EQ(out.count(), 3);
    expect_element(out, 0, 150);
    expect_element(out, 1, 3);
    expect_element(out, 2, 64);
    EXPECT_EQ(store.size(), 197);
  }
}

TEST(ElementStore, SlotsAreUsedAgainWithoutNewMemory) {
  ElementStore store(known_spec());
  ArrayPool pool;
  std::vector<int64_t> slots;
  const Block block = block_of(0, 60);
  for (int64_t i = 0; i < 60; ++i) slots.push_back(store.put(block, i));
  store.take(slots, pool);
  const int64_t before = counter_value(Counter::array_allocations);
  for (int round = 0; round < 10; ++round) {
    for (int64_t i = 0; i < 60; ++i) slots[size_t(i)] = store.put(block, i);
    store.take(slots, pool);
  }
  EXPECT_EQ(counter_value(Counter::array_allocations), before);
}

TEST(ElementStore, DoesNotKeepTheBlockAlive) {
  ElementStore store(known_spec());
  Block block = block_of(0, 5);
  const std::weak_ptr<Buffer> buffer = block.columns()[1].buffer();
  store.put(block, 2);
  block = Block();
  EXPECT_TRUE(buffer.expired());
}

TEST(ElementStore, AShapeThatTheSpecDoesNotTellIsKept) {
  ElementStore store(known_spec());
  ArrayPool pool;
  const int64_t first = store.put(block_of(7, 1), 0);
  const Block longer = Block::of_rows(
      {{Array::scalar(int64_t{8}), Array::zeros(DType::kFloat32, Shape{3})}});
  const int64_t second = store.put(longer, 0);
  const Block out = store.take(std::vector<int64_t>{second, first}, pool);
  EXPECT_EQ(out.leaf(0, 1).shape(), (Shape{3}));
  expect_element(out, 1, 7);
}

}  // namespace
}  // namespace numest::data
