// The bins of histograms. Numbers are the last axis, edges are; leading axes
// are a batch, so that vmap is the same call.
#include <algorithm>
#include <array>
#include <mutex>

#include "numest/base/thread_pool.h"
#include "numest/kernels/elementwise.h"
#include "numest/kernels/histogram.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kBins[] = {{"a"}, {"edges"}};
constexpr ParamDef kSums[] = {{"a"}, {"edges"}, {"weights"}};

constexpr int64_t kBlock = 4096;  // numbers that are cast at a time
constexpr int64_t kPiece = 1 << 16;

void check_bins(const TypeContext& c) {
  const Shape &a = c.in(0).shape, &edges = c.in(1).shape;
  bool fits = a.ndim() >= 1 && a.ndim() == edges.ndim();
  for (int i = 0; fits && i + 1 < a.ndim(); ++i)
    fits = a[i] == edges[i] || is_symbol(a[i]) || is_symbol(edges[i]);
  NUMEST_USER_CHECK(fits, ValueError,
                    "{}: got a of shape {} and edges of shape {}, expected "
                    "(..., n) and (..., k)",
                    c.op.name, a.to_string(), edges.to_string());
  const DType dtype = promote(c.in(0).dtype, c.in(1).dtype);
  NUMEST_USER_CHECK(!is_complex(dtype) && dtype != DType::kBytes, TypeError,
                    "{}: got dtypes {} and {}, expected real numbers",
                    c.op.name, name(c.in(0).dtype), name(c.in(1).dtype));
}

Types find_bins_type(const TypeContext& c) {
  check_bins(c);
  return TensorSpec{DType::kInt64, c.in(0).shape};
}

Shape counts_shape(const TypeContext& c) {
  check_bins(c);
  Shape shape = c.in(1).shape;
  int64_t& last = shape[shape.ndim() - 1];
  last = is_symbol(last) ? fresh_extent() : std::max<int64_t>(last - 1, 0);
  return shape;
}

Types count_bins_type(const TypeContext& c) {
  return TensorSpec{DType::kInt64, counts_shape(c)};
}

Types sum_bins_type(const TypeContext& c) {
  const TensorSpec& weights = c.in(2);
  bool fits = weights.shape.ndim() == c.in(0).shape.ndim();
  for (int i = 0; fits && i < weights.shape.ndim(); ++i) {
    const int64_t w = weights.shape[i], e = c.in(0).shape[i];
    fits = w == e || is_symbol(w) || is_symbol(e);
  }
  NUMEST_USER_CHECK(fits, ValueError,
                    "sum_bins: got weights of shape {}, expected that of a, {}",
                    weights.shape.to_string(), c.in(0).shape.to_string());
  return TensorSpec{weights.dtype, counts_shape(c)};
}

// f of a number of the type in which numbers of a dtype are compared.
template <class F>
void visit_compared(DType dtype, F&& f) {
  if (dtype == DType::kFloat64) return f(double{});
  if (dtype == DType::kUInt64) return f(uint64_t{});
  if (is_float(dtype)) return f(float{});
  f(int64_t{});
}

// Rows of an array, read as T in blocks.
template <class T>
class Rows {
 public:
  explicit Rows(const Array& a)
      : array_(a.contiguous()),
        extent_(a.shape().back()),
        cast_(a.dtype() == dtype_of<T>
                  ? nullptr
                  : kernels::cast_tile(a.dtype(), dtype_of<T>)) {}

  // f(numbers, how many, position of the first) over [begin, end) of a row.
  template <class F>
  void for_each_block(int64_t row, int64_t begin, int64_t end, F&& f) const {
    std::array<T, kBlock> memory;
    for (int64_t i = begin; i < end; i += kBlock) {
      const int64_t n = std::min(kBlock, end - i);
      const void* const from =
          array_.raw() + (row * extent_ + i) * array_.itemsize();
      if (cast_) cast_(&from, memory.data(), n);
      f(cast_ ? memory.data() : static_cast<const T*>(from), n, i);
    }
  }

 private:
  Array array_;
  int64_t extent_;
  kernels::TileFn cast_;
};

// f(rows of a, bins, row) for each row that has bins.
template <class F>
void for_each_row(const KernelContext& c, F&& f) {
  const int64_t num_edges = c.in(1).shape().back();
  const DType dtype = promote(c.in(0).dtype(), c.in(1).dtype());
  visit_compared(dtype, [&]<class T>(T) {
    const Rows<T> rows(c.in(0));
    const Array edges = c.in(1).astype(dtype_of<T>).contiguous();
    const int64_t count = edges.size() / num_edges;
    for (int64_t row = 0; row < count; ++row)
      f(rows,
        kernels::Bins<T>(edges.data<T>() + row * num_edges, num_edges - 1),
        row);
  });
}

bool has_bins(const KernelContext& c) { return c.in(1).shape().back() > 1; }

void find_bins_kernel(const KernelContext& c) {
  const int64_t n = c.in(0).shape().back();
  int64_t* const out = c.out().data<int64_t>();
  if (!has_bins(c)) return void(std::fill_n(out, c.out().size(), 0));
  for_each_row(c, [&](const auto& rows, const auto& bins, int64_t row) {
    parallel_for(n, kPiece, [&](int64_t begin, int64_t end) {
      rows.for_each_block(row, begin, end,
                          [&](const auto* x, int64_t m, int64_t at) {
                            bins.find(x, m, out + row * n + at);
                          });
    });
  });
}

// Pieces count for themselves: sums of whole numbers are the same in any order.
void count_bins_kernel(const KernelContext& c) {
  const int64_t n = c.in(0).shape().back();
  int64_t* const out = c.out().data<int64_t>();
  std::fill_n(out, c.out().size(), 0);
  if (!has_bins(c)) return;
  std::mutex mutex;
  for_each_row(c, [&](const auto& rows, const auto& bins, int64_t row) {
    const int64_t piece = std::max(kPiece, 8 * bins.count());
    parallel_for(n, piece, [&](int64_t begin, int64_t end) {
      std::vector<int64_t> counts(size_t(bins.count()));
      rows.for_each_block(row, begin, end,
                          [&](const auto* x, int64_t m, int64_t) {
                            bins.add(x, m, counts.data());
                          });
      const std::lock_guard lock(mutex);
      for (int64_t i = 0; i < bins.count(); ++i)
        out[row * bins.count() + i] += counts[size_t(i)];
    });
  });
}

// f of a number of a dtype in which weights are added up.
template <class F>
void visit_sums(DType dtype, F&& f) {
  if (dtype == DType::kFloat64) return f(double{});
  if (dtype == DType::kComplex128) return f(Complex128{});
  if (dtype == DType::kInt64) return f(int64_t{});
  if (dtype == DType::kUInt64) return f(uint64_t{});
  fail<TypeError>("sum_bins: got weights of dtype {}, expected 64 bits",
                  name(dtype));
}

// In the order of the numbers.
void sum_bins_kernel(const KernelContext& c) {
  const int64_t n = c.in(0).shape().back();
  const Array weights = c.in(2).contiguous();
  visit_sums(weights.dtype(), [&]<class W>(W) {
    W* const out = c.out().data<W>();
    std::fill_n(out, c.out().size(), W(0));
    if (!has_bins(c)) return;
    for_each_row(c, [&](const auto& rows, const auto& bins, int64_t row) {
      const W* const w = weights.data<W>() + row * n;
      W* const sums = out + row * bins.count();
      std::array<int64_t, kBlock> found;
      rows.for_each_block(row, 0, n, [&](const auto* x, int64_t m, int64_t at) {
        bins.find(x, m, found.data());
        for (int64_t i = 0; i < m; ++i)
          if (const int64_t bin = found[size_t(i)]; bin < bins.count())
            sums[bin] += w[at + i];
      });
    });
  });
}

// Those outside take the 0 that stands behind the bins.
Tensors sum_bins_vjp(const VjpContext& c) {
  const int64_t axis = c.in(0).ndim() - 1;
  const Tensor& g = c.cotangent();
  const Tensor none = emit("sum", {emit("zeros_like", {g})},
                           {{"axis", axis}, {"keepdims", true}});
  const Tensor padded = emit("concatenate", {g, none}, {{"axis", axis}});
  const Tensor bins = emit("find_bins", {c.in(0), c.in(1)});
  return {Tensor(), Tensor(),
          emit("take", {padded, bins}, {{"axis", axis}, {"batch_dims", axis}})};
}

Tensors bins_vmap(const VmapContext& c) {
  return call(c.op, batched_inputs(c), c.attrs);
}

constexpr OpDef kOps[] = {
    {.name = "find_bins",
     .doc = "Number of the bin between ascending edges; as many, outside.",
     .params = kBins,
     .type = find_bins_type,
     .kernel = find_bins_kernel,
     .vjp = kNoGradient,
     .vmap = bins_vmap,
     .samples = {.shapes = "2,7;2,2", .dtypes = kReals}},
    {.name = "count_bins",
     .doc = "How many numbers lie in each bin between ascending edges.",
     .params = kBins,
     .type = count_bins_type,
     .kernel = count_bins_kernel,
     .vjp = kNoGradient,
     .vmap = bins_vmap,
     .samples = {.shapes = "2,7;2,2", .dtypes = kReals},
     .flops = flops_by_input},
    {.name = "sum_bins",
     .doc = "Sums of the weights of numbers in each bin between edges.",
     .params = kSums,
     .type = sum_bins_type,
     .kernel = sum_bins_kernel,
     .vjp = sum_bins_vjp,
     .vmap = bins_vmap,
     .samples = {.shapes = "2,7;2,2;2,7",
                 .dtypes = "float64,float64,float64 float32,float32,int64 "
                           "int64,float64,complex128"},
     .flops = flops_by_input},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> histogram_ops() { return kOps; }

}  // namespace numest
