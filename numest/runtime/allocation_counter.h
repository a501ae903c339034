// For tests: how often this program called operator new. Only the test
// program links the replacement (allocation_counter_test.cpp).
#pragma once

#include <cstdint>

namespace numest {

int64_t num_allocations();

}  // namespace numest
