// Random functions composed of the keyed ops. A key is a uint64 scalar; equal
// keys give equal values (see random_ops.cpp).
#pragma once

#include <optional>
#include <vector>

#include "numest/graph/tensor.h"

namespace numest::random {

/// A key from a seed.
Tensor key(uint64_t seed);
/// `num` independent keys, an array of shape (num,).
Tensor split(const Tensor& key, int64_t num = 2);

/// Draws from [low, high), float32 by default.
Tensor uniform(const Tensor& key, const Shape& shape, double low = 0,
               double high = 1, DType dtype = DType::kFloat32);
/// Normal draws.
Tensor normal(const Tensor& key, const Shape& shape, double mean = 0,
              double stddev = 1, DType dtype = DType::kFloat32);
/// Normal draws within two standard deviations of the mean.
Tensor truncated_normal(const Tensor& key, const Shape& shape, double mean = 0,
                        double stddev = 1, DType dtype = DType::kFloat32);

/// The rows of `a` in random order.
Tensor permutation(const Tensor& key, const Tensor& a);
/// Draws from the rows of `a`: with `replace` any number, else at most as
/// many as there are (ValueError). `p` holds one weight a row, with sum 1.
Tensor choice(const Tensor& key, const Tensor& a, const Shape& shape,
              bool replace = true, const std::optional<Tensor>& p = {});

/// Zeroes a fraction `rate` of the elements and scales the rest by
/// 1 / (1 - rate). Throws ValueError unless 0 <= rate < 1.
Tensor dropout(const Tensor& x, const Tensor& key, double rate);

}  // namespace numest::random
