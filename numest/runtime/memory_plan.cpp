// Greedy placement by size.
#include "numest/runtime/memory_plan.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace numest {

namespace {

int64_t aligned(int64_t bytes) {
  return (bytes + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
}

// `placed` is sorted by offset.
int64_t best_offset(const MemoryBlock& block,
                    const std::vector<const MemoryBlock*>& placed) {
  int64_t best = -1, least_gap = std::numeric_limits<int64_t>::max(), end = 0;
  for (const MemoryBlock* other : placed) {
    if (other->last < block.first || other->first > block.last) continue;
    const int64_t gap = other->offset - end;
    if (gap >= aligned(block.num_bytes) && gap < least_gap) {
      least_gap = gap;
      best = end;
    }
    end = std::max(end, other->offset + aligned(other->num_bytes));
  }
  return best >= 0 ? best : end;
}

}  // namespace

int64_t place_blocks(std::span<MemoryBlock> blocks) {
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return blocks[a].num_bytes > blocks[b].num_bytes;
  });
  std::vector<const MemoryBlock*> placed;
  int64_t total = 0;
  for (size_t i : order) {
    MemoryBlock& block = blocks[i];
    block.offset = best_offset(block, placed);
    total = std::max(total, block.offset + aligned(block.num_bytes));
    auto at = std::upper_bound(
        placed.begin(), placed.end(), &block,
        [](auto* a, auto* b) { return a->offset < b->offset; });
    placed.insert(at, &block);
  }
  return total;
}

}  // namespace numest
