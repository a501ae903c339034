// Pools over the two middle axes of (batch, height, width, channels). Windows
// at the border see only what lies inside of the image, as in TensorFlow.
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/window.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kPool[] = {{"x"},
                              {"pool_size", Kind::kInts},
                              {"strides", Kind::kInts, "()"},
                              {"padding", Kind::kString, "'VALID'"}};
constexpr ParamDef kMaxGrad[] = {{"x"},
                                 {"g"},
                                 {"pool_size", Kind::kInts},
                                 {"strides", Kind::kInts, "()"},
                                 {"padding", Kind::kString, "'VALID'"}};
constexpr ParamDef kAverageGrad[] = {{"g"},
                                     {"shape", Kind::kShape},
                                     {"pool_size", Kind::kInts},
                                     {"strides", Kind::kInts, "()"},
                                     {"padding", Kind::kString, "'VALID'"}};

// Without strides the windows stand side by side.
Window pool_window(const OpDef& op, const Attrs& attrs, const Shape& x) {
  NUMEST_USER_CHECK(x.ndim() == 4, ValueError,
                    "{}: got shape {}, expected (batch, height, width, "
                    "channels)",
                    op.name, x.to_string());
  const auto size = pair_of(op, attrs, "pool_size");
  const bool has_strides = !attrs.get<std::vector<int64_t>>("strides").empty();
  const auto strides = has_strides ? pair_of(op, attrs, "strides") : size;
  const std::string& padding = attrs.text("padding");
  return {window_axis(op, x[1], size[0], strides[0], 1, padding),
          window_axis(op, x[2], size[1], strides[1], 1, padding)};
}

Attrs geometry(const Attrs& attrs) {
  return {{"pool_size", *attrs.find("pool_size")},
          {"strides", *attrs.find("strides")},
          {"padding", *attrs.find("padding")}};
}

void check_float(const TypeContext& c) {
  NUMEST_USER_CHECK(is_float(c.in(0).dtype), TypeError,
                    "{}: got dtype {}, expected a floating dtype; use astype",
                    c.op.name, name(c.in(0).dtype));
}

Types pool_type(const TypeContext& c) {
  check_float(c);
  const Shape& x = c.in(0).shape;
  const Window w = pool_window(c.op, c.attrs, x);
  return TensorSpec{c.in(0).dtype,
                    Shape{x[0], w.rows.out, w.columns.out, x[3]}};
}

kernels::PoolShape pool_shape(const KernelContext& c, const Shape& x) {
  const Window w = pool_window(c.op, c.attrs, x);
  return {x[0], kernel_axis(w.rows), kernel_axis(w.columns), x[3]};
}

Array operand(const Array& a) {
  const bool is_double = a.dtype() == DType::kFloat64;
  return a.astype(is_double ? DType::kFloat64 : DType::kFloat32).contiguous();
}

// Calls f(out offset, in offset) for each element of each window.
template <class F>
void for_each_element(const Window& w, const Shape& x, F&& f) {
  const int64_t channels = x[3];
  const int64_t in_image = x[1] * x[2] * channels;
  const int64_t out_image = w.rows.out * w.columns.out * channels;
  for (int64_t n = 0; n < x[0]; ++n)
    for_each_cell(w, [&](int64_t o, int64_t, int64_t i) {
      const int64_t out = n * out_image + o * channels;
      const int64_t in = n * in_image + i * channels;
      for (int64_t c = 0; c < channels; ++c) f(out + c, in + c);
    });
}

// --- max ---
// Offset in x of the first largest element of each window; NaN is largest.
template <class T>
std::vector<int64_t> find_largest(const Window& w, const Array& x) {
  const int64_t size = x.shape()[0] * w.rows.out * w.columns.out * x.shape()[3];
  std::vector<int64_t> at(static_cast<size_t>(size), -1);
  const T* data = x.data<T>();
  for_each_element(w, x.shape(), [&](int64_t out, int64_t in) {
    int64_t& best = at[size_t(out)];
    const bool is_larger = best < 0 || data[in] > data[best] ||
                           (data[in] != data[in] && data[best] == data[best]);
    if (is_larger) best = in;
  });
  return at;
}

// Calls f(out, at, n): for each of n windows the offset of its maximum.
template <class F>
void with_largest(const KernelContext& c, F&& f) {
  const Array x = operand(c.in(0));
  const Window w = pool_window(c.op, c.attrs, x.shape());
  visit_real(x.dtype(), "max_pool2d", [&](auto zero) {
    using T = decltype(zero);
    const auto at = find_largest<T>(w, x);
    const Array out = Array::zeros(x.dtype(), c.out().shape());
    f(x.data<T>(), at, out.data<T>());
    c.out().assign(out);
  });
}

void max_pool_kernel(const KernelContext& c) {
  const Array x = c.in(0).contiguous();
  kernels::max_pool2d(x.dtype(), pool_shape(c, x.shape()), x.raw(),
                      c.out().raw());
}

Tensors max_pool_vjp(const VjpContext& c) {
  return {emit("max_pool2d_grad", {c.in(0), c.cotangent()}, c.attrs)};
}

void max_grad_kernel(const KernelContext& c) {
  const Array x = c.in(0).contiguous(), g = c.in(1).contiguous();
  kernels::max_pool2d_gradient(x.dtype(), pool_shape(c, x.shape()), x.raw(),
                               g.raw(), c.out().raw());
}

Tensors max_grad_vjp(const VjpContext& c) {
  return {Tensor(), emit("max_pool2d_take", {c.in(0), c.cotangent()}, c.attrs)};
}

void max_take_kernel(const KernelContext& c) {
  const Array values = operand(c.in(1));
  with_largest(c, [&](auto* x, const auto& at, auto* out) {
    const auto* from = values.data<std::decay_t<decltype(*x)>>();
    for (size_t i = 0; i < at.size(); ++i) out[i] = from[at[i]];
  });
}

Tensors max_take_vjp(const VjpContext& c) {
  return {Tensor(), emit("max_pool2d_grad", {c.in(0), c.cotangent()}, c.attrs)};
}

Tensors merged_vmap(const VmapContext& c) {
  const Tensors inputs = batched_inputs(c);
  return vmap_merged(c, inputs, std::vector<bool>(inputs.size(), true),
                     c.attrs);
}

// --- average ---
void avg_pool_kernel(const KernelContext& c) {
  const Array x = c.in(0).contiguous();
  kernels::avg_pool2d(x.dtype(), pool_shape(c, x.shape()), x.raw(),
                      c.out().raw());
}

Tensors avg_pool_vjp(const VjpContext& c) {
  return {emit("avg_pool2d_grad", {c.cotangent()},
               with(geometry(c.attrs), "shape", c.in(0).shape()))};
}

Types avg_grad_type(const TypeContext& c) {
  check_float(c);
  return TensorSpec{c.in(0).dtype, c.attrs.get<Shape>("shape")};
}

void avg_grad_kernel(const KernelContext& c) {
  const Array g = c.in(0).contiguous();
  kernels::avg_pool2d_gradient(g.dtype(), pool_shape(c, c.out().shape()),
                               g.raw(), c.out().raw());
}

Tensors avg_grad_vjp(const VjpContext& c) {
  return {emit("avg_pool2d", {c.cotangent()}, geometry(c.attrs))};
}

constexpr std::string_view kGeometries =
    "pool_size=2; pool_size=(3, 2), strides=(2, 1), padding='SAME'";

constexpr OpDef kOps[] = {
    {.name = "max_pool2d",
     .doc = "The largest element of each window.",
     .params = kPool,
     .type = pool_type,
     .kernel = max_pool_kernel,
     .vjp = max_pool_vjp,
     .vmap = merged_vmap,
     .samples = {.shapes = "2,5,4,3", .attrs = kGeometries, .dtypes = kFloats}},
    {.name = "max_pool2d_grad",
     .doc = "Adds g to where x has the largest element of each window.",
     .params = kMaxGrad,
     .type = [](const TypeContext& c) -> Types { return c.in(0); },
     .kernel = max_grad_kernel,
     .vjp = max_grad_vjp,
     .vmap = merged_vmap,
     .samples = {.shapes = "2,5,4,3;2,2,2,3",
                 .attrs = "pool_size=2",
                 .dtypes = kFloats}},
    {.name = "max_pool2d_take",
     .doc = "Elements of g where x has the largest element of each window.",
     .params = kMaxGrad,
     .type = pool_type,
     .kernel = max_take_kernel,
     .vjp = max_take_vjp,
     .vmap = merged_vmap,
     .samples = {.shapes = "2,5,4,3;2,5,4,3",
                 .attrs = kGeometries,
                 .dtypes = kFloats}},
    {.name = "avg_pool2d",
     .doc = "The mean of each window.",
     .params = kPool,
     .type = pool_type,
     .kernel = avg_pool_kernel,
     .vjp = avg_pool_vjp,
     .vmap = merged_vmap,
     .samples = {.shapes = "2,5,4,3", .attrs = kGeometries, .dtypes = kFloats}},
    {.name = "avg_pool2d_grad",
     .doc = "Spreads g over each window, for an input of a given shape.",
     .params = kAverageGrad,
     .type = avg_grad_type,
     .kernel = avg_grad_kernel,
     .vjp = avg_grad_vjp,
     .vmap = vmap_loop,
     .samples = {.shapes = "2,2,2,3",
                 .attrs = "shape=(2, 5, 4, 3), pool_size=2",
                 .dtypes = kFloats}},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> pool_ops() { return kOps; }

}  // namespace numest
