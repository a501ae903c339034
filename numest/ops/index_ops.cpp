// Gathers and scatters by integer positions. A gather and a scatter of equal
// `axis`, `mode` and `batch_dims` touch the same elements, so that each is the
// other's derivative.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "numest/array/index.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/positions.h"
#include "numest/ops/take_kernel.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kTake[] = {{"a"},
                              {"indices"},
                              {"axis", Kind::kInt, "None"},
                              {"mode", Kind::kString, "'raise'"},
                              {"batch_dims", Kind::kInt, "0"}};
constexpr ParamDef kScatter[] = {{"a"},
                                 {"indices"},
                                 {"updates"},
                                 {"axis", Kind::kInt, "0"},
                                 {"mode", Kind::kString, "'raise'"},
                                 {"batch_dims", Kind::kInt, "0"}};
constexpr ParamDef kAlong[] = {
    {"arr"}, {"indices"}, {"axis", Kind::kInt, "-1"}};
constexpr ParamDef kAddAlong[] = {
    {"arr"}, {"indices"}, {"values"}, {"axis", Kind::kInt, "-1"}};
constexpr ParamDef kSelect[] = {
    {"a"}, {"index", Kind::kInt}, {"axis", Kind::kInt, "0"}};
constexpr ParamDef kOneHot[] = {
    {"indices"}, {"depth", Kind::kInt}, {"dtype", Kind::kDType, "float32"}};
constexpr ParamDef kArray[] = {{"a"}};
constexpr ParamDef kCount[] = {{"count"}};

// --- take ---
Types take_type(const TypeContext& c) {
  check_integers(c.op, c.in(1).dtype);
  const Shape& a = c.in(0).shape;
  if (c.attrs.is_none("axis")) return TensorSpec{c.in(0).dtype, c.in(1).shape};
  return TensorSpec{c.in(0).dtype,
                    gathered_shape(c.op, a, c.in(1).shape, c.attrs)};
}

Tensor flat(const Tensor& a) {
  return emit("reshape", {a}, {{"shape", Shape{-1}}});
}

Tensors take_vjp(const VjpContext& c) {
  const bool is_flat = c.attrs.is_none("axis");
  Tensor zeros = emit("zeros_like", {c.in(0)});
  Attrs attrs = c.attrs;
  if (is_flat) {
    zeros = flat(zeros);
    attrs.set("axis", int64_t{0});
  }
  Tensor sum = emit("scatter_add", {zeros, c.in(1), c.cotangent()}, attrs);
  if (is_flat) sum = emit("reshape", {sum}, {{"shape", c.in(0).shape()}});
  return {sum, Tensor()};
}

// Attributes of the call on blocks. Only if the indices are batched do
// batches of them belong to batches of the array.
Attrs behind_batch_dims(const VmapContext& c, int64_t axis) {
  Attrs attrs = with(c.attrs, "axis", axis + 1);
  const int64_t dims = c.attrs.integer("batch_dims");
  if (c.batched[1] || dims > 0) attrs.set("batch_dims", dims + 1);
  return attrs;
}

Tensor batched_indices(const VmapContext& c) {
  const bool is_shared = !c.batched[1] && c.attrs.integer("batch_dims") == 0;
  return is_shared ? c.inputs[1] : batched_input(c, 1);
}

Tensors take_vmap(const VmapContext& c) {
  const bool is_flat = c.attrs.is_none("axis");
  if (!c.batched[0] && c.attrs.integer("batch_dims") == 0) {
    const int a_ndim = is_flat ? 1 : c.inputs[0].ndim();
    const int axis = is_flat ? 0 : axis_of(c.op, c.attrs, a_ndim);
    return {move_axis(
        call_one(c.op, Tensors(c.inputs.begin(), c.inputs.end()), c.attrs),
        axis, 0)};
  }
  Tensor a = batched_input(c, 0);
  if (is_flat)
    a = emit("reshape", {a}, {{"shape", Shape{batch_extent(c), -1}}});
  const int axis = is_flat ? 0 : axis_of(c.op, c.attrs, a.ndim() - 1);
  return {call_one(c.op, {a, batched_indices(c)}, behind_batch_dims(c, axis))};
}

// --- scatter ---
Types scatter_type(const TypeContext& c) {
  check_integers(c.op, c.in(1).dtype);
  const Shape shape =
      gathered_shape(c.op, c.in(0).shape, c.in(1).shape, c.attrs);
  broadcast_shapes(shape, c.in(2).shape, "scatter");
  return c.in(0);
}

template <bool kAdd>
void scatter_kernel(const KernelContext& c) {
  const Gather g = gather_of(c.op, c.in(0).shape(), c.in(1), c.attrs);
  c.out().assign(c.in(0));
  const Shape shape =
      gathered_shape(c.op, c.in(0).shape(), c.in(1).shape(), c.attrs);
  const Array updates =
      c.in(2).astype(c.in(0).dtype()).broadcast_to(shape).contiguous();
  if constexpr (kAdd)
    scatter_add(g, updates, c.out());
  else
    scatter_set(g, updates, c.out());
}

Tensor taken(const VjpContext& c, const Tensor& from) {
  return emit("take", {from, c.in(1)}, c.attrs);
}

Tensor cast_like(const Tensor& t, const Tensor& like) {
  if (t.dtype() == like.dtype()) return t;
  return emit("astype", {t}, {{"dtype", like.dtype()}});
}

Tensors scatter_add_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  return {g, Tensor(), cast_like(unbroadcast(taken(c, g), c.in(2)), c.in(2))};
}

// Of updates at one place the last wins: only it has a derivative.
Tensors scatter_set_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  const Tensor zero(Array::zeros(g.dtype(), Shape{}));
  const Tensor mine = taken(c, g);
  const Tensor ids = emit("reshape", {emit("arange_like", {flat(mine)})},
                          {{"shape", mine.shape()}});
  const Tensor blank = emit("zeros_like", {c.in(0)}, {{"dtype", ids.dtype()}});
  const Tensor last = taken(c, call_one(c.op, {blank, c.in(1), ids}, c.attrs));
  const Tensor kept = emit("where", {emit("equal", {last, ids}), mine, zero});
  return {call_one(c.op, {g, c.in(1), zero}, c.attrs), Tensor(),
          cast_like(unbroadcast(kept, c.in(2)), c.in(2))};
}

Tensors scatter_vmap(const VmapContext& c) {
  const Tensor a = batched_input(c, 0);
  const int axis = axis_of(c.op, c.attrs, a.ndim() - 1);
  const Tensor indices = batched_indices(c);
  const Attrs attrs = behind_batch_dims(c, axis);
  Tensor updates = c.inputs[2];
  if (c.batched[2]) {
    const int ndim =
        gathered_shape(c.op, a.shape(), indices.shape(), attrs).ndim();
    updates = insert_ones(updates, 1, ndim - updates.ndim());
  }
  return {call_one(c.op, {a, indices, updates}, attrs)};
}

// --- take_along_axis ---
// Shapes of both inputs, broadcast to each other except along the axis.
struct Along {
  int axis;
  Shape arr, indices;
};

Along along(const OpDef& op, const Attrs& attrs, const Shape& arr,
            const Shape& indices) {
  NUMEST_USER_CHECK(arr.ndim() == indices.ndim(), ValueError,
                    "{}: `indices` and `arr` must have the same number of "
                    "dimensions: got shapes {} and {}",
                    op.name, indices.to_string(), arr.to_string());
  Along result{axis_of(op, attrs, arr.ndim()), arr, indices};
  Shape a = arr, i = indices;
  a[result.axis] = i[result.axis] = 1;
  const Shape joined = broadcast_shapes(a, i, op.name);
  for (int k = 0; k < arr.ndim(); ++k)
    if (k != result.axis) result.arr[k] = result.indices[k] = joined[k];
  return result;
}

Types take_along_type(const TypeContext& c) {
  check_integers(c.op, c.in(1).dtype);
  return TensorSpec{c.in(0).dtype,
                    along(c.op, c.attrs, c.in(0).shape, c.in(1).shape).indices};
}

// The axis moves to the end; each row then has its own indices.
struct Rows {
  Array values, indices;
  Gather gather;
};

Rows rows_along(const OpDef& op, const Along& s, const Array& arr,
                const Array& indices) {
  std::vector<int> axes;
  for (int i = 0; i < arr.ndim(); ++i)
    if (i != s.axis) axes.push_back(i);
  axes.push_back(s.axis);
  auto rows = [&](const Array& a, const Shape& shape) {
    return a.broadcast_to(shape).transpose(axes).contiguous();
  };
  Rows r{rows(arr, s.arr), rows(indices, s.indices), {}};
  r.gather = gather_of(op, r.values.shape(), r.indices,
                       {{"axis", int64_t{arr.ndim() - 1}},
                        {"mode", std::string("raise")},
                        {"batch_dims", int64_t{arr.ndim() - 1}}});
  return r;
}

void take_along_kernel(const KernelContext& c) {
  const Along s = along(c.op, c.attrs, c.in(0).shape(), c.in(1).shape());
  const Rows r = rows_along(c.op, s, c.in(0), c.in(1));
  Array out(c.out().dtype(), r.indices.shape());
  gather(r.gather, r.values, out);
  move_last_to(out, s.axis, c.out());
}

Tensors take_along_vjp(const VjpContext& c) {
  const Along s = along(c.op, c.attrs, c.in(0).shape(), c.in(1).shape());
  Tensor zeros = emit("zeros_like", {c.in(0)});
  if (!(s.arr == c.in(0).shape()))
    zeros = emit("broadcast_to", {zeros}, {{"shape", s.arr}});
  const Tensor sum =
      emit("add_along_axis", {zeros, c.in(1), c.cotangent()}, c.attrs);
  return {unbroadcast(sum, c.in(0)), Tensor()};
}

Types add_along_type(const TypeContext& c) {
  check_integers(c.op, c.in(1).dtype);
  const Along s = along(c.op, c.attrs, c.in(0).shape, c.in(1).shape);
  broadcast_shapes(s.indices, c.in(2).shape, "add_along_axis");
  return TensorSpec{c.in(0).dtype, s.arr};
}

void add_along_kernel(const KernelContext& c) {
  const Along s = along(c.op, c.attrs, c.in(0).shape(), c.in(1).shape());
  const Rows r = rows_along(c.op, s, c.in(0), c.in(1));
  const Rows updates = rows_along(c.op, {s.axis, s.indices, s.indices},
                                  c.in(2).astype(c.in(0).dtype()),
                                  Array::zeros(DType::kInt64, s.indices));
  const Array out = r.values.copy();
  scatter_add(r.gather, updates.values, out);
  move_last_to(out, s.axis, c.out());
}

Tensors add_along_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  const Tensor values = emit("take_along_axis", {g, c.in(1)}, c.attrs);
  return {unbroadcast(g, c.in(0)), Tensor(),
          cast_like(unbroadcast(values, c.in(2)), c.in(2))};
}

Tensors along_vmap(const VmapContext& c) {
  const int64_t axis = c.attrs.integer("axis");
  Tensors inputs = batched_inputs(c);
  const int ndim = inputs[0].ndim();
  for (Tensor& t : inputs) t = insert_ones(t, 1, ndim - t.ndim());
  return {call_one(c.op, inputs, with(c.attrs, "axis", behind_batch(axis)))};
}

// --- select ---
Types select_type(const TypeContext& c) {
  Shape shape = c.in(0).shape;
  const int axis = axis_of(c.op, c.attrs, shape.ndim());
  if (!is_symbol(shape[axis]))
    resolve_position(c.attrs.integer("index"), shape[axis], axis);
  shape.erase(axis);
  return TensorSpec{c.in(0).dtype, shape};
}

void select_kernel(const KernelContext& c) {
  const int axis = axis_of(c.op, c.attrs, c.in(0).ndim());
  const int64_t position =
      resolve_position(c.attrs.integer("index"), c.in(0).shape()[axis], axis);
  c.out() = c.in(0).index(axis, position);
}

Tensors select_vjp(const VjpContext& c) {
  const int axis = axis_of(c.op, c.attrs, c.in(0).ndim());
  const Tensor index(Array::from<int64_t>({c.attrs.integer("index")}));
  return {
      emit("scatter_add",
           {emit("zeros_like", {c.in(0)}), index,
            insert_ones(c.cotangent(), axis, 1)},
           {{"axis", int64_t{axis}}}),
  };
}

// --- one_hot ---
Types one_hot_type(const TypeContext& c) {
  NUMEST_USER_CHECK(c.attrs.get<int64_t>("depth") >= 0, ValueError,
                    "one_hot: depth must not be negative: got {}",
                    c.attrs.get<int64_t>("depth"));
  check_integers(c.op, c.in(0).dtype);
  Shape shape = c.in(0).shape;
  shape.push_back(c.attrs.integer("depth"));
  const DType dtype =
      c.attrs.is_none("dtype") ? DType::kFloat32 : c.attrs.get<DType>("dtype");
  return TensorSpec{dtype, shape};
}

template <class T>
void set_ones(const KernelContext& c) {
  T* row = c.out().data<T>();
  std::fill_n(row, c.out().size(), T(0));
  const int64_t depth = c.attrs.integer("depth");
  for (int64_t index : integers_of(c.in(0))) {
    if (index >= 0 && index < depth) row[index] = T(1);
    row += depth;
  }
}

// The usual types are written where they stay.
void one_hot_kernel(const KernelContext& c) {
  if (c.out().dtype() == DType::kFloat32) return set_ones<float>(c);
  if (c.out().dtype() == DType::kFloat64) return set_ones<double>(c);
  Array flags(DType::kBool, c.out().shape());
  set_ones<bool>({c.op, c.inputs, {&flags, 1}, c.attrs});
  c.out().assign(flags);
}

// --- nonzero ---
Types nonzero_type(const TypeContext& c) {
  NUMEST_USER_CHECK(c.in(0).shape.ndim() > 0, ValueError,
                    "nonzero: calling nonzero on 0d arrays is not allowed; "
                    "use atleast_1d first");
  const int64_t count = fresh_extent();
  Types types;
  for (int i = 0; i < c.in(0).shape.ndim(); ++i)
    types.push_back({DType::kInt64, Shape{count}});
  return types;
}

void nonzero_kernel(const KernelContext& c) {
  const auto positions = nonzero_positions(c.in(0).astype(DType::kBool));
  for (size_t i = 0; i < positions.size(); ++i) c.out(i) = positions[i];
}

// --- count_up ---
Types count_up_type(const TypeContext& c) {
  check_integers(c.op, c.in(0).dtype);
  NUMEST_USER_CHECK(c.in(0).shape.ndim() == 0, ValueError,
                    "count_up: got a count of shape {}, expected a scalar",
                    c.in(0).shape.to_string());
  return TensorSpec{DType::kInt64, Shape{fresh_extent()}};
}

void count_up_kernel(const KernelContext& c) {
  const auto count = c.in(0).astype(DType::kInt64).item<int64_t>();
  NUMEST_USER_CHECK(count >= 0, ValueError,
                    "count_up: negative dimensions are not allowed: got {}",
                    count);
  c.out() = Array(DType::kInt64, Shape{count});
  std::iota(c.out().data<int64_t>(), c.out().data<int64_t>() + count, 0);
}

Tensors no_vmap(const VmapContext& c) {
  fail<NotSupportedError>(
      "vmap of {}: the elements may give different extents; use where with a "
      "mask",
      c.op.name);
}

constexpr OpDef kOps[] = {
    {.name = "take",
     .doc = "Elements at positions along an axis, or of the flat array.",
     .params = kTake,
     .type = take_type,
     .kernel = take_kernel,
     .vjp = take_vjp,
     .vmap = take_vmap,
     .samples = {.shapes = "3,4;2,2",
                 .attrs = "axis=None; axis=0; axis=-1, mode='clip';"
                          "axis=1, mode='wrap'",
                 .dtypes = "float32,int64 float64,int64 int32,int32"},
     .reference = "np.take(a, indices, axis, mode=mode) if not batch_dims "
                  "else np.stack([np.take(r, i, axis - 1, mode=mode) "
                  "for r, i in zip(a, indices)])",
     .harmless = "longer,=0"},
    {.name = "scatter_add",
     .doc = "A copy with updates added at positions along an axis.",
     .params = kScatter,
     .type = scatter_type,
     .kernel = scatter_kernel<true>,
     .vjp = scatter_add_vjp,
     .vmap = scatter_vmap,
     .samples = {.shapes = "3,4;2;2,4",
                 .attrs = "axis=0",
                 .dtypes = "float32,int64,float32 float64,int64,float64"},
     .harmless = ",0"},
    {.name = "scatter_set",
     .doc = "A copy with updates at positions along an axis; the last wins.",
     .params = kScatter,
     .type = scatter_type,
     .kernel = scatter_kernel<false>,
     .vjp = scatter_set_vjp,
     .vmap = scatter_vmap,
     .samples = {.shapes = "3,4;5;5,4",
                 .attrs = "axis=0",
                 .dtypes = "float32,int64,float32 float64,int64,float64"},
     .harmless = ",0"},
    {.name = "take_along_axis",
     .doc = "Elements of each row at the row's own positions.",
     .params = kAlong,
     .type = take_along_type,
     .kernel = take_along_kernel,
     .vjp = take_along_vjp,
     .vmap = along_vmap,
     .samples = {.shapes = "3,4;3,2",
                 .attrs = "axis=1; axis=-1",
                 .dtypes = "float32,int64 float64,int64"},
     .reference = "np.take_along_axis",
     .harmless = ",0"},
    {.name = "add_along_axis",
     .doc = "A copy with values added at each row's own positions.",
     .params = kAddAlong,
     .type = add_along_type,
     .kernel = add_along_kernel,
     .vjp = add_along_vjp,
     .vmap = along_vmap,
     .samples = {.shapes = "3,4;2,4;2,4",
                 .attrs = "axis=0",
                 .dtypes = "float32,int64,float32 float64,int64,float64"},
     .harmless = ",0"},
    {.name = "select",
     .doc = "The part at one position of an axis, without the axis.",
     .params = kSelect,
     .type = select_type,
     .kernel = select_kernel,
     .vjp = select_vjp,
     .vmap = vmap_shift_axis,
     .samples = {.shapes = "3,4", .attrs = "index=1; index=-1, axis=1"},
     .traits = kView,
     .harmless = "longer"},
    {.name = "one_hot",
     .doc = "Rows with a one at each index; zeros if it is out of range.",
     .params = kOneHot,
     .type = one_hot_type,
     .kernel = one_hot_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_same,
     .samples = {.shapes = "2,3", .attrs = "depth=3", .dtypes = "int32 int64"}},
    {.name = "nonzero",
     .doc = "Positions of the elements that are not zero, one array an axis.",
     .params = kArray,
     .type = nonzero_type,
     .kernel = nonzero_kernel,
     .vjp = kNoGradient,
     .vmap = no_vmap,
     .samples = {.shapes = "3,4", .dtypes = "bool"},
     .reference = "np.nonzero",
     .traits = kDataShape | kManyOutputs},
    {.name = "count_up",
     .doc = "0, 1, ..., count - 1, int64, for a count that is a value.",
     .params = kCount,
     .type = count_up_type,
     .kernel = count_up_kernel,
     .vjp = kNoGradient,
     .vmap = no_vmap,
     .samples = {.low = 0, .high = 6, .shapes = "()", .dtypes = "int32 int64"},
     .reference = "np.arange(count)",
     .traits = kDataShape,
     .harmless = "0"},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> index_ops() { return kOps; }

}  // namespace numest
