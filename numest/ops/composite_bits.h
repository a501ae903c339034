// Bits and parts of numbers, Bessel's window, and pieces, under NumPy's names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "numest/graph/tensor.h"

namespace numest {

/// How many bits of the absolute value are 1, uint8.
Tensor bitwise_count(const Tensor& x);
/// Mantissa in [0.5, 1) with the sign, and exponent, int32: x is
/// mantissa * 2^exponent. Zero, infinity and nan are their own mantissas.
std::pair<Tensor, Tensor> frexp(const Tensor& x);
/// Bits of eight elements, true or not, in a uint8 along `axis`; without one,
/// of the flat array. The rest is filled with zeros.
Tensor packbits(const Tensor& a, std::optional<int64_t> axis = {},
                std::string_view bitorder = "big");
/// The bits of uint8 numbers along `axis`, uint8: the first `count`, with zeros
/// behind if there are fewer; all but the last -`count` of a negative one.
Tensor unpackbits(const Tensor& a, std::optional<int64_t> axis = {},
                  std::optional<int64_t> count = {},
                  std::string_view bitorder = "big");
/// The modified Bessel function of the first kind and order 0.
Tensor i0(const Tensor& x);
/// Kaiser's window of M points.
Tensor kaiser(int64_t M, double beta);
/// Sorted along the last axis, as complex numbers.
Tensor sort_complex(const Tensor& a);
/// Where condition k holds the k-th value, cast to the dtype of `x`; the last
/// one that holds counts. One value more is for where none holds, else 0.
Tensor piecewise(const Tensor& x, const std::vector<Tensor>& condlist,
                 const std::vector<Tensor>& values);
/// Quotient and rest of polynomials; the rest without leading numbers of at
/// most 1e-8, but for the last.
std::pair<Tensor, Tensor> polydiv(const Tensor& u, const Tensor& v);
/// The vector without zeros at its front ('f') and back ('b').
Tensor trim_zeros(const Tensor& filt, std::string_view trim = "fb");
/// The different elements of the flat array, sorted; each nan counts.
Tensor unique_values(const Tensor& x);

}  // namespace numest
