// The levels that kernels are compiled for: included before any Highway
// header. More levels cost compile time and gain little over these three.
#pragma once

#ifdef NUMEST_ONE_SIMD_LEVEL  // of builds that are to compile soon
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_AVX2 | HWY_AVX3 | HWY_AVX3_DL | HWY_SCALAR | HWY_EMU128)
#else
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SCALAR | HWY_EMU128)
#endif
