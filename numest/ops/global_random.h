// np::random's functions: those of one RandomState for the whole program.
#pragma once

#include "numest/ops/random_state.h"

namespace numest::random {

/// The state of the functions below, NumPy's global one; its seed is 0 until
/// `seed` is called. Inside a mapped function draws are keyed by the element
/// instead, in a model function they are others in each step.
inline RandomState& global_state() {
  static RandomState state(0, true);
  return state;
}
inline void seed(uint64_t value) { global_state().seed(value); }
inline double rand() { return global_state().rand(); }
inline Tensor rand(const Shape& shape) { return global_state().rand(shape); }
inline Tensor randn(const Shape& shape) { return global_state().randn(shape); }
inline Tensor randint(int64_t low, int64_t high, const Shape& shape) {
  return global_state().randint(low, high, shape);
}
/// As those of RandomState.
inline Tensor random(const Shape& size = {}) {
  return global_state().random(size);
}
inline Tensor standard_normal(const Shape& size = {}) {
  return global_state().standard_normal(size);
}
inline Tensor uniform(const Tensor& low = 0.0, const Tensor& high = 1.0,
                      const Shape& size = {}) {
  return global_state().uniform(low, high, size);
}
inline Tensor normal(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                     const Shape& size = {}) {
  return global_state().normal(loc, scale, size);
}
inline Tensor lognormal(const Tensor& mean = 0.0, const Tensor& sigma = 1.0,
                        const Shape& size = {}) {
  return global_state().lognormal(mean, sigma, size);
}
inline Tensor standard_exponential(const Shape& size = {}) {
  return global_state().standard_exponential(size);
}
inline Tensor exponential(const Tensor& scale = 1.0, const Shape& size = {}) {
  return global_state().exponential(scale, size);
}
inline Tensor laplace(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                      const Shape& size = {}) {
  return global_state().laplace(loc, scale, size);
}
inline Tensor logistic(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                       const Shape& size = {}) {
  return global_state().logistic(loc, scale, size);
}
inline Tensor gumbel(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                     const Shape& size = {}) {
  return global_state().gumbel(loc, scale, size);
}
inline Tensor rayleigh(const Tensor& scale = 1.0, const Shape& size = {}) {
  return global_state().rayleigh(scale, size);
}
inline Tensor weibull(const Tensor& a, const Shape& size = {}) {
  return global_state().weibull(a, size);
}
inline Tensor standard_gamma(const Tensor& shape, const Shape& size = {}) {
  return global_state().standard_gamma(shape, size);
}
inline Tensor gamma(const Tensor& shape, const Tensor& scale = 1.0,
                    const Shape& size = {}) {
  return global_state().gamma(shape, scale, size);
}
inline Tensor chisquare(const Tensor& df, const Shape& size = {}) {
  return global_state().chisquare(df, size);
}
inline Tensor beta(const Tensor& a, const Tensor& b, const Shape& size = {}) {
  return global_state().beta(a, b, size);
}
inline Tensor f(const Tensor& dfnum, const Tensor& dfden,
                const Shape& size = {}) {
  return global_state().f(dfnum, dfden, size);
}
inline Tensor noncentral_chisquare(const Tensor& df, const Tensor& nonc,
                                   const Shape& size = {}) {
  return global_state().noncentral_chisquare(df, nonc, size);
}
inline Tensor noncentral_f(const Tensor& dfnum, const Tensor& dfden,
                           const Tensor& nonc, const Shape& size = {}) {
  return global_state().noncentral_f(dfnum, dfden, nonc, size);
}
inline Tensor standard_t(const Tensor& df, const Shape& size = {}) {
  return global_state().standard_t(df, size);
}
inline Tensor standard_cauchy(const Shape& size = {}) {
  return global_state().standard_cauchy(size);
}
inline Tensor pareto(const Tensor& a, const Shape& size = {}) {
  return global_state().pareto(a, size);
}
inline Tensor power(const Tensor& a, const Shape& size = {}) {
  return global_state().power(a, size);
}
inline Tensor triangular(const Tensor& left, const Tensor& mode,
                         const Tensor& right, const Shape& size = {}) {
  return global_state().triangular(left, mode, right, size);
}
inline Tensor wald(const Tensor& mean, const Tensor& scale,
                   const Shape& size = {}) {
  return global_state().wald(mean, scale, size);
}
inline Tensor dirichlet(const Tensor& alpha, const Shape& size = {}) {
  return global_state().dirichlet(alpha, size);
}
inline Tensor geometric(const Tensor& p, const Shape& size = {}) {
  return global_state().geometric(p, size);
}
inline Tensor negative_binomial(const Tensor& n, const Tensor& p,
                                const Shape& size = {}) {
  return global_state().negative_binomial(n, p, size);
}
inline Tensor vonmises(const Tensor& mu, const Tensor& kappa,
                       const Shape& size = {}) {
  return global_state().vonmises(mu, kappa, size);
}
inline Tensor poisson(const Tensor& lam = 1.0, const Shape& size = {}) {
  return global_state().poisson(lam, size);
}
inline Tensor binomial(const Tensor& n, const Tensor& p,
                       const Shape& size = {}) {
  return global_state().binomial(n, p, size);
}
inline Tensor zipf(const Tensor& a, const Shape& size = {}) {
  return global_state().zipf(a, size);
}
inline Tensor hypergeometric(const Tensor& ngood, const Tensor& nbad,
                             const Tensor& nsample, const Shape& size = {}) {
  return global_state().hypergeometric(ngood, nbad, nsample, size);
}
inline Tensor logseries(const Tensor& p, const Shape& size = {}) {
  return global_state().logseries(p, size);
}
inline Tensor multinomial(int64_t n, const Tensor& pvals,
                          const Shape& size = {}) {
  return global_state().multinomial(n, pvals, size);
}
inline Tensor multivariate_normal(const Tensor& mean, const Tensor& cov,
                                  const Shape& size = {}) {
  return global_state().multivariate_normal(mean, cov, size);
}
inline Tensor random_sample(const Shape& size = {}) { return random(size); }
inline Tensor ranf(const Shape& size = {}) { return random(size); }
inline Tensor sample(const Shape& size = {}) { return random(size); }
/// Of [low, high], both among them.
inline Tensor random_integers(int64_t low, int64_t high,
                              const Shape& size = {}) {
  return randint(low, high + 1, size);
}
inline Tensor choice(int64_t n, const Shape& size = {}, bool replace = true) {
  return global_state().choice(n, size, replace);
}
inline Tensor choice(const Tensor& a, const Shape& size = {},
                     bool replace = true) {
  return global_state().choice(a, size, replace);
}
inline Tensor permutation(int64_t n) { return global_state().permutation(n); }
inline Tensor permutation(const Tensor& a) {
  return global_state().permutation(a);
}

}  // namespace numest::random
