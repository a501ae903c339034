// The table of reductions and cumulative ops along axes.
#include "numest/kernels/reduce.h"
#include "numest/ops/composite.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kSum[] = {{"a"},
                             {"axis", Kind::kAxes, "None"},
                             {"dtype", Kind::kDType, "None"},
                             {"keepdims", Kind::kBool, "False"}};
constexpr ParamDef kReduce[] = {
    {"a"}, {"axis", Kind::kAxes, "None"}, {"keepdims", Kind::kBool, "False"}};
constexpr ParamDef kArg[] = {
    {"a"}, {"axis", Kind::kInt, "None"}, {"keepdims", Kind::kBool, "False"}};
constexpr ParamDef kCumulative[] = {
    {"a"}, {"axis", Kind::kInt, "None"}, {"dtype", Kind::kDType, "None"}};
constexpr ParamDef kSumToLike[] = {{"g"}, {"to"}};

// --- Types ---

DType sum_dtype(const TypeContext& c) {
  return c.attrs.is_none("dtype")
             ? kernels::reduce_out(c.op.name, c.in(0).dtype)
             : c.attrs.get<DType>("dtype");
}

Types typed(const TypeContext& c, DType dtype) {
  return TensorSpec{dtype, reduce_type(c)[0].shape};
}

Types sum_type(const TypeContext& c) { return typed(c, sum_dtype(c)); }
Types bool_type(const TypeContext& c) { return typed(c, DType::kBool); }
Types index_type(const TypeContext& c) { return typed(c, DType::kInt64); }

Types cumulative_type(const TypeContext& c) {
  const Shape& shape = c.in(0).shape;
  if (!c.attrs.is_none("axis")) {
    normalize_axis(c.attrs.integer("axis"), shape.ndim(),
                   std::string(c.op.name).c_str());
    return TensorSpec{sum_dtype(c), shape};
  }
  const int64_t size = shape.is_known() ? shape.size() : fresh_extent();
  return TensorSpec{sum_dtype(c), Shape{size}};
}

// --- Gradients ---

Tensor cast_back(const VjpContext& c, const Tensor& g) {
  const DType dtype = c.in(0).dtype();
  return g.dtype() == dtype ? g : astype(g, dtype);
}

// The attribute `axis` with extents kept, for values that meet the input.
Tensor kept(const VjpContext& c, const char* op, const Tensor& x) {
  return emit(op, {x}, {{"axis", *c.attrs.find("axis")}, {"keepdims", true}});
}

Tensors sum_vjp(const VjpContext& c) {
  if (!is_inexact(c.in(0).dtype())) return {Tensor()};
  return {expand_reduced(c, cast_back(c, c.cotangent()))};
}

// Product of the others: out / x, unless zeros are among them.
Tensors prod_vjp(const VjpContext& c) {
  if (!is_inexact(c.in(0).dtype())) return {Tensor()};
  const bool is_cast = c.in(0).dtype() != c.out().dtype();
  const Tensor x = is_cast ? astype(c.in(0), c.out().dtype()) : c.in(0);
  const Tensor is_zero = equal(x, 0);
  const Tensor num_zeros = kept(c, "sum", is_zero);
  const Tensor nonzero = where(is_zero, 1, x);
  const Tensor product = kept(c, "prod", nonzero);
  const Tensor others = where(is_zero, where(equal(num_zeros, 1), product, 0),
                              where(equal(num_zeros, 0), product / nonzero, 0));
  return {cast_back(c, expand_reduced(c, c.cotangent()) * others)};
}

// Ties share the cotangent equally, as in TensorFlow.
Tensors extremum_vjp(const VjpContext& c) {
  const Tensor& x = c.in(0);
  if (!is_inexact(x.dtype())) return {Tensor()};
  const Tensor mask = astype(equal(x, expand_reduced(c, c.out())), x.dtype());
  const Tensor count = kept(c, "sum", mask);
  return {expand_reduced(c, c.cotangent()) * (mask / count)};
}

int64_t cumulative_axis(const VjpContext& c) {
  return c.attrs.is_none("axis") ? 0 : c.attrs.integer("axis");
}

// g[i] + g[i+1] + ... along the axis. Not the sum of all less what is before,
// as that cancels.
Tensor suffix_sum(const VjpContext& c, const Tensor& g) {
  const int axis = int(cumulative_axis(c));
  return flip(cumsum(flip(g, axis), axis), axis);
}

Tensor cumulative_input(const VjpContext& c, const Tensor& g) {
  if (!c.attrs.is_none("axis")) return cast_back(c, g);
  return emit("reshape", {cast_back(c, g)}, {{"shape", c.in(0).shape()}});
}

Tensors cumsum_vjp(const VjpContext& c) {
  if (!is_inexact(c.in(0).dtype())) return {Tensor()};
  return {cumulative_input(c, suffix_sum(c, c.cotangent()))};
}

// By the first zero along the axis, products do not have it as a factor; those
// behind a zero have no derivative by what follows.
Tensors cumprod_vjp(const VjpContext& c) {
  if (!is_inexact(c.in(0).dtype())) return {Tensor()};
  const Tensor& out = c.out();
  const Tensor x =
      emit("reshape", {astype(c.in(0), out.dtype())}, {{"shape", out.shape()}});
  const Tensor is_zero = equal(x, 0);
  const Tensor num_zeros =
      cumsum(astype(is_zero, DType::kInt64), cumulative_axis(c));
  const Tensor is_first = logical_and(is_zero, equal(num_zeros, 1));
  const Tensor others = cumprod(where(is_first, 1, x), cumulative_axis(c));
  const Tensor by_first = suffix_sum(c, c.cotangent() * others);
  const Tensor s = suffix_sum(c, c.cotangent() * out);
  return {
      cumulative_input(c, where(is_first, by_first, s / where(is_zero, 1, x)))};
}

Tensors sum_to_like_vjp(const VjpContext& c) {
  return {emit("broadcast_to", {c.cotangent()}, {{"shape", c.in(0).shape()}}),
          Tensor()};
}

// --- Vectorizing of ops whose axis None means the flattened array ---

Tensor flattened(const Tensor& batched) {
  const Shape& shape = batched.shape();
  if (shape.ndim() == 2) return batched;
  return emit("reshape", {batched}, {{"shape", Shape{shape[0], -1}}});
}

int64_t shifted_axis(const VmapContext& c) {
  const int ndim = c.inputs[0].ndim() - 1;
  return normalize_axis(c.attrs.integer("axis"), ndim,
                        std::string(c.op.name).c_str()) +
         1;
}

Tensors flat_axis_vmap(const VmapContext& c) {
  const Tensor& x = c.inputs[0];
  if (!c.attrs.is_none("axis"))
    return call(c.op, {x}, with(c.attrs, "axis", shifted_axis(c)));
  Tensors result =
      call(c.op, {flattened(x)}, with(c.attrs, "axis", int64_t{1}));
  if (c.attrs.has("keepdims") && c.attrs.flag("keepdims"))
    result[0] = insert_ones(result[0], 2, x.ndim() - 2);
  return result;
}

// --- sum_to_like ---

Types sum_to_like_type(const TypeContext& c) {
  NUMEST_CHECK(c.in(0).shape.ndim() == c.in(1).shape.ndim());
  return TensorSpec{c.in(0).dtype, c.in(1).shape};
}

void sum_to_like_kernel(const KernelContext& c) {
  const Shape& to = c.in(1).shape();
  Tensor g = c.in(0);
  if (g.shape() == to) {
    c.out() = c.in(0);
    return;
  }
  c.out() = unbroadcast(g, Tensor(c.in(1))).numpy();
}

Tensors sum_to_like_vmap(const VmapContext& c) {
  // A batch axis of `to` alone would be summed away.
  return call(c.op, batched_inputs(c), c.attrs);
}

constexpr std::string_view kReduceAttrs =
    "axis=None; axis=0; axis=-1, keepdims=True; axis=(0, 1)";
constexpr std::string_view kSumAttrs =
    "axis=None; axis=0; axis=-1, keepdims=True; axis=(0, 1); dtype=float64";
constexpr std::string_view kAxisAttrs = "axis=None; axis=0; axis=-1";

constexpr OpDef kOps[] = {
    {.name = "sum",
     .doc = "Sum over axes; narrow integers are summed in 64 bits.",
     .params = kSum,
     .type = sum_type,
     .kernel = reduce_kernel,
     .vjp = sum_vjp,
     .vmap = vmap_reduce,
     .samples = {.shapes = "3,4", .attrs = kSumAttrs},
     .reference = "np.sum",
     .flops = flops_by_input},
    {.name = "prod",
     .doc = "Product over axes; narrow integers multiply in 64 bits.",
     .params = kSum,
     .type = sum_type,
     .kernel = reduce_kernel,
     .vjp = prod_vjp,
     .vmap = vmap_reduce,
     .samples = {.shapes = "3,4", .attrs = kSumAttrs, .dtypes = kNumbers},
     .reference = "np.prod",
     .flops = flops_by_input},
    {.name = "max",
     .doc = "Largest element over axes; nan if one is nan.",
     .params = kReduce,
     .type = reduce_type,
     .kernel = reduce_kernel,
     .vjp = extremum_vjp,
     .vmap = vmap_reduce,
     .samples = {.shapes = "3,4", .attrs = kReduceAttrs, .dtypes = kReals},
     .reference = "np.max",
     .flops = flops_by_input,
     .harmless = "longer"},
    {.name = "min",
     .doc = "Smallest element over axes; nan if one is nan.",
     .params = kReduce,
     .type = reduce_type,
     .kernel = reduce_kernel,
     .vjp = extremum_vjp,
     .vmap = vmap_reduce,
     .samples = {.shapes = "3,4", .attrs = kReduceAttrs, .dtypes = kReals},
     .reference = "np.min",
     .flops = flops_by_input,
     .harmless = "longer"},
    {.name = "all",
     .doc = "True where all elements over axes are true.",
     .params = kReduce,
     .type = bool_type,
     .kernel = reduce_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_reduce,
     .samples = {.shapes = "3,4", .attrs = kReduceAttrs},
     .reference = "np.all",
     .flops = flops_by_input},
    {.name = "any",
     .doc = "True where an element over axes is true.",
     .params = kReduce,
     .type = bool_type,
     .kernel = reduce_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_reduce,
     .samples = {.shapes = "3,4", .attrs = kReduceAttrs},
     .reference = "np.any",
     .flops = flops_by_input},
    {.name = "argmax",
     .doc = "Index of the first largest element along an axis.",
     .params = kArg,
     .type = index_type,
     .kernel = reduce_kernel,
     .vjp = kNoGradient,
     .vmap = flat_axis_vmap,
     .samples = {.shapes = "3,4", .attrs = kAxisAttrs, .dtypes = kReals},
     .reference = "np.argmax",
     .flops = flops_by_input,
     .harmless = "longer"},
    {.name = "argmin",
     .doc = "Index of the first smallest element along an axis.",
     .params = kArg,
     .type = index_type,
     .kernel = reduce_kernel,
     .vjp = kNoGradient,
     .vmap = flat_axis_vmap,
     .samples = {.shapes = "3,4", .attrs = kAxisAttrs, .dtypes = kReals},
     .reference = "np.argmin",
     .flops = flops_by_input,
     .harmless = "longer"},
    {.name = "cumsum",
     .doc = "Sums of the elements so far; without axis of the flat array.",
     .params = kCumulative,
     .type = cumulative_type,
     .kernel = scan_kernel,
     .vjp = cumsum_vjp,
     .vmap = flat_axis_vmap,
     .samples = {.shapes = "3,4", .attrs = kAxisAttrs, .dtypes = kNumbers},
     .reference = "np.cumsum",
     .flops = flops_by_input},
    {.name = "cumprod",
     .doc = "Products of the elements so far; without axis of the flat array.",
     .params = kCumulative,
     .type = cumulative_type,
     .kernel = scan_kernel,
     .vjp = cumprod_vjp,
     .vmap = flat_axis_vmap,
     .samples = {.shapes = "3,4", .attrs = kAxisAttrs, .dtypes = kNumbers},
     .reference = "np.cumprod",
     .flops = flops_by_input},
    {.name = "sum_to_like",
     .doc = "Sums g over the axes along which to has extent 1.",
     .params = kSumToLike,
     .type = sum_to_like_type,
     .kernel = sum_to_like_kernel,
     .vjp = sum_to_like_vjp,
     .vmap = sum_to_like_vmap,
     .samples = {.shapes = "3,4;3,1", .dtypes = kFloats},
     .traits = kView,
     .flops = flops_by_input},
};
static_assert(documented(kOps), "every op has a sentence");

}  // namespace

std::span<const OpDef> reduce_ops() { return kOps; }

}  // namespace numest
