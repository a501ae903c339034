// Keys of draws by the number of the draw, for generators.
#pragma once

#include <atomic>
#include <cstdint>

#include "numest/graph/tensor.h"
#include "numest/ops/traced_keys.h"

namespace numest::random {

/// Key k of a seed is the same in every run. Thread-safe; threads share the
/// numbering.
class KeyStream {
 public:
  /// `follows_scope`: inside of functions that are mapped, traced or build a
  /// model, keys are those of the element or the step instead.
  explicit KeyStream(uint64_t seed, bool follows_scope = false)
      : seed_(seed), follows_scope_(follows_scope) {}
  KeyStream(const KeyStream&) = delete;
  KeyStream& operator=(const KeyStream&) = delete;

  /// Starts again at key 0 of `seed`.
  void seed(uint64_t seed);
  /// The key of the next draw. Throws NotSupportedError in a function that is
  /// traced and did not make the stream.
  Tensor next();
  /// The seed of another stream, by how many there were.
  uint64_t next_child();
  bool follows_scope() const { return follows_scope_; }

 private:
  std::atomic<uint64_t> seed_, num_draws_{0}, num_children_{0};
  bool follows_scope_;
  uint64_t made_in_ = TracedKeyScope::current();
};

/// 64 bits that are others in each run.
uint64_t entropy();

}  // namespace numest::random
