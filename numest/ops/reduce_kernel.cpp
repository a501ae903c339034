// Brings arrays into the form (outer, n, inner) of the reductions and scans
// in numest/kernels/reduce.h; large ones run in pieces of `outer`.
#include <algorithm>
#include <string>
#include <vector>

#include "numest/base/thread_pool.h"
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
void run_loop(kernels::ReduceFn fn, const std::byte* x, int64_t in_bytes,
              std::byte* out, int64_t out_bytes, const ReduceLoop& loop) {
  auto run = [&](int64_t begin, int64_t end) {
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
  BoundReduce(kernels::ReduceFn fn, const ReduceLoop& loop, const Array& out)
      : fn_(fn),
        loop_(loop),
        in_bytes_(loop.in_bytes()),
        out_bytes_(loop.inner * out.itemsize()) {
    loop_.x = Array();  // only the extents are kept
  }
  void run(const KernelContext& c) override {
    run_loop(fn_, c.in(0).raw(), in_bytes_, c.out().raw(), out_bytes_, loop_);
  }

 private:
  kernels::ReduceFn fn_;
  ReduceLoop loop_;
  int64_t in_bytes_, out_bytes_;
};

}  // namespace

void run_reduce(const KernelContext& c) {
  Array x = c.in(0);
  const kernels::Reduce found = find_kernel(c, x);
  const ReduceLoop loop = make_loop(x, reduced_axes(c));
  const Array out = result_memory(c, found.out);
  run_loop(found.fn, loop.x.raw(), loop.in_bytes(), out.raw(),
           loop.inner * out.itemsize(), loop);
  store_result(c, out);
}

std::unique_ptr<BoundKernel> bind_reduce(const KernelContext& c) {
  const Array& x = c.in(0);
  const auto found = kernels::find_reduce(c.op.name, x.dtype());
  const std::vector<int> axes = reduced_axes(c);
  if (!found || found->out != c.out().dtype() || !x.is_contiguous() ||
      !is_one_run(axes))
    return nullptr;
  return std::make_unique<BoundReduce>(found->fn, make_loop(x, axes), c.out());
}

void scan_kernel(const KernelContext& c) {
  Array x = c.in(0).reshape(c.out().shape());  // flat if there is no axis
  const kernels::Reduce found = find_kernel(c, x);
  const int64_t axis = c.attrs.is_none("axis") ? 0 : c.attrs.integer("axis");
  const ReduceLoop loop = make_loop(
      x, {normalize_axis(axis, x.ndim(), std::string(c.op.name).c_str())});
  const Array out = result_memory(c, found.out);
  run_loop(found.fn, loop.x.raw(), loop.in_bytes(), out.raw(),
           loop.n * loop.inner * out.itemsize(), loop);
  store_result(c, out);
}

}  // namespace numest
