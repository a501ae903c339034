// Loops of elementwise kernels, compiled once per SIMD level: TileOf<F, N, T>
// applies the functor F to N inputs of type T, append() makes table rows.
// Plain loops that the compiler vectorizes for the level.
#if defined(NUMEST_KERNELS_TILE_LOOP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NUMEST_KERNELS_TILE_LOOP_INL_H_
#undef NUMEST_KERNELS_TILE_LOOP_INL_H_
#else
#define NUMEST_KERNELS_TILE_LOOP_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <string_view>
#include <type_traits>

#include "numest/kernels/half_convert.h"
#include "numest/kernels/tile_rows.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {

template <class F, int N, class T>
auto result_of() {
  if constexpr (N == 1) {
    return F::apply(T());
  } else if constexpr (N == 2) {
    return F::apply(T(), T());
  } else {
    return F::apply(T(), T(), T());
  }
}

template <class F, int N, class T>
struct TileOf {
  using Result = decltype(result_of<F, N, T>());

  // The output may be an input: equal indices only, so there is no dependence
  // between iterations (ivdep).
  static void run(const void* const* in, void* out, int64_t n) {
    const T* x = static_cast<const T*>(in[0]);
    Result* y = static_cast<Result*>(out);
    if constexpr (N == 1) {
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) y[i] = F::apply(x[i]);
    } else if constexpr (N == 2) {
      const T* b = static_cast<const T*>(in[1]);
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) y[i] = F::apply(x[i], b[i]);
    } else {
      const T* b = static_cast<const T*>(in[1]);
      const T* c = static_cast<const T*>(in[2]);
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) y[i] = F::apply(x[i], b[i], c[i]);
    }
  }
};

template <class H>
HWY_NOINLINE void widen(const H* in, float* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = to_float(in[i]);
}
template <class H>
HWY_NOINLINE void narrow(const float* in, H* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) from_float(in[i], out[i]);
}

// Runs a float kernel over 16-bit floats by way of a small buffer.
template <class H, TileFn fn, int N, class R>
void run_half(const void* const* in, void* out, int64_t n) {
  constexpr int64_t kChunk = 512;
  HWY_ALIGN float inputs[size_t{N}][kChunk];
  HWY_ALIGN float results[kChunk];
  const void* pointers[size_t{N}];
  for (int64_t i = 0; i < n; i += kChunk) {
    const int64_t m = std::min(kChunk, n - i);
    for (int k = 0; k < N; ++k) {
      widen(static_cast<const H*>(in[k]) + i, inputs[k], m);
      pointers[k] = inputs[k];
    }
    if constexpr (std::is_same_v<R, float>) {
      fn(pointers, results, m);
      narrow(results, static_cast<H*>(out) + i, m);
    } else {
      fn(pointers, static_cast<R*>(out) + i, m);
    }
  }
}

/// Stores a vector of results; lanes that are not valid are scalar(x, y).
/// `out` may be `x` or `y`.
template <class D, class V, class M, class T, class F>
HWY_INLINE void store_valid(D d, V value, M is_valid, const T* x, const T* y,
                            T* out, F scalar) {
  namespace hn = hwy::HWY_NAMESPACE;
  if (HWY_LIKELY(hn::AllTrue(d, is_valid))) return hn::StoreU(value, d, out);
  HWY_ALIGN T lanes[hn::MaxLanes(d)];
  hn::Store(value, d, lanes);
  uint8_t valid[8] = {};
  hn::StoreMaskBits(d, is_valid, valid);
  const size_t count = hn::Lanes(d);
  for (size_t i = 0; i < count; ++i)
    if (!(valid[i / 8] >> i % 8 & 1)) lanes[i] = scalar(x[i], y[i]);
  std::copy(lanes, lanes + count, out);
}

/// Appends rows of the four float types: 16-bit ones run the tile of float.
template <TileFn kFloat, int N>
void append_floats(TileRows& rows, std::string_view name, TileFn of_double) {
  const auto add = [&](DType dtype, TileFn fn) {
    rows.push_back({name, dtype, {fn, dtype, N}});
  };
  add(DType::kFloat16, &run_half<Float16, kFloat, N, float>);
  add(DType::kBFloat16, &run_half<BFloat16, kFloat, N, float>);
  add(DType::kFloat32, kFloat);
  add(DType::kFloat64, of_double);
}

template <class F, int N, class T>
Tile make_tile() {
  if constexpr (is_half_type<T>) {
    using Float = TileOf<F, N, float>;
    using R = typename Float::Result;
    constexpr DType kOut = std::is_same_v<R, float> ? dtype_of<T> : dtype_of<R>;
    return {&run_half<T, &Float::run, N, R>, kOut, N};
  } else {
    using R = typename TileOf<F, N, T>::Result;
    return {&TileOf<F, N, T>::run, dtype_of<R>, N};
  }
}

/// Appends one row of functor F with N inputs for each type.
template <class F, int N, class... T>
void append(TileRows& rows, std::string_view name, Types<T...>) {
  (rows.push_back({name, dtype_of<T>, make_tile<F, N, T>()}), ...);
}
template <class F, int N, class... Lists>
void append_all(TileRows& rows, std::string_view name) {
  (append<F, N>(rows, name, Lists()), ...);
}

}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // NUMEST_KERNELS_TILE_LOOP_INL_H_
