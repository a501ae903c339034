// Ops that repeat or move elements by position: pad, tile, repeat, roll.
#include <algorithm>

#include "numest/ops/emit.h"
#include "numest/ops/families.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;
using Ints = std::vector<int64_t>;

constexpr ParamDef kPad[] = {{"array"},
                             {"pad_width", Kind::kInts},
                             {"mode", Kind::kString, "'constant'"},
                             {"constant_values", Kind::kFloat, "0.0"}};
constexpr ParamDef kPadGrad[] = {{"g"},
                                 {"array"},
                                 {"pad_width", Kind::kInts},
                                 {"mode", Kind::kString, "'constant'"}};
constexpr ParamDef kTile[] = {{"A"}, {"reps", Kind::kInts}};
constexpr ParamDef kRepeat[] = {
    {"a"}, {"repeats", Kind::kInt}, {"axis", Kind::kAxes, "None"}};
constexpr ParamDef kRoll[] = {
    {"a"}, {"shift", Kind::kInts}, {"axis", Kind::kAxes, "None"}};

Array part(const Array& a, int axis, Slice slice) {
  std::vector<Slice> slices(size_t(axis) + 1);
  slices.back() = slice;
  return a.slice(slices);
}

// --- pad ---
// Widths as (before, after) of each axis; one number serves all sides, a
// pair all axes.
Ints pad_widths(const Attrs& attrs, int ndim) {
  const auto& given = attrs.get<Ints>("pad_width");
  for (int64_t w : given)
    NUMEST_USER_CHECK(w >= 0, ValueError,
                      "pad: index can't contain negative values: got "
                      "pad_width {}",
                      to_string(*attrs.find("pad_width")));
  const size_t count = 2 * size_t(ndim);
  const bool fits =
      given.size() == count || given.size() == 1 || given.size() == 2;
  NUMEST_USER_CHECK(fits, ValueError,
                    "pad: got {} widths, expected 1, 2 or {}: (before, after) "
                    "of each axis",
                    given.size(), count);
  Ints widths;
  for (size_t i = 0; i < count; ++i) widths.push_back(given[i % given.size()]);
  return widths;
}

Shape padded_shape(const Shape& shape, const Ints& widths) {
  Shape result = shape;
  for (int i = 0; i < shape.ndim(); ++i) {
    const int64_t more = widths[size_t(2 * i)] + widths[size_t(2 * i + 1)];
    if (more == 0) continue;
    result[i] = is_symbol(shape[i]) ? fresh_extent() : shape[i] + more;
  }
  return result;
}

Types pad_type(const TypeContext& c) {
  const std::string& mode = c.attrs.text("mode");
  NUMEST_USER_CHECK(
      mode == "constant" || mode == "edge" || mode == "reflect", ValueError,
      "pad: mode '{}' is not supported; use 'constant', 'edge' or 'reflect'",
      mode);
  const Shape& shape = c.in(0).shape;
  return TensorSpec{c.in(0).dtype,
                    padded_shape(shape, pad_widths(c.attrs, shape.ndim()))};
}

// Position in the source of position i of the padded axis.
int64_t source_position(int64_t i, int64_t before, int64_t extent,
                        bool is_reflect) {
  const int64_t position = i - before;
  if (!is_reflect || extent == 1)
    return std::clamp<int64_t>(position, 0, extent - 1);
  const int64_t period = 2 * (extent - 1);
  const int64_t phase = ((position % period) + period) % period;
  return phase < extent ? phase : period - phase;
}

Array middle(const Array& a, int axis, int64_t before, int64_t extent) {
  return part(a, axis, {before, before + extent, 1});
}

void pad_constant(const KernelContext& c, const Ints& widths) {
  const double value = c.attrs.real("constant_values");
  if (c.out().dtype() != DType::kBytes)
    c.out().assign(Array::scalar(value).astype(c.out().dtype()));
  Array inside = c.out();
  for (int i = 0; i < inside.ndim(); ++i)
    inside = middle(inside, i, widths[size_t(2 * i)], c.in(0).shape()[i]);
  inside.assign(c.in(0));
}

// One axis after the other, so that corners repeat what was padded before.
void pad_kernel(const KernelContext& c) {
  const Ints widths = pad_widths(c.attrs, c.in(0).ndim());
  if (c.attrs.text("mode") == "constant") return pad_constant(c, widths);
  const bool is_reflect = c.attrs.text("mode") == "reflect";
  Array source = c.in(0);
  for (int axis = 0; axis < source.ndim(); ++axis) {
    const int64_t before = widths[size_t(2 * axis)];
    const int64_t extent = source.shape()[axis];
    const int64_t total = c.out().shape()[axis];
    if (total == extent) continue;
    NUMEST_USER_CHECK(extent > 0, ValueError,
                      "pad: can't extend empty axis {} using modes other than "
                      "'constant'",
                      axis);
    Shape shape = source.shape();
    shape[axis] = total;
    Array padded(source.dtype(), shape);
    for (int64_t i = 0; i < total; ++i)
      part(padded, axis, {i, i + 1, 1})
          .assign(middle(source, axis,
                         source_position(i, before, extent, is_reflect), 1));
    source = padded;
  }
  c.out().assign(source);
}

Tensors pad_vjp(const VjpContext& c) {
  return {emit("pad_grad", {c.cotangent(), c.in(0)},
               {{"pad_width", *c.attrs.find("pad_width")},
                {"mode", *c.attrs.find("mode")}})};
}

Tensors pad_vmap(const VmapContext& c) {
  Tensors inputs = batched_inputs(c);
  Ints widths = pad_widths(c.attrs, inputs[0].ndim() - 1);
  widths.insert(widths.begin(), {0, 0});
  return call(c.op, std::move(inputs), with(c.attrs, "pad_width", widths));
}

Types pad_grad_type(const TypeContext& c) {
  return TensorSpec{c.in(0).dtype, c.in(1).shape};
}

void add_into(const Array& to, const Array& from) {
  const Tensor sum = emit("add", {Tensor(to), Tensor(from)});
  to.assign(sum.numpy());
}

void pad_grad_kernel(const KernelContext& c) {
  const Shape& shape = c.in(1).shape();
  const Ints widths = pad_widths(c.attrs, shape.ndim());
  const std::string& mode = c.attrs.text("mode");
  Array g = c.in(0);
  for (int axis = shape.ndim(); axis-- > 0;) {
    const int64_t before = widths[size_t(2 * axis)];
    const int64_t extent = shape[axis], total = g.shape()[axis];
    if (total == extent) continue;
    Array inside = middle(g, axis, before, extent);
    if (mode != "constant") {
      inside = inside.copy();
      for (int64_t i = 0; i < total; ++i) {
        if (i >= before && i < before + extent) continue;
        const int64_t at =
            source_position(i, before, extent, mode == "reflect");
        add_into(middle(inside, axis, at, 1), part(g, axis, {i, i + 1, 1}));
      }
    }
    g = inside;
  }
  c.out().assign(g);
}

Tensors pad_grad_vjp(const VjpContext& c) {
  return {emit("pad", {c.cotangent()}, c.attrs), Tensor()};
}

// --- tile, repeat ---
struct Tiling {
  Shape shape;  // of the input, with axes of extent 1 in front
  Ints reps;
};

Tiling tiling(const Shape& shape, const Attrs& attrs) {
  Tiling t{shape, attrs.get<Ints>("reps")};
  for (int64_t r : t.reps)
    NUMEST_USER_CHECK(r >= 0, ValueError,
                      "tile: reps can't be negative: got {}",
                      to_string(*attrs.find("reps")));
  while (t.shape.ndim() < int(t.reps.size())) t.shape.insert(0, 1);
  while (int(t.reps.size()) < t.shape.ndim()) t.reps.insert(t.reps.begin(), 1);
  return t;
}

int64_t repeated(int64_t extent, int64_t count) {
  if (count == 1) return extent;
  if (count == 0) return 0;
  return is_symbol(extent) ? fresh_extent() : extent * count;
}

Types tile_type(const TypeContext& c) {
  Tiling t = tiling(c.in(0).shape, c.attrs);
  for (int i = 0; i < t.shape.ndim(); ++i)
    t.shape[i] = repeated(t.shape[i], t.reps[size_t(i)]);
  return TensorSpec{c.in(0).dtype, t.shape};
}

// (r0, n0, r1, n1, ...): the repeats as axes of their own.
Shape tile_axes(const Tiling& t) {
  Shape shape;
  for (int i = 0; i < t.shape.ndim(); ++i) {
    shape.push_back(t.reps[size_t(i)]);
    shape.push_back(t.shape[i]);
  }
  return shape;
}

void tile_kernel(const KernelContext& c) {
  const Tiling t = tiling(c.in(0).shape(), c.attrs);
  Array source = c.in(0).reshape(t.shape);
  for (int i = 0; i < t.shape.ndim(); ++i) source = source.expand_dims(2 * i);
  c.out().reshape(tile_axes(t)).assign(source);
}

Tensors tile_vjp(const VjpContext& c) {
  const Tiling t = tiling(c.in(0).shape(), c.attrs);
  Ints axes;
  for (int i = 0; i < t.shape.ndim(); ++i) axes.push_back(2 * i);
  const Tensor parts =
      emit("reshape", {c.cotangent()}, {{"shape", tile_axes(t)}});
  const Tensor sum =
      axes.empty() ? parts : emit("sum", {parts}, {{"axis", axes}});
  return {emit("reshape", {sum}, {{"shape", c.in(0).shape()}})};
}

Tensors tile_vmap(const VmapContext& c) {
  Shape one = c.inputs[0].shape();
  one.erase(0);
  Tiling t = tiling(one, c.attrs);
  const Tensor a = insert_ones(c.inputs[0], 1, t.shape.ndim() - one.ndim());
  t.reps.insert(t.reps.begin(), 1);
  return {call_one(c.op, {a}, {{"reps", t.reps}})};
}

// None flattens first.
Tensor flat_if_none(const Tensor& a, const Attrs& attrs) {
  if (!attrs.is_none("axis")) return a;
  return emit("reshape", {a}, {{"shape", Shape{-1}}});
}

Tensor flat_rows(const VmapContext& c) {
  return emit("reshape", {c.inputs[0]},
              {{"shape", Shape{batch_extent(c), -1}}});
}

int64_t flat_extent(const Shape& shape) {
  if (shape.ndim() == 1) return shape[0];
  return shape.is_known() ? shape.size() : fresh_extent();
}

// The one axis of attribute "axis", which is not None.
int repeat_axis(const Attrs& attrs, int ndim) {
  const std::vector<int> axes = attrs.axes("axis", ndim, "repeat");
  NUMEST_USER_CHECK(axes.size() == 1, TypeError,
                    "repeat: axis: got {} axes, expected one or None",
                    axes.size());
  return axes[0];
}

Types repeat_type(const TypeContext& c) {
  const int64_t count = c.attrs.integer("repeats");
  NUMEST_USER_CHECK(count >= 0, ValueError,
                    "repeat: repeats may not contain negative values: got {}",
                    count);
  Shape shape = c.in(0).shape;
  if (c.attrs.is_none("axis")) shape = Shape{flat_extent(shape)};
  const int axis =
      c.attrs.is_none("axis") ? 0 : repeat_axis(c.attrs, shape.ndim());
  shape[axis] = repeated(shape[axis], count);
  return TensorSpec{c.in(0).dtype, shape};
}

void repeat_kernel(const KernelContext& c) {
  const bool is_flat = c.attrs.is_none("axis");
  const Array a = is_flat ? c.in(0).reshape(Shape{-1}) : c.in(0);
  const int axis = is_flat ? 0 : repeat_axis(c.attrs, a.ndim());
  const int64_t count = c.attrs.integer("repeats");
  for (int64_t i = 0; i < count; ++i)
    part(c.out(), axis, {i, {}, count}).assign(a);
}

Tensors repeat_vjp(const VjpContext& c) {
  const Tensor a = flat_if_none(c.in(0), c.attrs);
  const int axis = c.attrs.is_none("axis") ? 0 : repeat_axis(c.attrs, a.ndim());
  Shape shape = a.shape();
  shape.insert(axis + 1, c.attrs.integer("repeats"));
  const Tensor parts = emit("reshape", {c.cotangent()}, {{"shape", shape}});
  const Tensor sum = emit("sum", {parts}, {{"axis", int64_t{axis + 1}}});
  return {emit("reshape", {sum}, {{"shape", c.in(0).shape()}})};
}

Tensors repeat_vmap(const VmapContext& c) {
  const bool is_flat = c.attrs.is_none("axis");
  const int64_t axis = is_flat
                           ? 1
                           : behind_batch(c.attrs.axes(
                                 "axis", c.inputs[0].ndim() - 1, "repeat")[0]);
  return {call_one(c.op, {is_flat ? flat_rows(c) : c.inputs[0]},
                   with(c.attrs, "axis", axis))};
}

// --- roll ---
struct Roll {
  std::vector<int> axes;
  Ints shifts;
};

Roll rolls(const Attrs& attrs, int ndim) {
  Roll r;
  r.shifts = attrs.get<Ints>("shift");
  if (const auto* one = std::get_if<int64_t>(attrs.find("axis")))
    r.axes = {normalize_axis(*one, ndim, "roll")};
  else if (!attrs.is_none("axis"))
    for (int64_t axis : attrs.get<Ints>("axis"))
      r.axes.push_back(normalize_axis(axis, ndim, "roll"));
  else
    r.axes = {0};
  if (r.shifts.size() == 1) r.shifts.resize(r.axes.size(), r.shifts[0]);
  NUMEST_USER_CHECK(r.shifts.size() == r.axes.size(), ValueError,
                    "roll: got {} shifts for {} axes", r.shifts.size(),
                    r.axes.size());
  return r;
}

Types roll_type(const TypeContext& c) {
  if (!c.attrs.is_none("axis")) rolls(c.attrs, c.in(0).shape.ndim());
  return c.in(0);
}

Array rolled(const Array& a, int axis, int64_t shift) {
  const int64_t extent = a.shape()[axis];
  if (extent == 0) return a;
  const int64_t k = ((shift % extent) + extent) % extent;
  Array out(a.dtype(), a.shape());
  part(out, axis, {k, extent, 1}).assign(part(a, axis, {0, extent - k, 1}));
  part(out, axis, {0, k, 1}).assign(part(a, axis, {extent - k, extent, 1}));
  return out;
}

void roll_kernel(const KernelContext& c) {
  const bool is_flat = c.attrs.is_none("axis");
  Array a = is_flat ? c.in(0).reshape(Shape{-1}) : c.in(0);
  const Roll r = rolls(c.attrs, a.ndim());
  for (size_t i = 0; i < r.axes.size(); ++i)
    a = rolled(a, r.axes[i], r.shifts[i]);
  c.out().assign(a.reshape(c.out().shape()));
}

Tensors roll_vjp(const VjpContext& c) {
  Ints shifts = c.attrs.get<Ints>("shift");
  for (int64_t& s : shifts) s = -s;
  return {emit("roll", {c.cotangent()}, with(c.attrs, "shift", shifts))};
}

Tensors roll_vmap(const VmapContext& c) {
  if (!c.attrs.is_none("axis")) {
    Ints axes;
    for (int a : rolls(c.attrs, c.inputs[0].ndim() - 1).axes)
      axes.push_back(a + 1);
    return {call_one(c.op, {c.inputs[0]}, with(c.attrs, "axis", axes))};
  }
  const Tensor flat =
      call_one(c.op, {flat_rows(c)}, with(c.attrs, "axis", int64_t{1}));
  return {emit("reshape", {flat}, {{"shape", c.inputs[0].shape()}})};
}

constexpr OpDef kOps[] = {
    {.name = "pad",
     .doc = "Adds margins of a constant, of edge values or of reflections.",
     .params = kPad,
     .type = pad_type,
     .kernel = pad_kernel,
     .vjp = pad_vjp,
     .vmap = pad_vmap,
     .samples = {.shapes = "3,4",
                 .attrs = "pad_width=1, constant_values=3.0;"
                          "pad_width=(2, 3, 0, 1), mode='edge';"
                          "pad_width=(4, 1), mode='reflect'"}},
    {.name = "pad_grad",
     .doc = "Sums each padded element into the element that it repeats.",
     .params = kPadGrad,
     .type = pad_grad_type,
     .kernel = pad_grad_kernel,
     .vjp = pad_grad_vjp,
     .vmap = pad_vmap,
     .samples = {.shapes = "5,6;3,4",
                 .attrs = "pad_width=1; pad_width=1, mode='reflect'",
                 .dtypes = "float32 float64"}},
    {.name = "tile",
     .doc = "Repeats the whole array along each axis.",
     .params = kTile,
     .type = tile_type,
     .kernel = tile_kernel,
     .vjp = tile_vjp,
     .vmap = tile_vmap,
     .samples = {.shapes = "3,2", .attrs = "reps=2; reps=(2, 1, 3)"},
     .reference = "np.tile"},
    {.name = "repeat",
     .doc = "Repeats each element along an axis, or of the flat array.",
     .params = kRepeat,
     .type = repeat_type,
     .kernel = repeat_kernel,
     .vjp = repeat_vjp,
     .vmap = repeat_vmap,
     .samples = {.shapes = "3,2", .attrs = "repeats=2; repeats=3, axis=-1"},
     .reference = "np.repeat"},
    {.name = "roll",
     .doc = "Moves elements along axes; what leaves one end enters the other.",
     .params = kRoll,
     .type = roll_type,
     .kernel = roll_kernel,
     .vjp = roll_vjp,
     .vmap = roll_vmap,
     .samples = {.shapes = "3,4",
                 .attrs = "shift=2; shift=-1, axis=1;"
                          "shift=(1, 2), axis=(0, 1)"},
     .reference = "np.roll"},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> rearrange_ops() { return kOps; }

}  // namespace numest
