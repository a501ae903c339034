// Lengths enter the checksum as uint32, those above its range as uint64.
#include "numest/formats/string_tensor.h"

#include "numest/base/crc32c.h"
#include "numest/base/error.h"

namespace numest {
namespace {

uint32_t extend_with_length(uint32_t crc, uint64_t length) {
  std::string bytes;
  if (length > UINT32_MAX)
    append_little(bytes, length);
  else
    append_little(bytes, uint32_t(length));
  return crc32c_extend(crc, bytes);
}

}  // namespace

EncodedStrings encode_strings(const Array& array) {
  const Array rows = array.contiguous();
  EncodedStrings out;
  uint32_t crc = 0;
  for (const Bytes& value : rows.span<Bytes>()) {
    append_varint(out.bytes, value.size());
    crc = extend_with_length(crc, value.size());
  }
  std::string checksum;
  append_little(checksum, mask_crc(crc));
  crc = crc32c_extend(crc, checksum);
  out.bytes += checksum;
  for (const Bytes& value : rows.span<Bytes>()) {
    out.bytes += value;
    crc = crc32c_extend(crc, value);
  }
  out.masked_crc = mask_crc(crc);
  return out;
}

Array decode_strings(ByteReader& in, const Shape& shape, uint32_t masked_crc) {
  const uint64_t count = checked_nbytes(shape, 1, in.source());
  if (count > in.remaining()) in.damaged("fewer strings than the shape says");
  std::vector<uint64_t> lengths(count);
  uint32_t crc = 0;
  for (uint64_t& length : lengths) {
    length = in.varint();
    crc = extend_with_length(crc, length);
  }
  const std::string_view checksum = in.take(4);
  if (load<uint32_t>(checksum.data()) != mask_crc(crc))
    in.damaged("the checksum of string lengths differs");
  crc = crc32c_extend(crc, checksum);
  Array array(DType::kBytes, shape);
  auto* out = array.data<Bytes>();
  for (const uint64_t length : lengths) {
    const std::string_view value = in.take(length);
    crc = crc32c_extend(crc, value);
    *out++ = value;
  }
  if (in.remaining() > 0 || mask_crc(crc) != masked_crc)
    in.damaged("the checksum of strings differs");
  return array;
}

}  // namespace numest
