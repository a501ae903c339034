// For tests: a file system that fails at one place, counted in operations on
// the files of one folder.
#pragma once

#include <signal.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include "numest/base/file_operation.h"

namespace numest {

enum class Fault {
  kNone,         // operations are counted only
  kNoSpace,      // fails once with ENOSPC
  kBadDisk,      // fails once with EIO
  kInterrupted,  // fails once with EINTR: nothing may be seen of it
  kCutShort,     // half of the bytes once: nothing may be seen of it
  kFullDisk,     // half of the bytes, then no write succeeds
  kLostDisk,     // nothing succeeds any more
  kKill,         // SIGKILL to this process
};

class FaultPlan : public FileFaults {
 public:
  /// `position` counts from 0.
  FaultPlan(Fault fault, int64_t position, std::string folder)
      : fault_(fault), position_(position), folder_(std::move(folder)) {}

  int before(FileOperation operation, const std::string& path,
             size_t& num_bytes) override {
    if (!path.starts_with(folder_)) return 0;
    const int64_t index = num_operations_++;
    if (index < position_ || (index > position_ && !is_lasting())) return 0;
    const int code = code_of(operation, index, num_bytes);
    if (code != 0 && !failed_path_.empty()) return code;
    if (code != 0 && code != EINTR) {
      failed_operation_ = operation;
      failed_path_ = path;
    }
    return code;
  }

  int64_t num_operations() const { return num_operations_; }
  bool was_reached() const { return num_operations_ > position_; }
  /// The first operation that failed; an empty path if none did.
  FileOperation failed_operation() const { return failed_operation_; }
  const std::string& failed_path() const { return failed_path_; }

 private:
  bool is_lasting() const {
    return fault_ == Fault::kFullDisk || fault_ == Fault::kLostDisk;
  }

  static bool needs_space(FileOperation operation) {
    return operation == FileOperation::kWrite ||
           operation == FileOperation::kMakeDirectory;
  }

  int code_of(FileOperation operation, int64_t index, size_t& num_bytes) {
    switch (fault_) {
      case Fault::kNone:
        return 0;
      case Fault::kNoSpace:
        return ENOSPC;
      case Fault::kBadDisk:
      case Fault::kLostDisk:
        return EIO;
      case Fault::kInterrupted:
        return can_be_interrupted(operation) ? EINTR : 0;
      case Fault::kCutShort:
        num_bytes = (num_bytes + 1) / 2;
        return 0;
      case Fault::kFullDisk:
        if (!needs_space(operation)) return 0;
        if (index > position_ || num_bytes < 2) return ENOSPC;
        num_bytes /= 2;
        return 0;
      case Fault::kKill:
        ::raise(SIGKILL);
    }
    return 0;
  }

  static bool can_be_interrupted(FileOperation operation) {
    return operation == FileOperation::kOpen ||
           operation == FileOperation::kRead ||
           operation == FileOperation::kWrite ||
           operation == FileOperation::kTruncate ||
           operation == FileOperation::kSync;
  }

  const Fault fault_;
  const int64_t position_;
  const std::string folder_;
  std::atomic<int64_t> num_operations_{0};
  FileOperation failed_operation_{};
  std::string failed_path_;
};

}  // namespace numest
