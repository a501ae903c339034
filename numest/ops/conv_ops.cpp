// Two-dimensional convolution of (batch, height, width, inputs) with (height,
// width, inputs, outputs), and its two derivatives. The three are linear in
// each input and are each other's derivatives.
#include "numest/kernels/conv.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/window.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kConv[] = {{"x"},
                              {"w"},
                              {"strides", Kind::kInts, "(1, 1)"},
                              {"padding", Kind::kString, "'VALID'"},
                              {"dilations", Kind::kInts, "(1, 1)"}};
constexpr ParamDef kInputGrad[] = {{"g"},
                                   {"w"},
                                   {"shape", Kind::kShape},
                                   {"strides", Kind::kInts, "(1, 1)"},
                                   {"padding", Kind::kString, "'VALID'"},
                                   {"dilations", Kind::kInts, "(1, 1)"}};
constexpr ParamDef kFilterGrad[] = {{"x"},
                                    {"g"},
                                    {"shape", Kind::kShape},
                                    {"strides", Kind::kInts, "(1, 1)"},
                                    {"padding", Kind::kString, "'VALID'"},
                                    {"dilations", Kind::kInts, "(1, 1)"}};

// x and w are the shapes of the convolution that this is or belongs to.
Window conv_window(const OpDef& op, const Attrs& attrs, const Shape& x,
                   const Shape& w) {
  NUMEST_USER_CHECK(x.ndim() == 4 && w.ndim() == 4, ValueError,
                    "{}: got shapes {} and {}, expected (batch, height, "
                    "width, inputs) and (height, width, inputs, outputs)",
                    op.name, x.to_string(), w.to_string());
  NUMEST_USER_CHECK(is_symbol(x[3]) || is_symbol(w[2]) || x[3] == w[2],
                    ValueError,
                    "{}: the input has {} channels, the filter expects {}",
                    op.name, x[3], w[2]);
  const auto strides = pair_of(op, attrs, "strides");
  const auto dilations = pair_of(op, attrs, "dilations");
  const std::string& padding = attrs.text("padding");
  return {window_axis(op, x[1], w[0], strides[0], dilations[0], padding),
          window_axis(op, x[2], w[1], strides[1], dilations[1], padding)};
}

void check_float(const TypeContext& c) {
  NUMEST_USER_CHECK(is_float(c.in(0).dtype), TypeError,
                    "{}: got dtype {}, expected a floating dtype; use astype",
                    c.op.name, name(c.in(0).dtype));
}

Attrs geometry(const Attrs& attrs) {
  return {{"strides", *attrs.find("strides")},
          {"padding", *attrs.find("padding")},
          {"dilations", *attrs.find("dilations")}};
}

Attrs geometry_of(const Attrs& attrs, const Tensor& like) {
  return with(geometry(attrs), "shape", like.shape());
}

kernels::ConvShape conv_shape(const KernelContext& c, const Shape& x,
                              const Shape& w) {
  const Window window = conv_window(c.op, c.attrs, x, w);
  return {x[0], kernel_axis(window.rows), kernel_axis(window.columns), x[3],
          w[3]};
}

// --- conv2d ---
Types conv_type(const TypeContext& c) {
  check_float(c);
  const Shape &x = c.in(0).shape, &w = c.in(1).shape;
  const Window window = conv_window(c.op, c.attrs, x, w);
  return TensorSpec{c.in(0).dtype,
                    Shape{x[0], window.rows.out, window.columns.out, w[3]}};
}

void conv_kernel(const KernelContext& c) {
  const Array x = c.in(0).contiguous(), w = c.in(1).contiguous();
  kernels::conv2d(x.dtype(), conv_shape(c, x.shape(), w.shape()), x.raw(),
                  w.raw(), c.out().raw());
}

Tensors conv_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  return {
      emit("conv2d_input_grad", {g, c.in(1)}, geometry_of(c.attrs, c.in(0))),
      emit("conv2d_filter_grad", {c.in(0), g}, geometry_of(c.attrs, c.in(1)))};
}

Tensors conv_vmap(const VmapContext& c) {
  if (c.batched[1]) return vmap_loop(c);
  return vmap_merged(c, {c.inputs[0], c.inputs[1]}, {true, false}, c.attrs);
}

// --- conv2d_input_grad ---
Types grad_type(const TypeContext& c) {
  check_float(c);
  return TensorSpec{c.in(0).dtype, c.attrs.get<Shape>("shape")};
}

void input_grad_kernel(const KernelContext& c) {
  const Array g = c.in(0).contiguous(), w = c.in(1).contiguous();
  kernels::conv2d_input_gradient(g.dtype(),
                                 conv_shape(c, c.out().shape(), w.shape()),
                                 g.raw(), w.raw(), c.out().raw());
}

Tensors input_grad_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  return {
      emit("conv2d", {g, c.in(1)}, geometry(c.attrs)),
      emit("conv2d_filter_grad", {g, c.in(0)}, geometry_of(c.attrs, c.in(1)))};
}

Tensors input_grad_vmap(const VmapContext& c) {
  if (c.batched[1]) return vmap_loop(c);
  Shape shape = c.attrs.get<Shape>("shape");
  const Tensor& g = c.inputs[0];
  const bool is_known = !is_symbol(g.shape()[0]) && !is_symbol(g.shape()[1]);
  if (!is_known) return vmap_loop(c);
  shape[0] = g.shape()[0] * g.shape()[1];
  return vmap_merged(c, {g, c.inputs[1]}, {true, false},
                     with(c.attrs, "shape", shape));
}

// --- conv2d_filter_grad ---
void filter_grad_kernel(const KernelContext& c) {
  const Array x = c.in(0).contiguous(), g = c.in(1).contiguous();
  kernels::conv2d_filter_gradient(g.dtype(),
                                  conv_shape(c, x.shape(), c.out().shape()),
                                  x.raw(), g.raw(), c.out().raw());
}

Tensors filter_grad_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  return {
      emit("conv2d_input_grad", {c.in(1), g}, geometry_of(c.attrs, c.in(0))),
      emit("conv2d", {c.in(0), g}, geometry(c.attrs))};
}

// Each pixel of the result meets each weight of its channel: 2 operations for
// (pixels of the result) x (elements of the filter). Padding counts.
int64_t num_terms(const Array& result, const Array& filter) {
  const Shape& y = result.shape();
  return 2 * y[0] * y[1] * y[2] * filter.size();
}
int64_t conv_flops(const KernelContext& c) {
  return num_terms(c.out(), c.in(1));
}
int64_t input_grad_flops(const KernelContext& c) {
  return num_terms(c.in(0), c.in(1));
}
int64_t filter_grad_flops(const KernelContext& c) {
  return num_terms(c.in(1), c.out());
}

constexpr std::string_view kGeometries =
    "strides=1; strides=2, padding='SAME'; dilations=2";

constexpr OpDef kOps[] = {
    {.name = "conv2d",
     .doc = "Two-dimensional convolution of images with a filter.",
     .params = kConv,
     .type = conv_type,
     .kernel = conv_kernel,
     .vjp = conv_vjp,
     .vmap = conv_vmap,
     .samples = {.shapes = "2,5,6,2;3,2,2,3",
                 .attrs = kGeometries,
                 .dtypes = kFloats},
     .traits = kPromotes,
     .flops = conv_flops},
    {.name = "conv2d_input_grad",
     .doc = "The convolution's cotangent of its images, of a given shape.",
     .params = kInputGrad,
     .type = grad_type,
     .kernel = input_grad_kernel,
     .vjp = input_grad_vjp,
     .vmap = input_grad_vmap,
     .samples = {.shapes = "1,3,3,2;3,2,2,2",
                 .attrs = "shape=(1, 5, 6, 2), strides=2, padding='SAME'",
                 .dtypes = kFloats},
     .traits = kPromotes,
     .flops = input_grad_flops},
    {.name = "conv2d_filter_grad",
     .doc = "The convolution's cotangent of its filter, of a given shape.",
     .params = kFilterGrad,
     .type = grad_type,
     .kernel = filter_grad_kernel,
     .vjp = filter_grad_vjp,
     .vmap = vmap_loop,
     .samples = {.shapes = "1,5,6,2;1,3,3,2",
                 .attrs = "shape=(3, 2, 2, 2), strides=2, padding='SAME'",
                 .dtypes = kFloats},
     .traits = kPromotes,
     .flops = filter_grad_flops},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> conv_ops() { return kOps; }

}  // namespace numest
