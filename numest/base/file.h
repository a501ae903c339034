// Files: whole reads, memory maps, atomic replacement. Every open is counted;
// every failure is an OSError or NotFoundError that names the path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace numest {

class Descriptor;

bool file_exists(const std::string& path);
bool is_directory(const std::string& path);
int64_t file_size(const std::string& path);
/// Modification time in nanoseconds since 1970; 0 if there is no such file.
int64_t modification_time_ns(const std::string& path);
/// Names in a directory, sorted.
std::vector<std::string> list_directory(const std::string& path);
/// Makes a directory and its parents.
void make_directories(const std::string& path);
void remove_file(const std::string& path);
void rename_file(const std::string& from, const std::string& to);
std::string join_path(std::string_view directory, std::string_view name);

std::string read_file(const std::string& path);

/// Writes `contents` to `path` so that a reader sees the old file or the new
/// one, never a part: temporary file, fsync, rename, fsync of the directory.
void write_file_atomically(const std::string& path, std::string_view contents);

/// Removes what is left half written in `folder` by the functions above and
/// below: by processes that are gone, and by this one where it could not
/// remove it at once. Files that it may not remove stay.
void remove_stale_temporaries(const std::string& folder);

/// A file being written; the name appears at `commit()` only. Destruction
/// without commit removes the temporary file.
class FileWriter {
 public:
  explicit FileWriter(const std::string& path);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  void append(std::span<const std::byte> bytes);
  void append(std::string_view bytes);
  uint64_t position() const { return position_; }
  /// Flushes, fsyncs, renames to the final name, fsyncs the directory.
  void commit();

 private:
  std::string path_, temporary_;
  std::unique_ptr<Descriptor> file_;
  uint64_t position_ = 0;
  std::string pending_;
  void flush();
};

/// A file that grows while others read it. They see whole appends: what
/// cannot be written to the end is cut off, stays pending, and is tried again
/// by the next flush.
class FileAppender {
 public:
  /// Makes the file; null if there is one of this name.
  static std::unique_ptr<FileAppender> create_new(const std::string& path);
  /// Writes what is pending if it can, and closes.
  ~FileAppender();
  FileAppender(const FileAppender&) = delete;
  FileAppender& operator=(const FileAppender&) = delete;
  /// Writes at once if more than some KiB are pending.
  void append(std::string_view bytes);
  void flush();
  /// False once the file was removed.
  bool has_name() const;
  /// Flushes and closes; nothing may be appended then.
  void close();

 private:
  FileAppender(const std::string& path, std::unique_ptr<Descriptor> file);
  std::string path_;
  std::unique_ptr<Descriptor> file_;
  size_t size_ = 0;  // of the whole appends that the file holds
  bool is_torn_ = false;
  std::string pending_;
};

/// Read-only memory map of a whole file, shared and kept alive by owners.
class MappedFile {
 public:
  static std::shared_ptr<const MappedFile> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  MappedFile(const std::byte* data, size_t size) : data_(data), size_(size) {}
  const std::byte* data_;
  size_t size_;
};

/// A folder that is removed with everything in it on destruction.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace numest
