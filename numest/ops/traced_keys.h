// Draws of functions that are traced: while a scope lives, np::random makes
// nodes whose keys follow from one tensor, as KeyScope's follow from a key.
#pragma once

#include <cstdint>
#include <optional>

#include "numest/base/key_scope.h"
#include "numest/graph/tensor.h"

namespace numest {

/// Draws of this thread come from the uint64 scalar `key` until the scope
/// ends, numbered as in a KeyScope of its value; the innermost scope of either
/// kind counts.
class TracedKeyScope {
 public:
  explicit TracedKeyScope(Tensor key);
  ~TracedKeyScope();
  TracedKeyScope(const TracedKeyScope&) = delete;
  TracedKeyScope& operator=(const TracedKeyScope&) = delete;

  /// Key of the next draw; nullopt if no scope of this kind counts.
  static std::optional<Tensor> next_key();
  /// Number of the scope that counts among all there were, from 1; 0 if none
  /// does. Tells whether something was made while a function is traced.
  static uint64_t current();

 private:
  KeyScope place_{Key{}};
  Tensor key_;
  int64_t num_draws_ = 0;
  uint64_t number_;
  TracedKeyScope* outer_;
};

}  // namespace numest
