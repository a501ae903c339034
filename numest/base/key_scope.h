// Randomness of functions that draw without being given a key, as np.random
// does: while a scope lives, draws of its thread are keyed by their place.
#pragma once

#include <cstdint>
#include <optional>

#include "numest/base/random.h"

namespace numest {

/// Draws of this thread come from `key` until the scope ends; the innermost
/// scope counts. Equal keys give equal draws, on any thread.
class KeyScope {
 public:
  explicit KeyScope(Key key);
  ~KeyScope();
  KeyScope(const KeyScope&) = delete;
  KeyScope& operator=(const KeyScope&) = delete;

  /// Key of the next draw; nullopt outside of all scopes of this thread.
  static std::optional<Key> next_key();
  /// The scope that counts; null outside of all.
  static const KeyScope* innermost();

 private:
  Key key_;
  uint64_t num_draws_ = 0;
  KeyScope* outer_;
};

}  // namespace numest
