// Discrete Fourier transforms of rows of complex numbers, unscaled: dividing
// by the length is left to the caller.
#pragma once

#include <complex>
#include <cstdint>

namespace numest::kernels {

/// out[r, k] = sum over j of in[r, j] exp(-2 pi i j k / n), with +2 if
/// `inverse`; both are (rows, n), row-major, and may be the same memory. T is
/// float or double; either is computed in double. O(n log n) for every n.
template <class T>
void fft(const std::complex<T>* in, std::complex<T>* out, int64_t rows,
         int64_t n, bool inverse);

}  // namespace numest::kernels
