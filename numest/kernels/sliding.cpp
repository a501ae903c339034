// Neighbouring results are the lanes of a vector: all windows of a vector
// take one element of v after the other.
#include <complex>
#include <type_traits>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/sliding.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include <hwy/highway.h>

#include "numest/kernels/sliding.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
T dot(const T* a, const T* v, int64_t size) {
  T sum = a[0] * v[0];
  for (int64_t k = 1; k < size; ++k) sum += a[k] * v[k];
  return sum;
}

// Four vectors of results: their sums do not wait for each other.
template <class T>
HWY_INLINE void four_vectors(const T* a, const T* v, T* out, int64_t size) {
  const hn::ScalableTag<T> d;
  const size_t lanes = hn::Lanes(d);
  const auto first = hn::Set(d, v[0]);
  auto s0 = hn::Mul(hn::LoadU(d, a), first);
  auto s1 = hn::Mul(hn::LoadU(d, a + lanes), first);
  auto s2 = hn::Mul(hn::LoadU(d, a + 2 * lanes), first);
  auto s3 = hn::Mul(hn::LoadU(d, a + 3 * lanes), first);
  for (int64_t k = 1; k < size; ++k) {
    const T* const x = a + k;
    const auto y = hn::Set(d, v[k]);
    s0 = hn::Add(s0, hn::Mul(hn::LoadU(d, x), y));
    s1 = hn::Add(s1, hn::Mul(hn::LoadU(d, x + lanes), y));
    s2 = hn::Add(s2, hn::Mul(hn::LoadU(d, x + 2 * lanes), y));
    s3 = hn::Add(s3, hn::Mul(hn::LoadU(d, x + 3 * lanes), y));
  }
  hn::StoreU(s0, d, out);
  hn::StoreU(s1, d, out + lanes);
  hn::StoreU(s2, d, out + 2 * lanes);
  hn::StoreU(s3, d, out + 3 * lanes);
}

template <class T>
HWY_INLINE void one_vector(const T* a, const T* v, T* out, int64_t size) {
  const hn::ScalableTag<T> d;
  auto sum = hn::Mul(hn::LoadU(d, a), hn::Set(d, v[0]));
  for (int64_t k = 1; k < size; ++k)
    sum = hn::Add(sum, hn::Mul(hn::LoadU(d, a + k), hn::Set(d, v[k])));
  hn::StoreU(sum, d, out);
}

template <class T>
void windows(const T* a, const T* v, T* out, int64_t count, int64_t size) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  int64_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes)
    four_vectors(a + i, v, out + i, size);
  for (; i + lanes <= count; i += lanes) one_vector(a + i, v, out + i, size);
  for (; i < count; ++i) out[i] = dot(a + i, v, size);
}

void of_floats(const float* a, const float* v, float* out, int64_t count,
               int64_t size) {
  windows(a, v, out, count, size);
}
void of_doubles(const double* a, const double* v, double* out, int64_t count,
                int64_t size) {
  windows(a, v, out, count, size);
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
namespace {

HWY_EXPORT(of_floats);
HWY_EXPORT(of_doubles);

template <class T>
T multiply_add(T sum, T x, T y) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<uint64_t>(sum) +
                          static_cast<uint64_t>(x) * static_cast<uint64_t>(y));
  } else {
    return sum + T(x.real() * y.real() - x.imag() * y.imag(),
                   x.real() * y.imag() + x.imag() * y.real());
  }
}

template <class T>
void plain(const void* a, const void* v, void* out, int64_t count,
           int64_t size) {
  const T *x = static_cast<const T*>(a), *y = static_cast<const T*>(v);
  for (int64_t i = 0; i < count; ++i) {
    T sum{};
    for (int64_t k = 0; k < size; ++k) sum = multiply_add(sum, x[i + k], y[k]);
    static_cast<T*>(out)[i] = sum;
  }
}

}  // namespace

void sliding_dot(DType dtype, const void* a, const void* v, void* out,
                 int64_t count, int64_t size) {
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, float>) HWY_DYNAMIC_DISPATCH(of_floats)
    (static_cast<const T*>(a), static_cast<const T*>(v), static_cast<T*>(out),
     count, size);
    else if constexpr (std::is_same_v<T, double>) HWY_DYNAMIC_DISPATCH(
        of_doubles)(static_cast<const T*>(a), static_cast<const T*>(v),
                    static_cast<T*>(out), count, size);
    else if constexpr (std::is_same_v<T, Bytes> || std::is_same_v<T, bool> ||
                       std::is_same_v<T, Float16> ||
                       std::is_same_v<T, BFloat16>)
        fail<TypeError>(
            "sliding_dot: got dtype {}, expected numbers of 32 bits "
            "or more, or integers",
            name(dtype));
    else plain<T>(a, v, out, count, size);
  });
}

}  // namespace numest::kernels
#endif  // HWY_ONCE
