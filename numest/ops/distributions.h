// The distributions of np::random under NumPy's names, each said once: of
// RandomState and Generator, of the functions of np::random and of Python's
// np.random, which tools/draws_gen.py derives from this class.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "numest/ops/draw_size.h"

namespace numest::random {

/// Draws whose keys come from a deriving class: on data at once, as nodes of
/// the graph where keys or parameters are traced. Parameters broadcast; float64
/// unless said otherwise. Values that are known and that NumPy refuses throw
/// ValueError.
class Distributions {
 public:
  virtual ~Distributions() = default;

  // --- Uniform and normal; float32 or float64 draws are `dtype` ---
  /// Of [0, 1).
  Tensor random(const Size& size = {}, DType dtype = DType::kFloat64);
  Tensor random_sample(const Size& size = {});
  Tensor rand(const Shape& shape);
  /// One value of [0, 1), which must not be traced.
  double rand();
  /// Of [low, high).
  Tensor uniform(const Tensor& low = 0.0, const Tensor& high = 1.0,
                 const Size& size = {});
  Tensor standard_normal(const Size& size = {}, DType dtype = DType::kFloat64);
  Tensor randn(const Shape& shape);
  /// Of mean `loc` and standard deviation `scale`.
  Tensor normal(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                const Size& size = {});
  /// exp of normal draws.
  Tensor lognormal(const Tensor& mean = 0.0, const Tensor& sigma = 1.0,
                   const Size& size = {});
  /// Inverse Gaussian.
  Tensor wald(const Tensor& mean, const Tensor& scale, const Size& size = {});

  // --- Inverse distribution functions of uniform draws ---
  Tensor standard_exponential(const Size& size = {},
                              DType dtype = DType::kFloat64);
  /// Of mean `scale`.
  Tensor exponential(const Tensor& scale = 1.0, const Size& size = {});
  Tensor laplace(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                 const Size& size = {});
  Tensor logistic(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                  const Size& size = {});
  Tensor gumbel(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                const Size& size = {});
  Tensor rayleigh(const Tensor& scale = 1.0, const Size& size = {});
  Tensor weibull(const Tensor& a, const Size& size = {});
  /// Lomax draws: of Pareto's distribution from 1 on, less 1.
  Tensor pareto(const Tensor& a, const Size& size = {});
  /// Of [0, 1], of density a x^(a - 1).
  Tensor power(const Tensor& a, const Size& size = {});
  Tensor standard_cauchy(const Size& size = {});
  Tensor triangular(const Tensor& left, const Tensor& mode, const Tensor& right,
                    const Size& size = {});

  // --- Of gamma draws ---
  Tensor standard_gamma(const Tensor& shape, const Size& size = {},
                        DType dtype = DType::kFloat64);
  Tensor gamma(const Tensor& shape, const Tensor& scale = 1.0,
               const Size& size = {});
  Tensor chisquare(const Tensor& df, const Size& size = {});
  Tensor noncentral_chisquare(const Tensor& df, const Tensor& nonc,
                              const Size& size = {});
  Tensor beta(const Tensor& a, const Tensor& b, const Size& size = {});
  Tensor f(const Tensor& dfnum, const Tensor& dfden, const Size& size = {});
  Tensor noncentral_f(const Tensor& dfnum, const Tensor& dfden,
                      const Tensor& nonc, const Size& size = {});
  Tensor standard_t(const Tensor& df, const Size& size = {});
  /// Angles of [-pi, pi] about `mu`.
  Tensor vonmises(const Tensor& mu, const Tensor& kappa, const Size& size = {});

  // --- Rows: of shape `size` and one axis more ---
  /// Rows that add up to 1; `alpha` has one axis.
  Tensor dirichlet(const Tensor& alpha, const Size& size = {});
  /// `mean` has one axis, `cov` two. `check_valid`: what is done where a known
  /// `cov` is, by the relative and absolute tolerance `tol`, no covariance:
  /// "warn", "raise" ValueError or "ignore". Drawn by singular values whatever
  /// `method` ("svd", "eigh" or "cholesky").
  Tensor multivariate_normal(const Tensor& mean, const Tensor& cov,
                             const Size& size = {},
                             std::string_view check_valid = "warn",
                             double tol = 1e-8,
                             std::string_view method = "svd");
  /// How often each side comes up in `n` throws, int64; the sides lie along the
  /// last axis of `pvals`, and the last side takes what is left of 1.
  Tensor multinomial(const Tensor& n, const Tensor& pvals,
                     const Size& size = {});
  /// How many of each color are among `nsample` marbles, int64, from an urn of
  /// `colors[i]` of each; `method`: NumPy's, without effect.
  Tensor multivariate_hypergeometric(const Tensor& colors,
                                     const Tensor& nsample,
                                     const Size& size = {},
                                     std::string_view method = "marginals");

  // --- Counts, int64 ---
  Tensor poisson(const Tensor& lam = 1.0, const Size& size = {});
  /// Successes of `n` trials of probability `p`.
  Tensor binomial(const Tensor& n, const Tensor& p, const Size& size = {});
  /// Failures before `n` successes of probability `p`.
  Tensor negative_binomial(const Tensor& n, const Tensor& p,
                           const Size& size = {});
  /// The number of trials until the first success.
  Tensor geometric(const Tensor& p, const Size& size = {});
  Tensor logseries(const Tensor& p, const Size& size = {});
  Tensor zipf(const Tensor& a, const Size& size = {});
  /// Good ones among `nsample` of `ngood` and `nbad`.
  Tensor hypergeometric(const Tensor& ngood, const Tensor& nbad,
                        const Tensor& nsample, const Size& size = {});

  // --- Integers ---
  /// Of [low, high), or of [0, low) without `high`; with `endpoint`, `high` is
  /// one of them.
  Tensor integers(const Tensor& low, const std::optional<Tensor>& high = {},
                  const Size& size = {}, DType dtype = DType::kInt64,
                  bool endpoint = false);
  /// Of [low, high), or of [0, low) without `high`.
  Tensor randint(const Tensor& low, const std::optional<Tensor>& high = {},
                 const Size& size = {}, DType dtype = DType::kInt64);
  /// Of [low, high], or of [1, low] without `high`.
  Tensor random_integers(const Tensor& low,
                         const std::optional<Tensor>& high = {},
                         const Size& size = {});
  /// Of [0, 2^63 - 1).
  Tensor tomaxint(const Size& size = {});
  /// Random bytes; where draws are traced, NotSupportedError.
  std::string bytes(int64_t length);

  // --- Choices and orders ---
  /// `size` slices of `a` along `axis`, or of the numbers below a scalar `a`:
  /// with `replace` any number, else all different. `p`: their probabilities,
  /// with sum 1, as likely by default. `shuffle` false may keep their order
  /// where all are different; it is drawn in any case.
  Tensor choice(const Tensor& a, const Size& size = {}, bool replace = true,
                const std::optional<Tensor>& p = {}, int64_t axis = 0,
                bool shuffle = true);
  /// The slices of `x` along `axis` in random order, or the numbers below a
  /// scalar `x`.
  Tensor permutation(const Tensor& x, int64_t axis = 0);
  /// The elements of each line along `axis` in an order of its own, or all
  /// elements of `x` without it.
  Tensor permuted(const Tensor& x, std::optional<int64_t> axis = {});
  /// x = permutation(x, axis).
  void shuffle(Tensor& x, int64_t axis = 0);

 protected:
  /// A uint64 scalar that no other draw has.
  virtual Tensor next_key() = 0;
  /// 0, 1, ... below the only extent of `count`, in random order.
  Tensor order(const Size& count);
  /// Positions of a choice among `num_items`; `count`: the same as an extent,
  /// where that is known.
  Tensor chosen(const Tensor& num_items, const Size& count, const Size& size,
                bool replace, const std::optional<Tensor>& p);

 private:
  Tensor key(const Size& size);
  /// Uniform over (0, 1]: its logarithm is finite.
  Tensor open_01(const Size& size);
  Tensor gamma_1(const Tensor& shape, const Size& size);
  Tensor poisson_draws(const Tensor& lam, const Size& size);
  Tensor binomial_draws(const Tensor& n, const Tensor& p, const Size& size);
  Tensor marbles(const Tensor& ngood, const Tensor& nbad, const Tensor& nsample,
                 const Size& size);
  Tensor weighted_positions(const Tensor& p, const Size& size);
  Tensor distinct_positions(const Size& count, const Size& size,
                            const std::optional<Tensor>& p);
  Tensor integers_of(const char* draw, const Tensor& low,
                     const std::optional<Tensor>& high, const Size& size,
                     DType dtype, bool endpoint);
};

}  // namespace numest::random
