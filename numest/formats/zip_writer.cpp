// Sizes are known before a member's header is written, so no data
// descriptors; zip64 fields are written only where 32 bits do not hold.
#include <zlib.h>

#include "numest/base/error.h"
#include "numest/formats/byte_order.h"
#include "numest/formats/compression.h"
#include "numest/formats/zip.h"

namespace numest {
namespace {

constexpr uint16_t kVersion = 20;
constexpr uint16_t kVersionZip64 = 45;
constexpr uint16_t kUtf8Flag = 1 << 11;
constexpr uint32_t kDosEpoch = 1u << 21 | 1u << 16;  // 1980-01-01, 00:00

uint32_t clip32(uint64_t value) {
  return uint32_t(std::min<uint64_t>(value, UINT32_MAX));
}

std::string zip64_extra(std::initializer_list<uint64_t> values) {
  std::string numbers;
  for (const uint64_t v : values)
    if (v >= UINT32_MAX) append_little(numbers, v);
  std::string out;
  if (numbers.empty()) return out;
  append_little<uint16_t>(out, 1);
  append_little(out, uint16_t(numbers.size()));
  return out + numbers;
}

// The part that local header and directory entry share.
void append_description(std::string& out, const ZipMember& m,
                        const std::string& extra) {
  append_little(out, extra.empty() ? kVersion : kVersionZip64);
  append_little(out, kUtf8Flag);
  append_little<uint16_t>(out, m.is_deflated ? Z_DEFLATED : 0);
  append_little(out, kDosEpoch);
  append_little(out, m.crc32);
  append_little(out, clip32(m.packed_bytes));
  append_little(out, clip32(m.size_bytes));
  append_little(out, uint16_t(m.name.size()));
  append_little(out, uint16_t(extra.size()));
}

// Numbers of the local header that do not fit come both or not at all.
std::string local_header(const ZipMember& m) {
  const bool is_large = std::max(m.size_bytes, m.packed_bytes) >= UINT32_MAX;
  ZipMember shown = m;
  std::string extra;
  if (is_large) {
    append_little<uint16_t>(extra, 1);
    append_little<uint16_t>(extra, 16);
    append_little(extra, m.size_bytes);
    append_little(extra, m.packed_bytes);
    shown.size_bytes = shown.packed_bytes = UINT32_MAX;
  }
  std::string out("PK\3\4");
  append_description(out, shown, extra);
  return out + m.name + extra;
}

std::string directory_entry(const ZipMember& m) {
  const std::string extra =
      zip64_extra({m.size_bytes, m.packed_bytes, m.header_position});
  std::string out("PK\1\2");
  append_little(out, extra.empty() ? kVersion : kVersionZip64);
  append_description(out, m, extra);
  append_little<uint16_t>(out, 0);  // comment
  append_little<uint16_t>(out, 0);  // disk
  append_little<uint16_t>(out, 0);  // internal attributes
  append_little<uint32_t>(out, 0);  // external attributes
  append_little(out, clip32(m.header_position));
  return out + m.name + extra;
}

std::string end64(uint64_t count, uint64_t num_bytes, uint64_t position) {
  constexpr uint64_t kRestBytes = 44;
  std::string out("PK\6\6");
  append_little(out, kRestBytes);
  append_little(out, kVersionZip64);
  append_little(out, kVersionZip64);
  append_little<uint64_t>(out, 0);  // disks
  for (const uint64_t v : {count, count, num_bytes, position})
    append_little(out, v);
  out += "PK\6\7";
  append_little<uint32_t>(out, 0);  // disk
  append_little(out, position + num_bytes);
  append_little<uint32_t>(out, 1);  // number of disks
  return out;
}

}  // namespace

void ZipWriter::add(const std::string& name, std::string_view bytes) {
  NUMEST_USER_CHECK(name.size() < UINT16_MAX, ValueError,
                    "write_npz: a name has {} bytes, expected fewer than {}",
                    name.size(), UINT16_MAX);
  ZipMember m;
  m.name = name;
  m.is_deflated = is_compressed_;
  m.crc32 = uint32_t(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  m.size_bytes = bytes.size();
  m.header_position = file_.position();
  std::string packed;
  if (is_compressed_) {
    packed = compress(bytes, Compression::kDeflate);
    bytes = packed;
  }
  m.packed_bytes = bytes.size();
  file_.append(local_header(m));
  file_.append(bytes);
  members_.push_back(m);
}

void ZipWriter::commit() {
  const uint64_t position = file_.position();
  for (const ZipMember& m : members_) file_.append(directory_entry(m));
  const uint64_t num_bytes = file_.position() - position;
  const uint64_t count = members_.size();
  if (count >= UINT16_MAX || position >= UINT32_MAX || num_bytes >= UINT32_MAX)
    file_.append(end64(count, num_bytes, position));
  std::string end("PK\5\6");
  append_little<uint32_t>(end, 0);  // disks
  const auto count16 = uint16_t(std::min<uint64_t>(count, UINT16_MAX));
  append_little(end, count16);
  append_little(end, count16);
  append_little(end, clip32(num_bytes));
  append_little(end, clip32(position));
  append_little<uint16_t>(end, 0);  // comment
  file_.append(end);
  file_.commit();
}

}  // namespace numest
