// Files by POSIX calls. Writers fill a temporary sibling and rename it, so a
// reader never sees a part.
#include "numest/base/file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "numest/base/counters.h"
#include "numest/base/error.h"
#include "numest/base/posix_file.h"

namespace numest {
namespace {

constexpr std::string_view kTemporaryMark = ".tmp-";
constexpr size_t kPendingBytes = size_t{1} << 20;

bool status_of(const std::string& path, struct stat& status) {
  return ::stat(path.c_str(), &status) == 0;
}

void sync_directory(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const Descriptor directory =
      Descriptor::open(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  // Some file systems refuse to sync a directory; the data is safe by then.
  ::fsync(directory.get());
}

std::string temporary_name(const std::string& path) {
  static std::atomic<uint64_t> next{0};
  return fmt::format("{}{}{}-{}", path, kTemporaryMark, ::getpid(), next++);
}

void write_all(int descriptor, std::string_view bytes,
               const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("write", path);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace

void fail_errno(std::string_view action, const std::string& path) {
  const int code = errno;
  const std::string reason = std::generic_category().message(code);
  if (code == ENOENT) fail<NotFoundError>("{} {}: {}", action, path, reason);
  fail<OSError>("{} {}: {}", action, path, reason);
}

Descriptor Descriptor::open(const std::string& path, int flags) {
  int value;
  do value = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  while (value < 0 && errno == EINTR);
  if (value < 0) fail_errno("open", path);
  return Descriptor(value);
}

Descriptor::~Descriptor() {
  if (value_ >= 0) ::close(value_);
}

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
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && is_directory(path)) return;
  errno = error ? error.value() : ENOTDIR;
  fail_errno("make_directories", path);
}

void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0) fail_errno("remove_file", path);
}

void rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail_errno("rename_file", from);
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
  if (::fstat(file.get(), &status) != 0) fail_errno("read", path);
  // One byte more than the size, so that the end shows in the first read;
  // pipes and /proc say size 0 and grow.
  std::string out(static_cast<size_t>(status.st_size) + 1, '\0');
  for (size_t used = 0;;) {
    const ssize_t n = ::read(file.get(), out.data() + used, out.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("read", path);
    used += static_cast<size_t>(n);
    if (n == 0) return out.resize(used), out;
    if (used == out.size()) out.resize(2 * used + 4096);
  }
}

void write_file_atomically(const std::string& path, std::string_view contents) {
  FileWriter writer(path);
  writer.append(contents);
  writer.commit();
}

namespace {

// The process that writes "name.tmp-<process>-<number>", or 0.
pid_t writer_of(const std::string& name) {
  const size_t mark = name.rfind(kTemporaryMark);
  if (mark == std::string::npos) return 0;
  return static_cast<pid_t>(
      std::atol(name.c_str() + mark + kTemporaryMark.size()));
}

}  // namespace

void remove_stale_temporaries(const std::string& folder) {
  if (!is_directory(folder)) return;
  for (const std::string& name : list_directory(folder)) {
    const pid_t writer = writer_of(name);
    if (writer > 0 && ::kill(writer, 0) != 0 && errno == ESRCH)
      ::unlink(join_path(folder, name).c_str());
  }
}

FileWriter::FileWriter(const std::string& path)
    : path_(path), temporary_(temporary_name(path)) {
  // The name may be that of a killed process whose number came again.
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  do descriptor_ = ::open(temporary_.c_str(), kFlags, 0666);
  while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ < 0) fail_errno("write", path_);
  count(Counter::file_opens);
}

FileWriter::~FileWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void FileWriter::append(std::span<const std::byte> bytes) {
  append(std::string_view(reinterpret_cast<const char*>(bytes.data()),
                          bytes.size()));
}

void FileWriter::append(std::string_view bytes) {
  NUMEST_CHECK(descriptor_ >= 0, "append after commit to {}", path_);
  position_ += bytes.size();
  if (pending_.size() + bytes.size() > kPendingBytes) flush();
  if (bytes.size() > kPendingBytes)
    write_all(descriptor_, bytes, path_);
  else
    pending_.append(bytes);
}

void FileWriter::flush() {
  write_all(descriptor_, pending_, path_);
  pending_.clear();
}

void FileWriter::commit() {
  NUMEST_CHECK(descriptor_ >= 0, "second commit of {}", path_);
  flush();
  if (::fsync(descriptor_) != 0) fail_errno("fsync", path_);
  if (::close(std::exchange(descriptor_, -1)) != 0) fail_errno("close", path_);
  rename_file(temporary_, path_);
  temporary_.clear();
  sync_directory(path_);
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
