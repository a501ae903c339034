// np::random: draws at once from the stream of a seed, or keyed by the element
// and the step inside of functions that are traced.
#pragma once

#include <atomic>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <utility>
#include <vector>

#include "numest/base/error.h"
#include "numest/base/key_scope.h"
#include "numest/base/random.h"
#include "numest/graph/tensor.h"
#include "numest/ops/call.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"
#include "numest/ops/traced_keys.h"

namespace numest::random {

/// Draws by number: draw k of a seed is the same in every run. Thread-safe;
/// threads share the numbering.
class RandomState {
 public:
  explicit RandomState(uint64_t seed = 0, bool follows_scope = false)
      : seed_(seed), follows_scope_(follows_scope) {}
  RandomState(const RandomState&) = delete;
  RandomState& operator=(const RandomState&) = delete;

  /// Starts again at draw 0 of `seed`.
  void seed(uint64_t seed) {
    seed_ = seed;
    num_draws_ = 0;
  }
  /// float64 values of [0, 1) of `shape`.
  Tensor rand(const Shape& shape) {
    return call_one(op_named("random_uniform"), {next_key()},
                    {{"shape", shape}, {"dtype", DType::kFloat64}});
  }
  /// One value of [0, 1).
  double rand() { return rand(Shape{}).numpy().item<double>(); }
  /// Standard normal float64 values of `shape`.
  Tensor randn(const Shape& shape) {
    return call_one(op_named("random_normal"), {next_key()},
                    {{"shape", shape}, {"dtype", DType::kFloat64}});
  }
  /// int64 values of [low, high) of `shape`; ValueError if low >= high.
  Tensor randint(int64_t low, int64_t high, const Shape& shape) {
    return call_one(
        op_named("random_integers"),
        {next_key(), Tensor(Array::scalar(low)), Tensor(Array::scalar(high))},
        {{"shape", shape}});
  }
  // float64 draws of shape `size`; parameters broadcast to it.
  Tensor random(const Shape& size = {}) { return rand(size); }
  Tensor standard_normal(const Shape& size = {}) { return randn(size); }
  /// Of [low, high).
  Tensor uniform(const Tensor& low = 0.0, const Tensor& high = 1.0,
                 const Shape& size = {}) {
    return low + (high - low) * rand(size);
  }
  Tensor normal(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                const Shape& size = {}) {
    return loc + not_negative(scale, "normal: scale") * randn(size);
  }
  Tensor lognormal(const Tensor& mean = 0.0, const Tensor& sigma = 1.0,
                   const Shape& size = {}) {
    return exp(mean + not_negative(sigma, "lognormal: sigma") * randn(size));
  }
  Tensor standard_exponential(const Shape& size = {}) {
    return -log(1.0 - rand(size));
  }
  Tensor exponential(const Tensor& scale = 1.0, const Shape& size = {}) {
    return not_negative(scale, "exponential: scale") *
           standard_exponential(size);
  }
  Tensor laplace(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                 const Shape& size = {}) {
    const Tensor u = rand(size) - 0.5;
    return loc - not_negative(scale, "laplace: scale") * sign(u) *
                     log(1.0 - 2.0 * absolute(u));
  }
  Tensor logistic(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                  const Shape& size = {}) {
    const Tensor u = open_rand(size);
    return loc + not_negative(scale, "logistic: scale") * log(u / (1.0 - u));
  }
  Tensor gumbel(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                const Shape& size = {}) {
    return loc -
           not_negative(scale, "gumbel: scale") * log(-log(open_rand(size)));
  }
  Tensor rayleigh(const Tensor& scale = 1.0, const Shape& size = {}) {
    return not_negative(scale, "rayleigh: scale") *
           sqrt(2.0 * standard_exponential(size));
  }
  Tensor weibull(const Tensor& a, const Shape& size = {}) {
    return numest::power(standard_exponential(size),
                         1.0 / not_negative(a, "weibull: a"));
  }
  Tensor standard_gamma(const Tensor& shape, const Shape& size = {}) {
    return draw("random_gamma", {next_key(), shape}, size);
  }
  Tensor gamma(const Tensor& shape, const Tensor& scale = 1.0,
               const Shape& size = {}) {
    return standard_gamma(shape, size) * scale;
  }
  Tensor chisquare(const Tensor& df, const Shape& size = {}) {
    return standard_gamma(df * 0.5, size) * 2.0;
  }
  Tensor beta(const Tensor& a, const Tensor& b, const Shape& size = {}) {
    const Tensor x = standard_gamma(a, size), y = standard_gamma(b, size);
    return x / (x + y);
  }
  Tensor f(const Tensor& dfnum, const Tensor& dfden, const Shape& size = {}) {
    return (chisquare(dfnum, size) / dfnum) / (chisquare(dfden, size) / dfden);
  }
  Tensor noncentral_chisquare(const Tensor& df, const Tensor& nonc,
                              const Shape& size = {}) {
    return chisquare(df + 2.0 * poisson(nonc * 0.5, size), size);
  }
  Tensor noncentral_f(const Tensor& dfnum, const Tensor& dfden,
                      const Tensor& nonc, const Shape& size = {}) {
    return (noncentral_chisquare(dfnum, nonc, size) / dfnum) /
           (chisquare(dfden, size) / dfden);
  }
  Tensor standard_t(const Tensor& df, const Shape& size = {}) {
    return randn(size) * sqrt(df / chisquare(df, size));
  }
  Tensor standard_cauchy(const Shape& size = {}) {
    return tan(std::numbers::pi * (rand(size) - 0.5));
  }
  Tensor pareto(const Tensor& a, const Shape& size = {}) {
    return numest::power(open_rand(size), -1.0 / a) - 1.0;
  }
  Tensor power(const Tensor& a, const Shape& size = {}) {
    return numest::power(open_rand(size), 1.0 / a);
  }
  Tensor triangular(const Tensor& left, const Tensor& mode, const Tensor& right,
                    const Shape& size = {}) {
    const Tensor u = rand(size), width = right - left;
    const Tensor below = left + sqrt(u * width * (mode - left));
    const Tensor above = right - sqrt((1.0 - u) * width * (right - mode));
    return where(u < (mode - left) / width, below, above);
  }
  /// Inverse Gaussian; Michael, Schucany and Haas (1976).
  Tensor wald(const Tensor& mean, const Tensor& scale, const Shape& size = {}) {
    const Tensor y = mean * square(randn(size));
    const Tensor x =
        mean + mean / (2.0 * scale) * (y - sqrt(4.0 * scale * y + square(y)));
    return where(rand(size) <= mean / (mean + x), x, mean * mean / x);
  }
  /// Rows that add up to 1, of shape `size` and the extent of `alpha`.
  Tensor dirichlet(const Tensor& alpha, Shape size = {}) {
    size.push_back(alpha.shape().back());
    const Tensor drawn = standard_gamma(alpha, size);
    return drawn / sum(drawn, {-1}, {}, true);
  }
  /// Angles in [-pi, pi] about `mu`.
  Tensor vonmises(const Tensor& mu, const Tensor& kappa,
                  const Shape& size = {}) {
    const Tensor angle =
        mu + draw("random_vonmises", {next_key(), kappa}, size);
    constexpr double kPi = std::numbers::pi;
    return remainder(angle + kPi, 2 * kPi) - kPi;
  }
  // int64 draws; ValueError for parameters that NumPy refuses.
  Tensor poisson(const Tensor& lam = 1.0, const Shape& size = {}) {
    return draw("random_poisson", {next_key(), lam}, size);
  }
  Tensor binomial(const Tensor& n, const Tensor& p, const Shape& size = {}) {
    return draw("random_binomial", {next_key(), n, p}, size);
  }
  Tensor zipf(const Tensor& a, const Shape& size = {}) {
    return draw("random_zipf", {next_key(), a}, size);
  }
  Tensor hypergeometric(const Tensor& ngood, const Tensor& nbad,
                        const Tensor& nsample, const Shape& size = {}) {
    return draw("random_hypergeometric", {next_key(), ngood, nbad, nsample},
                size);
  }
  /// The number of trials until the first success.
  Tensor geometric(const Tensor& p, const Shape& size = {}) {
    const Tensor trials = ceil(log(open_rand(size)) / log1p(-p));
    return astype(maximum(trials, 1.0), DType::kInt64);
  }
  Tensor negative_binomial(const Tensor& n, const Tensor& p,
                           const Shape& size = {}) {
    return poisson(standard_gamma(n, size) * ((1.0 - p) / p), size);
  }
  /// Kemp (1981).
  Tensor logseries(const Tensor& p, const Shape& size = {}) {
    const Tensor u = open_rand(size), v = open_rand(size);
    const Tensor q = -expm1(log1p(-p) * u);
    const Tensor far = maximum(floor(1.0 + log(v) / log(q)), 1.0);
    const Tensor near = where(v <= square(q), far, where(v >= q, 1.0, 2.0));
    return astype(where(v >= p, Tensor(1.0), near), DType::kInt64);
  }
  /// How often each side comes up in `n` throws, (size, sides): one binomial
  /// draw for each side, of what the sides before left.
  Tensor multinomial(int64_t n, const Tensor& pvals, const Shape& size = {}) {
    NUMEST_USER_CHECK(pvals.ndim() == 1, ValueError,
                      "multinomial: got pvals of shape {}, expected one axis",
                      pvals.shape().to_string());
    Tensor left = full(size, n, DType::kInt64), rest = 1.0;
    std::vector<Tensor> counts;
    for (int64_t i = 0; i + 1 < pvals.shape()[0]; ++i) {
      const Tensor p = take(pvals, i, 0);
      const Tensor share = where(rest > p, p / rest, Tensor(1.0));
      counts.push_back(binomial(left, share, size));
      left = left - counts.back();
      rest = rest - p;
    }
    counts.push_back(left);
    return stack(counts, -1);
  }
  /// Rows of shape `size` and the extent of `mean`.
  Tensor multivariate_normal(const Tensor& mean, const Tensor& cov,
                             Shape size = {}) {
    size.push_back(mean.shape().back());
    const auto parts = svd(cov);
    return mean + matmul(randn(size) * sqrt(parts[1]), parts[2]);
  }
  /// `size` of 0, 1, ..., n - 1, each as likely; with `replace` false all
  /// different. ValueError if there are none, or too few.
  Tensor choice(int64_t n, const Shape& size = {}, bool replace = true) {
    NUMEST_USER_CHECK(n > 0, ValueError,
                      "choice: a must be greater than 0: got {}", n);
    if (replace) return randint(0, n, size);
    NUMEST_USER_CHECK(size.size() <= n, ValueError,
                      "choice: Cannot take a larger sample than population "
                      "when replace is false: got size {} of {}",
                      size.to_string(), n);
    return numest::reshape(slice(permutation(n), int64_t{0}, size.size()),
                           size);
  }
  /// The same of the rows of `a`.
  Tensor choice(const Tensor& a, const Shape& size = {}, bool replace = true) {
    return take(a, choice(a.shape()[0], size, replace), 0);
  }
  /// The rows of `a` in random order.
  Tensor permutation(const Tensor& a) {
    return take(a, permutation(a.shape()[0]), 0);
  }
  /// 0, 1, ..., n - 1 in random order.
  Tensor permutation(int64_t n) {
    NUMEST_USER_CHECK(n >= 0, ValueError,
                      "permutation: got n {}, expected 0 or more", n);
    return call_one(op_named("random_permutation"), {next_key()},
                    {{"n", Shape{n}}});
  }

 private:
  // As it is while tracing, where values are not known.
  static const Tensor& not_negative(const Tensor& t, const char* what) {
    if (!t.is_symbolic() && t.numpy().size() > 0) {
      const double least = min(t).numpy().item<double>();
      NUMEST_USER_CHECK(!(least < 0), ValueError, "{} < 0: got {}", what,
                        least);
    }
    return t;
  }
  // Of (0, 1): without the 0 of rand.
  Tensor open_rand(const Shape& size) { return 1.0 - rand(size); }
  Tensor draw(std::string_view op, std::vector<Tensor> inputs,
              const Shape& size) {
    return call_one(op_named(op), std::move(inputs), {{"shape", size}});
  }
  Tensor next_key() {
    if (follows_scope_) {
      if (const auto key = TracedKeyScope::next_key()) return *key;
      if (const auto key = KeyScope::next_key())
        return Array::scalar(key->value);
    }
    const uint64_t trace = TracedKeyScope::current();
    NUMEST_USER_CHECK(
        trace == 0 || trace == made_in_, NotSupportedError,
        "np::random: a function that is traced draws from a RandomState that "
        "was made outside of it: its draws go by the order of calls; draw "
        "with the functions of np::random, which are keyed by the element");
    return Array::scalar(fold(Key{seed_}, num_draws_++).value);
  }
  std::atomic<uint64_t> seed_, num_draws_{0};
  bool follows_scope_;
  uint64_t made_in_ = TracedKeyScope::current();
};

}  // namespace numest::random
