// The wire format of numest/graph/serialize.h in a file.
#include "numest/runtime/saved_program.h"

#include "numest/base/file.h"
#include "numest/graph/serialize.h"
#include "numest/ops/call.h"

namespace numest {

void save_program(const Graph& graph, const std::string& path) {
  write_file_atomically(path, serialize(graph));
}

Graph load_program(const std::string& path) {
  try {
    return deserialize(read_file(path), find_op);
  } catch (const DataLossError& error) {
    fail<DataLossError>("load_program: {}: {}", path, error.what());
  }
}

}  // namespace numest
