// Distributions over the real numbers: of uniform, normal and gamma draws. Keys
// are taken in the order of the statements, which the values depend on.
#include "numest/ops/distributions.h"

#include <numbers>

#include "numest/ops/draw_parameters.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest::random {

constexpr double kPi = std::numbers::pi;

Tensor Distributions::key(const Size& size) {
  const Tensor key = next_key();
  if (size.positions().empty()) return key;
  // An op that names a symbol does not take what makes it.
  std::vector<Tensor> inputs{key};
  for (const Tensor& t : size.positions()) inputs.push_back(t);
  return with_dependencies(inputs);
}

Tensor Distributions::open_01(const Size& size) { return 1.0 - random(size); }

// --- Uniform and normal ---
Tensor Distributions::random(const Size& size, DType dtype) {
  const Size at = size.of({}, "random");
  return random_uniform(key(at), at.shape(), dtype);
}

Tensor Distributions::random_sample(const Size& size) { return random(size); }

Tensor Distributions::rand(const Shape& shape) { return random(shape); }

double Distributions::rand() { return random().numpy().item<double>(); }

Tensor Distributions::uniform(const Tensor& low, const Tensor& high,
                              const Size& size) {
  const Size at = size.of({&low, &high}, "uniform");
  return low + (high - low) * random(at);
}

Tensor Distributions::standard_normal(const Size& size, DType dtype) {
  const Size at = size.of({}, "standard_normal");
  return random_normal(key(at), at.shape(), dtype);
}

Tensor Distributions::randn(const Shape& shape) {
  return standard_normal(shape);
}

Tensor Distributions::normal(const Tensor& loc, const Tensor& scale,
                             const Size& size) {
  check("normal", "scale", scale, kNotNegative);
  return loc + scale * standard_normal(size.of({&loc, &scale}, "normal"));
}

Tensor Distributions::lognormal(const Tensor& mean, const Tensor& sigma,
                                const Size& size) {
  check("lognormal", "sigma", sigma, kNotNegative);
  const Size at = size.of({&mean, &sigma}, "lognormal");
  return exp(mean + sigma * standard_normal(at));
}

// Michael, Schucany and Haas (1976).
Tensor Distributions::wald(const Tensor& mean, const Tensor& scale,
                           const Size& size) {
  check("wald", "mean", mean, kPositive);
  check("wald", "scale", scale, kPositive);
  const Size at = size.of({&mean, &scale}, "wald");
  const Tensor y = mean * square(standard_normal(at));
  const Tensor x =
      mean + mean / (2.0 * scale) * (y - sqrt(4.0 * scale * y + y * y));
  return where(random(at) <= mean / (mean + x), x, mean * mean / x);
}

// --- Inverse distribution functions ---
Tensor Distributions::standard_exponential(const Size& size, DType dtype) {
  const Tensor drawn = -log(open_01(size));
  return dtype == DType::kFloat64 ? drawn : astype(drawn, dtype);
}

Tensor Distributions::exponential(const Tensor& scale, const Size& size) {
  check("exponential", "scale", scale, kNotNegative);
  return -scale * log(open_01(size.of({&scale}, "exponential")));
}

Tensor Distributions::laplace(const Tensor& loc, const Tensor& scale,
                              const Size& size) {
  check("laplace", "scale", scale, kNotNegative);
  const Tensor u = random(size.of({&loc, &scale}, "laplace")) - 0.5;
  return loc - scale * sign(u) * log(1.0 - 2.0 * absolute(u));
}

Tensor Distributions::logistic(const Tensor& loc, const Tensor& scale,
                               const Size& size) {
  check("logistic", "scale", scale, kNotNegative);
  const Tensor u = open_01(size.of({&loc, &scale}, "logistic"));
  return loc - scale * log(1.0 / u - 1.0);
}

Tensor Distributions::gumbel(const Tensor& loc, const Tensor& scale,
                             const Size& size) {
  check("gumbel", "scale", scale, kNotNegative);
  const Tensor u = open_01(size.of({&loc, &scale}, "gumbel"));
  return loc - scale * log(-log(u));
}

Tensor Distributions::rayleigh(const Tensor& scale, const Size& size) {
  check("rayleigh", "scale", scale, kNotNegative);
  return scale * sqrt(-2.0 * log(open_01(size.of({&scale}, "rayleigh"))));
}

Tensor Distributions::weibull(const Tensor& a, const Size& size) {
  check("weibull", "a", a, kNotNegative);
  const Tensor e = -log(open_01(size.of({&a}, "weibull")));
  return where(equal(a, 0.0), 0.0, numest::power(e, 1.0 / a));
}

Tensor Distributions::pareto(const Tensor& a, const Size& size) {
  check("pareto", "a", a, kPositive);
  return numest::power(open_01(size.of({&a}, "pareto")), -1.0 / a) - 1.0;
}

Tensor Distributions::power(const Tensor& a, const Size& size) {
  check("power", "a", a, kPositive);
  return numest::power(open_01(size.of({&a}, "power")), 1.0 / a);
}

Tensor Distributions::standard_cauchy(const Size& size) {
  return tan(kPi * (random(size) - 0.5));
}

Tensor Distributions::triangular(const Tensor& left, const Tensor& mode,
                                 const Tensor& right, const Size& size) {
  using Holds = bool (*)(double, double);
  constexpr Holds kInOrder = [](double a, double b) { return !(a > b); };
  constexpr Holds kDiffer = [](double a, double b) { return a != b; };
  const auto check_order = [](const Tensor& a, const Tensor& b, Holds holds,
                              const char* broken) {
    check_pairs("triangular", a, b, holds, broken,
                "left <= mode <= right and left < right");
  };
  check_order(left, mode, kInOrder, "left > mode");
  check_order(mode, right, kInOrder, "mode > right");
  check_order(left, right, kDiffer, "left == right");
  const Tensor u = random(size.of({&left, &mode, &right}, "triangular"));
  const Tensor width = right - left;
  const Tensor below = left + sqrt(u * width * (mode - left));
  const Tensor above = right - sqrt((1.0 - u) * width * (right - mode));
  return where(u < (mode - left) / width, below, above);
}

// --- Of gamma draws ---
Tensor Distributions::gamma_1(const Tensor& shape, const Size& size) {
  return random_gamma(key(size), shape, size.shape());
}

Tensor Distributions::standard_gamma(const Tensor& shape, const Size& size,
                                     DType dtype) {
  check("standard_gamma", "shape", shape, kNotNegative);
  const Tensor drawn = gamma_1(shape, size.of({&shape}, "standard_gamma"));
  return dtype == DType::kFloat64 ? drawn : astype(drawn, dtype);
}

Tensor Distributions::gamma(const Tensor& shape, const Tensor& scale,
                            const Size& size) {
  check("gamma", "shape", shape, kNotNegative);
  check("gamma", "scale", scale, kNotNegative);
  return gamma_1(shape, size.of({&shape, &scale}, "gamma")) * scale;
}

Tensor Distributions::chisquare(const Tensor& df, const Size& size) {
  check("chisquare", "df", df, kPositive);
  return 2.0 * gamma_1(df * 0.5, size.of({&df}, "chisquare"));
}

// A mixture: chi-square draws whose degrees are Poisson draws.
Tensor Distributions::noncentral_chisquare(const Tensor& df, const Tensor& nonc,
                                           const Size& size) {
  check("noncentral_chisquare", "df", df, kPositive);
  check("noncentral_chisquare", "nonc", nonc, kNotNegative);
  const Size at = size.of({&df, &nonc}, "noncentral_chisquare");
  const Tensor more = 2.0 * poisson_draws(nonc * 0.5, at);
  return 2.0 * gamma_1((df + more) * 0.5, at);
}

Tensor Distributions::beta(const Tensor& a, const Tensor& b, const Size& size) {
  check("beta", "a", a, kPositive);
  check("beta", "b", b, kPositive);
  const Size at = size.of({&a, &b}, "beta");
  const Tensor x = gamma_1(a, at);
  const Tensor y = gamma_1(b, at);
  return x / (x + y);
}

Tensor Distributions::f(const Tensor& dfnum, const Tensor& dfden,
                        const Size& size) {
  check("f", "dfnum", dfnum, kPositive);
  check("f", "dfden", dfden, kPositive);
  const Size at = size.of({&dfnum, &dfden}, "f");
  const Tensor above = gamma_1(dfnum * 0.5, at);
  const Tensor below = gamma_1(dfden * 0.5, at);
  return above / below * (dfden / dfnum);
}

Tensor Distributions::noncentral_f(const Tensor& dfnum, const Tensor& dfden,
                                   const Tensor& nonc, const Size& size) {
  check("noncentral_f", "dfnum", dfnum, kPositive);
  check("noncentral_f", "dfden", dfden, kPositive);
  check("noncentral_f", "nonc", nonc, kNotNegative);
  const Size at = size.of({&dfnum, &dfden, &nonc}, "noncentral_f");
  const Tensor above = noncentral_chisquare(dfnum, nonc, at) / dfnum;
  return above * dfden / chisquare(dfden, at);
}

Tensor Distributions::standard_t(const Tensor& df, const Size& size) {
  check("standard_t", "df", df, kPositive);
  const Size at = size.of({&df}, "standard_t");
  const Tensor z = standard_normal(at);
  return z * sqrt(df * 0.5 / gamma_1(df * 0.5, at));
}

Tensor Distributions::vonmises(const Tensor& mu, const Tensor& kappa,
                               const Size& size) {
  check("vonmises", "kappa", kappa, kNotNegative);
  const Size at = size.of({&mu, &kappa}, "vonmises");
  const Tensor angle = mu + random_vonmises(key(at), kappa, at.shape());
  const Tensor turned = remainder(angle + kPi, 2 * kPi) - kPi;
  // As it is where it may be: without rounding.
  return where(absolute(angle) <= kPi, angle, turned);
}

}  // namespace numest::random
