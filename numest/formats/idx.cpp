// The size that the header claims is compared with the file (compressed: with
// the most it can inflate to) before memory is taken.
#include "numest/formats/idx.h"

#include <optional>

#include "numest/array/nest.h"
#include "numest/base/file.h"
#include "numest/formats/byte_reader.h"
#include "numest/formats/compression.h"

namespace numest {
namespace {

std::optional<DType> dtype_of_code(uint8_t code) {
  switch (code) {
    case 0x08:
      return DType::kUInt8;
    case 0x09:
      return DType::kInt8;
    case 0x0B:
      return DType::kInt16;
    case 0x0C:
      return DType::kInt32;
    case 0x0D:
      return DType::kFloat32;
    case 0x0E:
      return DType::kFloat64;
    default:
      return std::nullopt;
  }
}

void read_exactly(Inflater& in, char* out, size_t count,
                  const std::string& source) {
  const size_t got = in.read(out, count);
  NUMEST_USER_CHECK(got == count, DataLossError,
                    "{}: truncated: got {} bytes, expected {}", source, got,
                    count);
}

TensorSpec read_header(Inflater& in, const std::string& source) {
  std::string magic(4, '\0');
  read_exactly(in, magic.data(), magic.size(), source);
  const auto dtype = dtype_of_code(uint8_t(magic[2]));
  const auto ndim = uint8_t(magic[3]);
  NUMEST_USER_CHECK(
      magic[0] == 0 && magic[1] == 0 && dtype && ndim <= kMaxNdim,
      DataLossError,
      "{}: not an IDX file: it begins with the bytes {:02x} {:02x} {:02x} "
      "{:02x}, expected 00 00, a dtype code (08, 09, 0b to 0e) and at most {} "
      "axes",
      source, uint8_t(magic[0]), uint8_t(magic[1]), uint8_t(magic[2]), ndim,
      kMaxNdim);
  std::string extents(size_t{ndim} * 4, '\0');
  read_exactly(in, extents.data(), extents.size(), source);
  ByteReader reader(extents, source);
  TensorSpec spec{*dtype, {}};
  for (int i = 0; i < ndim; ++i) spec.shape.push_back(reader.big<uint32_t>());
  return spec;
}

}  // namespace

Array read_idx(const std::string& path) {
  const auto file = MappedFile::open(path);
  const std::string source = "read_idx: " + path;
  const std::string_view bytes(
      reinterpret_cast<const char*>(file->bytes().data()),
      file->bytes().size());
  const bool is_compressed = is_gzip(bytes);
  Inflater in(bytes, is_compressed ? Compression::kGzip : Compression::kNone,
              source);
  const TensorSpec spec = read_header(in, source);
  const uint64_t size =
      checked_nbytes(spec.shape, itemsize(spec.dtype), source);
  const uint64_t most = bytes.size() * (is_compressed ? kMaxInflation : 1);
  NUMEST_USER_CHECK(size <= most, DataLossError,
                    "{}: truncated: shape {} needs {} bytes, the file has "
                    "room for {} at most",
                    source, spec.shape.to_string(), size, most);
  Array array(spec.dtype, spec.shape);
  read_exactly(in, reinterpret_cast<char*>(array.raw()), size_t(size), source);
  char extra = 0;
  NUMEST_USER_CHECK(in.read(&extra, 1) == 0, DataLossError,
                    "{}: the file is longer than its shape {} says", source,
                    spec.shape.to_string());
  swap_bytes({array.raw(), size_t(size)}, size_t(itemsize(spec.dtype)));
  return array;
}

}  // namespace numest
