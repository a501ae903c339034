// A graph as a list: values by number, steps in the order in which they run.
// Made once per compilation, independent of extents.
#pragma once

#include <utility>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// A parameter, a constant, or an output of a step.
struct StepValue {
  TensorSpec spec;  // extents may be symbols
  Array constant;   // if `is_constant`
  bool is_constant = false;
  int input = -1;  // index of the parameter
  int step = -1;   // the step that computes it
};

struct Step {
  const OpDef* op = nullptr;
  const Attrs* attrs = nullptr;  // of the node
  const Node* node = nullptr;    // null for steps that only copy
  std::vector<int> inputs;       // values
  std::vector<int> outputs;      // values
};

struct StepList {
  std::vector<StepValue> values;
  std::vector<Step> steps;
  std::vector<int> inputs;   // value of each parameter
  std::vector<int> outputs;  // value of each output; each computed by a step,
                             // none twice, unless it is the aliased input
};

/// Output index, input index.
using Alias = std::vector<std::pair<int, int>>;

/// Lists the nodes of `graph`. A step whose output overwrites an input comes
/// after the other readers of that input wherever the order is free. Outputs
/// that are parameters, constants, views of them or doubles get a copy step.
StepList list_steps(const Graph& graph, const Alias& alias);

}  // namespace numest
