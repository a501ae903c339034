// NumPy's indexing with integer arrays: reading, writing, adding. `spec` tells
// the kind of each item (see index_spec.h). Masks come as their positions.
#include <algorithm>

#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/index_spec.h"
#include "numest/ops/positions.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;
using Items = std::vector<IndexSpecItem>;

constexpr ParamDef kGet[] = {
    {"a"}, {"indices", Kind::kArrays}, {"spec", Kind::kString}};
constexpr ParamDef kPut[] = {
    {"a"}, {"values"}, {"indices", Kind::kArrays}, {"spec", Kind::kString}};

Items items_of(const Attrs& attrs) {
  return parse_index_spec(attrs.text("spec"));
}

template <class Inputs>
std::vector<Shape> shapes_from(const Inputs& inputs, size_t begin) {
  std::vector<Shape> shapes;
  for (size_t i = begin; i < inputs.size(); ++i)
    shapes.push_back(inputs[i].shape());
  return shapes;
}

Shape result_shape(const TypeContext& c, size_t begin) {
  std::vector<Shape> arrays;
  for (size_t i = begin; i < c.inputs.size(); ++i) {
    check_integers(c.op, c.in(i).dtype);
    arrays.push_back(c.in(i).shape);
  }
  return indexed_shape(c.in(0).shape, items_of(c.attrs), arrays);
}

// --- index_get ---
Types get_type(const TypeContext& c) {
  return TensorSpec{c.in(0).dtype, result_shape(c, 1)};
}

void get_kernel(const KernelContext& c) {
  c.out().assign(
      take_index(c.in(0), index_items(items_of(c.attrs), c.inputs.subspan(1))));
}

Tensors with_indices(const VjpContext& c, size_t begin, Tensors first) {
  first.insert(first.end(), c.inputs.begin() + int64_t(begin), c.inputs.end());
  return first;
}

Tensors get_vjp(const VjpContext& c) {
  Tensors result(c.inputs.size());
  const Tensor zeros = emit("zeros_like", {c.in(0)});
  result[0] =
      emit("index_add", with_indices(c, 1, {zeros, c.cotangent()}), c.attrs);
  return result;
}

// --- index_put, index_add ---
Types put_type(const TypeContext& c) {
  const Shape shape = result_shape(c, 2);
  broadcast_shapes(shape, c.in(1).shape, c.op.name);
  return c.in(0);
}

void put_kernel(const KernelContext& c) {
  c.out().assign(c.in(0));
  put_index(c.out(), index_items(items_of(c.attrs), c.inputs.subspan(2)),
            c.in(1));
}

// Positions in the flat array, read by indexing the numbers 0, 1, ...
Array flat_positions(const KernelContext& c) {
  Array numbers(DType::kInt64, c.in(0).shape());
  int64_t* p = numbers.data<int64_t>();
  for (int64_t i = 0; i < numbers.size(); ++i) p[i] = i;
  return take_index(numbers,
                    index_items(items_of(c.attrs), c.inputs.subspan(2)));
}

void add_kernel(const KernelContext& c) {
  const Array positions = flat_positions(c);
  const Array values = c.in(1)
                           .astype(c.in(0).dtype())
                           .broadcast_to(positions.shape())
                           .contiguous();
  c.out().assign(c.in(0));
  Gather g;
  g.extent = c.out().size();
  g.count = positions.size();
  g.positions = positions.to_vector<int64_t>();
  scatter_add(g, values, c.out());
}

Tensor cast_like(const Tensor& t, const Tensor& like) {
  if (t.dtype() == like.dtype()) return t;
  return emit("astype", {t}, {{"dtype", like.dtype()}});
}

Tensor read(const VjpContext& c, const Tensor& from) {
  return emit("index_get", with_indices(c, 2, {from}), c.attrs);
}

Tensors add_vjp(const VjpContext& c) {
  Tensors result(c.inputs.size());
  result[0] = c.cotangent();
  result[1] = cast_like(unbroadcast(read(c, c.cotangent()), c.in(1)), c.in(1));
  return result;
}

// Of values written to one place the last wins: only it has a derivative.
Tensors put_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  const Tensor mine = read(c, g);
  const Tensor zero(Array::zeros(g.dtype(), Shape{}));
  const Tensor flat = emit("reshape", {mine}, {{"shape", Shape{-1}}});
  const Tensor ids =
      emit("reshape", {emit("arange_like", {flat})}, {{"shape", mine.shape()}});
  const Tensor blank = emit("zeros_like", {c.in(0)}, {{"dtype", ids.dtype()}});
  const Tensor last =
      read(c, call_one(c.op, with_indices(c, 2, {blank, ids}), c.attrs));
  const Tensor kept = emit("where", {emit("equal", {last, ids}), mine, zero});
  Tensors result(c.inputs.size());
  result[0] = call_one(c.op, with_indices(c, 2, {g, zero}), c.attrs);
  result[1] = cast_like(unbroadcast(kept, c.in(1)), c.in(1));
  return result;
}

// --- vmap ---
// How the call on blocks orders the axes of the indexed part.
struct Blocks {
  Tensors indices;
  Attrs attrs;
  // Axes of the wanted result (batch axis first) in the call's result.
  std::vector<int64_t> order;
  Shape shape;  // of the wanted result
};

bool any_batched(const VmapContext& c, size_t begin) {
  for (size_t i = begin; i < c.batched.size(); ++i)
    if (c.batched[i]) return true;
  return false;
}

// The batch axis is indexed whole by ":", or, where the indices differ by
// element, by its own numbers.
Blocks blocks_of(const VmapContext& c, const Tensor& a, size_t begin) {
  Blocks b;
  Items items = items_of(c.attrs);
  std::vector<Shape> rows = shapes_from(c.inputs, begin);
  const bool is_own = any_batched(c, begin);
  for (size_t i = 0; i < rows.size(); ++i)
    if (c.batched[begin + i]) rows[i].erase(0);
  const ArrayAxes place = array_axes(a.ndim() - 1, items, rows);
  IndexSpecItem first;
  if (is_own) {
    first.kind = IndexSpecItem::Kind::kArray;
    b.indices.push_back(insert_ones(emit("arange_like", {a}), 1, place.count));
  }
  items.insert(items.begin(), first);
  for (size_t i = begin; i < c.inputs.size(); ++i) {
    const Tensor& t = c.inputs[i];
    const int missing = place.count + 1 - t.ndim();
    b.indices.push_back(c.batched[i] ? insert_ones(t, 1, missing) : t);
  }
  b.attrs = with(c.attrs, "spec", to_string(items));
  const Shape shape =
      indexed_shape(a.shape(), items, shapes_from(b.indices, 0));
  // Axes of the arrays in the call's result; the batch axis is their first
  // if it is indexed by an array.
  const ArrayAxes now = array_axes(a.ndim(), items, shapes_from(b.indices, 0));
  std::vector<int64_t> arrays, others;
  for (int i = 0; i < shape.ndim(); ++i) {
    const bool is_array =
        now.begin >= 0 && i >= now.begin && i < now.begin + now.count;
    (is_array ? arrays : others).push_back(i);
  }
  auto& holder = is_own ? arrays : others;
  const int64_t batch = holder.front();
  holder.erase(holder.begin());
  b.order = others;
  b.order.insert(b.order.begin() + std::max(place.begin, 0), arrays.begin(),
                 arrays.end());
  b.order.insert(b.order.begin(), batch);
  for (int64_t axis : b.order) b.shape.push_back(shape[int(axis)]);
  return b;
}

Tensors get_vmap(const VmapContext& c) {
  const Tensor a = batched_input(c, 0);
  const Blocks b = blocks_of(c, a, 1);
  Tensors inputs{a};
  inputs.insert(inputs.end(), b.indices.begin(), b.indices.end());
  return {emit("transpose", {call_one(c.op, inputs, b.attrs)},
               {{"axes", b.order}})};
}

Tensors put_vmap(const VmapContext& c) {
  const Tensor a = batched_input(c, 0);
  const Blocks b = blocks_of(c, a, 2);
  Tensor values = c.inputs[1];
  if (c.batched[1])
    values = insert_ones(values, 1, b.shape.ndim() - values.ndim());
  values = emit("broadcast_to", {values}, {{"shape", b.shape}});
  std::vector<int64_t> inverse(b.order.size());
  for (size_t i = 0; i < inverse.size(); ++i)
    inverse[size_t(b.order[i])] = int64_t(i);
  values = emit("transpose", {values}, {{"axes", inverse}});
  Tensors inputs{a, values};
  inputs.insert(inputs.end(), b.indices.begin(), b.indices.end());
  return {call_one(c.op, inputs, b.attrs)};
}

constexpr OpDef kOps[] = {
    {.name = "index_get",
     .doc = "a[...] with integer arrays among the items.",
     .params = kGet,
     .type = get_type,
     .kernel = get_kernel,
     .vjp = get_vjp,
     .vmap = get_vmap,
     .samples = {.shapes = "3,4,5;2;2",
                 .attrs = "spec='@,:,@'; spec=':,@,@'; spec='...,@,None,@'",
                 .dtypes = "float32,int64 float64,int64"},
     .harmless = ",0..."},
    {.name = "index_put",
     .doc = "A copy of a with a[...] set to the values; the last wins.",
     .params = kPut,
     .type = put_type,
     .kernel = put_kernel,
     .vjp = put_vjp,
     .vmap = put_vmap,
     .samples = {.shapes = "3,4,5;3,1;3;3",
                 .attrs = "spec='@,1:3,@'",
                 .dtypes = "float32,float32,int64 float64,float64,int64"},
     .harmless = ",,0..."},
    {.name = "index_add",
     .doc = "A copy of a with the values added at a[...].",
     .params = kPut,
     .type = put_type,
     .kernel = add_kernel,
     .vjp = add_vjp,
     .vmap = put_vmap,
     .samples = {.shapes = "3,4,5;3,1;3;3",
                 .attrs = "spec='@,1:3,@'",
                 .dtypes = "float32,float32,int64 float64,float64,int64"},
     .harmless = ",,0..."},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> advanced_index_ops() { return kOps; }

}  // namespace numest
