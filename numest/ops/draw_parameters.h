// What NumPy asks of the parameters of draws, checked where they are known.
#pragma once

#include <string_view>

#include "numest/base/error.h"
#include "numest/graph/tensor.h"

namespace numest::random {

/// What holds for each value; `broken` says the contrary of a parameter {0}.
struct Rule {
  bool (*holds)(double);
  std::string_view broken, expected;
};

inline constexpr Rule kNotNegative = {[](double v) { return !(v < 0); },
                                      "{0} < 0", "0 or more"};
inline constexpr Rule kPositive = {[](double v) { return v > 0; }, "{0} <= 0",
                                   "more than 0"};
inline constexpr Rule kProbability = {[](double v) { return v >= 0 && v <= 1; },
                                      "{0} < 0, {0} > 1 or {0} is NaN",
                                      "a probability"};
inline constexpr Rule kPositiveProbability = {
    [](double v) { return v > 0 && v <= 1; }, "{0} <= 0, {0} > 1 or {0} is NaN",
    "a probability above 0"};
inline constexpr Rule kProbabilityBelowOne = {
    [](double v) { return v >= 0 && v < 1; }, "{0} < 0, {0} >= 1 or {0} is NaN",
    "a probability below 1"};
inline constexpr Rule kAboveOne = {[](double v) { return v > 1; },
                                   "{0} <= 1 or {0} is NaN", "more than 1"};
inline constexpr Rule kRate = {[](double v) { return v >= 0 && v <= 0x1p62; },
                               "{0} < 0, too large or NaN",
                               "a rate from 0 to 2^62"};

/// Throws ValueError, "normal: scale < 0: got -1, expected 0 or more", for the
/// first value of `t` that breaks the rule.
void check(const char* draw, const char* name, const Tensor& t,
           const Rule& rule);

/// The same of pairs of values of two parameters, broadcast: `broken` is
/// NumPy's text, "low >= high".
template <class T>
void check_pairs(const char* draw, const Tensor& a, const Tensor& b,
                 bool (*holds)(T, T), std::string_view broken,
                 std::string_view expected) {
  if (a.is_symbolic() || b.is_symbolic()) return;
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), draw);
  const auto x = a.numpy().broadcast_to(shape).to_vector<T>();
  const auto y = b.numpy().broadcast_to(shape).to_vector<T>();
  for (size_t i = 0; i < x.size(); ++i)
    NUMEST_USER_CHECK(holds(x[i], y[i]), ValueError,
                      "{}: {}: got {} and {}, expected {}", draw, broken, x[i],
                      y[i], expected);
}

}  // namespace numest::random
