// One value of a distribution from a stream of random words. Rejections take
// as many words as they need, so every value has a stream of its own.
#pragma once

#include <cstdint>

#include "numest/base/random.h"

namespace numest::kernels {

/// Gamma of scale 1; 0 for a shape of 0. Throws ValueError if the shape is
/// negative or NaN.
double gamma_draw(Stream& stream, double shape);

/// Poisson. Throws ValueError unless 0 <= rate <= 2^62.
int64_t poisson_draw(Stream& stream, double rate);

/// Successes of n trials. Throws ValueError unless 0 <= n and 0 <= p <= 1.
int64_t binomial_draw(Stream& stream, int64_t n, double p);

}  // namespace numest::kernels
