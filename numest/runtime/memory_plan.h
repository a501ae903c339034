// Places blocks of known size and lifetime in one arena, so that blocks that
// live at the same time do not overlap.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace numest {

struct MemoryBlock {
  int64_t num_bytes = 0;
  int first = 0, last = 0;  // steps, both included
  int64_t offset = 0;       // the result
};

inline constexpr int64_t kArenaAlignment = 64;

/// Sets the offsets and returns the bytes of the arena. Largest blocks first,
/// each in the tightest gap (Pisarchyk and Lee, "Efficient memory management
/// for deep neural net inference", 2020, greedy by size). O(n^2) worst case.
int64_t place_blocks(std::span<MemoryBlock> blocks);

}  // namespace numest
