// Slices of the leading axes: reading (a view), writing (a copy that differs
// there), and windows whose position is data. Bounds are Python's; an open
// bound is the largest or smallest int64.
#include <algorithm>

#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/index_spec.h"
#include "numest/ops/padded_windows.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;
using Ints = std::vector<int64_t>;

constexpr std::string_view kNoInts = "()";
constexpr ParamDef kSlice[] = {{"a"},
                               {"starts", Kind::kInts},
                               {"stops", Kind::kInts},
                               {"steps", Kind::kInts, kNoInts}};
constexpr ParamDef kSliceUpdate[] = {{"a"},
                                     {"update"},
                                     {"starts", Kind::kInts},
                                     {"stops", Kind::kInts},
                                     {"steps", Kind::kInts, kNoInts}};
constexpr ParamDef kDynamicSlice[] = {
    {"a"}, {"starts"}, {"sizes", Kind::kShape}};
constexpr ParamDef kDynamicSliceRows[] = {
    {"a"},
    {"starts"},
    {"sizes", Kind::kShape},
    {"pad_width", Kind::kInts, kNoInts},
    {"constant_values", Kind::kFloat, "0.0"}};
constexpr ParamDef kDynamicUpdate[] = {{"a"}, {"update"}, {"starts"}};

// --- slice ---
std::vector<Slice> slices_of(const OpDef& op, const Attrs& attrs, int ndim) {
  const auto& starts = attrs.get<Ints>("starts");
  const auto& stops = attrs.get<Ints>("stops");
  Ints steps = attrs.get<Ints>("steps");
  if (steps.empty()) steps.assign(starts.size(), 1);
  NUMEST_USER_CHECK(
      starts.size() == stops.size() && starts.size() == steps.size(),
      ValueError, "{}: starts, stops and steps differ in length: got {}",
      op.name, to_string(attrs));
  NUMEST_USER_CHECK(int(starts.size()) <= ndim, IndexError,
                    "{}: too many indices for array: array is {}-dimensional, "
                    "but {} were indexed",
                    op.name, ndim, starts.size());
  std::vector<Slice> slices;
  for (size_t i = 0; i < starts.size(); ++i) {
    NUMEST_USER_CHECK(steps[i] != 0, ValueError,
                      "{}: slice step cannot be zero", op.name);
    slices.push_back({starts[i], stops[i], steps[i]});
  }
  return slices;
}

Shape sliced_shape(const TypeContext& c) {
  Shape shape = c.in(0).shape;
  const auto slices = slices_of(c.op, c.attrs, shape.ndim());
  for (size_t i = 0; i < slices.size(); ++i)
    shape[int(i)] = sliced_extent(shape[int(i)], slices[i]);
  return shape;
}

Types slice_type(const TypeContext& c) {
  return TensorSpec{c.in(0).dtype, sliced_shape(c)};
}

void slice_kernel(const KernelContext& c) {
  c.out() = c.in(0).slice(slices_of(c.op, c.attrs, c.in(0).ndim()));
}

Tensors slice_vjp(const VjpContext& c) {
  return {emit("slice_update", {emit("zeros_like", {c.in(0)}), c.cotangent()},
               c.attrs)};
}

Attrs slices_behind_batch(const Attrs& attrs) {
  Attrs result = attrs;
  auto prepend = [&](std::string_view key, int64_t value) {
    Ints ints = attrs.get<Ints>(key);
    if (key == "steps" && ints.empty()) return;
    ints.insert(ints.begin(), value);
    result.set(key, ints);
  };
  prepend("starts", 0);
  prepend("stops", INT64_MAX);
  prepend("steps", 1);
  return result;
}

Tensors slice_vmap(const VmapContext& c) {
  return {call_one(c.op, {c.inputs[0]}, slices_behind_batch(c.attrs))};
}

// --- slice_update ---
Types slice_update_type(const TypeContext& c) {
  const Shape shape = sliced_shape(c);
  broadcast_shapes(shape, c.in(1).shape, "slice_update");
  NUMEST_USER_CHECK(c.in(1).shape.ndim() <= shape.ndim(), ValueError,
                    "slice_update: could not broadcast update from shape {} "
                    "into shape {}",
                    c.in(1).shape.to_string(), shape.to_string());
  return c.in(0);
}

void slice_update_kernel(const KernelContext& c) {
  c.out().assign(c.in(0));
  c.out().slice(slices_of(c.op, c.attrs, c.in(0).ndim())).assign(c.in(1));
}

Tensor cast_like(const Tensor& t, const Tensor& like) {
  if (t.dtype() == like.dtype()) return t;
  return emit("astype", {t}, {{"dtype", like.dtype()}});
}

// A zero that broadcasts, of a tensor's dtype.
Tensor zero_of(const Tensor& like) {
  return Tensor(Array::zeros(like.dtype(), Shape{}));
}

Tensors slice_update_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  const Tensor update = emit("slice", {g}, c.attrs);
  return {emit("slice_update", {g, zero_of(g)}, c.attrs),
          cast_like(unbroadcast(update, c.in(1)), c.in(1))};
}

Tensors slice_update_vmap(const VmapContext& c) {
  const Tensor a = batched_input(c, 0);
  Tensor update = c.inputs[1];
  if (c.batched[1]) update = insert_ones(update, 1, a.ndim() - update.ndim());
  return {call_one(c.op, {a, update}, slices_behind_batch(c.attrs))};
}

// --- dynamic_slice ---
// Slices of `sizes` at `starts`, moved to lie inside of `shape` as XLA does.
std::vector<Slice> window(const Array& starts, const Shape& sizes,
                          const Shape& shape) {
  std::vector<Slice> slices;
  const auto values = starts.to_vector<int64_t>();
  for (int i = 0; i < shape.ndim(); ++i) {
    const int64_t last = shape[i] - sizes[i];
    const int64_t start = std::clamp<int64_t>(values[size_t(i)], 0, last);
    slices.push_back({start, start + sizes[i], 1});
  }
  return slices;
}

void check_window(const OpDef& op, const TensorSpec& a, const Shape& sizes,
                  const TensorSpec& starts) {
  bool fits = sizes.ndim() == a.shape.ndim();
  for (int i = 0; fits && i < sizes.ndim(); ++i)
    fits =
        is_symbol(sizes[i]) || is_symbol(a.shape[i]) || sizes[i] <= a.shape[i];
  NUMEST_USER_CHECK(fits, ValueError,
                    "{}: the window does not fit: got sizes {}, expected at "
                    "most {}",
                    op.name, sizes.to_string(), a.shape.to_string());
  NUMEST_USER_CHECK(is_integer(starts.dtype), TypeError,
                    "{}: got starts of dtype {}, expected integers", op.name,
                    name(starts.dtype));
  NUMEST_USER_CHECK(starts.shape == Shape{a.shape.ndim()}, ValueError,
                    "{}: got starts of shape {}, expected ({},)", op.name,
                    starts.shape.to_string(), a.shape.ndim());
}

Types dynamic_slice_type(const TypeContext& c) {
  const Shape& sizes = c.attrs.get<Shape>("sizes");
  check_window(c.op, c.in(0), sizes, c.in(1));
  return TensorSpec{c.in(0).dtype, sizes};
}

void dynamic_slice_kernel(const KernelContext& c) {
  const Shape& sizes = c.attrs.get<Shape>("sizes");
  c.out().assign(c.in(0).slice(window(c.in(1), sizes, c.in(0).shape())));
}

Tensors dynamic_slice_vjp(const VjpContext& c) {
  return {emit("dynamic_update_slice",
               {emit("zeros_like", {c.in(0)}), c.cotangent(), c.in(1)}),
          Tensor()};
}

Tensor starts_behind_batch(const Tensor& starts) {
  const Tensor zero(Array::zeros(starts.dtype(), Shape{1}));
  return emit("concatenate", {zero, starts}, {{"axis", int64_t{0}}});
}

Tensors dynamic_slice_vmap(const VmapContext& c) {
  if (c.batched[1])
    return {emit("dynamic_slice_rows", {batched_input(c, 0), c.inputs[1]},
                 c.attrs)};
  Shape sizes = c.attrs.get<Shape>("sizes");
  sizes.insert(0, batch_extent(c));
  return {call_one(c.op, {c.inputs[0], starts_behind_batch(c.inputs[1])},
                   {{"sizes", sizes}})};
}

// --- dynamic_slice_rows ---
TensorSpec row_of(const TensorSpec& block) {
  NUMEST_USER_CHECK(block.shape.ndim() > 0, ValueError,
                    "dynamic_slice_rows: got a scalar, expected rows");
  TensorSpec row = block;
  row.shape.erase(0);
  return row;
}

// Widths as (before, after) of each axis of a row; none are zeros.
Ints row_padding(const TypeContext& c) {
  const auto& widths = c.attrs.get<Ints>("pad_width");
  const size_t count = 2 * size_t(c.in(0).shape.ndim() - 1);
  if (widths.empty()) return Ints(count, 0);
  NUMEST_USER_CHECK(
      widths.size() == count && std::all_of(widths.begin(), widths.end(),
                                            [](int64_t w) { return w >= 0; }),
      ValueError,
      "dynamic_slice_rows: got pad_width {}, expected none or {} numbers >= 0: "
      "(before, after) of each axis of a row",
      to_string(*c.attrs.find("pad_width")), count);
  return widths;
}

Types dynamic_slice_rows_type(const TypeContext& c) {
  Shape sizes = c.attrs.get<Shape>("sizes");
  TensorSpec row = row_of(c.in(0));
  const Ints widths = row_padding(c);
  for (int i = 0; i < row.shape.ndim(); ++i)
    if (!is_symbol(row.shape[i]))
      row.shape[i] += widths[size_t(2 * i)] + widths[size_t(2 * i + 1)];
  check_window(c.op, row, sizes, row_of(c.in(1)));
  sizes.insert(0, c.in(0).shape[0]);
  return TensorSpec{c.in(0).dtype, sizes};
}

void dynamic_slice_rows_kernel(const KernelContext& c) {
  const int64_t rows = c.in(0).shape()[0];
  NUMEST_USER_CHECK(c.in(1).shape()[0] == rows, ValueError,
                    "dynamic_slice_rows: got {} starts for {} rows",
                    c.in(1).shape()[0], rows);
  const DType dtype = c.out().dtype();
  const Array fill =
      dtype == DType::kBytes
          ? Array::zeros(dtype, Shape{})
          : Array::scalar(c.attrs.real("constant_values")).astype(dtype);
  copy_padded_windows(c.in(0), c.in(1), c.attrs.get<Ints>("pad_width"), fill,
                      c.out());
}

Tensors dynamic_slice_rows_vjp(const VjpContext& c) {
  Ints widths = c.attrs.get<Ints>("pad_width");
  widths.insert(widths.begin(), {0, 0});
  const Attrs padding = {{"pad_width", widths}};
  Tensor zeros = emit("zeros_like", {c.in(0)});
  if (widths.size() > 2) zeros = emit("pad", {zeros}, padding);
  const Tensor inputs[] = {zeros, c.cotangent(), c.in(1)};
  const bool batched[] = {true, true, true};
  const OpDef& update = op_named("dynamic_update_slice");
  Tensor g = update.vmap(VmapContext{update, inputs, batched, {}})[0];
  if (widths.size() > 2) g = emit("pad_grad", {g, c.in(0)}, padding);
  return {g, Tensor()};
}

Types dynamic_update_type(const TypeContext& c) {
  check_window(c.op, c.in(0), c.in(1).shape, c.in(2));
  return c.in(0);
}

void dynamic_update_kernel(const KernelContext& c) {
  c.out().assign(c.in(0));
  c.out()
      .slice(window(c.in(2), c.in(1).shape(), c.in(0).shape()))
      .assign(c.in(1));
}

Tensors dynamic_update_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  const Tensor hole = emit("zeros_like", {c.in(1)}, {{"dtype", g.dtype()}});
  const Tensor update =
      emit("dynamic_slice", {g, c.in(2)}, {{"sizes", c.in(1).shape()}});
  return {emit("dynamic_update_slice", {g, hole, c.in(2)}),
          cast_like(update, c.in(1)), Tensor()};
}

Tensors dynamic_update_vmap(const VmapContext& c) {
  if (c.batched[2]) return vmap_loop(c);
  return {call_one(c.op, {batched_input(c, 0), batched_input(c, 1),
                          starts_behind_batch(c.inputs[2])})};
}

constexpr OpDef kOps[] = {
    {.name = "slice",
     .doc = "Slices of the leading axes, as start:stop:step in Python.",
     .params = kSlice,
     .type = slice_type,
     .kernel = slice_kernel,
     .vjp = slice_vjp,
     .vmap = slice_vmap,
     .samples = {.shapes = "5,4",
                 .attrs = "starts=(1,), stops=(4,);"
                          "starts=(-1, 0), stops=(-9, 9), steps=(-2, 3);"
                          "starts=(3,), stops=(2,)"},
     .traits = kView},
    {.name = "slice_update",
     .doc = "A copy whose slices hold the update.",
     .params = kSliceUpdate,
     .type = slice_update_type,
     .kernel = slice_update_kernel,
     .vjp = slice_update_vjp,
     .vmap = slice_update_vmap,
     .samples = {.shapes = "5,4;4",
                 .attrs = "starts=(1,), stops=(4,);"
                          "starts=(-1,), stops=(-9,), steps=(-2,)"}},
    {.name = "dynamic_slice",
     .doc = "A window of given extents, moved inside if its start is too far.",
     .params = kDynamicSlice,
     .type = dynamic_slice_type,
     .kernel = dynamic_slice_kernel,
     .vjp = dynamic_slice_vjp,
     .vmap = dynamic_slice_vmap,
     .samples = {.shapes = "4,3;2",
                 .attrs = "sizes=(2, 2)",
                 .dtypes = "float32,int64 float64,int64"}},
    {.name = "dynamic_slice_rows",
     .doc = "A window of each row, padded before, at starts of its own.",
     .params = kDynamicSliceRows,
     .type = dynamic_slice_rows_type,
     .kernel = dynamic_slice_rows_kernel,
     .vjp = dynamic_slice_rows_vjp,
     .vmap = vmap_loop,
     .samples = {.low = 0,
                 .high = 3,
                 .shapes = "3,4,5;3,2",
                 .attrs = "sizes=(2, 2);"
                          "sizes=(4, 6), pad_width=(1, 2, 2, 0);"
                          "sizes=(3, 2), pad_width=(4, 4, 0, 0), "
                          "constant_values=2.5",
                 .dtypes = "float32,int64 float64,int64"}},
    {.name = "dynamic_update_slice",
     .doc = "A copy in which a window holds the update.",
     .params = kDynamicUpdate,
     .type = dynamic_update_type,
     .kernel = dynamic_update_kernel,
     .vjp = dynamic_update_vjp,
     .vmap = dynamic_update_vmap,
     .samples = {.shapes = "4,3;2,2;2",
                 .dtypes = "float32,float32,int64 float64,float64,int64"}},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> slice_ops() { return kOps; }

}  // namespace numest
