// Programs as files: what was traced runs elsewhere, in C++ or Python,
// without the source that it came from.
#pragma once

#include <string>

#include "numest/graph/node.h"
#include "numest/runtime/executable.h"

namespace numest {

/// Writes a graph to a file, atomically. NotSupportedError if it calls a
/// function outside of it, such as one of Python.
void save_program(const Graph& graph, const std::string& path);

/// Reads a graph; its name and the names of its inputs are those that were
/// saved. NotFoundError without a file, DataLossError if it is damaged or of
/// a newer version.
Graph load_program(const std::string& path);

}  // namespace numest
