// LAPACKE under one name for all precisions, loaded with the first call: few
// processes factor a matrix, and its libraries take 3 MB and start threads.
#include "numest/kernels/lapack.h"

#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <complex>
// LAPACKE takes them for its own.
#define lapack_complex_float std::complex<float>
#define lapack_complex_double std::complex<double>
#include <lapacke.h>

#include <limits>
#include <vector>

#include "numest/base/error.h"

namespace numest::kernels {

namespace {

class Libraries {
 public:
  Libraries() {
    // NaN goes through the arithmetic, as in NumPy, and is no bad argument.
    find<decltype(LAPACKE_set_nancheck)>("LAPACKE_set_nancheck")(0);
    // Threads are ours; OpenBLAS's own would wait for each other.
    const char* const set = "openblas_set_num_threads";
    reinterpret_cast<void (*)(int)>(address(blas_, set))(1);
  }
  template <class F>
  F* find(const char* name) const {
    return reinterpret_cast<F*>(address(lapacke_, name));
  }

 private:
  static void* open(const char* file) {
    void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    NUMEST_USER_CHECK(library != nullptr, NotFoundError,
                      "linalg: the library {} can't be loaded: {}", file,
                      dlerror());
    return library;
  }
  static void* address(void* library, const char* name) {
    void* const found = dlsym(library, name);
    NUMEST_USER_CHECK(found != nullptr, NotFoundError,
                      "linalg: {} is missing: {}", name, dlerror());
    return found;
  }
  void* const lapacke_ = open("liblapacke.so.3");
  void* const blas_ = open("libopenblas.so.0");
};

template <class F>
F* loaded(const char* name) {
  static const Libraries libraries;
  return libraries.find<F>(name);
}

constexpr int kRows = LAPACK_ROW_MAJOR;

// name of ours, LAPACK's without its first letter: of real, of complex
#define NUMEST_LAPACK_TABLE(ROW) \
  ROW(getrf, getrf, getrf)       \
  ROW(getri, getri, getri)       \
  ROW(gesv, gesv, gesv)          \
  ROW(potrf, potrf, potrf)       \
  ROW(syevd, syevd, heevd)       \
  ROW(geev, geev, geev)          \
  ROW(gesdd, gesdd, gesdd)       \
  ROW(geqrf, geqrf, geqrf)       \
  ROW(orgqr, orgqr, ungqr)

#define NUMEST_LAPACK_CALL(name)                          \
  static const auto call = loaded<decltype(name)>(#name); \
  return call(kRows, arguments...);
#define NUMEST_LAPACK_ROW(name, routine, complex_routine)          \
  template <class T, class... A>                                   \
  lapack_int name(A... arguments) {                                \
    if constexpr (std::is_same_v<T, float>) {                      \
      NUMEST_LAPACK_CALL(LAPACKE_s##routine)                       \
    } else if constexpr (std::is_same_v<T, double>) {              \
      NUMEST_LAPACK_CALL(LAPACKE_d##routine)                       \
    } else if constexpr (std::is_same_v<T, std::complex<float>>) { \
      NUMEST_LAPACK_CALL(LAPACKE_c##complex_routine)               \
    } else {                                                       \
      NUMEST_LAPACK_CALL(LAPACKE_z##complex_routine)               \
    }                                                              \
  }
NUMEST_LAPACK_TABLE(NUMEST_LAPACK_ROW)
#undef NUMEST_LAPACK_ROW
#undef NUMEST_LAPACK_CALL
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

namespace {

// A pair of conjugated values has its vectors as a column of real and one of
// imaginary parts.
template <class T>
void join_vectors(const T* parts, int64_t n, const T* imaginary,
                  std::complex<T>* v) {
  for (int64_t k = 0; k < n; ++k) {
    const bool is_pair = imaginary[k] != 0 && k + 1 < n;
    for (int64_t i = 0; i < n; ++i) {
      const T* const part = parts + i * n + k;
      v[i * n + k] = {part[0], is_pair ? part[1] : T(0)};
      if (is_pair) v[i * n + k + 1] = std::conj(v[i * n + k]);
    }
    k += is_pair;
  }
}

}  // namespace

template <class T>
bool eig(T* a, int64_t n, std::complex<Real<T>>* w, std::complex<Real<T>>* v) {
  if (n == 0) return true;
  const lapack_int size = narrow(n);
  const char job = v ? 'V' : 'N';
  T* const none = nullptr;
  if constexpr (std::is_same_v<T, Real<T>>) {
    std::vector<T> real(static_cast<size_t>(n)), imaginary(real.size());
    std::vector<T> parts(v ? static_cast<size_t>(n * n) : 0);
    if (geev<T>('N', job, size, a, size, real.data(), imaginary.data(), none,
                size, parts.data(), size) != 0)
      return false;
    for (size_t i = 0; i < real.size(); ++i) w[i] = {real[i], imaginary[i]};
    if (v) join_vectors(parts.data(), n, imaginary.data(), v);
    return true;
  } else {
    return geev<T>('N', job, size, a, size, w, none, size, v, size) == 0;
  }
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
  template bool eig(T*, int64_t, std::complex<Real<T>>*,           \
                    std::complex<Real<T>>*);                       \
  template bool svd(T*, int64_t, int64_t, bool, T*, Real<T>*, T*); \
  template void qr(T*, int64_t, int64_t, bool, T*, T*);
NUMEST_INSTANTIATE(float)
NUMEST_INSTANTIATE(double)
NUMEST_INSTANTIATE(std::complex<float>)
NUMEST_INSTANTIATE(std::complex<double>)
#undef NUMEST_INSTANTIATE

}  // namespace numest::kernels
