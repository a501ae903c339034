// Memory that a process and its forked children see: a file without a name
// that grows. What one writes the others read without a copy.
#pragma once

#include <cstddef>
#include <memory>

#include "numest/base/posix_file.h"

namespace numest {

/// Bytes of a file in this process, unmapped on destruction.
class Mapping {
 public:
  Mapping(const Descriptor& file, size_t size);
  ~Mapping();
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  std::byte* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  std::byte* data_;
  size_t size_;
};

/// A fork copies the object, so parent and child each have their mapping of
/// the same bytes. One of them calls `reserve` and tells the other the size,
/// by other means; that one calls `follow`.
class SharedMemory {
 public:
  /// Throws OSError if the system has no memory of this kind.
  SharedMemory();
  std::byte* data() const { return mapping_->data(); }
  size_t size() const { return mapping_->size(); }
  /// Grows to at least `size` bytes; the contents stay, their address may not.
  void reserve(size_t size);
  /// Maps all of the `size` bytes that another process reserved.
  void follow(size_t size);
  /// Who holds it keeps its bytes at their address.
  const std::shared_ptr<Mapping>& mapping() const { return mapping_; }

 private:
  Descriptor file_;
  std::shared_ptr<Mapping> mapping_;
};

}  // namespace numest
