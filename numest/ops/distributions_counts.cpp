// Distributions over the integers, and of rows.
#include <limits>

#include "numest/base/log.h"
#include "numest/ops/composite.h"
#include "numest/ops/distributions.h"
#include "numest/ops/draw_parameters.h"
#include "numest/ops/operators.h"

namespace numest::random {

namespace {

// The largest double that is an int64.
constexpr double kLargestCount = 0x1p63 - 1024;

Tensor as_double(const Tensor& t) {
  return t.dtype() == DType::kFloat64 && !t.is_weak()
             ? t
             : astype(t, DType::kFloat64);
}

int64_t one_known_axis(const char* draw, const char* name, const Tensor& t) {
  NUMEST_USER_CHECK(t.ndim() == 1 && t.shape().is_known(), ValueError,
                    "{}: {}: got shape {}, expected one axis of known extent",
                    draw, name, t.shape().to_string());
  return t.shape()[0];
}

// `n` for each draw.
Tensor counts_left(const Tensor& n, const Size& at) {
  return broadcast_to(astype(n, DType::kInt64), at.shape());
}

}  // namespace

// --- Counts ---
Tensor Distributions::poisson_draws(const Tensor& lam, const Size& size) {
  return random_poisson(key(size), lam, size.shape());
}

Tensor Distributions::binomial_draws(const Tensor& n, const Tensor& p,
                                     const Size& size) {
  return random_binomial(key(size), n, p, size.shape());
}

Tensor Distributions::marbles(const Tensor& ngood, const Tensor& nbad,
                              const Tensor& nsample, const Size& size) {
  return random_hypergeometric(key(size), ngood, nbad, nsample, size.shape());
}

Tensor Distributions::poisson(const Tensor& lam, const Size& size) {
  check("poisson", "lam", lam, kRate);
  return poisson_draws(lam, size.of({&lam}, "poisson"));
}

Tensor Distributions::binomial(const Tensor& n, const Tensor& p,
                               const Size& size) {
  check("binomial", "n", n, kNotNegative);
  check("binomial", "p", p, kProbability);
  return binomial_draws(n, p, size.of({&n, &p}, "binomial"));
}

// A mixture: Poisson draws whose rates are gamma draws.
Tensor Distributions::negative_binomial(const Tensor& n, const Tensor& p,
                                        const Size& size) {
  check("negative_binomial", "n", n, kPositive);
  check("negative_binomial", "p", p, kPositiveProbability);
  const Size at = size.of({&n, &p}, "negative_binomial");
  const Tensor rate = gamma_1(n, at) * ((1.0 - p) / p);
  return poisson_draws(rate, at);
}

Tensor Distributions::geometric(const Tensor& p, const Size& size) {
  check("geometric", "p", p, kPositiveProbability);
  const Tensor u = open_01(size.of({&p}, "geometric"));
  const Tensor trials = ceil(log(u) / log1p(-p));
  return astype(minimum(maximum(trials, 1.0), kLargestCount), DType::kInt64);
}

// Kemp (1981).
Tensor Distributions::logseries(const Tensor& p, const Size& size) {
  check("logseries", "p", p, kProbabilityBelowOne);
  const Size at = size.of({&p}, "logseries");
  const Tensor u = open_01(at);
  const Tensor v = open_01(at);
  const Tensor q = -expm1(log1p(-p) * u);
  const Tensor far = floor(1.0 + log(v) / log(q));
  const Tensor near = where(v <= q * q, far, where(v >= q, 1.0, 2.0));
  return astype(where(v >= p, 1.0, maximum(near, 1.0)), DType::kInt64);
}

Tensor Distributions::zipf(const Tensor& a, const Size& size) {
  check("zipf", "a", a, kAboveOne);
  const Size at = size.of({&a}, "zipf");
  return random_zipf(key(at), a, at.shape());
}

Tensor Distributions::hypergeometric(const Tensor& ngood, const Tensor& nbad,
                                     const Tensor& nsample, const Size& size) {
  check("hypergeometric", "ngood", ngood, kNotNegative);
  check("hypergeometric", "nbad", nbad, kNotNegative);
  check("hypergeometric", "nsample", nsample, kNotNegative);
  check_pairs<int64_t>(
      "hypergeometric", ngood + nbad, nsample,
      [](int64_t all, int64_t sample) { return all >= sample; },
      "ngood + nbad < nsample", "a sample of at most all marbles");
  const Size at = size.of({&ngood, &nbad, &nsample}, "hypergeometric");
  return marbles(ngood, nbad, nsample, at);
}

// --- Rows ---
Tensor Distributions::dirichlet(const Tensor& alpha, const Size& size) {
  NUMEST_USER_CHECK(alpha.ndim() == 1, ValueError,
                    "dirichlet: alpha: got shape {}, expected one axis",
                    alpha.shape().to_string());
  check("dirichlet", "alpha", alpha, kNotNegative);
  const Tensor drawn = gamma_1(alpha, size.with(alpha.shape()[0]));
  return drawn / sum(drawn, {-1}, {}, true);
}

namespace {

void check_covariance(const Tensor& cov, const std::vector<Tensor>& parts,
                      std::string_view check_valid, double tol) {
  NUMEST_USER_CHECK(
      check_valid == "warn" || check_valid == "raise" ||
          check_valid == "ignore",
      ValueError,
      "multivariate_normal: check_valid: got '{}', expected 'warn', 'raise' or "
      "'ignore'",
      check_valid);
  if (check_valid == "ignore" || cov.is_symbolic()) return;
  const Tensor again = matmul(transpose(parts[2]) * parts[1], parts[2]);
  if (allclose(again, cov, tol, tol).numpy().item<bool>()) return;
  constexpr std::string_view kSaid =
      "multivariate_normal: covariance is not symmetric positive-semidefinite";
  NUMEST_USER_CHECK(check_valid == "warn", ValueError,
                    "{}: got {}, expected eigenvalues of at least 0", kSaid,
                    cov.to_string());
  log_warning("{}", kSaid);
}

void check_shapes(const Tensor& mean, const Tensor& cov) {
  NUMEST_USER_CHECK(mean.ndim() == 1, ValueError,
                    "multivariate_normal: mean: got shape {}, expected one "
                    "axis",
                    mean.shape().to_string());
  const int64_t n = mean.shape()[0];
  const bool is_square = cov.ndim() == 2 && cov.shape()[0] == cov.shape()[1];
  NUMEST_USER_CHECK(
      cov.ndim() == 2 && (is_square || !cov.shape().is_known()) &&
          (is_symbol(n) || !cov.shape().is_known() || cov.shape()[0] == n),
      ValueError,
      "multivariate_normal: cov: got shape {}, expected a square as long as "
      "mean, whose shape is {}",
      cov.shape().to_string(), mean.shape().to_string());
}

}  // namespace

Tensor Distributions::multivariate_normal(const Tensor& mean, const Tensor& cov,
                                          const Size& size,
                                          std::string_view check_valid,
                                          double tol, std::string_view method) {
  NUMEST_USER_CHECK(
      method == "svd" || method == "eigh" || method == "cholesky", ValueError,
      "multivariate_normal: method: got '{}', expected 'svd', 'eigh' or "
      "'cholesky'",
      method);
  check_shapes(mean, cov);
  const Tensor square = is_float(cov.dtype()) ? cov : as_double(cov);
  const auto parts = svd(square);
  check_covariance(square, parts, check_valid, tol);
  const Tensor z = standard_normal(size.with(mean.shape()[0]));
  return mean + matmul(z * sqrt(parts[1]), parts[2]);
}

// One binomial draw for each side, of what the sides before left.
Tensor Distributions::multinomial(const Tensor& n, const Tensor& pvals,
                                  const Size& size) {
  NUMEST_USER_CHECK(pvals.ndim() > 0 && pvals.shape().back() > 0, ValueError,
                    "multinomial: pvals: got shape {}, expected a last axis of "
                    "known extent",
                    pvals.shape().to_string());
  check("multinomial", "n", n, kNotNegative);
  check("multinomial", "pvals", pvals, kProbability);
  const Tensor p = as_double(pvals);
  const int64_t last = pvals.shape().back() - 1;
  const auto side = [&](int64_t i) { return select(p, i, -1); };
  if (!p.is_symbolic()) {
    const Tensor all_but_last =
        sum(slice(swapaxes(p, 0, -1), {0}, {last}), {0});
    check("multinomial", "sum(pvals[:-1])", all_but_last,
          {[](double v) { return v <= 1 + 1e-12; }, "{0} > 1", "at most 1"});
  }
  const Tensor first = p.ndim() == 1 ? Tensor(0.0) : side(0);
  const Size at = size.of({&n, &first}, "multinomial");
  Tensor left = counts_left(n, at), rest = 1.0;
  std::vector<Tensor> counts;
  for (int64_t i = 0; i < last; ++i) {
    const Tensor share = where(rest > side(i), side(i) / rest, 1.0);
    counts.push_back(binomial_draws(left, share, at));
    left = left - counts.back();
    rest = rest - side(i);
  }
  counts.push_back(left);
  return stack(counts, -1);
}

// One draw for each color, of what the colors before left.
Tensor Distributions::multivariate_hypergeometric(const Tensor& colors,
                                                  const Tensor& nsample,
                                                  const Size& size,
                                                  std::string_view method) {
  constexpr const char* kDraw = "multivariate_hypergeometric";
  NUMEST_USER_CHECK(method == "marginals" || method == "count", ValueError,
                    "{}: method: got '{}', expected 'marginals' or 'count'",
                    kDraw, method);
  const int64_t last = one_known_axis(kDraw, "colors", colors) - 1;
  check(kDraw, "colors", colors, kNotNegative);
  check(kDraw, "nsample", nsample, kNotNegative);
  Tensor rest = sum(colors);
  check_pairs<int64_t>(
      kDraw, nsample, rest, [](int64_t n, int64_t all) { return n <= all; },
      "nsample > sum(colors)", "a sample of at most all marbles");
  const Size at = size.of({&nsample}, kDraw);
  Tensor left = counts_left(nsample, at);
  std::vector<Tensor> counts;
  for (int64_t i = 0; i < last; ++i) {
    const Tensor good = select(colors, i, 0);
    rest = rest - good;
    counts.push_back(marbles(good, rest, left, at));
    left = left - counts.back();
  }
  counts.push_back(left);
  return stack(counts, -1);
}

}  // namespace numest::random
