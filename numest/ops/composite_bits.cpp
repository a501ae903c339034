#include "numest/ops/composite_bits.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "numest/ops/composite.h"
#include "numest/ops/composite_signal.h"
#include "numest/ops/dtypes.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"
#include "numest/ops/shorthand.h"

namespace numest {

namespace {

Tensor word(uint64_t value) { return Array::scalar(value); }

// 128, 64, ..., 1, or the other way round.
Tensor weights(std::string_view bitorder) {
  NUMEST_USER_CHECK(bitorder == "big" || bitorder == "little", ValueError,
                    "'order' must be either 'little' or 'big': got '{}'",
                    bitorder);
  Array bits(DType::kUInt8, Shape{8});
  for (int i = 0; i < 8; ++i)
    bits.data<uint8_t>()[i] =
        static_cast<uint8_t>(1u << (bitorder == "big" ? 7 - i : i));
  return bits;
}

// The array with `axis`, or its only one if it is flat, at the end.
struct Along {
  Tensor rows;
  int axis;
  Along(const Tensor& a, std::optional<int64_t> given, const char* op)
      : rows(given ? a : ravel(a)),
        axis(normalize_axis(given.value_or(0), rows.ndim(), op)) {
    rows = move_axis(rows, axis, rows.ndim() - 1);
    NUMEST_USER_CHECK(!is_symbol(rows.shape().back()), NotSupportedError,
                      "{}: the extent of the axis is not known while tracing",
                      op);
  }
  Tensor back(const Tensor& result) const {
    return move_axis(result, result.ndim() - 1, axis);
  }
};

// From the first number on that is not about zero, or the last one.
Tensor trimmed(const Tensor& p) {
  const Tensor is_number = greater(absolute(p), 1e-8);
  const Tensor seen = cumsum(astype(is_number, DType::kInt64), 0);
  const Tensor is_last = equal(arange_like(p), extent(p) - int64_t{1});
  return take(p, nonzero(logical_or(greater(seen, int64_t{0}), is_last))[0], 0);
}

}  // namespace

Tensor bitwise_count(const Tensor& x) {
  // In 64 bits: the least number of fewer has no absolute value.
  const bool has_sign = !is_unsigned(x.dtype());
  Tensor n = has_sign ? absolute(astype(x, DType::kInt64)) : x;
  n = astype(n, DType::kUInt64);
  const Tensor halves = word(0x3333333333333333);
  n = n - bitwise_and(right_shift(n, word(1)), word(0x5555555555555555));
  n = bitwise_and(n, halves) + bitwise_and(right_shift(n, word(2)), halves);
  n = bitwise_and(n + right_shift(n, word(4)), word(0x0F0F0F0F0F0F0F0F));
  return astype(right_shift(n * word(0x0101010101010101), word(56)),
                DType::kUInt8);
}

std::pair<Tensor, Tensor> frexp(const Tensor& given) {
  const Tensor x = as_inexact(given);
  const Tensor is_plain = logical_and(isfinite(x), not_equal(x, Tensor(0)));
  const Tensor size = where(is_plain, absolute(x), Tensor(1));
  Tensor exponent = floor(log2(size)) + Tensor(1);
  // In two steps: no power of two may overflow.
  const Tensor half = floor(exponent / Tensor(2));
  Tensor mantissa = size * exp2(-half) * exp2(half - exponent);
  const Tensor up = greater_equal(mantissa, Tensor(1));  // of a rounded log2
  const Tensor down = less(mantissa, Tensor(0.5));
  mantissa = where(up, mantissa / Tensor(2),
                   where(down, mantissa * Tensor(2), mantissa));
  exponent = exponent + astype(up, x.dtype()) - astype(down, x.dtype());
  return {where(is_plain, copysign(mantissa, x), x),
          astype(where(is_plain, exponent, Tensor(0)), DType::kInt32)};
}

Tensor packbits(const Tensor& a, std::optional<int64_t> axis,
                std::string_view bitorder) {
  const Along along(a, axis, "packbits");
  const int64_t count = along.rows.shape().back(), bytes = (count + 7) / 8;
  Tensor bits = astype(not_equal(along.rows, Tensor(0)), DType::kUInt8);
  std::vector<int64_t> widths(size_t(2 * bits.ndim()), 0);
  widths.back() = 8 * bytes - count;
  bits = pad(bits, widths);
  Shape shape = along.rows.shape();
  shape[shape.ndim() - 1] = bytes;
  shape.push_back(8);
  const Tensor sums =
      sum(reshape(bits, shape) * weights(bitorder), {-1}, DType::kInt64);
  return along.back(astype(sums, DType::kUInt8));
}

Tensor unpackbits(const Tensor& a, std::optional<int64_t> axis,
                  std::optional<int64_t> count, std::string_view bitorder) {
  NUMEST_USER_CHECK(a.dtype() == DType::kUInt8, TypeError,
                    "Expected an input array of unsigned byte data type: got "
                    "{}; use astype",
                    name(a.dtype()));
  const Along along(a, axis, "unpackbits");
  const Tensor bits = not_equal(
      bitwise_and(expand_dims(along.rows, {-1}), weights(bitorder)), Tensor(0));
  Shape shape = along.rows.shape();
  const int64_t all = shape.back() * 8;
  shape[shape.ndim() - 1] = all;
  Tensor result = reshape(astype(bits, DType::kUInt8), shape);
  if (count) {
    const int64_t stop =
        std::max<int64_t>(*count < 0 ? all + *count : *count, 0);
    std::vector<int64_t> widths(size_t(2 * result.ndim()), 0);
    widths.back() = std::max<int64_t>(stop - all, 0);
    result = slice_axis(pad(result, widths), result.ndim() - 1, 0, stop);
  }
  return along.back(result);
}

// The mean of exp(x cos t) over a turn, by the trapezoidal rule: its error is
// below rounding for all x that do not overflow.
Tensor i0(const Tensor& given) {
  const Tensor x = as_float(given);
  constexpr int64_t kPoints = 129;
  Array turn(DType::kFloat64, Shape{kPoints}),
      share(turn.dtype(), turn.shape());
  for (int64_t i = 0; i < kPoints; ++i) {
    turn.data<double>()[i] =
        std::cos(std::numbers::pi * double(i) / (kPoints - 1)) - 1;
    const bool is_end = i == 0 || i == kPoints - 1;
    share.data<double>()[i] = (is_end ? 0.5 : 1.0) / (kPoints - 1);
  }
  const Tensor size = absolute(x);
  const Tensor rows = exp(expand_dims(size, {-1}) * turn.astype(x.dtype()));
  const Tensor mean = sum(rows * share.astype(x.dtype()), {-1});
  const Tensor half = exp(size / Tensor(2));
  return mean * half * half;
}

Tensor kaiser(int64_t M, double beta) {
  if (M <= 1)
    return astype(ones(Shape{std::max<int64_t>(M, 0)}), DType::kFloat64);
  const double middle = double(M - 1) / 2;
  const Tensor n = (astype(arange(M), DType::kFloat64) - middle) / middle;
  return i0(beta * sqrt(1.0 - square(n))) / i0(Tensor(beta));
}

Tensor sort_complex(const Tensor& a) {
  const Tensor sorted = sort(a);
  if (is_complex(a.dtype())) return sorted;
  const bool is_narrow = is_integer(a.dtype()) && itemsize(a.dtype()) <= 2;
  return astype(sorted, is_narrow ? DType::kComplex64 : DType::kComplex128);
}

Tensor piecewise(const Tensor& x, const std::vector<Tensor>& condlist,
                 const std::vector<Tensor>& values) {
  const size_t count = condlist.size();
  NUMEST_USER_CHECK(values.size() == count || values.size() == count + 1,
                    ValueError,
                    "with {} condition(s), either {} or {} functions are "
                    "expected: got {}",
                    count, count, count + 1, values.size());
  Tensor result = zeros_like(x);
  if (values.size() > count) result = result + astype(values.back(), x.dtype());
  for (size_t k = 0; k < count; ++k)
    result = where(condlist[k], astype(values[k], x.dtype()), result);
  return result;
}

std::pair<Tensor, Tensor> polydiv(const Tensor& u, const Tensor& v) {
  const Tensor dividend = as_float(atleast_1d(u)), d = as_float(atleast_1d(v));
  for (const Tensor& t : {dividend, d})
    NUMEST_USER_CHECK(
        t.ndim() == 1 && t.shape().is_known() && t.shape().size() > 0,
        ValueError,
        "polydiv: got coefficients of shape {}, expected a known "
        "number of them",
        t.shape().to_string());
  const DType dtype = promote(dividend.dtype(), d.dtype());
  Tensor rest = astype(dividend, dtype);
  const Tensor divisor = astype(d, dtype), scale = 1.0 / select(divisor, 0);
  const int64_t steps = rest.shape()[0] - divisor.shape()[0] + 1;
  if (steps <= 0) return {zeros_like(slice_axis(rest, 0, 0, 1)), trimmed(rest)};
  std::vector<Tensor> quotient;
  for (int64_t i = 0; i < steps; ++i) {
    quotient.push_back(select(rest, i) * scale);
    rest = rest - pad(quotient.back() * divisor,
                      std::vector<int64_t>{i, steps - 1 - i});
  }
  return {stack(quotient), trimmed(rest)};
}

Tensor trim_zeros(const Tensor& filt, std::string_view trim) {
  NUMEST_USER_CHECK(filt.ndim() == 1, ValueError,
                    "trim_zeros: got shape {}, expected a vector",
                    filt.shape().to_string());
  const auto is_asked = [&](const char* letters) {
    return trim.find_first_of(letters) != trim.npos;
  };
  const int64_t zero = 0;
  const Tensor at = nonzero(filt)[0], count = extent(filt);
  const Tensor is_any = greater(extent(at), zero);
  const Tensor start = is_asked("fF")
                           ? min(concatenate({at, reshape(count, Shape{1})}))
                           : Tensor(zero);
  const Tensor behind = max(
      concatenate({at + int64_t{1}, Array::zeros(DType::kInt64, Shape{1})}));
  const Tensor stop = where(is_any, is_asked("bB") ? behind : count, start);
  return take(filt, start + count_up(stop - start), 0);
}

Tensor unique_values(const Tensor& x) { return unique(x, false); }

}  // namespace numest
