// Branches that not all elements take. A traced branch is computed for each
// element of a block; what an op would refuse is replaced where the element
// goes another way.
#pragma once

#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// From now on, ops that this thread calls count only where `condition`, a bool
/// scalar, is true; an empty tensor: everywhere. Returns what was set before.
Tensor set_guard(Tensor condition);
/// While it lives, `condition` has to be true as well.
class GuardScope {
 public:
  explicit GuardScope(const Tensor& condition);
  ~GuardScope() { set_guard(outer_); }
  GuardScope(const GuardScope&) = delete;
  GuardScope& operator=(const GuardScope&) = delete;

 private:
  Tensor outer_;
};

/// True if a condition is set that is not known.
bool is_guarded();

/// `inputs`, with values that the op takes (OpDef::harmless) in place of those
/// of elements that go another way. Where all are constants they stay.
std::vector<Tensor> harmless_inputs(const OpDef& op, std::vector<Tensor> inputs,
                                    const Attrs& attrs);

}  // namespace numest
