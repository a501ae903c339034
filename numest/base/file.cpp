// Names, folders and whole reads by POSIX calls.
#include "numest/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "numest/base/counters.h"
#include "numest/base/error.h"
#include "numest/base/posix_file.h"

namespace numest {
namespace {

bool status_of(const std::string& path, struct stat& status) {
  count(Counter::file_lookups);
  return ::stat(path.c_str(), &status) == 0;
}

}  // namespace

bool file_exists(const std::string& path) {
  struct stat status;
  return status_of(path, status);
}

bool is_directory(const std::string& path) {
  struct stat status;
  return status_of(path, status) && S_ISDIR(status.st_mode);
}

int64_t file_size(const std::string& path) {
  struct stat status;
  if (!status_of(path, status)) fail_errno("file_size", path);
  return status.st_size;
}

int64_t modification_time_ns(const std::string& path) {
  struct stat status;
  if (!status_of(path, status)) return 0;
  return int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
         status.st_mtim.tv_nsec;
}

std::vector<std::string> list_directory(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  std::filesystem::directory_iterator it(path, error), end;
  while (!error && it != end) {
    names.push_back(it->path().filename().string());
    it.increment(error);
  }
  if (error) {
    errno = error.value();
    fail_errno("list_directory", path);
  }
  std::sort(names.begin(), names.end());
  return names;
}

void make_directories(const std::string& path) {
  if (is_directory(path)) return;
  if (has_fault(FileOperation::kMakeDirectory, path))
    fail_errno(FileOperation::kMakeDirectory, path);
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && is_directory(path)) return;
  errno = error ? error.value() : ENOTDIR;
  fail_errno(FileOperation::kMakeDirectory, path);
}

void remove_file(const std::string& path) {
  if (!try_remove(path)) fail_errno(FileOperation::kRemove, path);
}

void rename_file(const std::string& from, const std::string& to) {
  if (!try_rename(from, to)) fail_errno(FileOperation::kRename, from);
}

std::string join_path(std::string_view directory, std::string_view name) {
  if (directory.empty() || name.starts_with('/')) return std::string(name);
  std::string out(directory);
  if (out.back() != '/') out += '/';
  return out.append(name);
}

std::string read_file(const std::string& path) {
  const Descriptor file = Descriptor::open(path, O_RDONLY);
  count(Counter::file_opens);
  struct stat status;
  if (::fstat(file.get(), &status) != 0) fail_errno(FileOperation::kRead, path);
  // One byte more than the size, so that the end shows in the first read;
  // pipes and /proc say size 0 and grow.
  std::string out(static_cast<size_t>(status.st_size) + 1, '\0');
  for (size_t used = 0;;) {
    const size_t n = read_some(file, std::span(out).subspan(used), path);
    used += n;
    if (n == 0) return out.resize(used), out;
    if (used == out.size()) out.resize(2 * used + 4096);
  }
}

TemporaryDirectory::TemporaryDirectory() {
  const char* root = std::getenv("TMPDIR");
  path_ = join_path(root && *root ? root : "/tmp", "numest-XXXXXX");
  if (!::mkdtemp(path_.data())) fail_errno("mkdtemp", path_);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace numest
