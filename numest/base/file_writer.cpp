// Writers: one fills a temporary sibling and renames it, so a reader never
// sees a part; the other appends and cuts off what it could not finish.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "numest/base/counters.h"
#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/base/posix_file.h"

namespace numest {
namespace {

constexpr std::string_view kTemporaryMark = ".tmp-";
constexpr size_t kPendingBytes = size_t{1} << 20;
// Appended files are watched while they grow.
constexpr size_t kAppendedBytes = 4096;

std::atomic<int> num_live_writers{0};

std::string temporary_name(const std::string& path) {
  static std::atomic<uint64_t> next{0};
  return fmt::format("{}{}{}-{}", path, kTemporaryMark, ::getpid(), next++);
}

// The process that writes "name.tmp-<process>-<number>", or 0.
pid_t writer_of(const std::string& name) {
  const size_t mark = name.rfind(kTemporaryMark);
  if (mark == std::string::npos) return 0;
  return static_cast<pid_t>(
      std::atol(name.c_str() + mark + kTemporaryMark.size()));
}

// In a container each process may have the number of the one before it.
bool is_gone(pid_t writer) {
  if (writer == ::getpid()) return num_live_writers == 0;
  return ::kill(writer, 0) != 0 && errno == ESRCH;
}

}  // namespace

void write_file_atomically(const std::string& path, std::string_view contents) {
  FileWriter writer(path);
  writer.append(contents);
  writer.commit();
}

void remove_stale_temporaries(const std::string& folder) {
  if (!is_directory(folder)) return;
  for (const std::string& name : list_directory(folder)) {
    const pid_t writer = writer_of(name);
    if (writer > 0 && is_gone(writer)) try_remove(join_path(folder, name));
  }
}

FileWriter::FileWriter(const std::string& path)
    : path_(path), temporary_(temporary_name(path)) {
  // The name may be that of a killed process whose number came again.
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
  file_ =
      std::make_unique<Descriptor>(Descriptor::try_open(temporary_, kFlags));
  if (!file_->is_open()) fail_errno(FileOperation::kOpen, path_);
  count(Counter::file_opens);
  ++num_live_writers;
}

FileWriter::~FileWriter() {
  if (!temporary_.empty()) try_remove(temporary_);
  --num_live_writers;
}

void FileWriter::append(std::span<const std::byte> bytes) {
  append(std::string_view(reinterpret_cast<const char*>(bytes.data()),
                          bytes.size()));
}

void FileWriter::append(std::string_view bytes) {
  NUMEST_CHECK(file_->is_open(), "append after commit to {}", path_);
  position_ += bytes.size();
  if (pending_.size() + bytes.size() > kPendingBytes) flush();
  if (bytes.size() > kPendingBytes)
    write_all(*file_, bytes, path_);
  else
    pending_.append(bytes);
}

void FileWriter::flush() {
  write_all(*file_, pending_, path_);
  pending_.clear();
}

void FileWriter::commit() {
  NUMEST_CHECK(file_->is_open(), "second commit of {}", path_);
  flush();
  sync_file(*file_, path_);
  file_->close(path_);
  if (!try_rename(temporary_, path_)) fail_errno(FileOperation::kRename, path_);
  temporary_.clear();
  sync_directory_of(path_);
}

std::unique_ptr<FileAppender> FileAppender::create_new(
    const std::string& path) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND;
  auto file = std::make_unique<Descriptor>(Descriptor::try_open(path, kFlags));
  if (!file->is_open() && errno == EEXIST) return nullptr;
  if (!file->is_open()) fail_errno(FileOperation::kOpen, path);
  count(Counter::file_opens);
  return std::unique_ptr<FileAppender>(new FileAppender(path, std::move(file)));
}

FileAppender::FileAppender(const std::string& path,
                           std::unique_ptr<Descriptor> file)
    : path_(path), file_(std::move(file)) {}

FileAppender::~FileAppender() {
  try {
    if (file_->is_open()) close();
  } catch (const UserError&) {
    // Who wants to know calls close().
  }
}

void FileAppender::append(std::string_view bytes) {
  pending_.append(bytes);
  if (pending_.size() >= kAppendedBytes) flush();
}

void FileAppender::flush() {
  if (pending_.empty()) return;
  NUMEST_CHECK(file_->is_open(), "append after close to {}", path_);
  if (is_torn_ && !try_truncate(*file_, size_, path_))
    fail_errno(FileOperation::kTruncate, path_);
  is_torn_ = true;
  try {
    write_all(*file_, pending_, path_);
  } catch (...) {
    is_torn_ = !try_truncate(*file_, size_, path_);
    throw;
  }
  is_torn_ = false;
  size_ += pending_.size();
  pending_.clear();
}

bool FileAppender::has_name() const {
  struct stat status;
  return ::fstat(file_->get(), &status) == 0 && status.st_nlink > 0;
}

void FileAppender::close() {
  flush();
  file_->close(path_);
}

}  // namespace numest
