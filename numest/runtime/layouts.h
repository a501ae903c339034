// The first half of planning: types, layouts and views for given inputs.
#pragma once

#include <span>
#include <vector>

#include "numest/runtime/plan.h"

namespace numest {

/// Types and layouts by value. Fills `places` (shape, strides, offset within
/// the root), `modes`, `attrs`, `bindings` of a plan.
struct Layouts {
  std::vector<int> root;  // by value: the value whose memory it shares
};

Layouts infer_layouts(const Graph& graph, const StepList& list,
                      std::span<const InputLayout> inputs, Plan& plan);

}  // namespace numest
