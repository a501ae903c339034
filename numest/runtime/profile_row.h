// What one step of a program cost so far.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace numest {

struct ProfileRow {
  /// (name, line of the user) of its ops: those of the body if it is fused.
  std::vector<std::pair<std::string, std::string>> ops;
  int64_t calls = 0;
  int64_t nanoseconds = 0;
  int64_t num_bytes = 0;  // read and written
};

}  // namespace numest
