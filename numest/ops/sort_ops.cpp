// Sorting and what follows from it: top_k, searchsorted, unique, isin, counts.
// NaN sorts last, complex numbers by real then imaginary part.
#include <algorithm>
#include <bit>

#include "numest/kernels/sets.h"
#include "numest/kernels/sort.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/order.h"
#include "numest/ops/positions.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kSort[] = {{"a"}, {"axis", Kind::kInt, "-1"}};
constexpr ParamDef kArgsort[] = {
    {"a"}, {"axis", Kind::kInt, "-1"}, {"stable", Kind::kBool, "True"}};
constexpr ParamDef kTopK[] = {{"x"}, {"k", Kind::kInt, "1"}};
constexpr ParamDef kSearch[] = {
    {"a"}, {"v"}, {"side", Kind::kString, "'left'"}};
constexpr ParamDef kUnique[] = {{"x"}, {"equal_nan", Kind::kBool, "True"}};
constexpr ParamDef kIsin[] = {{"element"}, {"test_elements"}};
constexpr ParamDef kBincount[] = {{"x"}, {"minlength", Kind::kInt, "0"}};

// Rows along the last axis of a contiguous copy, the axis moved there.
struct Rows {
  Array values;
  int axis;
  int64_t extent, count;
};

Rows rows_of(const Array& a, int axis) {
  std::vector<int> axes;
  for (int i = 0; i < a.ndim(); ++i)
    if (i != axis) axes.push_back(i);
  axes.push_back(axis);
  const int64_t n = a.shape()[axis];
  return {a.transpose(axes).copy(), axis, n, n == 0 ? 0 : a.size() / n};
}

// Comparisons, if all of the input were one row.
int64_t sort_flops(const KernelContext& c) {
  const auto n = uint64_t(c.in(0).size());
  return int64_t(n) * int64_t(std::bit_width(n));
}

// --- sort ---
Types sort_type(const TypeContext& c) {
  axis_of(c.op, c.attrs, c.in(0).shape.ndim());
  return c.in(0);
}

void sort_kernel(const KernelContext& c) {
  const Rows rows = rows_of(c.in(0), axis_of(c.op, c.attrs, c.in(0).ndim()));
  kernels::sort_rows(rows.values.dtype(), rows.values.raw(), rows.count,
                     rows.extent);
  move_last_to(rows.values, rows.axis, c.out());
}

// The cotangent goes back to where each element came from.
Tensors sort_vjp(const VjpContext& c) {
  const Tensor order = emit("argsort", {c.in(0)}, c.attrs);
  return {emit("add_along_axis",
               {emit("zeros_like", {c.in(0)}), order, c.cotangent()}, c.attrs)};
}

Types argsort_type(const TypeContext& c) {
  axis_of(c.op, c.attrs, c.in(0).shape.ndim());
  return TensorSpec{DType::kInt64, c.in(0).shape};
}

void argsort_kernel(const KernelContext& c) {
  const Rows rows = rows_of(c.in(0), axis_of(c.op, c.attrs, c.in(0).ndim()));
  const Array order(DType::kInt64, rows.values.shape());
  kernels::argsort_rows(rows.values.dtype(), rows.values.raw(),
                        order.data<int64_t>(), rows.count, rows.extent);
  move_last_to(order, rows.axis, c.out());
}

// --- top_k ---
Types top_k_type(const TypeContext& c) {
  Shape shape = c.in(0).shape;
  const int64_t k = c.attrs.integer("k");
  NUMEST_USER_CHECK(shape.ndim() >= 1, ValueError,
                    "top_k: got a scalar, expected at least one axis");
  NUMEST_USER_CHECK(k >= 0 && (is_symbol(shape.back()) || k <= shape.back()),
                    ValueError,
                    "top_k: got k {}, expected 0 <= k <= {}, the last extent",
                    k, shape.back());
  shape[shape.ndim() - 1] = k;
  return {{c.in(0).dtype, shape}, {DType::kInt64, shape}};
}

void top_k_kernel(const KernelContext& c) {
  const Rows rows = rows_of(c.in(0), c.in(0).ndim() - 1);
  kernels::top_k(rows.values.dtype(), rows.values.raw(), rows.count,
                 rows.extent, c.attrs.integer("k"), c.out(0).raw(),
                 c.out(1).data<int64_t>());
}

Tensors top_k_vjp(const VjpContext& c) {
  if (c.cotangent().is_empty()) return {Tensor()};
  return {emit("add_along_axis",
               {emit("zeros_like", {c.in(0)}), c.outputs[1], c.cotangent()})};
}

// --- searchsorted ---
Types searchsorted_type(const TypeContext& c) {
  NUMEST_USER_CHECK(c.in(0).shape.ndim() == 1, ValueError,
                    "searchsorted: got a of shape {}, expected one sorted axis",
                    c.in(0).shape.to_string());
  const std::string& side = c.attrs.text("side");
  NUMEST_USER_CHECK(side == "left" || side == "right", ValueError,
                    "searchsorted: side must be one of 'left' or 'right': got "
                    "'{}'",
                    side);
  return TensorSpec{DType::kInt64, c.in(1).shape};
}

void searchsorted_kernel(const KernelContext& c) {
  const Array a = c.in(0).contiguous(), v = c.in(1).contiguous();
  kernels::searchsorted(a.dtype(), a.raw(), a.size(), v.raw(), v.size(),
                        c.attrs.text("side") == "right",
                        c.out().data<int64_t>());
}

Tensors searchsorted_vmap(const VmapContext& c) {
  if (c.batched[0]) return vmap_loop(c);
  return call(c.op, Tensors(c.inputs.begin(), c.inputs.end()), c.attrs);
}

// --- unique ---
Types unique_type(const TypeContext& c) {
  return TensorSpec{c.in(0).dtype, Shape{fresh_extent()}};
}

Types unique_all_type(const TypeContext& c) {
  const Shape found{fresh_extent()};
  return {{c.in(0).dtype, found},
          {DType::kInt64, found},
          {DType::kInt64, c.in(0).shape},
          {DType::kInt64, found}};
}

struct Unique {
  Array first;    // position in the input of each value
  Array inverse;  // value of each position
  Array counts;
};

template <class T>
bool is_number(const T& x) {
  return x == x;
}

Array first_part(const Array& a, int64_t count) {
  const Slice part{0, count};
  return count == a.size() ? a : a.slice({&part, 1}).copy();
}

// NaNs come last; they are equal to each other if `equal_nan`, as in NumPy.
template <class T>
Unique find_unique(const T* x, int64_t n, bool equal_nan) {
  const Array order(DType::kInt64, Shape{n}), first(DType::kInt64, Shape{n}),
      inverse(DType::kInt64, Shape{n}), run(DType::kInt64, Shape{n});
  int64_t* const at = order.data<int64_t>();
  int64_t* const firsts = first.data<int64_t>();
  int64_t* const values = inverse.data<int64_t>();
  int64_t* const counts = run.data<int64_t>();  // at first the beginnings
  kernels::argsort_rows(dtype_of<T>, x, at, 1, n);
  int64_t found = 0;
  for (int64_t i = 0; i < n; ++i) {
    const T& value = x[at[i]];
    if (i == 0 || Before<T>{}(x[at[i - 1]], value) ||
        !(equal_nan || is_number(value))) {
      firsts[found] = at[i];
      counts[found++] = i;
    }
    values[at[i]] = found - 1;
  }
  for (int64_t k = 0; k < found; ++k)
    counts[k] = (k + 1 < found ? counts[k + 1] : n) - counts[k];
  return {first_part(first, found), inverse, first_part(run, found)};
}

Unique unique_of(const KernelContext& c, const Array& x) {
  const bool equal_nan = c.attrs.get<bool>("equal_nan");
  return visit_dtype(x.dtype(), [&](auto tag) {
    return find_unique(x.data<typename decltype(tag)::type>(), x.size(),
                       equal_nan);
  });
}

Array taken(const Array& x, const Array& positions) {
  return emit("take", {Tensor(x), Tensor(positions)}).numpy();
}

void unique_kernel(const KernelContext& c) {
  const Array x = c.in(0).contiguous();
  if (!kernels::is_unique_defined(x.dtype())) {
    c.out() = taken(x, unique_of(c, x).first);
    return;
  }
  const Array all(x.dtype(), Shape{x.size()});
  c.out() = first_part(
      all, kernels::unique(x.dtype(), x.raw(), x.size(),
                           c.attrs.get<bool>("equal_nan"), all.raw()));
}

void unique_all_kernel(const KernelContext& c) {
  const Array x = c.in(0).contiguous();
  const Unique u = unique_of(c, x);
  c.out(0) = taken(x, u.first);
  c.out(1) = u.first;
  c.out(2) = u.inverse.reshape(x.shape());
  c.out(3) = u.counts;
}

// A value's cotangent goes to the first position where it stands.
Tensors unique_vjp(const VjpContext& c) {
  if (c.cotangent().is_empty()) return {Tensor()};
  const bool has_positions = c.outputs.size() > 1;
  const Tensor first =
      has_positions ? c.outputs[1] : call(op_named("unique_all"), {c.in(0)})[1];
  const Tensor flat = emit("reshape", {c.in(0)}, {{"shape", Shape{-1}}});
  const Tensor sums =
      emit("scatter_add", {emit("zeros_like", {flat}), first, c.cotangent()});
  return {emit("reshape", {sums}, {{"shape", c.in(0).shape()}})};
}

Tensors no_vmap(const VmapContext& c) {
  fail<NotSupportedError>("vmap of {}: the elements may give different extents",
                          c.op.name);
}

// --- isin ---
Types isin_type(const TypeContext& c) {
  return TensorSpec{DType::kBool, c.in(0).shape};
}

void isin_kernel(const KernelContext& c) {
  const Array x = c.in(0).contiguous(), tests = c.in(1).contiguous();
  kernels::isin(x.dtype(), x.raw(), x.size(), tests.raw(), tests.size(),
                c.out().data<bool>());
}

// Rows that each have few tests are compared with all of them at once.
Tensors isin_vmap(const VmapContext& c) {
  constexpr int64_t kFew = 16;
  if (!c.batched[1])
    return call(c.op, Tensors(c.inputs.begin(), c.inputs.end()), c.attrs);
  Shape row = c.inputs[1].shape();
  row.erase(0);
  if (!row.is_known() || row.size() > kFew) return vmap_loop(c);
  const Tensor x = batched_input(c, 0);
  Shape tests = Shape::filled(x.ndim() + 1, 1);
  tests[0] = -1;
  tests[x.ndim()] = row.size();
  const Tensor same =
      emit("equal", {emit("expand_dims", {x}, {{"axis", int64_t{x.ndim()}}}),
                     emit("reshape", {c.inputs[1]}, {{"shape", tests}})});
  return {emit("any", {same}, {{"axis", int64_t{-1}}})};
}

// --- bincount ---
Types bincount_type(const TypeContext& c) {
  check_integers(c.op, c.in(0).dtype);
  NUMEST_USER_CHECK(c.in(0).shape.ndim() == 1, ValueError,
                    "bincount: object too deep for desired array: got shape "
                    "{}, expected one axis",
                    c.in(0).shape.to_string());
  return TensorSpec{DType::kInt64, Shape{fresh_extent()}};
}

void bincount_kernel(const KernelContext& c) {
  const auto x = integers_of(c.in(0));
  int64_t least = 0, most = c.attrs.integer("minlength") - 1;
  for (const int64_t value : x) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  NUMEST_USER_CHECK(least >= 0, ValueError,
                    "bincount: 'list' argument must have no negative "
                    "elements: got {}",
                    least);
  c.out() = Array::zeros(DType::kInt64, Shape{most + 1});
  int64_t* const counts = c.out().data<int64_t>();
  for (const int64_t value : x) ++counts[value];
}

constexpr OpDef kOps[] = {
    {.name = "sort",
     .doc = "Elements in ascending order along an axis.",
     .params = kSort,
     .type = sort_type,
     .kernel = sort_kernel,
     .vjp = sort_vjp,
     .vmap = vmap_shift_axis,
     .samples = {.shapes = "3,4", .attrs = "axis=-1; axis=0"},
     .reference = "np.sort",
     .traits = kDear,
     .flops = sort_flops},
    {.name = "argsort",
     .doc = "Positions that sort along an axis; equal elements keep order.",
     .params = kArgsort,
     .type = argsort_type,
     .kernel = argsort_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_shift_axis,
     .samples = {.shapes = "3,4", .attrs = "axis=-1; axis=0"},
     .traits = kDear,
     .flops = sort_flops},
    {.name = "top_k",
     .doc = "The k largest elements of each row, descending, and positions.",
     .params = kTopK,
     .type = top_k_type,
     .kernel = top_k_kernel,
     .vjp = top_k_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "3,5", .attrs = "k=2; k=5; k=0"},
     .traits = kManyOutputs | kDear,
     .flops = sort_flops},
    {.name = "searchsorted",
     .doc = "Positions at which values keep a sorted array sorted.",
     .params = kSearch,
     .type = searchsorted_type,
     .kernel = searchsorted_kernel,
     .vjp = kNoGradient,
     .vmap = searchsorted_vmap,
     .samples = {.shapes = "1;3,4", .attrs = "side='left'; side='right'"},
     .reference = "np.searchsorted",
     .traits = kPromotes},
    {.name = "unique",
     .doc = "The distinct values of an array, ascending.",
     .params = kUnique,
     .type = unique_type,
     .kernel = unique_kernel,
     .vjp = unique_vjp,
     .vmap = no_vmap,
     .samples = {.shapes = "3,4"},
     .reference = "np.unique",
     .traits = kDataShape | kDear,
     .flops = sort_flops},
    {.name = "unique_all",
     .doc = "Distinct values, their first positions, the inverse and counts.",
     .params = kUnique,
     .type = unique_all_type,
     .kernel = unique_all_kernel,
     .vjp = unique_vjp,
     .vmap = no_vmap,
     .samples = {.shapes = "3,4"},
     .reference = "np.unique(x, True, True, True, equal_nan=equal_nan)",
     .traits = kDataShape | kManyOutputs | kDear,
     .flops = sort_flops},
    {.name = "isin",
     .doc = "Whether each element is one of the others.",
     .params = kIsin,
     .type = isin_type,
     .kernel = isin_kernel,
     .vjp = kNoGradient,
     .vmap = isin_vmap,
     .samples = {.low = 0,
                 .high = 9,
                 .shapes = "3,4;5",
                 .dtypes = "int32 int64 uint8 float32 complex64"},
     .reference = "np.isin",
     .traits = kPromotes},
    {.name = "bincount",
     .doc = "Number of occurrences of each non-negative integer.",
     .params = kBincount,
     .type = bincount_type,
     .kernel = bincount_kernel,
     .vjp = kNoGradient,
     .vmap = no_vmap,
     .samples = {.low = 0,
                 .high = 6,
                 .shapes = "9",
                 .attrs = "minlength=3",
                 .dtypes = "int32 int64"},
     .reference = "np.bincount",
     .traits = kDataShape},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> sort_ops() { return kOps; }

}  // namespace numest
