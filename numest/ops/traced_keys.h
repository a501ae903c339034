// Draws of functions that are traced: while a scope lives, np::random makes
// nodes. Their keys follow from one tensor, as KeyScope's follow from a key, or
// come from a model, which has others in each step.
#pragma once

#include <cstdint>
#include <functional>
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
  /// Draws take their keys from `next_key`: those of a function that builds a
  /// model. What is drawn from a generator of its own stays data there.
  explicit TracedKeyScope(std::function<Tensor()> next_key);
  ~TracedKeyScope();
  TracedKeyScope(const TracedKeyScope&) = delete;
  TracedKeyScope& operator=(const TracedKeyScope&) = delete;

  /// Key of the next draw; nullopt if no scope of this kind counts.
  static std::optional<Tensor> next_key();
  /// Number of the scope that counts among all of a tensor's, from 1; 0 if none
  /// does. Tells whether something was made while a function is traced.
  static uint64_t current();

 private:
  static const TracedKeyScope* counting();

  KeyScope place_{Key{}};
  std::function<Tensor()> next_;
  uint64_t number_;  // 0: of a model
  TracedKeyScope* outer_;
};

}  // namespace numest
