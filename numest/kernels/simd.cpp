// Chooses the Highway target: forced by name, by NUMEST_SIMD, or the best.
#include "numest/kernels/simd.h"

#include <atomic>
#include <cstdlib>
#include <mutex>

#include "numest/base/error.h"
#include "numest/kernels/simd_targets.h"
// After simd_targets.h, which says for which levels kernels are compiled.
#include <hwy/highway.h>

namespace numest::kernels {
namespace {

std::atomic<int64_t> generation{1};

struct Level {
  std::string_view name;
  int64_t target;
};
// Best first; the same set that the kernels are compiled for.
constexpr Level kLevels[] = {
    {"AVX3", HWY_AVX3},
    {"AVX2", HWY_AVX2},
    {"SSE4", HWY_SSE4},
};

// Of the levels that kernels are compiled for, those that this CPU has.
int64_t supported_levels() {
  int64_t all = 0;
  for (const Level& level : kLevels) all |= level.target;
  return all & HWY_TARGETS & hwy::SupportedTargets();
}

void choose(int64_t targets) {
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  generation.fetch_add(1);
}

void force(std::string_view name) {
  hwy::SetSupportedTargetsForTest(0);
  const int64_t supported = supported_levels();
  if (name.empty()) return choose(0);
  for (const Level& level : kLevels) {
    if (level.name != name) continue;
    NUMEST_USER_CHECK(
        supported & level.target, ValueError,
        "force_simd: this CPU or this build lacks the level: got {}", name);
    // The baseline stays in the set: Highway falls back to it.
    return choose(level.target);
  }
  fail<ValueError>(
      "force_simd: unknown level: got {}, expected one of "
      "SSE4, AVX2, AVX3",
      name);
}

void read_environment() {
  static std::once_flag once;
  std::call_once(once, [] {
    const char* level = std::getenv("NUMEST_SIMD");
    force(level ? level : "");
  });
}

}  // namespace

void force_simd(std::string_view level) {
  read_environment();
  force(level);
}

std::string simd_level() {
  read_environment();
  const int64_t supported = supported_levels();
  for (const Level& level : kLevels) {
    if (supported & level.target) return std::string(level.name);
  }
  return "baseline";
}

std::string simd_levels() {
  const std::string now = simd_level();
  std::string names;
  hwy::SetSupportedTargetsForTest(0);
  const int64_t supported = supported_levels();
  for (const Level& level : kLevels) {
    if (!(supported & level.target)) continue;
    if (!names.empty()) names += ' ';
    names += level.name;
  }
  force(now == "baseline" ? "" : now);
  return names;
}

int64_t simd_generation() {
  read_environment();
  return generation.load();
}

}  // namespace numest::kernels
