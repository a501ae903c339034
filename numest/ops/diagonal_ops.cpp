// Diagonals and triangles of matrices.
#include <algorithm>

#include "numest/ops/emit.h"
#include "numest/ops/families.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kDiagonal[] = {{"a"},
                                  {"offset", Kind::kInt, "0"},
                                  {"axis1", Kind::kInt, "0"},
                                  {"axis2", Kind::kInt, "1"}};
constexpr ParamDef kSetDiagonal[] = {{"a"},
                                     {"values"},
                                     {"offset", Kind::kInt, "0"},
                                     {"axis1", Kind::kInt, "0"},
                                     {"axis2", Kind::kInt, "1"}};
constexpr ParamDef kTriangle[] = {{"m"}, {"k", Kind::kInt, "0"}};

Array part(const Array& a, int axis, Slice slice) {
  std::vector<Slice> slices(size_t(axis) + 1);
  slices.back() = slice;
  return a.slice(slices);
}

// --- diagonals ---
struct DiagonalAxes {
  int axis1, axis2;
  int64_t skip1, skip2;  // first row and column
};

DiagonalAxes diagonal_axes(const Attrs& attrs, int ndim) {
  const int64_t offset = attrs.integer("offset");
  DiagonalAxes d{normalize_axis(attrs.integer("axis1"), ndim, "diagonal"),
                 normalize_axis(attrs.integer("axis2"), ndim, "diagonal"),
                 std::max<int64_t>(-offset, 0), std::max<int64_t>(offset, 0)};
  NUMEST_USER_CHECK(d.axis1 != d.axis2, ValueError,
                    "diagonal: axis1 and axis2 cannot be the same");
  return d;
}

Shape diagonal_shape(const Shape& shape, const DiagonalAxes& d) {
  const int64_t m = shape[d.axis1], n = shape[d.axis2];
  int64_t extent = fresh_extent();
  if (!is_symbol(m) && !is_symbol(n))
    extent = std::max<int64_t>(0, std::min(m - d.skip1, n - d.skip2));
  Shape result = shape;
  result.erase(std::max(d.axis1, d.axis2));
  result.erase(std::min(d.axis1, d.axis2));
  result.push_back(extent);
  return result;
}

Types diagonal_type(const TypeContext& c) {
  const Shape& shape = c.in(0).shape;
  return TensorSpec{
      c.in(0).dtype,
      diagonal_shape(shape, diagonal_axes(c.attrs, shape.ndim()))};
}

// A view: one step along the diagonal is a step along both axes.
Array diagonal_view(const Array& a, const Attrs& attrs) {
  const DiagonalAxes d = diagonal_axes(attrs, a.ndim());
  const Shape shape = diagonal_shape(a.shape(), d);
  Strides strides = a.strides();
  const int64_t s1 = strides[d.axis1], s2 = strides[d.axis2];
  strides.erase(std::max(d.axis1, d.axis2));
  strides.erase(std::min(d.axis1, d.axis2));
  strides.push_back(s1 + s2);
  std::byte* data =
      shape.size() == 0 ? a.raw() : a.raw() + d.skip1 * s1 + d.skip2 * s2;
  return Array(a.dtype(), shape, strides, data, a.buffer());
}

void diagonal_kernel(const KernelContext& c) {
  c.out() = diagonal_view(c.in(0), c.attrs);
}

Tensors diagonal_vjp(const VjpContext& c) {
  return {emit("set_diagonal", {emit("zeros_like", {c.in(0)}), c.cotangent()},
               c.attrs)};
}

Attrs diagonal_behind_batch(const Attrs& attrs) {
  Attrs result = with(attrs, "axis1", behind_batch(attrs.integer("axis1")));
  return with(result, "axis2", behind_batch(attrs.integer("axis2")));
}

Tensors diagonal_vmap(const VmapContext& c) {
  return call(c.op, batched_inputs(c), diagonal_behind_batch(c.attrs));
}

void set_diagonal_kernel(const KernelContext& c) {
  c.out().assign(c.in(0));
  diagonal_view(c.out(), c.attrs).assign(c.in(1));
}

Tensors set_diagonal_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  const Tensor values = emit("diagonal", {g}, c.attrs);
  return {emit("set_diagonal", {g, emit("zeros_like", {values})}, c.attrs),
          unbroadcast(values, c.in(1))};
}

// --- triangles ---
Types triangle_type(const TypeContext& c) {
  NUMEST_USER_CHECK(c.in(0).shape.ndim() >= 2, ValueError,
                    "{}: got shape {}, expected two axes or more", c.op.name,
                    c.in(0).shape.to_string());
  return c.in(0);
}

// Clears [begin, end) of row i in all matrices.
template <class Range>
void clear_rows(const KernelContext& c, Range&& range) {
  const Array out = c.out();
  out.assign(c.in(0));
  const int axis = out.ndim() - 2;
  const Array zero = Array::zeros(out.dtype(), Shape{});
  const int64_t n = out.shape()[axis + 1];
  for (int64_t i = 0; i < out.shape()[axis]; ++i) {
    const auto [begin, end] = range(i, n);
    part(part(out, axis, {i, i + 1, 1}), axis + 1,
         {std::clamp<int64_t>(begin, 0, n), std::clamp<int64_t>(end, 0, n), 1})
        .assign(zero);
  }
}

void triu_kernel(const KernelContext& c) {
  const int64_t k = c.attrs.integer("k");
  clear_rows(c, [k](int64_t i, int64_t) {
    return std::pair{int64_t{0}, i + k};
  });
}

void tril_kernel(const KernelContext& c) {
  const int64_t k = c.attrs.integer("k");
  clear_rows(c, [k](int64_t i, int64_t n) { return std::pair{i + k + 1, n}; });
}

Tensors triangle_vjp(const VjpContext& c) {
  return {call_one(c.op, {c.cotangent()}, c.attrs)};
}

constexpr OpDef kOps[] = {
    {.name = "diagonal",
     .doc = "The diagonal of two axes, as the last axis.",
     .params = kDiagonal,
     .type = diagonal_type,
     .kernel = diagonal_kernel,
     .vjp = diagonal_vjp,
     .vmap = diagonal_vmap,
     .samples = {.shapes = "3,4,2",
                 .attrs = "offset=0; offset=-1, axis1=2, axis2=0;"
                          "offset=7"},
     .reference = "np.diagonal",
     .traits = kView},
    {.name = "set_diagonal",
     .doc = "A copy whose diagonal holds the values.",
     .params = kSetDiagonal,
     .type = same_type,
     .kernel = set_diagonal_kernel,
     .vjp = set_diagonal_vjp,
     .vmap = diagonal_vmap,
     .samples = {.shapes = "3,4;3"}},
    {.name = "triu",
     .doc = "The upper triangle of the last two axes, zeros below.",
     .params = kTriangle,
     .type = triangle_type,
     .kernel = triu_kernel,
     .vjp = triangle_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "2,3,4", .attrs = "k=0; k=1; k=-1"},
     .reference = "np.triu"},
    {.name = "tril",
     .doc = "The lower triangle of the last two axes, zeros above.",
     .params = kTriangle,
     .type = triangle_type,
     .kernel = tril_kernel,
     .vjp = triangle_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "2,3,4", .attrs = "k=0; k=1; k=-1"},
     .reference = "np.tril"},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> diagonal_ops() { return kOps; }

}  // namespace numest
