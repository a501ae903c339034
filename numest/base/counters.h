// Counters: always on, cheap, one table row each. Promises of the project
// ("the second predict traces nothing") are assertions on them.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace numest {

// name, unit, what is counted.
#define NUMEST_COUNTER_TABLE(ROW)                                           \
  ROW(traces, "functions", "functions traced to a graph")                   \
  ROW(compilations, "graphs", "graphs compiled to an executable")           \
  ROW(memory_plans, "plans", "memory plans made for new extents")           \
  ROW(file_opens, "files", "files opened for reading or writing")           \
  ROW(file_lookups, "paths", "paths whose file was looked up (stat)")       \
  ROW(array_allocations, "buffers", "array buffers allocated")              \
  ROW(array_bytes, "bytes", "bytes of array buffers allocated")             \
  ROW(bytes_copied_in, "bytes", "bytes copied when foreign memory came in") \
  ROW(python_calls, "calls", "calls of user Python inside a program")       \
  ROW(gil_acquisitions, "times", "times C++ took the interpreter lock")     \
  ROW(train_steps, "steps", "training steps run")                           \
  ROW(checkpoints_written, "checkpoints", "checkpoints written")            \
  ROW(checkpoints_read, "checkpoints", "checkpoints read")

enum class Counter {
#define NUMEST_COUNTER_ENUM(name, unit, doc) name,
  NUMEST_COUNTER_TABLE(NUMEST_COUNTER_ENUM)
#undef NUMEST_COUNTER_ENUM
      kCount
};

struct CounterInfo {
  std::string_view name, unit, doc;
};

/// Adds to a counter; any thread, relaxed order.
void count(Counter counter, int64_t by = 1);
/// Returns the value since the process started.
int64_t counter_value(Counter counter);
const CounterInfo& counter_info(Counter counter);
/// Returns all counters by name.
std::map<std::string, int64_t> counter_values();

}  // namespace numest
