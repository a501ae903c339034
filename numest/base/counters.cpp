// Counters are an array of relaxed atomics, indexed by the enumerator.
#include "numest/base/counters.h"

#include <array>
#include <cstddef>

namespace numest {
namespace {

constexpr size_t kNumCounters = size_t(Counter::kCount);

constexpr CounterInfo kInfos[kNumCounters] = {
#define NUMEST_COUNTER_INFO(name, unit, doc) {#name, unit, doc},
    NUMEST_COUNTER_TABLE(NUMEST_COUNTER_INFO)
#undef NUMEST_COUNTER_INFO
};

constinit std::array<std::atomic<int64_t>, kNumCounters> values{};

}  // namespace

void count(Counter counter, int64_t by) {
  values[size_t(counter)].fetch_add(by, std::memory_order_relaxed);
}

int64_t counter_value(Counter counter) {
  return values[size_t(counter)].load(std::memory_order_relaxed);
}

const CounterInfo& counter_info(Counter counter) {
  return kInfos[size_t(counter)];
}

std::map<std::string, int64_t> counter_values() {
  std::map<std::string, int64_t> out;
  for (size_t i = 0; i < kNumCounters; ++i)
    out[std::string(kInfos[i].name)] = counter_value(Counter(i));
  return out;
}

}  // namespace numest
