#include "numest/base/counters.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace numest {
namespace {

TEST(Counters, AddFromManyThreadsWithoutLoss) {
  const int64_t before = counter_value(Counter::traces);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 1000; ++i) count(Counter::traces);
    });
  threads.clear();
  EXPECT_EQ(counter_value(Counter::traces) - before, 4000);
}

TEST(Counters, AppearByNameWithUnit) {
  const auto values = counter_values();
  EXPECT_EQ(values.size(), size_t(Counter::kCount));
  count(Counter::array_bytes, 5);
  EXPECT_EQ(counter_values().at("array_bytes"), values.at("array_bytes") + 5);
  EXPECT_EQ(counter_info(Counter::array_bytes).unit, "bytes");
}

}  // namespace
}  // namespace numest
