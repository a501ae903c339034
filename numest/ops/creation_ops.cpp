// The table of ops that make arrays from extents, and of casts.
#include <cmath>

#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/functions.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kX[] = {{"x"}};
constexpr ParamDef kAstype[] = {{"x"}, {"dtype", Kind::kDType}};
constexpr ParamDef kFull[] = {
    {"fill_value"}, {"shape", Kind::kShape}, {"dtype", Kind::kDType, "None"}};
constexpr ParamDef kFullLike[] = {
    {"a"}, {"fill_value"}, {"dtype", Kind::kDType, "None"}};
constexpr ParamDef kLike[] = {{"a"}, {"dtype", Kind::kDType, "None"}};
constexpr ParamDef kAlong[] = {{"a"}, {"axis", Kind::kInt, "0"}};
constexpr ParamDef kArange[] = {{"start", Kind::kFloat},
                                {"stop", Kind::kFloat},
                                {"step", Kind::kFloat, "1.0"},
                                {"dtype", Kind::kDType, "None"}};
constexpr ParamDef kMatrix[] = {{"N", Kind::kInt},
                                {"M", Kind::kInt, "None"},
                                {"k", Kind::kInt, "0"},
                                {"dtype", Kind::kDType, "float64"}};

DType dtype_or(const Attrs& attrs, DType otherwise) {
  return attrs.is_none("dtype") ? otherwise : attrs.get<DType>("dtype");
}

Tensor cast_like(const Tensor& g, const Tensor& x) {
  return is_inexact(x.dtype()) ? astype(g, x.dtype()) : Tensor();
}

Tensors vmap_never(const VmapContext&) { NUMEST_UNREACHABLE(); }

// --- astype, stop_gradient ---
Types astype_type(const TypeContext& c) {
  return TensorSpec{c.attrs.get<DType>("dtype"), c.in(0).shape};
}

Tensors astype_vjp(const VjpContext& c) {
  if (!is_inexact(c.out().dtype())) return {Tensor()};
  return {cast_like(c.cotangent(), c.in(0))};
}

// --- full and its kin ---
Types full_type(const TypeContext& c) {
  const Shape& shape = c.attrs.get<Shape>("shape");
  const Shape joined = broadcast_shapes(shape, c.in(0).shape, "full");
  NUMEST_USER_CHECK(joined.ndim() == shape.ndim(), ValueError,
                    "full: got fill_value of shape {}, which does not "
                    "broadcast to shape {}",
                    c.in(0).shape.to_string(), shape.to_string());
  return TensorSpec{dtype_or(c.attrs, c.in(0).dtype), shape};
}

void full_kernel(const KernelContext& c) { c.out().assign(c.inputs.back()); }

Tensors full_vmap(const VmapContext& c) {
  Shape shape = c.attrs.get<Shape>("shape");
  const Tensor& fill = c.inputs[0];
  const int num_ones = shape.ndim() + 1 - fill.ndim();
  shape.insert(0, fill.shape()[0]);
  return call(c.op, {insert_ones(fill, 1, num_ones)},
              with(c.attrs, "shape", shape));
}

Types like_type(const TypeContext& c) {
  return TensorSpec{dtype_or(c.attrs, c.in(0).dtype), c.in(0).shape};
}

Tensors full_like_vmap(const VmapContext& c) {
  const Tensor a = batched_input(c, 0);
  const Tensor& fill = c.inputs[1];
  return call(
      c.op,
      {a, c.batched[1] ? insert_ones(fill, 1, a.ndim() - fill.ndim()) : fill},
      c.attrs);
}

template <int value>
void constant_kernel(const KernelContext& c) {
  static const Array constant = Array::scalar(int64_t{value});
  c.out().assign(constant);
}

// --- extents ---
int axis_of(const Attrs& attrs, int ndim, const char* op) {
  return normalize_axis(attrs.integer("axis"), ndim, op);
}

Types extent_type(const TypeContext& c) {
  axis_of(c.attrs, c.in(0).shape.ndim(), "extent");
  return TensorSpec{DType::kInt64, Shape{}};
}

void extent_kernel(const KernelContext& c) {
  *c.out().data<int64_t>() =
      c.in(0).shape()[axis_of(c.attrs, c.in(0).ndim(), "extent")];
}

// All elements have the same extent: computed once, then repeated.
Tensors extent_vmap(const VmapContext& c) {
  const Tensor& x = c.inputs[0];
  const int64_t axis = axis_of(c.attrs, x.ndim() - 1, "extent") + 1;
  return {emit("broadcast_to", {extent(x, axis)},
               {{"shape", Shape{x.shape()[0]}}})};
}

Types arange_like_type(const TypeContext& c) {
  const Shape& shape = c.in(0).shape;
  return TensorSpec{
      DType::kInt64,
      Shape{shape[axis_of(c.attrs, shape.ndim(), "arange_like")]}};
}

void arange_like_kernel(const KernelContext& c) {
  int64_t* out = c.out().data<int64_t>();
  for (int64_t i = 0; i < c.out().size(); ++i) out[i] = i;
}

Tensors arange_like_vmap(const VmapContext& c) {
  const Tensor& x = c.inputs[0];
  const int axis = axis_of(c.attrs, x.ndim() - 1, "arange_like") + 1;
  return {emit("broadcast_to", {arange_like(x, axis)},
               {{"shape", Shape{x.shape()[0], x.shape()[axis]}}})};
}

// --- arange, eye, tri ---
Types arange_type(const TypeContext& c) {
  const double start = c.attrs.real("start"), stop = c.attrs.real("stop"),
               step = c.attrs.real("step");
  NUMEST_USER_CHECK(step != 0, ValueError,
                    "arange: got step 0, expected another number");
  const double count = std::ceil((stop - start) / step);
  NUMEST_USER_CHECK(count < 1e15, ValueError,
                    "arange: got {} elements: maximum allowed size exceeded",
                    count);
  return TensorSpec{dtype_or(c.attrs, DType::kFloat64),
                    Shape{count > 0 ? int64_t(count) : 0}};
}

void arange_kernel(const KernelContext& c) {
  const double start = c.attrs.real("start"), step = c.attrs.real("step");
  Array values(DType::kFloat64, c.out().shape());
  double* out = values.data<double>();
  for (int64_t i = 0; i < values.size(); ++i) out[i] = start + double(i) * step;
  c.out().assign(values);
}

Types matrix_type(const TypeContext& c) {
  const int64_t rows = c.attrs.integer("N");
  const int64_t columns = c.attrs.is_none("M") ? rows : c.attrs.integer("M");
  NUMEST_USER_CHECK(rows >= 0 && columns >= 0, ValueError,
                    "{}: negative dimensions are not allowed: got N={}, M={}",
                    c.op.name, rows, columns);
  return TensorSpec{dtype_or(c.attrs, DType::kFloat64), Shape{rows, columns}};
}

// Ones in row i at the columns j that `is_one(j - i, k)` picks.
template <auto is_one>
void matrix_kernel(const KernelContext& c) {
  const int64_t k = c.attrs.integer("k");
  const Shape& shape = c.out().shape();
  Array mask(DType::kBool, shape);
  bool* out = mask.data<bool>();
  for (int64_t i = 0; i < shape[0]; ++i)
    for (int64_t j = 0; j < shape[1]; ++j) *out++ = is_one(j - i, k);
  c.out().assign(mask);
}

bool is_diagonal(int64_t offset, int64_t k) { return offset == k; }
bool is_lower(int64_t offset, int64_t k) { return offset <= k; }

constexpr std::string_view kLikeDTypes = "bool int32 float32 float64";

constexpr OpDef kOps[] = {
    {.name = "astype",
     .doc = "Elements converted to a dtype; floats to integers truncate.",
     .params = kAstype,
     .type = astype_type,
     .kernel = elementwise_kernel,
     .vjp = astype_vjp,
     .vmap = vmap_elementwise,
     .samples = {.attrs = "dtype=float32; dtype=int64; dtype=bool",
                 .dtypes = kReals,
                 .tolerance = 1e-2},
     .reference = "x.astype(dtype)",
     .traits = kElementwise},
    {.name = "stop_gradient",
     .doc = "The elements unchanged; derivatives end here.",
     .params = kX,
     .type = same_type,
     .kernel = [](const KernelContext& c) { c.out() = c.in(0); },
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .reference = "x",
     .traits = kView},
    {.name = "full",
     .doc = "A shape filled with a value.",
     .params = kFull,
     .type = full_type,
     .kernel = full_kernel,
     .vjp =
         [](const VjpContext& c) {
           return to_inputs(c, {cast_like(c.cotangent(), c.in(0))});
         },
     .vmap = full_vmap,
     .samples = {.shapes = "()", .attrs = "shape=(2, 3)", .dtypes = kReals},
     .reference = "np.full(shape, fill_value)"},
    {.name = "full_like",
     .doc = "The shape of a, filled with a value.",
     .params = kFullLike,
     .type = like_type,
     .kernel = full_kernel,
     .vjp =
         [](const VjpContext& c) {
           return to_inputs(c, {Tensor(), cast_like(c.cotangent(), c.in(1))});
         },
     .vmap = full_like_vmap,
     .samples = {.shapes = "2,3;()", .dtypes = kReals},
     .reference = "np.full_like"},
    {.name = "zeros_like",
     .doc = "The shape of a, filled with zeros.",
     .params = kLike,
     .type = like_type,
     .kernel = constant_kernel<0>,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.attrs = "dtype=None; dtype=int32", .dtypes = kLikeDTypes},
     .reference = "np.zeros_like",
     .traits = kOfShapes},
    {.name = "ones_like",
     .doc = "The shape of a, filled with ones.",
     .params = kLike,
     .type = like_type,
     .kernel = constant_kernel<1>,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.attrs = "dtype=None; dtype=int32", .dtypes = kLikeDTypes},
     .reference = "np.ones_like",
     .traits = kOfShapes},
    {.name = "extent",
     .doc = "Number of elements along an axis, an int64 scalar.",
     .params = kAlong,
     .type = extent_type,
     .kernel = extent_kernel,
     .vjp = kNoGradient,
     .vmap = extent_vmap,
     .samples = {.shapes = "3,4", .attrs = "axis=0; axis=-1"},
     .reference = "np.int64(a.shape[axis])",
     .traits = kOfShapes},
    {.name = "arange_like",
     .doc = "Indices along an axis: 0, 1, ..., extent - 1, int64.",
     .params = kAlong,
     .type = arange_like_type,
     .kernel = arange_like_kernel,
     .vjp = kNoGradient,
     .vmap = arange_like_vmap,
     .samples = {.shapes = "3,4", .attrs = "axis=0; axis=-1"},
     .reference = "np.arange(a.shape[axis])",
     .traits = kOfShapes},
    {.name = "arange",
     .doc = "Numbers from start, step apart, up to but without stop.",
     .params = kArange,
     .type = arange_type,
     .kernel = arange_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_never,
     .samples = {.attrs = "start=0, stop=5; start=3, stop=0, step=-0.5"},
     .reference = "np.arange(start, stop, step, dtype or np.float64)"},
    {.name = "eye",
     .doc = "N x M matrix with ones on diagonal k, zeros elsewhere.",
     .params = kMatrix,
     .type = matrix_type,
     .kernel = matrix_kernel<is_diagonal>,
     .vjp = kNoGradient,
     .vmap = vmap_never,
     .samples = {.attrs = "N=3; N=2, M=4, k=1, dtype=float32"},
     .reference = "np.eye"},
    {.name = "tri",
     .doc = "N x M matrix with ones on and below diagonal k.",
     .params = kMatrix,
     .type = matrix_type,
     .kernel = matrix_kernel<is_lower>,
     .vjp = kNoGradient,
     .vmap = vmap_never,
     .samples = {.attrs = "N=3; N=2, M=4, k=1, dtype=float32"},
     .reference = "np.tri"},
};
static_assert(documented(kOps), "every op has a sentence");

}  // namespace

std::span<const OpDef> creation_ops() { return kOps; }

}  // namespace numest
