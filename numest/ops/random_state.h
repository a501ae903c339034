// np::random's RandomState and Generator: draws at once from the stream of a
// seed, or keyed by the element and the step inside of functions that are
// traced. Both have all draws of numest/ops/distributions.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "numest/ops/distributions.h"
#include "numest/ops/key_stream.h"

namespace numest::random {

/// Draws by number: draw k of a seed is the same in every run. Thread-safe;
/// threads share the numbering.
class RandomState : public Distributions {
 public:
  explicit RandomState(uint64_t seed = 0, bool follows_scope = false)
      : keys_(seed, follows_scope) {}

  /// Starts again at draw 0 of `seed`.
  void seed(uint64_t seed) { keys_.seed(seed); }

 protected:
  Tensor next_key() override { return keys_.next(); }

 private:
  KeyStream keys_;
};

/// As RandomState; copies draw from one stream, as names of one generator.
class Generator : public Distributions {
 public:
  /// Without a seed the draws are others in each run; those in a function that
  /// is mapped, traced or builds a model are then keyed as np::random's.
  explicit Generator(std::optional<uint64_t> seed = {})
      : Generator(seed ? *seed : entropy(), !seed) {}

  /// Generators with streams of their own, others at each call.
  std::vector<Generator> spawn(int64_t n_children);

 protected:
  Tensor next_key() override { return keys_->next(); }

 private:
  Generator(uint64_t seed, bool follows_scope)
      : keys_(std::make_shared<KeyStream>(seed, follows_scope)) {}

  std::shared_ptr<KeyStream> keys_;
};

/// A generator by its seed, NumPy's way to make one.
inline Generator default_rng(std::optional<uint64_t> seed = {}) {
  return Generator(seed);
}

}  // namespace numest::random
