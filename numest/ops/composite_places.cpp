#include "numest/ops/composite_places.h"

#include <algorithm>

#include "numest/ops/composite.h"
#include "numest/ops/dtypes.h"
#include "numest/ops/emit.h"
#include "numest/ops/indexing.h"
#include "numest/ops/operators.h"
#include "numest/ops/shorthand.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

int64_t size_of(const Tensor& t, const char* op) {
  NUMEST_USER_CHECK(t.shape().is_known(), NotSupportedError,
                    "{}: the extents of shape {} are not known while tracing",
                    op, t.shape().to_string());
  return t.shape().size();
}

// Elements of `values`, repeated, at positions of a flat array.
Tensor repeated(const Tensor& values, const Tensor& positions, const char* op) {
  const int64_t count = size_of(values, op);
  NUMEST_USER_CHECK(count > 0, ValueError, "{}: got no values to insert", op);
  return take(ravel(values), remainder(positions, count), 0);
}

Tensor like(const Tensor& t, const Tensor& a) { return astype(t, a.dtype()); }

}  // namespace

Tensor putmask(const Tensor& a, const Tensor& mask, const Tensor& values) {
  const Tensor flat =
      repeated(values, arange(size_of(a, "putmask")), "putmask");
  return where(mask, like(reshape(flat, a.shape()), a), a);
}

Tensor place(const Tensor& a, const Tensor& mask, const Tensor& values) {
  const Tensor at = cumsum(astype(ravel(mask), DType::kInt64), 0) - int64_t{1};
  const Tensor flat = repeated(values, maximum(at, int64_t{0}), "place");
  return where(mask, like(reshape(flat, a.shape()), a), a);
}

Tensor put(const Tensor& a, const Tensor& ind, const Tensor& v,
           std::string_view mode) {
  const Tensor at = ravel(ind);
  const Tensor values = repeated(v, arange(size_of(at, "put")), "put");
  return reshape(scatter_set(ravel(a), at, like(values, a), 0, mode),
                 a.shape());
}

Tensor copyto(const Tensor& dst, const Tensor& src, std::string_view casting,
              const Tensor& where) {
  const bool is_number = src.is_weak() && src.ndim() == 0;
  const DType given =
      is_number ? promote_weak(dst.dtype(), src.dtype()) : src.dtype();
  NUMEST_USER_CHECK(can_cast(given, dst.dtype(), casting), TypeError,
                    "copyto: got src of dtype {}, expected one that casts to "
                    "{} by the rule '{}'",
                    name(src.dtype()), name(dst.dtype()), casting);
  const Tensor values = broadcast_to(like(src, dst), dst.shape());
  return numest::where(broadcast_to(where, dst.shape()), values, dst);
}

Tensor put_along_axis(const Tensor& arr, const Tensor& indices,
                      const Tensor& values, int64_t axis) {
  const int at = normalize_axis(axis, arr.ndim(), "put_along_axis");
  NUMEST_USER_CHECK(indices.ndim() == arr.ndim(), ValueError,
                    "put_along_axis: got indices of {} axes for an array of {}",
                    indices.ndim(), arr.ndim());
  std::vector<TensorIndex> items;
  for (int i = 0; i < arr.ndim(); ++i) {
    if (i == at) {
      items.emplace_back(indices);
      continue;
    }
    Shape shape = Shape::filled(arr.ndim(), 1);
    shape[i] = arr.shape()[i];
    items.emplace_back(reshape(arange(arr.shape()[i]), shape));
  }
  return index_update(arr, items, values);
}

Tensor fill_diagonal(const Tensor& a, const Tensor& val) {
  const Shape& shape = a.shape();
  NUMEST_USER_CHECK(shape.ndim() >= 2, ValueError,
                    "fill_diagonal: array must be at least 2-d: got {}",
                    shape.to_string());
  if (shape.ndim() == 2 && shape.is_known()) {
    const Tensor count = arange(std::min(shape[0], shape[1]));
    return set_diagonal(a, like(repeated(val, count, "fill_diagonal"), a));
  }
  const auto positions = [&](int i) {
    return is_symbol(shape[i]) ? arange_like(a, i) : arange(shape[i]);
  };
  Tensor is_on = Tensor(true);
  for (int i = 1; i < shape.ndim(); ++i) {
    NUMEST_USER_CHECK(shape.ndim() == 2 || shape[i] == shape[0], ValueError,
                      "fill_diagonal: All dimensions of input must be of equal "
                      "length: got {}",
                      shape.to_string());
    Shape first = Shape::filled(shape.ndim(), 1), other = first;
    first[0] = shape[0];
    other[i] = shape[i];
    is_on = logical_and(is_on, equal(reshape(positions(0), first),
                                     reshape(positions(i), other)));
  }
  if (val.ndim() == 0) return where(is_on, like(val, a), a);
  const Tensor place = cumsum(astype(ravel(is_on), DType::kInt64), 0);
  const Tensor values =
      repeated(val, maximum(place - int64_t{1}, int64_t{0}), "fill_diagonal");
  return where(is_on, like(reshape(values, shape), a), a);
}

namespace {

// An index of one axis as `mode` has it.
Tensor in_range(const Tensor& index, int64_t extent, std::string_view mode) {
  if (mode == "wrap") return remainder(index, extent);
  if (mode == "clip")
    return minimum(maximum(index, int64_t{0}), extent - int64_t{1});
  NUMEST_USER_CHECK(mode == "raise", ValueError,
                    "ravel_multi_index: mode must be one of 'clip', 'raise', "
                    "or 'wrap': got '{}'",
                    mode);
  return check_range(index, 0, double(extent - 1), "ravel_multi_index");
}

}  // namespace

Tensor ravel_multi_index(const Tensors& multi_index, const Shape& dims,
                         std::string_view mode, std::string_view order) {
  NUMEST_USER_CHECK(int(multi_index.size()) == dims.ndim() && dims.ndim() > 0,
                    ValueError,
                    "ravel_multi_index: got {} arrays for {} extents, expected "
                    "one for each",
                    multi_index.size(), dims.ndim());
  NUMEST_USER_CHECK(order == "C" || order == "F", ValueError,
                    "ravel_multi_index: order must be 'C' or 'F': got '{}'",
                    order);
  Tensor flat;
  for (int i = 0; i < dims.ndim(); ++i) {
    const int axis = order == "C" ? i : dims.ndim() - 1 - i;
    const Tensor at = in_range(multi_index[size_t(axis)], dims[axis], mode);
    flat = i == 0 ? at : flat * dims[axis] + at;
  }
  return flat;
}

Tensors ix_(const Tensors& args) {
  Tensors result;
  for (size_t i = 0; i < args.size(); ++i) {
    NUMEST_USER_CHECK(args[i].ndim() == 1, ValueError,
                      "ix_: Cross index must be 1 dimensional: got shape {}",
                      args[i].shape().to_string());
    const Tensor at =
        args[i].dtype() == DType::kBool ? flatnonzero(args[i]) : args[i];
    std::vector<int64_t> others;
    for (size_t k = 0; k < args.size(); ++k)
      if (k != i) others.push_back(int64_t(k));
    result.push_back(others.empty() ? at : expand_dims(at, others));
  }
  return result;
}

Tensors diag_indices(int64_t n, int64_t ndim) {
  return Tensors(size_t(ndim), arange(n));
}

Tensors diag_indices_from(const Tensor& arr) {
  for (const int64_t extent : arr.shape())
    NUMEST_USER_CHECK(arr.ndim() >= 2 && extent == arr.shape()[0], ValueError,
                      "diag_indices_from: All dimensions of input must be of "
                      "equal length: got {}",
                      arr.shape().to_string());
  return diag_indices(arr.shape()[0], arr.ndim());
}

Tensors tril_indices_from(const Tensor& arr, int64_t k) {
  NUMEST_USER_CHECK(arr.ndim() == 2, ValueError,
                    "tril_indices_from: input array must be 2-d: got {}",
                    arr.shape().to_string());
  return tril_indices(arr.shape()[0], k, arr.shape()[1]);
}

Tensors triu_indices_from(const Tensor& arr, int64_t k) {
  NUMEST_USER_CHECK(arr.ndim() == 2, ValueError,
                    "triu_indices_from: input array must be 2-d: got {}",
                    arr.shape().to_string());
  return triu_indices(arr.shape()[0], k, arr.shape()[1]);
}

Tensor in1d(const Tensor& ar1, const Tensor& ar2) {
  return isin(ravel(ar1), ar2);
}

Tensor diagflat(const Tensor& v, int64_t k) { return diag(ravel(v), k); }

namespace {

// The one element before the first ones, for each row.
Tensor before_all(const Tensor& totals, int axis, double value) {
  const int64_t extent = totals.shape()[axis];
  const Tensor row = is_symbol(extent) || extent == 0
                         ? sum(totals, int64_t{axis}, totals.dtype(), true)
                         : slice_axis(totals, axis, 0, 1);
  return full_like(row, value);
}

Tensor total(const Tensor& x, std::optional<int64_t> axis,
             std::optional<DType> dtype, bool with_initial,
             const char* function, const char* scan, double initial) {
  NUMEST_USER_CHECK(axis || x.ndim() == 1, ValueError,
                    "{}: For arrays which have more than one dimension "
                    "``axis`` argument is required: got shape {}",
                    function, x.shape().to_string());
  const int at = normalize_axis(axis.value_or(0), x.ndim(), function);
  Attrs attrs{{"axis", int64_t{at}}};
  if (dtype) attrs.set("dtype", *dtype);
  const Tensor totals = emit(scan, {x}, attrs);
  if (!with_initial) return totals;
  return concatenate({before_all(totals, at, initial), totals}, at);
}

}  // namespace

Tensor cumulative_sum(const Tensor& x, std::optional<int64_t> axis,
                      std::optional<DType> dtype, bool include_initial) {
  return total(x, axis, dtype, include_initial, "cumulative_sum", "cumsum", 0);
}

Tensor cumulative_prod(const Tensor& x, std::optional<int64_t> axis,
                       std::optional<DType> dtype, bool include_initial) {
  return total(x, axis, dtype, include_initial, "cumulative_prod", "cumprod",
               1);
}

Tensor poly(const Tensor& seq) {
  NUMEST_USER_CHECK(seq.ndim() == 1, ValueError,
                    "poly: got shape {}, expected the zeros as a vector",
                    seq.shape().to_string());
  const DType dtype = is_inexact(seq.dtype()) ? seq.dtype() : DType::kFloat64;
  const Tensor zeros = astype(seq, dtype);
  const Tensor one = astype(ones(Shape{1}), dtype);
  Tensor result = one;
  for (int64_t i = 0; i < size_of(seq, "poly"); ++i)
    result = convolve(
        result, concatenate({one, -reshape(take(zeros, i, 0), Shape{1})}));
  return result;
}

Tensor polyder(const Tensor& p, int64_t m) {
  NUMEST_USER_CHECK(p.ndim() == 1 && m >= 0, ValueError,
                    "polyder: got shape {} and m = {}, expected a vector and "
                    "an order >= 0",
                    p.shape().to_string(), m);
  Tensor result = p;
  for (; m > 0; --m) {
    const int64_t degree = std::max<int64_t>(size_of(result, "polyder") - 1, 0);
    result = slice_axis(result, 0, 0, degree) * (degree - arange(degree));
  }
  return result;
}

Tensor polyint(const Tensor& p, int64_t m, const Tensor& k) {
  NUMEST_USER_CHECK(p.ndim() == 1 && m >= 0, ValueError,
                    "polyint: got shape {} and m = {}, expected a vector and "
                    "an order >= 0",
                    p.shape().to_string(), m);
  NUMEST_USER_CHECK(
      k.ndim() == 0 || (k.ndim() == 1 && k.shape()[0] == m), ValueError,
      "polyint: k must be a scalar or a rank-1 array of length 1 or >m: got "
      "shape {} for m = {}",
      k.shape().to_string(), m);
  Tensor result = p;
  for (int64_t i = 0; i < m; ++i) {
    const int64_t count = size_of(result, "polyint");
    const Tensor powers = count - arange(count);
    const Tensor quotient = result / powers;
    const Tensor constant =
        astype(k.ndim() == 0 ? k : select(k, i), quotient.dtype());
    result = concatenate({quotient, reshape(constant, Shape{1})});
  }
  return result;
}

Tensor tensorinv(const Tensor& a, int64_t ind) {
  NUMEST_USER_CHECK(ind > 0 && ind < a.ndim(), ValueError,
                    "tensorinv: Invalid ind argument: got {} for {} axes", ind,
                    a.ndim());
  Shape first, rest;
  for (int i = 0; i < a.ndim(); ++i)
    (i < ind ? first : rest).push_back(a.shape()[i]);
  const Tensor inverse = inv(reshape(a, Shape{first.size(), rest.size()}));
  Shape shape = rest;
  for (const int64_t extent : first) shape.push_back(extent);
  return reshape(inverse, shape);
}

Tensor tensorsolve(const Tensor& a, const Tensor& b) {
  Shape shape;
  for (int i = b.ndim(); i < a.ndim(); ++i) shape.push_back(a.shape()[i]);
  NUMEST_USER_CHECK(
      shape.size() == size_of(b, "tensorsolve"), ValueError,
      "tensorsolve: Input arrays must satisfy the requirement "
      "prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim]): got {} and {}",
      a.shape().to_string(), b.shape().to_string());
  const int64_t n = shape.size();
  return reshape(solve(reshape(a, Shape{n, n}), reshape(b, Shape{n, 1})),
                 shape);
}

}  // namespace numest
