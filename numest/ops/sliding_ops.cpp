// Products of a vector with each window of another one: what convolve and
// correlate are made of.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/sliding.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;
using Ints = std::vector<int64_t>;

constexpr ParamDef kAV[] = {
    {"a"}, {"v"}, {"before", Kind::kInt, "0"}, {"after", Kind::kInt, "0"}};

Shape without_last(Shape shape) {
  shape.erase(shape.ndim() - 1);
  return shape;
}

Types sliding_type(const TypeContext& c) {
  const Shape &a = c.in(0).shape, &v = c.in(1).shape;
  NUMEST_USER_CHECK(a.ndim() >= 1 && v.ndim() >= 1, ValueError,
                    "sliding_dot: got shapes {} and {}, expected vectors",
                    a.to_string(), v.to_string());
  NUMEST_USER_CHECK(v.ndim() == 1 || without_last(v) == without_last(a),
                    ValueError,
                    "sliding_dot: got v of shape {}, expected one axis or the "
                    "leading axes of a, which has shape {}",
                    v.to_string(), a.to_string());
  const int64_t n = a.back(), size = v.back();
  Shape shape = a;
  if (is_symbol(n) || is_symbol(size)) {
    shape[shape.ndim() - 1] = size == 1 ? n : fresh_extent();
    return TensorSpec{c.in(0).dtype, shape};
  }
  const int64_t whole =
      n + c.attrs.integer("before") + c.attrs.integer("after");
  NUMEST_USER_CHECK(size >= 1 && size <= whole, ValueError,
                    "sliding_dot: got v of {} elements for rows of {}, "
                    "expected 1 to as many",
                    size, whole);
  shape[shape.ndim() - 1] = whole - size + 1;
  return TensorSpec{c.in(0).dtype, shape};
}

bool is_finite(DType dtype, const std::byte* v, int64_t size) {
  if (!is_inexact(dtype)) return true;
  const Array row(dtype, Shape{size}, Shape{itemsize(dtype)},
                  const_cast<std::byte*>(v), nullptr);
  const auto values = row.astype(DType::kComplex128).to_vector<Complex128>();
  return std::all_of(values.begin(), values.end(), [](const Complex128& x) {
    return std::isfinite(x.real()) && std::isfinite(x.imag());
  });
}

/// Windows of one row, with zeros around it that are in no product: infinity
/// times such a zero would be NaN.
class Sliding {
 public:
  explicit Sliding(const KernelContext& c)
      : dtype_(c.in(0).dtype()),
        item_(itemsize(dtype_)),
        n_(c.in(0).shape().back()),
        size_(c.in(1).shape().back()),
        before_(c.attrs.integer("before")),
        after_(c.attrs.integer("after")),
        count_(c.out().shape().back()) {}

  void run(const std::byte* a, const std::byte* v, std::byte* out) const {
    if (before_ == 0 && after_ == 0)
      return kernels::sliding_dot(dtype_, a, v, out, count_, size_);
    if (!is_finite(dtype_, v, size_)) return run_parts(a, v, out);
    thread_local std::vector<std::byte> row;
    row.assign(size_t((n_ + before_ + after_) * item_), std::byte{0});
    std::memcpy(row.data() + before_ * item_, a, size_t(n_ * item_));
    kernels::sliding_dot(dtype_, row.data(), v, out, count_, size_);
  }

 private:
  void run_parts(const std::byte* a, const std::byte* v, std::byte* out) const {
    for (int64_t i = 0; i < count_; ++i) {
      const int64_t first = std::max<int64_t>(before_ - i, 0);
      const int64_t last = std::min(size_, n_ + before_ - i);
      if (first >= last) {
        std::memset(out + i * item_, 0, size_t(item_));
        continue;
      }
      kernels::sliding_dot(dtype_, a + (i + first - before_) * item_,
                           v + first * item_, out + i * item_, 1, last - first);
    }
  }

  DType dtype_;
  int64_t item_, n_, size_, before_, after_, count_;
};

void sliding_kernel(const KernelContext& c) {
  const Array a = c.in(0).contiguous(), v = c.in(1).contiguous();
  const int64_t n = a.shape().back(), size = v.shape().back();
  const int64_t count = c.out().shape().back(), item = a.itemsize();
  if (c.out().size() == 0) return;
  const int64_t step = v.ndim() == 1 ? 0 : size * item;
  constexpr int64_t kGrain = 1 << 17;  // products of a piece of parallel work
  const int64_t rows = std::max<int64_t>(1, kGrain / (count * size));
  const Sliding sliding(c);
  parallel_for(c.out().size() / count, rows, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r)
      sliding.run(a.raw() + r * n * item, v.raw() + r * step,
                  c.out().raw() + r * count * item);
  });
}

Tensor reversed(const Tensor& t) {
  const size_t ndim = size_t(t.ndim());
  Ints starts(ndim, 0), stops(ndim, INT64_MAX), steps(ndim, 1);
  starts.back() = INT64_MAX;
  stops.back() = INT64_MIN;
  steps.back() = -1;
  return emit("slice", {t},
              {{"starts", starts}, {"stops", stops}, {"steps", steps}});
}

// Sums the leading axes that `like` lacks.
Tensor summed_like(const Tensor& t, const Tensor& like) {
  Ints axes;
  for (int i = 0; i < t.ndim() - like.ndim(); ++i) axes.push_back(i);
  return axes.empty() ? t : emit("sum", {t}, {{"axis", axes}});
}

Attrs around(int64_t before, int64_t after) {
  return {{"before", before}, {"after", after}};
}

// Each element of `a` is met by all of v, so its cotangent is a sum over the
// windows around it, of v in the other order.
Tensors sliding_vjp(const VjpContext& c) {
  const Tensor &a = c.in(0), &v = c.in(1), &g = c.cotangent();
  const int64_t rest = v.shape().back() - 1;
  const int64_t before = rest - c.attrs.integer("before");
  const int64_t after = rest - c.attrs.integer("after");
  NUMEST_USER_CHECK(before >= 0 && after >= 0, NotSupportedError,
                    "derivative of sliding_dot: got more zeros around a than "
                    "v has elements");
  return {emit("sliding_dot", {g, reversed(v)}, around(before, after)),
          summed_like(emit("sliding_dot", {a, g}, c.attrs), v)};
}

Tensors sliding_vmap(const VmapContext& c) {
  const Tensor a = batched_input(c, 0);
  if (!c.batched[1] && c.inputs[1].ndim() == 1)
    return {emit("sliding_dot", {a, c.inputs[1]}, c.attrs)};
  Tensor v = batched_input(c, 1);
  v = insert_ones(v, 1, a.ndim() - v.ndim());
  Shape shape = a.shape();
  shape[shape.ndim() - 1] = v.shape().back();
  return {emit("sliding_dot",
               {a, emit("broadcast_to", {v}, {{"shape", shape}})}, c.attrs)};
}

constexpr OpDef kOps[] = {
    {.name = "sliding_dot",
     .doc = "Products of v with each window of the rows of a, zeros around.",
     .params = kAV,
     .type = sliding_type,
     .kernel = sliding_kernel,
     .vjp = sliding_vjp,
     .vmap = sliding_vmap,
     .samples = {.shapes = "3,9;4",
                 .attrs = "before=0; before=3, after=3; before=1, after=2",
                 .dtypes = kNumbers},
     .reference = "np.stack([np.convolve(np.pad(r, (before, after)), v[::-1], "
                  "'valid') for r in a])",
     .traits = kPromotes,
     .flops =
         [](const KernelContext& c) {
           return 2 * c.out().size() * c.in(1).shape().back();
         }},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> sliding_ops() { return kOps; }

}  // namespace numest
