// Integers, choices and orders.
#include <cmath>
#include <limits>

#include "numest/base/error.h"
#include "numest/ops/composite.h"
#include "numest/ops/distributions.h"
#include "numest/ops/draw_parameters.h"
#include "numest/ops/operators.h"

namespace numest::random {

// --- Integers ---
namespace {

// Of the dtypes of integers, and bool; those that int64 holds.
std::pair<int64_t, int64_t> range(DType dtype) {
  switch (dtype) {
    case DType::kBool:
      return {0, 1};
    case DType::kInt8:
      return {INT8_MIN, INT8_MAX};
    case DType::kUInt8:
      return {0, UINT8_MAX};
    case DType::kInt16:
      return {INT16_MIN, INT16_MAX};
    case DType::kUInt16:
      return {0, UINT16_MAX};
    case DType::kInt32:
      return {INT32_MIN, INT32_MAX};
    case DType::kUInt32:
      return {0, UINT32_MAX};
    case DType::kUInt64:
      return {0, INT64_MAX};
    default:
      return {INT64_MIN, INT64_MAX};
  }
}

void check_range(const char* draw, const Tensor& low, const Tensor& high,
                 DType dtype) {
  NUMEST_USER_CHECK(is_integer(dtype) || dtype == DType::kBool, TypeError,
                    "{}: dtype: got {}, expected one of integers, or bool",
                    draw, name(dtype));
  check_pairs<int64_t>(
      draw, low, high, [](int64_t a, int64_t b) { return a < b; },
      "low >= high", "low < high");
  const auto [least, most] = range(dtype);
  check_pairs<int64_t>(
      draw, low, Array::scalar(least),
      [](int64_t a, int64_t b) { return a >= b; },
      "low is out of bounds for the dtype", "at least the second");
  check_pairs<int64_t>(
      draw, high, Array::scalar(most),
      [](int64_t a, int64_t b) { return a - 1 <= b; },
      "high is out of bounds for the dtype", "at most the second, and one");
}

}  // namespace

Tensor Distributions::integers_of(const char* draw, const Tensor& low,
                                  const std::optional<Tensor>& high,
                                  const Size& size, DType dtype,
                                  bool endpoint) {
  const Tensor from = high ? low : Tensor(int64_t{0});
  const Tensor last = high ? *high : low;
  const Tensor to = endpoint ? last + int64_t{1} : last;
  check_range(draw, from, to, dtype);
  const Size at = size.of({&from, &to}, draw);
  const Tensor drawn = numest::random_integers(key(at), from, to, at.shape());
  return dtype == DType::kInt64 ? drawn : astype(drawn, dtype);
}

Tensor Distributions::integers(const Tensor& low,
                               const std::optional<Tensor>& high,
                               const Size& size, DType dtype, bool endpoint) {
  return integers_of("integers", low, high, size, dtype, endpoint);
}

Tensor Distributions::randint(const Tensor& low,
                              const std::optional<Tensor>& high,
                              const Size& size, DType dtype) {
  return integers_of("randint", low, high, size, dtype, false);
}

Tensor Distributions::random_integers(const Tensor& low,
                                      const std::optional<Tensor>& high,
                                      const Size& size) {
  return integers_of("random_integers", high ? low : Tensor(int64_t{1}),
                     high ? *high : low, size, DType::kInt64, true);
}

Tensor Distributions::tomaxint(const Size& size) {
  return integers(std::numeric_limits<int64_t>::max(), {}, size);
}

std::string Distributions::bytes(int64_t length) {
  NUMEST_USER_CHECK(length >= 0, ValueError,
                    "bytes: length: got {}, expected 0 or more", length);
  const Tensor k = next_key();
  NUMEST_USER_CHECK(!k.is_symbolic(), NotSupportedError,
                    "bytes: the values are not known while a function is "
                    "traced; draw integers(0, 256, size) of dtype uint8");
  const auto drawn =
      random_bits(k, {length}, DType::kUInt8).numpy().to_vector<uint8_t>();
  return std::string(drawn.begin(), drawn.end());
}

// --- Choices ---
namespace {

// A number of items that is known, or 0, 1, ... below a traced one.
Size count_of(const char* draw, const Tensor& n) {
  NUMEST_USER_CHECK(is_integer(n.dtype()), TypeError,
                    "{}: got a number of items of dtype {}, expected an "
                    "integer",
                    draw, name(n.dtype()));
  if (n.is_symbolic()) {
    const Tensor positions = count_up(n);
    return {Shape{positions.shape()[0]}, {positions}};
  }
  const auto known = n.numpy().astype(DType::kInt64).item<int64_t>();
  NUMEST_USER_CHECK(known >= 0, ValueError, "{}: got n {}, expected 0 or more",
                    draw, known);
  return Shape{known};
}

double tolerance(DType dtype) {
  return dtype == DType::kFloat32   ? 3.5e-4
         : dtype == DType::kFloat64 ? 1.5e-8
                                    : 3.2e-2;
}

// How many are drawn; 0 where that is not known.
int64_t known_count(const Size& size) {
  if (size.is_none()) return 1;
  return size.shape().is_known() ? size.shape().size() : 0;
}

void check_items(int64_t n, const Size& size) {
  NUMEST_USER_CHECK(n != 0 || known_count(size) == 0, ValueError,
                    "choice: a must be greater than 0, or hold an item, unless "
                    "no samples are taken: got {}",
                    n);
}

// The probabilities of n items, and how many of them must not be 0.
void check_probabilities(const Tensor& p, int64_t n, int64_t num_different) {
  NUMEST_USER_CHECK(p.ndim() == 1, ValueError,
                    "choice: p must be 1-dimensional: got shape {}, expected "
                    "one axis",
                    p.shape().to_string());
  const int64_t count = p.shape()[0];
  NUMEST_USER_CHECK(count == n || is_symbol(n) || is_symbol(count), ValueError,
                    "choice: a and p must have same size: got {} and {}, "
                    "expected a probability of each item",
                    n, count);
  if (p.is_symbolic()) return;
  check("choice", "p", p,
        {[](double v) { return v >= 0; },
         "probabilities {0} are not non-negative or contain NaN", "0 or more"});
  double sum = 0;
  int64_t possible = 0;
  for (const double v : p.numpy().to_vector<double>()) {
    sum += v;
    possible += v > 0;
  }
  const DType dtype = is_float(p.dtype()) ? p.dtype() : DType::kFloat64;
  NUMEST_USER_CHECK(std::abs(sum - 1) <= tolerance(dtype), ValueError,
                    "choice: probabilities p do not sum to 1: got {}, "
                    "expected 1",
                    sum);
  NUMEST_USER_CHECK(num_different <= possible, ValueError,
                    "choice: fewer non-zero entries in p than size: got {}, "
                    "expected {}",
                    possible, num_different);
}

Tensor probabilities(const Tensor& p) { return astype(p, DType::kFloat64); }

}  // namespace

Tensor Distributions::order(const Size& count) {
  return random_permutation(key(count), count.shape());
}

Tensor Distributions::weighted_positions(const Tensor& p, const Size& size) {
  const Size at = size.of({}, "choice");
  const Tensor sums = cumsum(probabilities(p), 0);
  const Tensor found = searchsorted(sums, random(at), "right");
  const int64_t n = p.shape()[0];
  const Tensor last = is_symbol(n) ? extent(sums, 0) - int64_t{1} : n - 1;
  return minimum(found, last);  // rounding may leave the sum below 1
}

Tensor Distributions::distinct_positions(const Size& count, const Size& size,
                                         const std::optional<Tensor>& p) {
  const Size at = size.of({}, "choice");
  const int64_t n = count.shape()[0];
  const bool is_known = at.shape().is_known();
  const int64_t wanted = is_known ? at.shape().size() : 0;
  NUMEST_USER_CHECK(is_symbol(n) || wanted <= n, ValueError,
                    "choice: Cannot take a larger sample than population when "
                    "replace is False: got size {}, expected at most {}",
                    at.shape().to_string(), n);
  NUMEST_USER_CHECK(is_known || at.positions().size() == 1, NotSupportedError,
                    "choice: got size {} without replacement, expected at most "
                    "one extent that depends on values",
                    at.shape().to_string());
  // Who comes first of exponential waiting times of rates p, comes by p.
  const Tensor ordered =
      p ? argsort(-log(open_01(count)) / probabilities(*p)) : order(count);
  const Tensor first =
      is_known ? reshape(arange(wanted), at.shape()) : at.positions()[0];
  return take(ordered, first, 0);
}

Tensor Distributions::choice(const Tensor& a, const Size& size, bool replace,
                             const std::optional<Tensor>& p, int64_t axis,
                             bool) {
  if (a.ndim() == 0) return chosen(a, {}, size, replace, p);
  const int at = normalize_axis(axis, a.ndim(), "choice");
  const int64_t n = a.shape()[at];
  const Tensor num_items = is_symbol(n) ? extent(a, at) : n;
  return take(a, chosen(num_items, Shape{n}, size, replace, p), at);
}

Tensor Distributions::chosen(const Tensor& num_items, const Size& count,
                             const Size& size, bool replace,
                             const std::optional<Tensor>& p) {
  const bool is_needed = !replace || !num_items.is_symbolic();
  const Size n =
      count.is_none() && is_needed ? count_of("choice", num_items) : count;
  const int64_t extent = n.is_none() ? fresh_extent() : n.shape()[0];
  check_items(extent, size);
  if (p) check_probabilities(*p, extent, replace ? 0 : known_count(size));
  if (!replace) return distinct_positions(n, size, p);
  if (p) return weighted_positions(*p, size);
  if (extent == 0) return zeros(size.shape(), DType::kInt64);
  return integers(num_items, {}, size);
}

// --- Orders ---
Tensor Distributions::permutation(const Tensor& x, int64_t axis) {
  if (x.ndim() == 0) return order(count_of("permutation", x));
  const int at = normalize_axis(axis, x.ndim(), "permutation");
  return take(x, order(Shape{x.shape()[at]}), at);
}

Tensor Distributions::permuted(const Tensor& x, std::optional<int64_t> axis) {
  if (!axis) return reshape(permutation(reshape(x, Shape{-1})), x.shape());
  const Tensor order = argsort(random(x.shape()), *axis);
  return take_along_axis(x, order, *axis);
}

void Distributions::shuffle(Tensor& x, int64_t axis) {
  NUMEST_USER_CHECK(x.ndim() > 0, TypeError,
                    "shuffle: got a scalar, expected an array");
  x = permutation(x, axis);
}

}  // namespace numest::random
