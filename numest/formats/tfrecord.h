// TFRecord files: per record a length and its masked checksum, the bytes and
// theirs (TensorFlow, lib/io/record_writer.h); the whole stream may be
// compressed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "numest/base/file.h"
#include "numest/formats/compression.h"

namespace numest {

/// Appends the frame of one record to `out`.
void append_record(std::string& out, std::string_view record);

/// Reads records one after another; one thread at a time.
class TFRecordReader {
 public:
  /// Throws NotFoundError if there is no file.
  explicit TFRecordReader(const std::string& path,
                          Compression compression = Compression::kNone);
  /// Returns the next record, or nullopt at the end of the file. As in
  /// TensorFlow, fewer than 12 bytes at the end (a length that was still
  /// being written) are the end; every other damage is a DataLossError.
  std::optional<std::string> next();
  /// Position, in the uncompressed stream, of the next record.
  uint64_t position() const { return position_; }
  /// True once `next` found the file to end inside a record.
  bool is_truncated() const { return is_truncated_; }

 private:
  [[noreturn]] void damaged(std::string_view what) const;
  std::string read_payload(uint64_t size);

  std::string path_;
  std::shared_ptr<const MappedFile> file_;
  Inflater inflater_;
  uint64_t position_ = 0;
  bool is_truncated_ = false;
};

/// Writes a file of records, which appears at `commit()`. Compressed files
/// are deflated at the end, in memory.
class TFRecordWriter {
 public:
  explicit TFRecordWriter(const std::string& path,
                          Compression compression = Compression::kNone)
      : file_(path), compression_(compression) {}
  void write(std::string_view record);
  void commit();

 private:
  FileWriter file_;
  Compression compression_;
  std::string pending_;  // of a compressed file
};

std::vector<std::string> read_tfrecord(
    const std::string& path, Compression compression = Compression::kNone);
void write_tfrecord(const std::string& path,
                    const std::vector<std::string>& records,
                    Compression compression = Compression::kNone);

}  // namespace numest
