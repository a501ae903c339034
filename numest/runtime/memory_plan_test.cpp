#include "numest/runtime/memory_plan.h"

#include <gtest/gtest.h>

#include "numest/base/random.h"

namespace numest {
namespace {

bool overlap(const MemoryBlock& a, const MemoryBlock& b) {
  const bool in_time = a.first <= b.last && b.first <= a.last;
  const bool in_space =
      a.offset < b.offset + b.num_bytes && b.offset < a.offset + a.num_bytes;
  return in_time && in_space;
}

TEST(MemoryPlan, BlocksOfOneTimeDoNotOverlap) {
  Stream random(Key{7});
  for (int round = 0; round < 50; ++round) {
    std::vector<MemoryBlock> blocks(40);
    for (MemoryBlock& b : blocks) {
      b.num_bytes = int64_t(random.next_below(1000));
      b.first = int(random.next_below(50));
      b.last = b.first + int(random.next_below(10));
    }
    const int64_t total = place_blocks(blocks);
    for (size_t i = 0; i < blocks.size(); ++i) {
      EXPECT_EQ(blocks[i].offset % kArenaAlignment, 0);
      EXPECT_LE(blocks[i].offset + blocks[i].num_bytes, total);
      for (size_t j = 0; j < i; ++j)
        EXPECT_FALSE(overlap(blocks[i], blocks[j])) << i << " " << j;
    }
  }
}

TEST(MemoryPlan, AChainNeedsTwoBlocks) {
  std::vector<MemoryBlock> blocks;
  for (int i = 0; i < 10; ++i) blocks.push_back({128, i, i + 1, 0});
  EXPECT_EQ(place_blocks(blocks), 256);
}

TEST(MemoryPlan, NothingNeedsNothing) { EXPECT_EQ(place_blocks({}), 0); }

}  // namespace
}  // namespace numest
