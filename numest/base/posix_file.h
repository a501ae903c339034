// System calls on files as the sources of this folder make them: interrupted
// ones again, tests may make each fail (file_operation.h), errno becomes an
// exception. `path` names the file in errors only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "numest/base/file_operation.h"

namespace numest {

/// Throws NotFoundError or OSError "action path: reason; remedy" from
/// `errno`.
[[noreturn]] void fail_errno(std::string_view action, const std::string& path);
[[noreturn]] void fail_errno(FileOperation operation, const std::string& path);

/// A file descriptor, closed on destruction.
class Descriptor {
 public:
  Descriptor() = default;
  /// Opens with `flags` of open(2); throws as `fail_errno` does.
  static Descriptor open(const std::string& path, int flags);
  /// The same, but without a file and with `errno` set on failure.
  static Descriptor try_open(const std::string& path, int flags);
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  bool is_open() const { return value_ >= 0; }
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }
  /// Closes and throws if that fails: writes may be reported that late.
  void close(const std::string& path);

 private:
  int value_ = -1;
};

/// Bytes read, 0 at the end of the file.
size_t read_some(const Descriptor& file, std::span<char> bytes,
                 const std::string& path);
void write_all(const Descriptor& file, std::string_view bytes,
               const std::string& path);
void sync_file(const Descriptor& file, const std::string& path);
/// Makes a rename in the folder of `path` durable.
void sync_directory_of(const std::string& path);

/// These return false with `errno` set.
bool try_truncate(const Descriptor& file, size_t size, const std::string& path);
bool try_remove(const std::string& path);
bool try_rename(const std::string& from, const std::string& to);

/// True if a test wants the operation to fail; `errno` is set then.
bool has_fault(FileOperation operation, const std::string& path);

}  // namespace numest
