// What the sources of this folder share: an owned file descriptor, and errno
// as an exception.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace numest {

/// Throws NotFoundError or OSError "action path: reason" from `errno`.
[[noreturn]] void fail_errno(std::string_view action, const std::string& path);

/// A file descriptor, closed on destruction.
class Descriptor {
 public:
  /// Opens with `flags` of open(2); throws as `fail_errno` does.
  static Descriptor open(const std::string& path, int flags);
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

}  // namespace numest
