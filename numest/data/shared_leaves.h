// Elements as bytes in shared memory: written once by one process, read as
// views by another.
#pragma once

#include <cstddef>
#include <memory>

#include "numest/base/shared_memory.h"
#include "numest/data/block.h"

namespace numest::data {

/// Appends elements to shared memory, which grows as they need.
class LeavesWriter {
 public:
  LeavesWriter(SharedMemory& memory, size_t begin)
      : memory_(memory), position_(begin) {}
  /// Copies the leaves; addresses of the memory may change.
  void write(const Leaves& leaves);
  /// Where the next element will begin.
  size_t position() const { return position_; }

 private:
  void write_leaf(const Array& leaf);
  std::byte* take(size_t size);

  SharedMemory& memory_;
  size_t position_;
};

/// Reads what a LeavesWriter wrote from the same position on.
class LeavesReader {
 public:
  /// Views keep `memory` mapped; they may not be written to.
  LeavesReader(std::shared_ptr<Mapping> memory, size_t begin)
      : memory_(std::move(memory)), position_(begin) {}
  /// The leaves of the next element, views but for byte strings.
  Leaves read();
  size_t position() const { return position_; }

 private:
  Array read_leaf();
  Array read_strings(const Shape& shape);
  const std::byte* take(size_t size);

  std::shared_ptr<Mapping> memory_;
  size_t position_;
};

}  // namespace numest::data
