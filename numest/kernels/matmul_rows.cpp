// float32 products of up to kFewRows rows: each weight is read once, straight
// from where it lies. A packed product would copy it first, which costs more
// than all arithmetic.
#include <algorithm>
#include <vector>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/matmul_rows.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include <hwy/highway.h>

#include "numest/base/thread_pool.h"
#include "numest/kernels/matmul_rows.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// Memory beyond the first `count` lanes is not touched.
HWY_INLINE V load_first(D d, const float* p, size_t count) {
#if HWY_TARGET <= HWY_AVX2
  return hn::MaskedLoad(hn::FirstN(d, count), d, p);
#else
  HWY_ALIGN float lanes[hn::MaxLanes(D())] = {};
  std::copy(p, p + count, lanes);
  return hn::Load(d, lanes);
#endif
}

HWY_INLINE void store_first(V v, D d, float* p, size_t count) {
#if HWY_TARGET <= HWY_AVX2
  hn::BlendedStore(v, hn::FirstN(d, count), d, p);
#else
  HWY_ALIGN float lanes[hn::MaxLanes(D())];
  hn::Store(v, d, lanes);
  std::copy(lanes, lanes + count, p);
#endif
}

constexpr size_t kSums = 8;  // independent sums: the latency of two adders

// Where a panel stands: its first column, and the part of k that it adds up.
struct Panel {
  int64_t column, begin, end;
  int64_t last;  // columns of its last vector
  bool is_all;   // the part is all of k: bias and activation follow
};

/// Columns of `kVectors` vectors. Steps of k go to `kSteps` sums in turn.
template <size_t kRows, size_t kVectors>
class PanelLoop {
  static constexpr size_t kSteps =
      std::max<size_t>(1, kSums / (kRows * kVectors));

 public:
  PanelLoop(const FewRows& product, const Panel& panel)
      : p_(product), panel_(panel) {
    for (size_t r = 0; r < kRows; ++r)
      for (size_t v = 0; v < kVectors; ++v)
        for (size_t s = 0; s < kSteps; ++s) sums_[r][v][s] = hn::Zero(d_);
  }

  template <bool kWhole>
  void run(float* out) {
    int64_t i = panel_.begin;
    for (; i + int64_t(kSteps) <= panel_.end; i += int64_t(kSteps))
      for (size_t s = 0; s < kSteps; ++s) add<kWhole>(i + int64_t(s), s);
    for (; i < panel_.end; ++i) add<kWhole>(i, 0);
    for (size_t r = 0; r < kRows; ++r)
      for (size_t v = 0; v < kVectors; ++v)
        store<kWhole>(r, v, out + int64_t(r) * p_.n + panel_.column);
  }

 private:
  template <bool kWhole>
  HWY_INLINE void add(int64_t i, size_t s) {
    const float* row = p_.b + i * p_.n + panel_.column;
    V b[kVectors];
    for (size_t v = 0; v < kVectors; ++v) {
      const float* at = row + v * hn::Lanes(d_);
      b[v] = kWhole || v + 1 < kVectors
                 ? hn::LoadU(d_, at)
                 : load_first(d_, at, size_t(panel_.last));
    }
    for (size_t r = 0; r < kRows; ++r) {
      const V a =
          hn::Set(d_, p_.a.data[int64_t(r) * p_.a.row + i * p_.a.column]);
      for (size_t v = 0; v < kVectors; ++v)
        sums_[r][v][s] = hn::MulAdd(a, b[v], sums_[r][v][s]);
    }
  }

  template <bool kWhole>
  void store(size_t r, size_t v, float* out) const {
    V sum = sums_[r][v][0];
    for (size_t s = 1; s < kSteps; ++s) sum = hn::Add(sum, sums_[r][v][s]);
    if (panel_.is_all) sum = finished<kWhole>(sum, v);
    float* at = out + v * hn::Lanes(d_);
    if (kWhole || v + 1 < kVectors)
      hn::StoreU(sum, d_, at);
    else
      store_first(sum, d_, at, size_t(panel_.last));
  }

  // activation(sum + bias); NaN stays.
  template <bool kWhole>
  V finished(V sum, size_t v) const {
    if (p_.bias) {
      const float* at = p_.bias + panel_.column + v * hn::Lanes(d_);
      sum = hn::Add(sum, kWhole || v + 1 < kVectors
                             ? hn::LoadU(d_, at)
                             : load_first(d_, at, size_t(panel_.last)));
    }
    const V zero = hn::Zero(d_);
    return p_.is_relu ? hn::IfThenElse(hn::Le(sum, zero), zero, sum) : sum;
  }

  const D d_{};
  const FewRows& p_;
  const Panel& panel_;
  V sums_[kRows][kVectors][kSteps];
};

template <size_t kRows, size_t kVectors>
void run_panel(const FewRows& p, const Panel& panel, float* out) {
  PanelLoop<kRows, kVectors> loop(p, panel);
  if (panel.last == int64_t(hn::Lanes(D())))
    loop.template run<true>(out);
  else
    loop.template run<false>(out);
}

// The widest panel whose sums fit the registers.
template <size_t kRows>
constexpr int64_t widest() {
  return kRows == 1 ? 8 : HWY_TARGET <= HWY_AVX3 ? 4 : 2;
}

template <size_t kRows>
void run_columns(const FewRows& p, int64_t begin, int64_t end, float* out) {
  const int64_t lanes = int64_t(hn::Lanes(D()));
  for (int64_t j = 0; j < p.n;) {
    const int64_t vectors = (p.n - j + lanes - 1) / lanes;
    const int64_t width = vectors >= widest<kRows>() ? widest<kRows>()
                          : vectors >= 4             ? 4
                          : vectors >= 2             ? 2
                                                     : 1;
    const Panel panel = {j, begin, end,
                         std::min(lanes, p.n - j - (width - 1) * lanes),
                         p.num_parts() == 1};
    if constexpr (widest<kRows>() >= 8)
      if (width == 8) run_panel<kRows, 8>(p, panel, out);
    if constexpr (widest<kRows>() >= 4)
      if (width == 4) run_panel<kRows, 4>(p, panel, out);
    if (width == 2) run_panel<kRows, 2>(p, panel, out);
    if (width == 1) run_panel<kRows, 1>(p, panel, out);
    j += width * lanes;
  }
}

void run_depth(const FewRows& p, int64_t begin, int64_t end, float* out) {
  static_assert(kFewRows == 4);
  if (p.m == 1) return run_columns<1>(p, begin, end, out);
  if (p.m == 2) return run_columns<2>(p, begin, end, out);
  if (p.m == 3) return run_columns<3>(p, begin, end, out);
  run_columns<4>(p, begin, end, out);
}

// c = activation(sum of `parts` + bias).
void finish(const FewRows& p, const float* parts, int64_t num_parts) {
  const int64_t size = p.m * p.n;
  for (int64_t r = 0; r < p.m; ++r) {
    const float* row = parts + r * p.n;
    for (int64_t j = 0; j < p.n; ++j) {
      float sum = row[j];
      for (int64_t q = 1; q < num_parts; ++q) sum += row[q * size + j];
      if (p.bias) sum += p.bias[j];
      p.c[r * p.n + j] = p.is_relu && sum <= 0 ? 0 : sum;
    }
  }
}

}  // namespace

void multiply(const FewRows& p) {
  const int64_t num_parts = p.num_parts();
  if (num_parts == 1) return run_depth(p, 0, p.k, p.c);
  const int64_t size = p.m * p.n, depth = (p.k + num_parts - 1) / num_parts;
  std::vector<float> parts(size_t(num_parts * size));
  parallel_for(p.k, depth, [&](int64_t begin, int64_t end) {
    run_depth(p, begin, end, parts.data() + begin / depth * size);
  });
  finish(p, parts.data(), (p.k + depth - 1) / depth);
}

}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(multiply);
void matmul_few_rows(const FewRows& product) {
  HWY_DYNAMIC_DISPATCH(multiply)(product);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
