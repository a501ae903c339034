// The levels that kernels are compiled for: included before any Highway
// header. More levels cost compile time and gain little over these three.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SCALAR | HWY_EMU128)
