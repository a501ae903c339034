// LAPACKE under one name for all precisions.
#include "numest/kernels/lapack.h"

#include <algorithm>
#include <cmath>
#include <complex>
// LAPACKE takes them for its own.
#define lapack_complex_float std::complex<float>
#define lapack_complex_double std::complex<double>
#include <lapacke.h>

#include <limits>
#include <vector>

extern "C" void openblas_set_num_threads(int);

namespace numest::kernels {

namespace {

// NaN goes through the arithmetic, as in NumPy, and is no bad argument.
// Threads are ours; OpenBLAS's own would wait for each other.
const bool kIsSet = [] {
  LAPACKE_set_nancheck(0);
  openblas_set_num_threads(1);
  return true;
}();

constexpr int kRows = LAPACK_ROW_MAJOR;

// name of ours, LAPACK's without its first letter: of real, of complex
#define NUMEST_LAPACK_TABLE(ROW) \
  ROW(getrf, getrf, getrf)       \
  ROW(getri, getri, getri)       \
  ROW(gesv, gesv, gesv)          \
  ROW(potrf, potrf, potrf)       \
  ROW(syevd, syevd, heevd)       \
  ROW(gesdd, gesdd, gesdd)       \
  ROW(geqrf, geqrf, geqrf)       \
  ROW(orgqr, orgqr, ungqr)

#define NUMEST_LAPACK_ROW(name, routine, complex_routine)      \
  template <class T, class... A>                               \
  lapack_int name(A... arguments) {                            \
    if constexpr (std::is_same_v<T, float>)                    \
      return LAPACKE_s##routine(kRows, arguments...);          \
    else if constexpr (std::is_same_v<T, double>)              \
      return LAPACKE_d##routine(kRows, arguments...);          \
    else if constexpr (std::is_same_v<T, std::complex<float>>) \
      return LAPACKE_c##complex_routine(kRows, arguments...);  \
    else                                                       \
      return LAPACKE_z##complex_routine(kRows, arguments...);  \
  }
NUMEST_LAPACK_TABLE(NUMEST_LAPACK_ROW)
#undef NUMEST_LAPACK_ROW
#undef NUMEST_LAPACK_TABLE

lapack_int narrow(int64_t extent) { return static_cast<lapack_int>(extent); }

std::vector<lapack_int> pivots_for(int64_t n) {
  return std::vector<lapack_int>(static_cast<size_t>(n));
}

}  // namespace

template <class T>
bool inverse(T* a, int64_t n) {
  if (n == 0) return true;
  const lapack_int size = narrow(n);
  auto pivots = pivots_for(n);
  return getrf<T>(size, size, a, size, pivots.data()) == 0 &&
         getri<T>(size, a, size, pivots.data()) == 0;
}

template <class T>
bool solve(T* a, T* b, int64_t n, int64_t k) {
  if (n == 0 || k == 0) return true;
  auto pivots = pivots_for(n);
  return gesv<T>(narrow(n), narrow(k), a, narrow(n), pivots.data(), b,
                 narrow(k)) == 0;
}

template <class T>
bool cholesky(T* a, int64_t n) {
  if (n == 0) return true;
  if (potrf<T>('L', narrow(n), a, narrow(n)) != 0) return false;
  for (int64_t i = 0; i < n; ++i)
    std::fill(a + i * n + i + 1, a + (i + 1) * n, T(0));
  return true;
}

template <class T>
void slogdet(T* a, int64_t n, T* sign, Real<T>* logabsdet) {
  *sign = 1;
  *logabsdet = 0;
  if (n == 0) return;
  auto pivots = pivots_for(n);
  if (getrf<T>(narrow(n), narrow(n), a, narrow(n), pivots.data()) > 0) {
    *sign = 0;
    *logabsdet = -std::numeric_limits<Real<T>>::infinity();
    return;
  }
  for (int64_t i = 0; i < n; ++i) {
    const T pivot = a[i * n + i];
    const Real<T> size = std::abs(pivot);
    const bool is_swapped = pivots[static_cast<size_t>(i)] != i + 1;
    *sign *= (is_swapped ? -pivot : pivot) / size;
    *logabsdet += std::log(size);
  }
}

template <class T>
bool eigh(T* a, int64_t n, Real<T>* w) {
  return n == 0 || syevd<T>('V', 'L', narrow(n), a, narrow(n), w) == 0;
}

template <class T>
bool svd(T* a, int64_t m, int64_t n, bool full_matrices, T* u, Real<T>* s,
         T* vh) {
  const int64_t k = std::min(m, n);
  if (k == 0) {  // no columns to find: any orthonormal ones fill up
    if (!full_matrices) return true;
    for (int64_t i = 0; i < m * m; ++i) u[i] = T(i % (m + 1) == 0);
    for (int64_t i = 0; i < n * n; ++i) vh[i] = T(i % (n + 1) == 0);
    return true;
  }
  const lapack_int columns_of_u = narrow(full_matrices ? m : k);
  return gesdd<T>(full_matrices ? 'A' : 'S', narrow(m), narrow(n), a, narrow(n),
                  s, u, columns_of_u, vh, narrow(n)) == 0;
}

template <class T>
void qr(T* a, int64_t m, int64_t n, bool complete, T* q, T* r) {
  const int64_t k = std::min(m, n), columns = complete ? m : k;
  std::fill(r, r + columns * n, T(0));
  std::fill(q, q + m * columns, T(0));
  for (int64_t i = 0; i < columns; ++i) q[i * columns + i] = T(1);
  if (k == 0) return;
  std::vector<T> tau(static_cast<size_t>(k));
  geqrf<T>(narrow(m), narrow(n), a, narrow(n), tau.data());
  for (int64_t i = 0; i < k; ++i)
    std::copy(a + i * n + i, a + (i + 1) * n, r + i * n + i);
  for (int64_t i = 0; i < m; ++i)
    std::copy(a + i * n, a + i * n + k, q + i * columns);
  orgqr<T>(narrow(m), narrow(columns), narrow(k), q, narrow(columns),
           tau.data());
}

#define NUMEST_INSTANTIATE(T)                                      \
  template bool inverse(T*, int64_t);                              \
  template bool solve(T*, T*, int64_t, int64_t);                   \
  template bool cholesky(T*, int64_t);                             \
  template void slogdet(T*, int64_t, T*, Real<T>*);                \
  template bool eigh(T*, int64_t, Real<T>*);                       \
  template bool svd(T*, int64_t, int64_t, bool, T*, Real<T>*, T*); \
  template void qr(T*, int64_t, int64_t, bool, T*, T*);
NUMEST_INSTANTIATE(float)
NUMEST_INSTANTIATE(double)
NUMEST_INSTANTIATE(std::complex<float>)
NUMEST_INSTANTIATE(std::complex<double>)
#undef NUMEST_INSTANTIATE

}  // namespace numest::kernels
