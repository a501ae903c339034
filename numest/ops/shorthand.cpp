// Each function as NumPy's documentation defines it.
#include "numest/ops/shorthand.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numbers>

#include "numest/ops/call.h"
#include "numest/ops/control.h"
#include "numest/ops/dtypes.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

Tensor without_nan(const Tensor& a, double instead) {
  return is_inexact(a.dtype()) ? where(isnan(a), instead, a) : a;
}

}  // namespace

// --- elementwise ---
Tensor angle(const Tensor& z, bool deg) {
  const Tensor radians = arctan2(imag(z), real(z));
  return deg ? rad2deg(radians) : radians;
}
Tensor around(const Tensor& a, int decimals) { return round(a, decimals); }
Tensor degrees(const Tensor& x) { return rad2deg(x); }
Tensor radians(const Tensor& x) { return deg2rad(x); }
Tensor float_power(const Tensor& x1, const Tensor& x2) {
  const bool complex = is_complex(x1.dtype());
  return power(astype(x1, complex ? DType::kComplex128 : DType::kFloat64), x2);
}
std::pair<Tensor, Tensor> divmod(const Tensor& x1, const Tensor& x2) {
  return {floor_divide(x1, x2), remainder(x1, x2)};
}
std::pair<Tensor, Tensor> modf(const Tensor& x) {
  const Tensor f = as_inexact(x), none = copysign(zeros_like(f), f);
  return {where(isinf(f), none, fmod(f, 1.0)), trunc(f)};
}
Tensor fix(const Tensor& x) { return trunc(x); }
Tensor isneginf(const Tensor& x) { return isinf(x) & signbit(x); }
Tensor isposinf(const Tensor& x) { return isinf(x) & ~signbit(x); }
Tensor isreal(const Tensor& x) { return equal(imag(x), 0); }
Tensor iscomplex(const Tensor& x) { return not_equal(imag(x), 0); }
Tensor ldexp(const Tensor& x1, const Tensor& x2) {
  const Tensor x = as_inexact(x1), exponent = astype(x2, x.dtype());
  // In two halves: the power alone may be more than the dtype holds.
  const Tensor half = floor(exponent * 0.5);
  const Tensor scaled = x * exp2(half) * exp2(exponent - half);
  return where(equal(x, 0) | ~isfinite(x), x, scaled);
}
Tensor logaddexp2(const Tensor& x1, const Tensor& x2) {
  constexpr double kLn2 = std::numbers::ln2;
  const Tensor both[] = {x1, x2};
  const DType dtype = result_dtype(op_named("logaddexp"), both);
  // Scaled in 16 bits, x and x + 1 would be too close.
  const DType wide = promote(dtype, DType::kFloat32);
  const auto scaled = [&](const Tensor& x) { return astype(x, wide) * kLn2; };
  return astype(logaddexp(scaled(x1), scaled(x2)) / kLn2, dtype);
}

// --- reductions ---
Tensor amax(const Tensor& a, const Axes& axis, bool keepdims) {
  return max(a, axis, keepdims);
}
Tensor amin(const Tensor& a, const Axes& axis, bool keepdims) {
  return min(a, axis, keepdims);
}
Tensor nanmedian(const Tensor& a, const Axes& axis, bool keepdims) {
  return nanquantile(a, 0.5, axis, keepdims);
}
Tensor nanpercentile(const Tensor& a, double q, const Axes& axis,
                     bool keepdims) {
  return nanquantile(a, q / 100, axis, keepdims);
}
Tensor nancumsum(const Tensor& a, std::optional<int64_t> axis) {
  return cumsum(without_nan(a, 0), axis);
}
Tensor nancumprod(const Tensor& a, std::optional<int64_t> axis) {
  return cumprod(without_nan(a, 1), axis);
}
Tensor array_equal(const Tensor& a1, const Tensor& a2, bool equal_nan) {
  if (a1.shape() != a2.shape()) return Array::scalar(false);
  const Tensor same = equal(a1, a2);
  return all(equal_nan ? same | (isnan(a1) & isnan(a2)) : same);
}

// --- products ---
Tensor inner(const Tensor& a, const Tensor& b) {
  if (a.ndim() == 0 || b.ndim() == 0) return a * b;
  return tensordot(a, b, {a.ndim() - 1}, {b.ndim() - 1});
}
Tensor vdot(const Tensor& a, const Tensor& b) {
  return dot(conjugate(ravel(a)), ravel(b));
}
Tensor vecdot(const Tensor& x1, const Tensor& x2, int axis) {
  const auto last = [axis](const Tensor& x) {
    const int at = normalize_axis(axis, x.ndim(), "vecdot");
    return at + 1 == x.ndim() ? x : moveaxis(x, {at}, {-1});
  };
  const Tensor a = last(x1), b = last(x2);
  const int64_t m = a.shape().back(), n = b.shape().back();
  NUMEST_USER_CHECK(m == n || is_symbol(m) || is_symbol(n), ValueError,
                    "vecdot: got extents {} and {} of axis {}, expected equal "
                    "ones",
                    m, n, axis);
  const Tensor product = (is_complex(a.dtype()) ? conjugate(a) : a) * b;
  return product.dtype() == DType::kBool ? any(product, -1)
                                         : sum(product, -1, product.dtype());
}
Tensor matvec(const Tensor& x1, const Tensor& x2) {
  return squeeze(matmul(x1, expand_dims(x2, -1)), -1);
}
Tensor vecmat(const Tensor& x1, const Tensor& x2) {
  return squeeze(matmul(expand_dims(conjugate(x1), -2), x2), -2);
}
Tensor eigvalsh(const Tensor& a) { return eigh(a)[0]; }
Tensor tensordot(const Tensor& a, const Tensor& b, int axes) {
  NUMEST_USER_CHECK(axes >= 0 && axes <= std::min(a.ndim(), b.ndim()),
                    ValueError,
                    "tensordot: got {} axes for arrays of shapes {} and {}",
                    axes, a.shape().to_string(), b.shape().to_string());
  std::vector<int64_t> last, first;
  for (int i = 0; i < axes; ++i) {
    last.push_back(a.ndim() - axes + i);
    first.push_back(i);
  }
  return tensordot(a, b, last, first);
}

// --- shapes, joining, positions ---
Tensor matrix_transpose(const Tensor& x) { return swapaxes(x, -1, -2); }
Tensor atleast_3d(const Tensor& a) {
  if (a.ndim() == 0) return expand_dims(a, {0, 1, 2});
  if (a.ndim() == 1) return expand_dims(a, {0, 2});
  return a.ndim() == 2 ? expand_dims(a, 2) : a;
}
Tensor dstack(const std::vector<Tensor>& tup) {
  std::vector<Tensor> parts;
  for (const Tensor& t : tup) parts.push_back(atleast_3d(t));
  return concatenate(parts, 2);
}
namespace {
int columns_of(const Tensor& ary) { return ary.ndim() == 1 ? 0 : 1; }
}  // namespace

std::vector<Tensor> hsplit(const Tensor& ary, int sections) {
  return split(ary, sections, columns_of(ary));
}
std::vector<Tensor> hsplit(const Tensor& ary,
                           const std::vector<int64_t>& indices) {
  return split(ary, indices, columns_of(ary));
}
std::vector<Tensor> vsplit(const Tensor& ary, int sections) {
  return split(ary, sections, 0);
}
std::vector<Tensor> vsplit(const Tensor& ary,
                           const std::vector<int64_t>& indices) {
  return split(ary, indices, 0);
}
std::vector<Tensor> dsplit(const Tensor& ary, int sections) {
  return split(ary, sections, 2);
}
std::vector<Tensor> dsplit(const Tensor& ary,
                           const std::vector<int64_t>& indices) {
  return split(ary, indices, 2);
}

std::vector<Tensor> unstack(const Tensor& x, int axis) {
  const int at = normalize_axis(axis, x.ndim(), "unstack");
  std::vector<Tensor> parts;
  for (int64_t i = 0; i < x.shape()[at]; ++i) parts.push_back(select(x, i, at));
  return parts;
}
Tensor identity(int64_t n, DType dtype) {
  return eye(n, std::nullopt, 0, dtype);
}
Tensor flatnonzero(const Tensor& a) { return squeeze(argwhere(ravel(a)), 1); }
Tensor extract(const Tensor& condition, const Tensor& arr) {
  return take(ravel(arr), flatnonzero(condition), 0);
}
Tensor ediff1d(const Tensor& ary, const Tensor& to_end,
               const Tensor& to_begin) {
  NUMEST_USER_CHECK(ary.dtype() != DType::kBool, TypeError,
                    "ediff1d: got dtype bool, which has no difference");
  std::vector<Tensor> parts{diff(ravel(ary))};
  if (!to_begin.is_empty()) parts.insert(parts.begin(), ravel(to_begin));
  if (!to_end.is_empty()) parts.push_back(ravel(to_end));
  return parts.size() == 1 ? parts[0] : concatenate(parts);
}

Tensor diag(const Tensor& v, int64_t k) {
  NUMEST_USER_CHECK(v.ndim() == 1 || v.ndim() == 2, ValueError,
                    "diag: got v of shape {}, expected one or two axes",
                    v.shape().to_string());
  if (v.ndim() == 2) return diagonal(v, k);
  if (is_symbol(v.shape()[0])) {
    NUMEST_USER_CHECK(k == 0, NotSupportedError,
                      "diag: an extent is not known while the function is "
                      "traced, so only k=0 has a graph form: got k={}",
                      k);
    const Tensor at = arange_like(v);
    return where(equal(expand_dims(at, 1), at), v, zeros_like(v));
  }
  const int64_t n = v.shape()[0] + std::abs(k);
  return set_diagonal(zeros({n, n}, v.dtype()), v, k);
}
Tensor trace(const Tensor& a, int64_t offset, int64_t axis1, int64_t axis2) {
  return sum(diagonal(a, offset, axis1, axis2), -1);
}
std::vector<Tensor> broadcast_arrays(const std::vector<Tensor>& args) {
  Shape shape;
  for (const Tensor& t : args)
    shape = broadcast_shapes(shape, t.shape(), "broadcast_arrays");
  std::vector<Tensor> result;
  for (const Tensor& t : args) result.push_back(broadcast_to(t, shape));
  return result;
}
Tensor block(const std::vector<std::vector<Tensor>>& arrays) {
  std::vector<Tensor> rows;
  for (const auto& row : arrays) rows.push_back(concatenate(row, -1));
  for (Tensor& row : rows) row = atleast_2d(row);
  return concatenate(rows, -2);
}
Tensor resize(const Tensor& a, const Shape& new_shape) {
  const Tensor flat = ravel(a);
  const int64_t n = flat.shape()[0];
  if (n == 0) return zeros(new_shape, a.dtype());
  if (!is_symbol(n))
    return take(flat, reshape(arange(new_shape.size()) % n, new_shape), 0);
  // Without elements: the zero behind them.
  const Tensor count = maximum(extent(flat, 0), 1);
  return take(concatenate({flat, zeros({1}, a.dtype())}),
              reshape(arange(new_shape.size()) % count, new_shape), 0);
}
Tensor insert(const Tensor& arr, int64_t index, const Tensor& values,
              std::optional<int64_t> axis) {
  const Tensor a = axis ? arr : ravel(arr);
  const int at = normalize_axis(int(axis.value_or(0)), a.ndim(), "insert");
  const int64_t n = a.shape()[at];
  NUMEST_USER_CHECK(index >= -n && index <= n, IndexError,
                    "insert: index {} is out of bounds for axis {} with size "
                    "{}",
                    index, at, n);
  const auto parts =
      split(a, std::vector<int64_t>{index < 0 ? index + n : index}, at);
  Shape shape = a.shape();
  shape[at] = a.ndim() == 1 ? ravel(values).shape()[0] : 1;
  return concatenate(
      {parts[0], broadcast_to(astype(values, a.dtype()), shape), parts[1]}, at);
}
Tensor select(const std::vector<Tensor>& condlist,
              const std::vector<Tensor>& choicelist,
              const Tensor& default_value) {
  NUMEST_USER_CHECK(condlist.size() == choicelist.size(), ValueError,
                    "select: list of cases must be same length as list of "
                    "conditions: got {} and {}",
                    choicelist.size(), condlist.size());
  Tensor result = default_value;
  for (size_t i = condlist.size(); i-- > 0;)
    result = where(condlist[i], choicelist[i], result);
  return result;
}
Tensor choose(const Tensor& a, const std::vector<Tensor>& choices,
              std::string_view mode) {
  const int64_t last = int64_t(choices.size()) - 1;
  NUMEST_USER_CHECK(last >= 0, ValueError,
                    "choose: got no choices, expected at least one");
  NUMEST_USER_CHECK(
      mode == "raise" || mode == "wrap" || mode == "clip", ValueError,
      "choose: got mode '{}', expected 'raise', 'wrap' or 'clip'", mode);
  Tensor at = a;
  if (mode == "raise")
    at = check_range(at, 0, double(last), "choose: index among the choices");
  if (mode == "wrap") at = remainder(at, last + 1);
  Tensor result = choices.back();
  for (int64_t i = last; i-- > 0;)
    result = where(at <= i, choices[size_t(i)], result);
  // One choice: of the shape of both, and once the positions are checked.
  return last == 0 ? where(at <= last, result, result) : result;
}
Tensor compress(const Tensor& condition, const Tensor& a,
                std::optional<int64_t> axis) {
  return take(axis ? a : ravel(a), flatnonzero(condition), axis.value_or(0));
}
std::vector<Tensor> tril_indices(int64_t n, int64_t k,
                                 std::optional<int64_t> m) {
  return nonzero(tri(n, m, k));
}
std::vector<Tensor> triu_indices(int64_t n, int64_t k,
                                 std::optional<int64_t> m) {
  return nonzero(equal(tri(n, m, k - 1), 0));
}
std::vector<Tensor> unravel_by_extents(const Tensor& indices,
                                       const std::vector<Tensor>& shape) {
  Tensor count = 1;
  for (const Tensor& extent : shape) count = count * extent;
  Tensor rest = indices;
  if (!count.is_symbolic())
    rest = check_range(rest, 0, count.numpy().item<double>() - 1, "index");
  std::vector<Tensor> result(shape.size());
  for (size_t i = shape.size(); i-- > 0; rest = floor_divide(rest, shape[i]))
    result[i] = remainder(rest, shape[i]);
  return result;
}
std::vector<Tensor> unravel_index(const Tensor& indices, const Shape& shape) {
  return unravel_by_extents(indices,
                            std::vector<Tensor>(shape.begin(), shape.end()));
}
Tensor indices(const Shape& dimensions) {
  std::vector<Tensor> axes;
  for (int64_t n : dimensions) axes.push_back(arange(n));
  return stack(meshgrid(axes, "ij"));
}

// --- elementwise, order, sums so far ---
Tensor spacing(const Tensor& x) {
  const Tensor size = absolute(as_inexact(x));
  const double top = std::numeric_limits<double>::infinity();
  const Tensor gap = nextafter(size, full_like(size, top)) - size;
  return where(x < 0, -gap, gap);
}
Tensor digitize(const Tensor& x, const Tensor& bins, bool right) {
  NUMEST_USER_CHECK(bins.ndim() == 1, ValueError,
                    "digitize: got bins of shape {}, expected one axis",
                    bins.shape().to_string());
  const char* side = right ? "left" : "right";
  const auto rising = [&] { return searchsorted(bins, x, side); };
  if (bins.shape()[0] == 0) return rising();
  const Tensor step = diff(bins), is_falling = any(step < 0);
  const Tensor is_mixed = is_falling & any(step > 0);
  const auto falling = [&] {
    return extent(bins, 0) - searchsorted(flip(bins), x, side);
  };
  const Tensor checked = refuse(is_mixed,
                                "bins must be monotonically "
                                "increasing or decreasing");
  const auto found = cond(
      is_falling,
      [&](std::span<const Tensor>) { return std::vector{falling()}; },
      [&](std::span<const Tensor>) { return std::vector{rising()}; });
  return with_dependencies({found[0], checked});
}
Tensor partition(const Tensor& a, int64_t kth, int64_t axis) {
  select(a, kth, axis);  // checks both
  return sort(a, axis);
}
Tensor argpartition(const Tensor& a, int64_t kth, int64_t axis) {
  select(a, kth, axis);
  return argsort(a, axis);
}
Tensor unwrap(const Tensor& p, std::optional<double> discont, int axis,
              double period) {
  const double half = period / 2;
  const Tensor steps = diff(p, 1, axis);
  const Tensor moved = remainder(steps + half, period) - half;
  const Tensor near =
      where(equal(moved, -half) & greater(steps, 0), half, moved);
  const Tensor jumps =
      where(less(absolute(steps), std::max(discont.value_or(half), half)), 0,
            near - steps);
  const Tensor first = slice_axis(p, axis, 0, 1);
  return p + concatenate({zeros_like(first), cumsum(jumps, axis)}, axis);
}
Tensor array_equiv(const Tensor& a1, const Tensor& a2) {
  try {
    return all(equal(a1, a2));
  } catch (const ValueError&) {  // shapes that do not broadcast
    return Array::scalar(false);
  }
}

// --- several q ---
namespace {

template <class F>
Tensor of_each(const Tensor& q, const char* op, F&& quantile_of) {
  NUMEST_USER_CHECK(q.ndim() <= 1, ValueError,
                    "{}: got q of shape {}, expected a number or one axis", op,
                    q.shape().to_string());
  std::vector<Tensor> found;
  for (double one : q.numpy().to_vector<double>())
    found.push_back(quantile_of(one));
  return q.ndim() == 0 ? found[0] : stack(found);
}

}  // namespace

Tensor quantile(const Tensor& a, const Tensor& q, const Axes& axis,
                bool keepdims) {
  return of_each(q, "quantile",
                 [&](double one) { return quantile(a, one, axis, keepdims); });
}
Tensor percentile(const Tensor& a, const Tensor& q, const Axes& axis,
                  bool keepdims) {
  return of_each(q, "percentile", [&](double one) {
    return percentile(a, one, axis, keepdims);
  });
}

// --- sets ---
std::pair<Tensor, Tensor> unique_counts(const Tensor& x) {
  const auto all = unique_all(x, false);
  return {all[0], all[3]};
}
std::pair<Tensor, Tensor> unique_inverse(const Tensor& x) {
  const auto all = unique_all(x, false);
  return {all[0], reshape(all[2], x.shape())};
}
namespace {

// Both flat, of the dtype that they have together.
std::pair<Tensor, Tensor> flat_pair(const Tensor& ar1, const Tensor& ar2) {
  const Tensor a = ravel(ar1), b = ravel(ar2);
  const DType dtype = concatenate({a, b}).dtype();
  return {astype(a, dtype), astype(b, dtype)};
}

}  // namespace

Tensor setxor1d(const Tensor& ar1, const Tensor& ar2) {
  const auto [first, second] = flat_pair(ar1, ar2);
  const Tensor a = unique(first), b = unique(second);
  return sort(concatenate({extract(~isin(a, b), a), extract(~isin(b, a), b)}));
}
Tensor union1d(const Tensor& ar1, const Tensor& ar2) {
  return unique(concatenate({ravel(ar1), ravel(ar2)}));
}
Tensor intersect1d(const Tensor& ar1, const Tensor& ar2) {
  const auto [a, b] = flat_pair(ar1, ar2);
  const Tensor values = unique(a);
  return extract(isin(values, b), values);
}
Tensor setdiff1d(const Tensor& ar1, const Tensor& ar2, bool assume_unique) {
  const Tensor values = assume_unique ? ravel(ar1) : unique(ravel(ar1));
  return extract(~isin(values, ar2), values);
}

}  // namespace numest
