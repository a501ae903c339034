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

/// Zipf: k with probability proportional to k^-exponent. Throws ValueError
/// unless exponent > 1.
int64_t zipf_draw(Stream& stream, double exponent);

/// Von Mises of mean 0, an angle in [-pi, pi]. Throws ValueError unless
/// kappa >= 0.
double von_mises_draw(Stream& stream, double kappa);

/// Good ones among `sample` marbles of good + bad. Throws ValueError for
/// negative counts, counts above 2^40 and samples of more than there are.
int64_t hypergeometric_draw(Stream& stream, int64_t good, int64_t bad,
                            int64_t sample);

}  // namespace numest::kernels
