// Graphs as bytes: a compact format of our own, versioned, with a checksum.
// Layout: "NMGR", version (u32), CRC-32C of the rest (u32, masked), then the
// graph: integers are varints, signed ones zigzag, texts and arrays carry
// their length; nodes stand in topological order and name inputs by number.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "numest/graph/node.h"

namespace numest {

/// Finds an op by name, or null (`find_op` of numest/ops/call.h).
using OpFinder = std::function<const OpDef*(std::string_view)>;

/// Throws NotSupportedError if the graph calls a function outside of it.
std::string serialize(const Graph& graph);

/// Rebuilds a graph; symbols become fresh ones. Throws DataLossError if the
/// bytes are damaged, of a newer version, or use an unknown op.
Graph deserialize(std::string_view bytes, const OpFinder& find_op);

}  // namespace numest
