// The end record is found from the back; from there the central directory,
// from there each member. Every size is checked against the file.
#include <zlib.h>

#include "numest/base/error.h"
#include "numest/formats/byte_reader.h"
#include "numest/formats/compression.h"
#include "numest/formats/zip.h"

namespace numest {
namespace {

constexpr std::string_view kLocalMagic{"PK\3\4", 4};
constexpr std::string_view kCentralMagic{"PK\1\2", 4};
constexpr std::string_view kEndMagic{"PK\5\6", 4};
constexpr std::string_view kEnd64Magic{"PK\6\6", 4};
constexpr std::string_view kLocator64Magic{"PK\6\7", 4};
constexpr size_t kEndBytes = 22;
constexpr size_t kLocator64Bytes = 20;
constexpr size_t kMaxCommentBytes = 65535;
constexpr uint16_t kZip64Field = 1;

struct Directory {
  uint64_t num_members, num_bytes, position;
};

[[noreturn]] void not_a_zip(const std::string& source) {
  fail<DataLossError>("{}: truncated or not a zip archive", source);
}

std::string_view tail(std::string_view bytes, uint64_t position,
                      const std::string& source) {
  if (position > bytes.size()) not_a_zip(source);
  return bytes.substr(size_t(position));
}

Directory read_end64(std::string_view bytes, size_t end_position,
                     const std::string& source) {
  if (end_position < kLocator64Bytes) not_a_zip(source);
  ByteReader locator(bytes.substr(end_position - kLocator64Bytes), source);
  if (locator.take(4) != kLocator64Magic) not_a_zip(source);
  locator.take(4);  // disk
  ByteReader end(tail(bytes, locator.little<uint64_t>(), source), source);
  if (end.take(4) != kEnd64Magic) not_a_zip(source);
  end.take(8 + 2 + 2 + 4 + 4 + 8);  // size, versions, disks, count here
  Directory directory{};
  directory.num_members = end.little<uint64_t>();
  directory.num_bytes = end.little<uint64_t>();
  directory.position = end.little<uint64_t>();
  return directory;
}

Directory find_directory(std::string_view bytes, const std::string& source) {
  const size_t window = std::min(bytes.size(), kEndBytes + kMaxCommentBytes);
  const size_t found = bytes.substr(bytes.size() - window).rfind(kEndMagic);
  if (found == std::string_view::npos) not_a_zip(source);
  const size_t position = bytes.size() - window + found;
  ByteReader end(bytes.substr(position), source);
  end.take(4 + 2 + 2 + 2);  // magic, disks, count on this disk
  Directory directory{};
  directory.num_members = end.little<uint16_t>();
  directory.num_bytes = end.little<uint32_t>();
  directory.position = end.little<uint32_t>();
  const bool is_zip64 = directory.num_members == UINT16_MAX ||
                        directory.num_bytes == UINT32_MAX ||
                        directory.position == UINT32_MAX;
  return is_zip64 ? read_end64(bytes, position, source) : directory;
}

// Replaces each number that is all ones by the next of the zip64 field.
void read_extra(std::string_view extra, ZipMember& member,
                const std::string& source) {
  ByteReader reader(extra, source);
  while (reader.remaining() >= 4) {
    const auto id = reader.little<uint16_t>();
    ByteReader field(reader.take(reader.little<uint16_t>()), source);
    if (id != kZip64Field) continue;
    for (uint64_t* value :
         {&member.size_bytes, &member.packed_bytes, &member.header_position})
      if (*value == UINT32_MAX) *value = field.little<uint64_t>();
  }
}

ZipMember read_member(ByteReader& in) {
  if (in.take(4) != kCentralMagic) in.damaged("no zip directory entry");
  in.take(2 + 2);  // versions
  const auto flags = in.little<uint16_t>();
  const auto method = in.little<uint16_t>();
  in.take(4);  // time
  ZipMember member;
  member.crc32 = in.little<uint32_t>();
  member.packed_bytes = in.little<uint32_t>();
  member.size_bytes = in.little<uint32_t>();
  const auto name_bytes = in.little<uint16_t>();
  const auto extra_bytes = in.little<uint16_t>();
  const auto comment_bytes = in.little<uint16_t>();
  in.take(2 + 2 + 4);  // disk, attributes
  member.header_position = in.little<uint32_t>();
  member.name = in.take(name_bytes);
  read_extra(in.take(extra_bytes), member, in.source());
  in.take(comment_bytes);
  NUMEST_USER_CHECK((flags & 1) == 0 && (method == 0 || method == Z_DEFLATED),
                    NotSupportedError,
                    "{}: member '{}' is encrypted or has compression method "
                    "{}, expected 0 (stored) or 8 (deflated)",
                    in.source(), member.name, method);
  member.is_deflated = method == Z_DEFLATED;
  return member;
}

}  // namespace

ZipReader::ZipReader(const std::string& path)
    : source_("read_npz: " + path), file_(MappedFile::open(path)) {
  bytes_ = {reinterpret_cast<const char*>(file_->bytes().data()),
            file_->bytes().size()};
  const Directory directory = find_directory(bytes_, source_);
  ByteReader in(tail(bytes_, directory.position, source_), source_);
  ByteReader entries(in.take(directory.num_bytes), source_);
  for (uint64_t i = 0; i < directory.num_members; ++i)
    members_.push_back(read_member(entries));
}

std::string ZipReader::read(const ZipMember& member) const {
  ByteReader in(tail(bytes_, member.header_position, source_), source_);
  if (in.take(4) != kLocalMagic) in.damaged("no zip member begins here");
  in.take(22);  // repeats the directory; sizes may be missing here
  const auto name_bytes = in.little<uint16_t>();
  const auto extra_bytes = in.little<uint16_t>();
  in.take(uint64_t{name_bytes} + extra_bytes);
  const std::string_view packed = in.take(member.packed_bytes);
  const std::string text = decompress(
      packed, member.is_deflated ? Compression::kDeflate : Compression::kNone,
      source_);
  NUMEST_USER_CHECK(text.size() == member.size_bytes &&
                        crc32_z(0, reinterpret_cast<const Bytef*>(text.data()),
                                text.size()) == member.crc32,
                    DataLossError,
                    "{}: member '{}' is damaged: its checksum differs", source_,
                    member.name);
  return text;
}

}  // namespace numest
