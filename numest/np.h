// NumPy's spelling in C++: `np` is another name of `numest`, and
// `np::random` draws at once from the stream of a seed.
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
#include "numest/ops/composite_fft.h"
#include "numest/ops/composite_linalg.h"
#include "numest/ops/composite_signal.h"
#include "numest/ops/functions.h"
#include "numest/ops/keywords.h"
#include "numest/ops/operators.h"
#include "numest/ops/shorthand.h"
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
    return loc + scale * randn(size);
  }
  Tensor lognormal(const Tensor& mean = 0.0, const Tensor& sigma = 1.0,
                   const Shape& size = {}) {
    return exp(normal(mean, sigma, size));
  }
  Tensor exponential(const Tensor& scale = 1.0, const Shape& size = {}) {
    return -scale * log(1.0 - rand(size));
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
  /// 0, 1, ..., n - 1 in random order.
  Tensor permutation(int64_t n) {
    return call_one(op_named("random_permutation"), {next_key()},
                    {{"n", Shape{n}}});
  }

 private:
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
inline Tensor uniform(const Tensor& low = 0.0, const Tensor& high = 1.0,
                      const Shape& size = {}) {
  return global_state().uniform(low, high, size);
}
inline Tensor normal(const Tensor& loc = 0.0, const Tensor& scale = 1.0,
                     const Shape& size = {}) {
  return global_state().normal(loc, scale, size);
}
inline Tensor permutation(int64_t n) { return global_state().permutation(n); }

}  // namespace numest::random

namespace np = numest;  // NOLINT: the name is the point of this header
