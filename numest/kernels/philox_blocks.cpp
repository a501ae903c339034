// Philox-4x32-10 for sixteen counters at a time, one array per word, so that
// the rounds vectorize (Salmon, Moraes, Dror, Shaw, 2011).
#include "numest/kernels/philox_blocks.h"

#include <algorithm>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/philox_blocks.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

constexpr int64_t kBatch = 16;
constexpr uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;

struct Words {
  HWY_ALIGN uint32_t word[4][kBatch];
};

void run_round(Words& w, uint32_t key0, uint32_t key1) {
  for (int64_t i = 0; i < kBatch; ++i) {
    const uint64_t p0 = kMultiplier0 * w.word[0][i];
    const uint64_t p1 = kMultiplier1 * w.word[2][i];
    w.word[0][i] = static_cast<uint32_t>(p1 >> 32) ^ w.word[1][i] ^ key0;
    w.word[1][i] = static_cast<uint32_t>(p1);
    w.word[2][i] = static_cast<uint32_t>(p0 >> 32) ^ w.word[3][i] ^ key1;
    w.word[3][i] = static_cast<uint32_t>(p0);
  }
}

void fill_blocks(Key key, uint64_t counter, int64_t count, uint32_t* out) {
  for (int64_t begin = 0; begin < count; begin += kBatch) {
    Words w;
    for (int64_t i = 0; i < kBatch; ++i) {
      const uint64_t c = counter + static_cast<uint64_t>(begin + i);
      w.word[0][i] = static_cast<uint32_t>(c);
      w.word[1][i] = static_cast<uint32_t>(c >> 32);
      w.word[2][i] = w.word[3][i] = 0;  // the words of Key streams
    }
    uint32_t key0 = static_cast<uint32_t>(key.value);
    uint32_t key1 = static_cast<uint32_t>(key.value >> 32);
    for (int round = 0; round < 10; ++round) {
      run_round(w, key0, key1);
      key0 += kWeyl0;
      key1 += kWeyl1;
    }
    const int64_t n = std::min(kBatch, count - begin);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t k = 0; k < 4; ++k) out[(begin + i) * 4 + k] = w.word[k][i];
  }
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(fill_blocks);
void philox_blocks(Key key, uint64_t counter, int64_t count, uint32_t* out) {
  HWY_DYNAMIC_DISPATCH(fill_blocks)(key, counter, count, out);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
