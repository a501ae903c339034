// The SIMD level that runs. One binary holds loops for several levels
// (Highway targets); the best one that the CPU has is chosen at run time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace numest::kernels {

/// Runs "SSE4", "AVX2" or "AVX3" (AVX-512) from now on; an empty name goes
/// back to the level that the environment variable NUMEST_SIMD names, else to
/// the best, which is where a process starts. Throws ValueError on other names
/// and on levels that this CPU lacks. Not to be called while kernels run.
void force_simd(std::string_view level);

/// Returns the name of the level that runs, such as "AVX2".
std::string simd_level();

/// Returns the levels that this CPU and this build have, best first.
std::string simd_levels();

/// A number that changes when the level changes; caches of kernels check it.
int64_t simd_generation();

}  // namespace numest::kernels
