#include "numest/data/shared_leaves.h"

#include <gtest/gtest.h>

#include <numeric>

namespace numest::data {
namespace {

Leaves of_all_kinds() {
  Leaves leaves;
  for (int i = 0; i < kNumDTypes; ++i) {
    const auto dtype = static_cast<DType>(i);
    if (dtype != DType::kBytes)
      leaves.push_back(Array::from<int64_t>({0, 1, 2, 3}).astype(dtype));
  }
  leaves.push_back(Array::from<Bytes>({"", std::string("a\0b", 3), "text"}));
  leaves.push_back(Array::scalar(2.5));
  leaves.push_back(Array::zeros(DType::kFloat32, {0, 3}));
  std::vector<float> numbers(24);
  std::iota(numbers.begin(), numbers.end(), 0.0f);
  const Array cube = Array::from(numbers, {2, 3, 4});
  leaves.push_back(cube.transpose());
  leaves.push_back(cube.index(1, 1));
  return leaves;
}

void expect_equal(const Leaves& found, const Leaves& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (size_t i = 0; i < found.size(); ++i)
    EXPECT_TRUE(array_equal(found[i], wanted[i])) << found[i].to_string();
}

TEST(SharedLeaves, WhatIsReadIsWhatWasWritten) {
  const Leaves first = of_all_kinds(), second{Array::scalar(int64_t{7})};
  SharedMemory memory;
  LeavesWriter writer(memory, 64);
  writer.write(first);
  writer.write(Leaves{});
  writer.write(second);
  LeavesReader reader(memory.mapping(), 64);
  expect_equal(reader.read(), first);
  expect_equal(reader.read(), {});
  expect_equal(reader.read(), second);
  EXPECT_EQ(reader.position(), writer.position());
}

TEST(SharedLeaves, MemoryGrowsWithWhatIsWritten) {
  SharedMemory memory;
  const size_t before = memory.size();
  LeavesWriter writer(memory, 0);
  const Leaves large{Array::from(std::vector<double>(5000, 1.5))};
  for (int i = 0; i < 3; ++i) writer.write(large);
  EXPECT_GT(memory.size(), before);
  LeavesReader reader(memory.mapping(), 0);
  for (int i = 0; i < 3; ++i) expect_equal(reader.read(), large);
}

TEST(SharedLeaves, WhatIsReadAreAlignedViewsThatRefuseWrites) {
  SharedMemory memory;
  LeavesWriter(memory, 3).write({Array::from<double>({1, 2})});
  const Array view = LeavesReader(memory.mapping(), 3).read().at(0);
  EXPECT_GE(view.raw(), memory.data());
  EXPECT_LT(view.raw(), memory.data() + memory.size());
  EXPECT_EQ(reinterpret_cast<uintptr_t>(view.raw()) % 64, 0u);
  EXPECT_FALSE(view.is_writable());
}

TEST(SharedLeaves, ViewsKeepTheirMemory) {
  Array view;
  {
    SharedMemory memory;
    LeavesWriter(memory, 0).write({Array::from<double>({1, 2})});
    view = LeavesReader(memory.mapping(), 0).read().at(0);
  }
  EXPECT_EQ(view.to_vector<double>(), (std::vector<double>{1, 2}));
}

}  // namespace
}  // namespace numest::data
