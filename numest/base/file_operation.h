// The seam between Numest and the file system: every system call that reads
// or changes files asks here first, so that a test can make any of them fail.
// Without a test that is one load of a null pointer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace numest {

enum class FileOperation {
  kOpen,
  kRead,
  kMap,
  kWrite,
  kTruncate,
  kSync,
  kClose,
  kRename,
  kRemove,
  kMakeDirectory,
};

/// What error messages call it, such as "fsync".
std::string_view name(FileOperation operation);

/// A file system that fails, for tests. Called by any thread.
class FileFaults {
 public:
  virtual ~FileFaults() = default;
  /// Asked before each operation; the answer 0 lets it happen, another one is
  /// the errno it fails with. May lower `num_bytes` of a write or a read,
  /// which then is cut short.
  virtual int before(FileOperation operation, const std::string& path,
                     size_t& num_bytes) = 0;
};

/// While it lives, operations of the whole process ask `faults`; scopes nest.
class FaultScope {
 public:
  explicit FaultScope(FileFaults& faults);
  ~FaultScope();
  FaultScope(const FaultScope&) = delete;
  FaultScope& operator=(const FaultScope&) = delete;

 private:
  FileFaults* outer_;
};

}  // namespace numest
