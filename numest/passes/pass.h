// A pass: a graph becomes a graph of the same meaning. Passes are values with
// a name, so that each can be listed, timed, verified and switched off.
#pragma once

#include <string_view>

#include "numest/graph/node.h"

namespace numest {

struct Pass {
  std::string_view name;  // of NUMEST_DISABLE_PASSES and PassOptions
  std::string_view doc;   // one sentence
  Graph (*run)(const Graph&);
};

}  // namespace numest
