// Ops that give the same elements another shape. All but concatenate are
// views where strides allow.
#include <numeric>

#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/reshape.h"

namespace numest {

namespace {

constexpr ParamDef kReshape[] = {{"a"}, {"shape", Kind::kShape}};
constexpr ParamDef kTranspose[] = {{"a"}, {"axes", Kind::kInts, "None"}};
constexpr ParamDef kExpand[] = {{"a"}, {"axis", Kind::kAxes}};
constexpr ParamDef kSqueeze[] = {{"a"}, {"axis", Kind::kAxes, "None"}};
constexpr ParamDef kConcatenate[] = {{"arrays", Kind::kArrays},
                                     {"axis", Kind::kInt, "0"}};
constexpr ParamDef kSplitLike[] = {
    {"x"}, {"arrays", Kind::kArrays}, {"axis", Kind::kInt, "0"}};

using Tensors = std::vector<Tensor>;

Tensor reshape_to(const Tensor& t, const Shape& shape) {
  return emit("reshape", {t}, {{"shape", shape}});
}

Tensors to_input_shape(const VjpContext& c) {
  return {reshape_to(c.cotangent(), c.in(0).shape())};
}

// --- reshape ---
Types reshape_type(const TypeContext& c) {
  return TensorSpec{c.in(0).dtype,
                    reshaped(c.in(0).shape, c.attrs.get<Shape>("shape"))};
}

void reshape_kernel(const KernelContext& c) {
  c.out() =
      c.in(0).reshape(reshaped(c.in(0).shape(), c.attrs.get<Shape>("shape")));
}

Tensors reshape_vmap(const VmapContext& c) {
  Shape shape = c.attrs.get<Shape>("shape");
  shape.insert(0, batch_extent(c));
  return {reshape_to(c.inputs[0], shape)};
}

// --- transpose ---
std::vector<int> permutation(const Attrs& attrs, int ndim) {
  std::vector<int> axes;
  if (attrs.is_none("axes")) {
    for (int i = ndim; i-- > 0;) axes.push_back(i);
    return axes;
  }
  for (int64_t a : attrs.get<std::vector<int64_t>>("axes"))
    axes.push_back(normalize_axis(a, ndim, "transpose"));
  std::vector<bool> seen(size_t(ndim), false);
  for (int a : axes) seen[size_t(a)] = true;
  const bool is_permutation =
      int(axes.size()) == ndim &&
      std::accumulate(seen.begin(), seen.end(), 0) == ndim;
  NUMEST_USER_CHECK(is_permutation, ValueError,
                    "transpose: axes don't match array: got {} for {} axes",
                    to_string(*attrs.find("axes")), ndim);
  return axes;
}

Types transpose_type(const TypeContext& c) {
  Shape shape;
  for (int axis : permutation(c.attrs, c.in(0).shape.ndim()))
    shape.push_back(c.in(0).shape[axis]);
  return TensorSpec{c.in(0).dtype, shape};
}

void transpose_kernel(const KernelContext& c) {
  c.out() = c.in(0).transpose(permutation(c.attrs, c.in(0).ndim()));
}

Tensors transpose_vjp(const VjpContext& c) {
  const auto axes = permutation(c.attrs, c.in(0).ndim());
  std::vector<int64_t> inverse(axes.size());
  for (size_t i = 0; i < axes.size(); ++i)
    inverse[size_t(axes[i])] = int64_t(i);
  return {emit("transpose", {c.cotangent()}, {{"axes", inverse}})};
}

Tensors transpose_vmap(const VmapContext& c) {
  std::vector<int64_t> axes{0};
  for (int a : permutation(c.attrs, c.inputs[0].ndim() - 1))
    axes.push_back(a + 1);
  return {emit("transpose", {c.inputs[0]}, {{"axes", axes}})};
}

// --- broadcast_to ---
Types broadcast_to_type(const TypeContext& c) {
  const Shape& from = c.in(0).shape;
  const Shape& to = c.attrs.get<Shape>("shape");
  const Shape joined = broadcast_shapes(to, from, "broadcast_to");
  bool fits = joined.ndim() == to.ndim();
  for (int i = 0; fits && i < to.ndim(); ++i)
    fits = is_symbol(to[i]) || joined[i] == to[i] || is_symbol(joined[i]);
  NUMEST_USER_CHECK(fits, ValueError,
                    "broadcast_to: got shape {}, which does not broadcast to "
                    "{}",
                    from.to_string(), to.to_string());
  return TensorSpec{c.in(0).dtype, to};
}

void broadcast_to_kernel(const KernelContext& c) {
  c.out() = c.in(0).broadcast_to(c.attrs.get<Shape>("shape"));
}

Tensors broadcast_to_vjp(const VjpContext& c) {
  return {unbroadcast(c.cotangent(), c.in(0))};
}

Tensors broadcast_to_vmap(const VmapContext& c) {
  Shape shape = c.attrs.get<Shape>("shape");
  const int missing = shape.ndim() - (c.inputs[0].ndim() - 1);
  shape.insert(0, batch_extent(c));
  return {emit("broadcast_to", {insert_ones(c.inputs[0], 1, missing)},
               {{"shape", shape}})};
}

// --- expand_dims, squeeze ---
int num_new_axes(const Attrs& attrs) {
  const auto* list = std::get_if<std::vector<int64_t>>(attrs.find("axis"));
  return list ? int(list->size()) : 1;
}

std::vector<int> new_axes(const Attrs& attrs, int ndim) {
  return attrs.axes("axis", ndim + num_new_axes(attrs), "expand_dims");
}

Shape expanded(const Shape& from, const Attrs& attrs) {
  Shape shape = from;
  for (int axis : new_axes(attrs, from.ndim())) shape.insert(axis, 1);
  return shape;
}

Types expand_dims_type(const TypeContext& c) {
  return TensorSpec{c.in(0).dtype, expanded(c.in(0).shape, c.attrs)};
}

void expand_dims_kernel(const KernelContext& c) {
  Array result = c.in(0);
  for (int axis : new_axes(c.attrs, c.in(0).ndim()))
    result = result.expand_dims(axis);
  c.out() = std::move(result);
}

std::vector<int64_t> shifted(const std::vector<int>& axes) {
  std::vector<int64_t> result;
  for (int a : axes) result.push_back(a + 1);
  return result;
}

Tensors expand_dims_vmap(const VmapContext& c) {
  const auto axes = new_axes(c.attrs, c.inputs[0].ndim() - 1);
  return {emit("expand_dims", {c.inputs[0]}, {{"axis", shifted(axes)}})};
}

// Axes that are dropped: those given, or all of extent 1.
std::vector<int> squeezed_axes(const Attrs& attrs, const Shape& shape) {
  std::vector<int> axes;
  if (!attrs.is_none("axis")) {
    axes = attrs.axes("axis", shape.ndim(), "squeeze");
    for (int a : axes)
      NUMEST_USER_CHECK(is_symbol(shape[a]) || shape[a] == 1, ValueError,
                        "squeeze: cannot select an axis to squeeze out which "
                        "has size not equal to one: got shape {}, axis {}",
                        shape.to_string(), a);
    return axes;
  }
  for (int i = 0; i < shape.ndim(); ++i) {
    NUMEST_USER_CHECK(!is_symbol(shape[i]), ValueError,
                      "squeeze: the extent of axis {} is not known while "
                      "tracing; give 'axis'",
                      i);
    if (shape[i] == 1) axes.push_back(i);
  }
  return axes;
}

Types squeeze_type(const TypeContext& c) {
  Shape shape = c.in(0).shape;
  const auto axes = squeezed_axes(c.attrs, shape);
  for (size_t i = axes.size(); i-- > 0;) shape.erase(axes[i]);
  return TensorSpec{c.in(0).dtype, shape};
}

void squeeze_kernel(const KernelContext& c) {
  Array result = c.in(0);
  const auto axes = squeezed_axes(c.attrs, c.in(0).shape());
  for (size_t i = axes.size(); i-- > 0;) result = result.squeeze(axes[i]);
  c.out() = std::move(result);
}

Tensors squeeze_vmap(const VmapContext& c) {
  Shape one = c.inputs[0].shape();
  one.erase(0);
  return {emit("squeeze", {c.inputs[0]},
               {{"axis", shifted(squeezed_axes(c.attrs, one))}})};
}

// --- concatenate ---
Types concatenate_type(const TypeContext& c) {
  NUMEST_USER_CHECK(!c.inputs.empty(), ValueError,
                    "concatenate: need at least one array to concatenate");
  Shape shape = c.in(0).shape;
  NUMEST_USER_CHECK(shape.ndim() > 0, ValueError,
                    "concatenate: zero-dimensional arrays cannot be "
                    "concatenated");
  const int axis =
      normalize_axis(c.attrs.integer("axis"), shape.ndim(), "concatenate");
  for (const TensorSpec& next : c.inputs.subspan(1)) {
    bool fits = next.shape.ndim() == shape.ndim();
    for (int i = 0; fits && i < shape.ndim(); ++i) {
      if (i == axis) continue;
      fits = is_symbol(shape[i]) || is_symbol(next.shape[i]) ||
             shape[i] == next.shape[i];
      if (is_symbol(shape[i])) shape[i] = next.shape[i];
    }
    NUMEST_USER_CHECK(fits, ValueError,
                      "concatenate: all the input array dimensions except for "
                      "the concatenation axis must match exactly: got shapes "
                      "{} and {}, axis {}",
                      c.in(0).shape.to_string(), next.shape.to_string(), axis);
    const bool is_known =
        !is_symbol(shape[axis]) && !is_symbol(next.shape[axis]);
    if (next.shape[axis] == 0) continue;
    shape[axis] = is_known ? shape[axis] + next.shape[axis] : fresh_extent();
  }
  return TensorSpec{c.in(0).dtype, shape};
}

// [begin, end) of one axis.
Array part(const Array& a, int axis, int64_t begin, int64_t end) {
  std::vector<Slice> slices(size_t(axis) + 1);
  slices.back() = Slice{begin, end, 1};
  return a.slice(slices);
}

void concatenate_kernel(const KernelContext& c) {
  const int axis =
      normalize_axis(c.attrs.integer("axis"), c.in(0).ndim(), "concatenate");
  int64_t begin = 0;
  for (const Array& a : c.inputs) {
    part(c.out(), axis, begin, begin + a.shape()[axis]).assign(a);
    begin += a.shape()[axis];
  }
}

Tensors concatenate_vjp(const VjpContext& c) {
  Tensors inputs{c.cotangent()};
  inputs.insert(inputs.end(), c.inputs.begin(), c.inputs.end());
  return call(op_named("split_like"), inputs, c.attrs);
}

Types split_like_type(const TypeContext& c) {
  const int axis = normalize_axis(c.attrs.integer("axis"), c.in(0).shape.ndim(),
                                  "split_like");
  Types types;
  for (const TensorSpec& part_spec : c.inputs.subspan(1)) {
    Shape shape = c.in(0).shape;
    shape[axis] = part_spec.shape[axis];
    types.push_back({c.in(0).dtype, shape});
  }
  return types;
}

void split_like_kernel(const KernelContext& c) {
  const int axis =
      normalize_axis(c.attrs.integer("axis"), c.in(0).ndim(), "split_like");
  int64_t begin = 0;
  for (size_t i = 0; i + 1 < c.inputs.size(); ++i) {
    const int64_t end = begin + c.in(i + 1).shape()[axis];
    c.out(i) = part(c.in(0), axis, begin, end);
    begin = end;
  }
}

Tensors split_like_vjp(const VjpContext& c) {
  Tensors parts;
  for (size_t i = 0; i < c.outputs.size(); ++i)
    parts.push_back(c.cotangents[i].is_empty()
                        ? emit("zeros_like", {c.outputs[i]})
                        : c.cotangents[i]);
  Tensors result(c.inputs.size());
  result[0] = call_one(op_named("concatenate"), parts, c.attrs);
  return result;
}

constexpr OpDef kOps[] = {
    {.name = "reshape",
     .doc = "The same elements in row-major order with another shape.",
     .params = kReshape,
     .type = reshape_type,
     .kernel = reshape_kernel,
     .vjp = to_input_shape,
     .vmap = reshape_vmap,
     .samples = {.shapes = "3,4", .attrs = "shape=(2, 6); shape=(-1,)"},
     .reference = "np.reshape",
     .traits = kView},
    {.name = "transpose",
     .doc = "Permutes axes; reverses them by default.",
     .params = kTranspose,
     .type = transpose_type,
     .kernel = transpose_kernel,
     .vjp = transpose_vjp,
     .vmap = transpose_vmap,
     .samples = {.shapes = "2,3,4", .attrs = "axes=None; axes=(1, 2, 0)"},
     .reference = "np.transpose",
     .traits = kView},
    {.name = "broadcast_to",
     .doc = "Repeats axes of extent 1 to reach a shape, without a copy.",
     .params = kReshape,
     .type = broadcast_to_type,
     .kernel = broadcast_to_kernel,
     .vjp = broadcast_to_vjp,
     .vmap = broadcast_to_vmap,
     .samples = {.shapes = "3,1", .attrs = "shape=(2, 3, 4)"},
     .reference = "np.broadcast_to",
     .traits = kView},
    {.name = "expand_dims",
     .doc = "Inserts axes of extent 1.",
     .params = kExpand,
     .type = expand_dims_type,
     .kernel = expand_dims_kernel,
     .vjp = to_input_shape,
     .vmap = expand_dims_vmap,
     .samples = {.shapes = "3,4", .attrs = "axis=1; axis=(0, -1)"},
     .reference = "np.expand_dims",
     .traits = kView},
    {.name = "squeeze",
     .doc = "Drops axes of extent 1.",
     .params = kSqueeze,
     .type = squeeze_type,
     .kernel = squeeze_kernel,
     .vjp = to_input_shape,
     .vmap = squeeze_vmap,
     .samples = {.shapes = "1,3,1", .attrs = "axis=None; axis=-1"},
     .reference = "np.squeeze",
     .traits = kView},
    {.name = "concatenate",
     .doc = "Joins arrays along an axis.",
     .params = kConcatenate,
     .type = concatenate_type,
     .kernel = concatenate_kernel,
     .vjp = concatenate_vjp,
     .vmap = vmap_shift_axis,
     .samples = {.shapes = "3,4;3,4", .attrs = "axis=0; axis=-1"},
     .reference = "np.concatenate",
     .traits = kPromotes},
    {.name = "split_like",
     .doc = "Cuts x along an axis into parts as long as the given arrays.",
     .params = kSplitLike,
     .type = split_like_type,
     .kernel = split_like_kernel,
     .vjp = split_like_vjp,
     .vmap = vmap_shift_axis,
     .samples = {.shapes = "6,4;2,4;4,4"},
     .traits = kView | kManyOutputs},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> shape_ops() { return kOps; }

}  // namespace numest
