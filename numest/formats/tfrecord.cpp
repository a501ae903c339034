// The length is believed only if its checksum agrees, and even then memory
// grows with the bytes that are there, not with the length.
#include "numest/formats/tfrecord.h"

#include <algorithm>

#include "numest/base/crc32c.h"
#include "numest/base/error.h"
#include "numest/formats/byte_order.h"

namespace numest {
namespace {

constexpr size_t kLengthBytes = 8;
constexpr size_t kChecksumBytes = 4;

std::string_view text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()),
          file.bytes().size()};
}

}  // namespace

void append_record(std::string& out, std::string_view record) {
  std::string length;
  append_little(length, uint64_t{record.size()});
  out += length;
  append_little(out, masked_crc32c(length));
  out += record;
  append_little(out, masked_crc32c(record));
}

TFRecordReader::TFRecordReader(const std::string& path, Compression compression)
    : path_(path),
      file_(MappedFile::open(path)),
      inflater_(text_of(*file_), compression, "read_tfrecord: " + path) {}

void TFRecordReader::damaged(std::string_view what) const {
  fail<DataLossError>("read_tfrecord: {}: {}", path_, what);
}

std::string TFRecordReader::read_payload(uint64_t size) {
  constexpr uint64_t kPiece = uint64_t{16} << 20;
  std::string out;
  while (size > 0) {
    const auto step = size_t(std::min(size, kPiece));
    const size_t before = out.size();
    out.resize(before + step);
    is_truncated_ = inflater_.read(out.data() + before, step) != step;
    if (is_truncated_)
      damaged(fmt::format("truncated record at {}", position_));
    size -= step;
  }
  return out;
}

std::optional<std::string> TFRecordReader::next() {
  char header[kLengthBytes + kChecksumBytes];
  if (inflater_.read(header, sizeof header) < sizeof header)
    return std::nullopt;
  if (masked_crc32c({header, kLengthBytes}) !=
      load<uint32_t>(header + kLengthBytes))
    damaged(fmt::format(
        "corrupted record at {} (Is this even a TFRecord file?)", position_));
  const auto size = load<uint64_t>(header);
  std::string record = read_payload(size);
  const std::string checksum = read_payload(kChecksumBytes);
  if (masked_crc32c(record) != load<uint32_t>(checksum.data()))
    damaged(fmt::format("corrupted record at {}", position_ + sizeof header));
  position_ += sizeof header + size + kChecksumBytes;
  return record;
}

void TFRecordWriter::write(std::string_view record) {
  std::string frame;
  append_record(frame, record);
  if (compression_ == Compression::kNone)
    file_.append(frame);
  else
    pending_ += frame;
}

void TFRecordWriter::commit() {
  if (compression_ != Compression::kNone)
    file_.append(compress(pending_, compression_));
  file_.commit();
}

std::vector<std::string> read_tfrecord(const std::string& path,
                                       Compression compression) {
  TFRecordReader reader(path, compression);
  std::vector<std::string> records;
  while (auto record = reader.next()) records.push_back(*std::move(record));
  return records;
}

void write_tfrecord(const std::string& path,
                    const std::vector<std::string>& records,
                    Compression compression) {
  TFRecordWriter writer(path, compression);
  for (const std::string& record : records) writer.write(record);
  writer.commit();
}

}  // namespace numest
