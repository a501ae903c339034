// Brings arrays into the form (outer, n, inner) of the reductions and scans
// in numest/kernels/reduce.h; large ones run in pieces of `outer`. Many short
// rows are joined by elementwise tiles: a call for each would cost more. What
// is transposed is reduced as it lies in memory, in NumPy's manner: of floats
// the last place of a sum may differ from that of a copy.
#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "numest/array/strided_copy.h"
#include "numest/base/thread_pool.h"
#include "numest/kernels/elementwise.h"
#include "numest/kernels/reduce.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

constexpr int64_t kGrain = 1 << 16;  // elements per piece of a parallel loop

struct ReduceLoop {
  Array x;  // contiguous
  int64_t outer = 1, n = 1, inner = 1;
  int64_t in_bytes() const { return n * inner * x.itemsize(); }  // by `outer`
};

// The elementwise op that joins two results; empty for other reductions.
std::string_view joining_op(std::string_view reduction) {
  if (reduction == "sum") return "add";
  if (reduction == "prod") return "multiply";
  if (reduction == "max") return "maximum";
  return reduction == "min" ? "minimum" : "";
}

bool is_wide_float(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat64;
}

/// Reduces rows of a few elements: all first ones, then all second ones. Adds
/// in the order of the kernel.
class ShortRows {
 public:
  ShortRows(std::string_view name, const ReduceLoop& loop, DType dtype)
      : n_(loop.n), inner_(loop.inner), item_(itemsize(dtype)) {
    constexpr int64_t kMaxLength = 12, kMaxSize = 48, kMinRows = 64;
    const std::string_view op = joining_op(name);
    if (op.empty() || !is_wide_float(dtype) || n_ < 2 || n_ > kMaxLength ||
        n_ * inner_ > kMaxSize || loop.outer < kMinRows)
      return;
    join_ = kernels::find_tile(op, dtype)->fn;
    starts_at_zero_ = name == "sum";  // of negative zeros it is a positive one
  }
  bool is_used() const { return join_ != nullptr; }

  void run(const std::byte* x, std::byte* out, int64_t rows) const {
    const int64_t step = std::max<int64_t>(1, kTile / inner_);
    for (int64_t done = 0; done < rows; done += step)
      run_tile(x + done * n_ * inner_ * item_, out + done * inner_ * item_,
               std::min(step, rows - done));
  }

 private:
  static constexpr int64_t kTile = 1024;

  void run_tile(const std::byte* x, std::byte* out, int64_t rows) const {
    alignas(64) std::byte next[size_t(kTile + 48) * sizeof(double)];
    const int64_t count = rows * inner_;
    const void* const both[] = {out, next};
    copy(x, rows, out);
    if (starts_at_zero_) {
      std::memset(next, 0, size_t(count * item_));
      join_(both, out, count);
    }
    for (int64_t k = 1; k < n_; ++k) {
      copy(x + k * inner_ * item_, rows, next);
      join_(both, out, count);
    }
  }
  void copy(const std::byte* from, int64_t rows, std::byte* to) const {
    if (inner_ == 1)
      copy_strided(from, Shape{rows}, Shape{n_ * item_}, item_, 0, rows, to);
    else
      copy_strided(from, Shape{rows, inner_}, Shape{n_ * inner_ * item_, item_},
                   item_, 0, rows * inner_, to);
  }

  int64_t n_, inner_, item_;
  kernels::TileFn join_ = nullptr;
  bool starts_at_zero_ = false;
};

bool is_one_run(const std::vector<int>& axes) {
  for (size_t i = 1; i < axes.size(); ++i)
    if (axes[i] != axes[i - 1] + 1) return false;
  return true;
}

// Axes that lie apart move to the end, in a copy.
Array reduced_axes_last(const Array& x, const std::vector<int>& axes) {
  std::vector<int> order;
  for (int i = 0; i < x.ndim(); ++i)
    if (std::find(axes.begin(), axes.end(), i) == axes.end())
      order.push_back(i);
  order.insert(order.end(), axes.begin(), axes.end());
  return x.transpose(order);
}

ReduceLoop make_loop(const Array& x, std::vector<int> axes) {
  ReduceLoop loop;
  Array moved = x;
  if (!is_one_run(axes)) {
    moved = reduced_axes_last(x, axes);
    const int first = x.ndim() - int(axes.size());
    for (size_t i = 0; i < axes.size(); ++i) axes[i] = first + int(i);
  }
  loop.x = moved.contiguous();
  const Shape& shape = loop.x.shape();
  const int begin = axes.empty() ? shape.ndim() : axes.front();
  const int end = axes.empty() ? shape.ndim() : axes.back() + 1;
  for (int i = 0; i < begin; ++i) loop.outer *= shape[i];
  for (int i = begin; i < end; ++i) loop.n *= shape[i];
  for (int i = end; i < shape.ndim(); ++i) loop.inner *= shape[i];
  return loop;
}

// The kernel whose result has the output's dtype; casts `x` if none does. Of
// narrow integers the result is wider: modulo their range it is the same.
kernels::Reduce find_kernel(const KernelContext& c, Array& x) {
  auto found = kernels::find_reduce(c.op.name, x.dtype());
  if (!found || found->out != c.out().dtype()) {
    x = x.astype(c.out().dtype());
    found = kernels::find_reduce(c.op.name, x.dtype());
  }
  NUMEST_USER_CHECK(found, TypeError,
                    "{}: is not defined for dtype {}; use astype first",
                    c.op.name, name(c.in(0).dtype()));
  return *found;
}

// The output, or memory of its shape for a result that is wider.
Array result_memory(const KernelContext& c, DType dtype) {
  return dtype == c.out().dtype() ? c.out() : Array(dtype, c.out().shape());
}

void store_result(const KernelContext& c, const Array& result) {
  if (result.dtype() != c.out().dtype())
    c.out().assign(result.astype(c.out().dtype()));
}

// `in_bytes`, `out_bytes`: of one step of `outer`.
void run_loop(kernels::ReduceFn fn, const ShortRows& short_rows,
              const std::byte* x, int64_t in_bytes, std::byte* out,
              int64_t out_bytes, const ReduceLoop& loop) {
  auto run = [&](int64_t begin, int64_t end) {
    if (short_rows.is_used())
      return short_rows.run(x + begin * in_bytes, out + begin * out_bytes,
                            end - begin);
    fn(x + begin * in_bytes, out + begin * out_bytes, end - begin, loop.n,
       loop.inner);
  };
  const int64_t step = loop.n * loop.inner;
  if (loop.outer <= 1 || loop.outer * step <= kGrain) return run(0, loop.outer);
  const int64_t rows =
      std::max<int64_t>(1, kGrain / std::max<int64_t>(1, step));
  parallel_for(loop.outer, rows, run);
}

std::vector<int> reduced_axes(const KernelContext& c) {
  return c.attrs.axes("axis", c.in(0).ndim(), std::string(c.op.name).c_str());
}

// Reads the input where it lies.
class BoundReduce : public BoundKernel {
 public:
  BoundReduce(kernels::ReduceFn fn, const ShortRows& short_rows,
              const ReduceLoop& loop, const Array& out)
      : fn_(fn),
        short_rows_(short_rows),
        loop_(loop),
        in_bytes_(loop.in_bytes()),
        out_bytes_(loop.inner * out.itemsize()) {
    loop_.x = Array();  // only the extents are kept
  }
  void run(const KernelContext& c) override {
    run_loop(fn_, short_rows_, c.in(0).raw(), in_bytes_, c.out().raw(),
             out_bytes_, loop_);
  }

 private:
  kernels::ReduceFn fn_;
  ShortRows short_rows_;
  ReduceLoop loop_;
  int64_t in_bytes_, out_bytes_;
};

}  // namespace

namespace {

// Reduces `axes`, one run, into `out`.
void reduce_run(const KernelContext& c, kernels::ReduceFn fn, const Array& x,
                const std::vector<int>& axes, const Array& out) {
  const ReduceLoop loop = make_loop(x, axes);
  const bool is_same = x.dtype() == out.dtype();
  const ShortRows short_rows(is_same ? c.op.name : "", loop, x.dtype());
  run_loop(fn, short_rows, loop.x.raw(), loop.in_bytes(), out.raw(),
           loop.inner * out.itemsize(), loop);
}

// The first axes of `axes` that lie side by side.
std::vector<int> first_run(const std::vector<int>& axes) {
  size_t end = 1;
  while (end < axes.size() && axes[end] == axes[end - 1] + 1) ++end;
  return {axes.begin(), axes.begin() + int64_t(end)};
}

// Axes that lie apart: run by run, as sums of sums. No element is moved.
void reduce_runs(const KernelContext& c, kernels::ReduceFn fn, Array x,
                 std::vector<int> axes, const Array& out) {
  while (!is_one_run(axes)) {
    const std::vector<int> run = first_run(axes);
    Shape shape = x.shape();
    for (int axis : run) shape[axis] = 1;
    const Array sums(x.dtype(), shape);
    reduce_run(c, fn, x, run, sums);
    x = sums;
    axes.erase(axes.begin(), axes.begin() + int64_t(run.size()));
  }
  reduce_run(c, fn, x, axes, out);
}

void reduce_axes(const KernelContext& c, const kernels::Reduce& found,
                 const Array& x, const std::vector<int>& axes,
                 const Array& out) {
  if (!is_one_run(axes) && is_wide_float(x.dtype()) && x.dtype() == found.out &&
      !joining_op(c.op.name).empty())
    return reduce_runs(c, found.fn, x.contiguous(), axes, out);
  reduce_run(c, found.fn, x, axes, out);
}

// Axes by falling strides.
std::vector<int> memory_order(const Array& x) {
  std::vector<int> order(size_t(x.ndim()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return x.strides()[a] > x.strides()[b];
  });
  return order;
}

// A transposed array that lies in memory without gaps. Places of extremes of
// several axes count elements in the array's own order.
bool is_transposed(const KernelContext& c, const Array& x,
                   const std::vector<int>& order,
                   const std::vector<int>& axes) {
  const bool has_place = c.op.name == "argmax" || c.op.name == "argmin";
  return !(has_place && axes.size() != 1) && x.transpose(order).is_contiguous();
}

// Reduces the axes as they lie in memory, and puts those that stay in order.
void reduce_transposed(const KernelContext& c, const std::vector<int>& order,
                       const std::vector<int>& axes) {
  Array moved = c.in(0).transpose(order);
  const kernels::Reduce found = find_kernel(c, moved);
  std::vector<int> moved_axes, back(order.size());
  Shape shape = moved.shape();
  for (int i = 0; i < moved.ndim(); ++i) {
    back[size_t(order[size_t(i)])] = i;
    if (std::find(axes.begin(), axes.end(), order[size_t(i)]) == axes.end())
      continue;
    moved_axes.push_back(i);
    shape[i] = 1;
  }
  const Array result(found.out, shape);
  reduce_axes(c, found, moved, moved_axes, result);
  c.out().assign(
      result.transpose(back).reshape(c.out().shape()).astype(c.out().dtype()));
}

}  // namespace

void run_reduce(const KernelContext& c) {
  Array x = c.in(0);
  const std::vector<int> axes = reduced_axes(c);
  if (!x.is_contiguous()) {
    const std::vector<int> order = memory_order(x);
    if (is_transposed(c, x, order, axes))
      return reduce_transposed(c, order, axes);
  }
  const kernels::Reduce found = find_kernel(c, x);
  const Array out = result_memory(c, found.out);
  reduce_axes(c, found, x, axes, out);
  store_result(c, out);
}

std::unique_ptr<BoundKernel> bind_reduce(const KernelContext& c) {
  const Array& x = c.in(0);
  const auto found = kernels::find_reduce(c.op.name, x.dtype());
  const std::vector<int> axes = reduced_axes(c);
  if (!found || found->out != c.out().dtype() || !x.is_contiguous() ||
      !is_one_run(axes))
    return nullptr;
  const ReduceLoop loop = make_loop(x, axes);
  const ShortRows short_rows(c.op.name, loop, x.dtype());
  return std::make_unique<BoundReduce>(found->fn, short_rows, loop, c.out());
}

void scan_kernel(const KernelContext& c) {
  Array x = c.in(0).reshape(c.out().shape());  // flat if there is no axis
  const kernels::Reduce found = find_kernel(c, x);
  const int64_t axis = c.attrs.is_none("axis") ? 0 : c.attrs.integer("axis");
  const ReduceLoop loop = make_loop(
      x, {normalize_axis(axis, x.ndim(), std::string(c.op.name).c_str())});
  const Array out = result_memory(c, found.out);
  const ShortRows none("", loop, x.dtype());
  run_loop(found.fn, none, loop.x.raw(), loop.in_bytes(), out.raw(),
           loop.n * loop.inner * out.itemsize(), loop);
  store_result(c, out);
}

}  // namespace numest
