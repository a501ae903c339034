// System calls, each with its question to the tests.
#include "numest/base/posix_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "numest/base/error.h"

namespace numest {
namespace {

std::atomic<FileFaults*> installed_faults{nullptr};

bool has_fault(FileOperation operation, const std::string& path,
               size_t& num_bytes) {
  FileFaults* faults = installed_faults.load(std::memory_order_acquire);
  if (!faults) [[likely]]
    return false;
  const int code = faults->before(operation, path, num_bytes);
  if (code != 0) errno = code;
  return code != 0;
}

// Calls until the call is not interrupted.
template <class F>
auto retried(F call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

struct Remedy {
  int code;
  std::string_view text;
};
constexpr Remedy kRemedies[] = {
    {ENOENT, "check the path"},
    {ENOSPC, "free space on its disk, or use another folder"},
    {EDQUOT, "free space of your quota, or use another folder"},
    {EFBIG, "raise the limit of file sizes (ulimit -f)"},
    {EIO, "check the disk, or use another folder"},
    {EACCES, "check the permissions of the file and its folders"},
    {EPERM, "check the permissions of the file and its folders"},
    {EROFS, "use a folder that may be written to"},
    {EMFILE, "close files, or raise their limit (ulimit -n)"},
    {ENFILE, "close files of other programs"},
    {EISDIR, "give the path of a file"},
    {ENOTDIR, "check the path: a folder of it is a file"},
    {ENOMEM, "free memory"},
};

std::string remedy_of(int code) {
  for (const Remedy& row : kRemedies)
    if (row.code == code) return "; " + std::string(row.text);
  return "";
}

}  // namespace

std::string_view name(FileOperation operation) {
  constexpr std::array<std::string_view, 10> kNames = {
      "open",  "read",  "map",    "write",  "truncate",
      "fsync", "close", "rename", "remove", "make_directories"};
  return kNames.at(static_cast<size_t>(operation));
}

FaultScope::FaultScope(FileFaults& faults)
    : outer_(installed_faults.exchange(&faults)) {}
FaultScope::~FaultScope() { installed_faults = outer_; }

bool has_fault(FileOperation operation, const std::string& path) {
  size_t num_bytes = 0;
  return has_fault(operation, path, num_bytes);
}

void fail_errno(std::string_view action, const std::string& path) {
  const int code = errno;
  const std::string reason = std::generic_category().message(code);
  const std::string text =
      fmt::format("{} {}: {}{}", action, path, reason, remedy_of(code));
  if (code == ENOENT) throw NotFoundError(text);
  throw OSError(text);
}

void fail_errno(FileOperation operation, const std::string& path) {
  fail_errno(name(operation), path);
}

Descriptor Descriptor::try_open(const std::string& path, int flags) {
  return Descriptor(retried([&] {
    if (has_fault(FileOperation::kOpen, path)) return -1;
    return ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  }));
}

Descriptor Descriptor::open(const std::string& path, int flags) {
  Descriptor file = try_open(path, flags);
  if (!file.is_open()) fail_errno(FileOperation::kOpen, path);
  return file;
}

Descriptor::~Descriptor() {
  if (value_ >= 0) ::close(value_);
}

void Descriptor::close(const std::string& path) {
  // Linux frees the number even if the call fails or is interrupted.
  const bool is_closed = ::close(release()) == 0 || errno == EINTR;
  if (!is_closed || has_fault(FileOperation::kClose, path))
    fail_errno(FileOperation::kClose, path);
}

size_t read_some(const Descriptor& file, std::span<char> bytes,
                 const std::string& path) {
  const ssize_t n = retried([&] {
    size_t wanted = bytes.size();
    if (has_fault(FileOperation::kRead, path, wanted)) return ssize_t{-1};
    return ::read(file.get(), bytes.data(), wanted);
  });
  if (n < 0) fail_errno(FileOperation::kRead, path);
  return static_cast<size_t>(n);
}

void write_all(const Descriptor& file, std::string_view bytes,
               const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = retried([&] {
      size_t wanted = bytes.size();
      if (has_fault(FileOperation::kWrite, path, wanted)) return ssize_t{-1};
      return ::write(file.get(), bytes.data(), wanted);
    });
    if (n < 0) fail_errno(FileOperation::kWrite, path);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

void sync_file(const Descriptor& file, const std::string& path) {
  const int result = retried([&] {
    return has_fault(FileOperation::kSync, path) ? -1 : ::fsync(file.get());
  });
  if (result != 0) fail_errno(FileOperation::kSync, path);
}

void sync_directory_of(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const Descriptor directory = Descriptor::open(folder, O_RDONLY | O_DIRECTORY);
  const int result = retried([&] {
    return has_fault(FileOperation::kSync, folder) ? -1
                                                   : ::fsync(directory.get());
  });
  // Some file systems cannot sync a directory; the data is safe by then.
  if (result != 0 && errno != EINVAL && errno != ENOTSUP)
    fail_errno(FileOperation::kSync, folder);
}

bool try_truncate(const Descriptor& file, size_t size,
                  const std::string& path) {
  return retried([&] {
           if (has_fault(FileOperation::kTruncate, path)) return -1;
           return ::ftruncate(file.get(), static_cast<off_t>(size));
         }) == 0;
}

bool try_remove(const std::string& path) {
  return !has_fault(FileOperation::kRemove, path) &&
         ::unlink(path.c_str()) == 0;
}

bool try_rename(const std::string& from, const std::string& to) {
  return !has_fault(FileOperation::kRename, to) &&
         ::rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace numest
