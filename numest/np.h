// NumPy's spelling in C++: `np` is another name of `numest`, and
// `np::random` draws at once from the stream of a seed.
#pragma once

#include <atomic>
#include <cstdint>

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

 private:
  Tensor next_key() {
    if (follows_scope_)
      if (const auto key = KeyScope::next_key())
        return Array::scalar(key->value);
    return Array::scalar(fold(Key{seed_}, num_draws_++).value);
  }
  std::atomic<uint64_t> seed_, num_draws_{0};
  bool follows_scope_;
};

/// The state of the functions below, NumPy's global one; its seed is 0 until
/// `seed` is called. Inside a mapped function draws are keyed by the element
/// instead.
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

}  // namespace numest::random

namespace np = numest;  // NOLINT: the name is the point of this header
