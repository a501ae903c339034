// Values that the machine can use as they lie are borrowed, the rest copied.
#include "numest/formats/npy.h"

#include <set>

#include "numest/base/counters.h"
#include "numest/base/file.h"
#include "numest/formats/npy_header.h"
#include "numest/formats/zip.h"

namespace numest {
namespace {

void append_utf8(std::string& out, uint32_t c, const std::string& source) {
  NUMEST_USER_CHECK(c < 0x110000 && (c < 0xd800 || c > 0xdfff), DataLossError,
                    "{}: damaged: {:#x} is not a character", source, c);
  if (c < 0x80) {
    out += char(c);
    return;
  }
  const int num_more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  out += char((0xff00 >> (num_more + 1) & 0xff) | int(c >> (6 * num_more)));
  for (int i = num_more - 1; i >= 0; --i)
    out += char(0x80 | int(c >> (6 * i) & 0x3f));
}

std::string parse_string(std::string_view item, const NpyType& type,
                         const std::string& source) {
  std::string out;
  if (type.kind == 'S') {
    out = item;
  } else {
    ByteReader in(item, source);
    while (in.remaining() > 0)
      append_utf8(
          out, type.is_big_endian ? in.big<uint32_t>() : in.little<uint32_t>(),
          source);
  }
  out.resize(out.find_last_not_of('\0') + 1);
  return out;
}

Array parse_strings(std::string_view bytes, const NpyType& type,
                    const Shape& shape, const std::string& source) {
  Array array(DType::kBytes, shape);
  auto* out = array.data<Bytes>();
  for (int64_t i = 0; i < array.size(); ++i)
    out[i] = parse_string(
        bytes.substr(size_t(i) * type.itemsize, type.itemsize), type, source);
  return array;
}

Array copy_numbers(std::string_view bytes, const NpyType& type,
                   const Shape& shape) {
  Array array(type.dtype, shape);
  if (!bytes.empty()) std::memcpy(array.raw(), bytes.data(), bytes.size());
  count(Counter::bytes_copied_in, int64_t(bytes.size()));
  const bool is_pair = is_complex(type.dtype);
  if (type.is_big_endian)
    swap_bytes({array.raw(), bytes.size()}, type.itemsize / (is_pair ? 2 : 1));
  return array;
}

Array borrow_numbers(std::string_view bytes, DType dtype, const Shape& shape,
                     std::shared_ptr<const void> owner) {
  // Only marked read-only; nothing writes through the pointer.
  auto* data = reinterpret_cast<std::byte*>(const_cast<char*>(bytes.data()));
  auto buffer = Buffer::borrow(data, int64_t(bytes.size()), std::move(owner),
                               /*is_writable=*/false);
  return Array(dtype, shape, contiguous_strides(shape, itemsize(dtype)), data,
               std::move(buffer));
}

Array parse_values(std::string_view bytes, const NpyHeader& header,
                   const Shape& shape, std::shared_ptr<const void> owner,
                   const std::string& source) {
  const NpyType& type = header.type;
  if (type.dtype == DType::kBytes)
    return parse_strings(bytes, type, shape, source);
  if (type.dtype == DType::kBool) check_bools(bytes, source);
  const auto address = reinterpret_cast<uintptr_t>(bytes.data());
  const bool is_aligned = address % type.itemsize == 0;
  const bool is_native = !type.is_big_endian || type.itemsize == 1;
  if (owner && is_native && is_aligned && !bytes.empty())
    return borrow_numbers(bytes, type.dtype, shape, std::move(owner));
  return copy_numbers(bytes, type, shape);
}

std::string descr_of(const Array& array, uint64_t string_bytes) {
  const DTypeInfo& row = info(array.dtype());
  if (row.kind == 'S') return fmt::format("|S{}", string_bytes);
  if (row.dtype == DType::kBFloat16) return "<V2";
  return fmt::format("{}{}{}", row.itemsize == 1 ? '|' : '<', row.kind,
                     row.itemsize);
}

std::string to_npy_strings(const Array& array) {
  const std::span<const Bytes> values = array.span<Bytes>();
  size_t width = 1;
  for (const Bytes& value : values) width = std::max(width, value.size());
  std::string out = npy_header(descr_of(array, width), array.shape());
  for (const Bytes& value : values) {
    out += value;
    out.append(width - value.size(), '\0');
  }
  return out;
}

}  // namespace

Array parse_npy(std::string_view bytes, std::shared_ptr<const void> owner,
                const std::string& source) {
  ByteReader in(bytes, source);
  const NpyHeader header = read_npy_header(in);
  Shape shape = header.shape;
  if (header.is_fortran) std::reverse(shape.begin(), shape.end());
  // Strings of no bytes still cost an object each; 'S0' is one byte here.
  const int64_t item = std::max<int64_t>(1, int64_t(header.type.itemsize));
  const uint64_t most = checked_nbytes(shape, item, source);
  NUMEST_USER_CHECK(header.type.itemsize > 0 || most <= bytes.size(),
                    DataLossError, "{}: damaged: {} strings of no bytes",
                    source, most);
  const std::string_view values = in.take(header.type.itemsize > 0 ? most : 0);
  if (in.remaining() > 0) in.damaged("the file is longer than its shape");
  const Array array =
      parse_values(values, header, shape, std::move(owner), source);
  return header.is_fortran ? array.transpose() : array;
}

std::string to_npy(const Array& array) {
  const Array rows = array.contiguous();
  if (array.dtype() == DType::kBytes) return to_npy_strings(rows);
  std::string out = npy_header(descr_of(array, 0), array.shape());
  out.append(reinterpret_cast<const char*>(rows.raw()), size_t(rows.nbytes()));
  return out;
}

Array read_npy(const std::string& path) {
  auto file = MappedFile::open(path);
  const std::string_view bytes(
      reinterpret_cast<const char*>(file->bytes().data()),
      file->bytes().size());
  return parse_npy(bytes, file, "read_npy: " + path);
}

void write_npy(const std::string& path, const Array& array) {
  write_file_atomically(path, to_npy(array));
}

NamedArrays read_npz(const std::string& path) {
  const ZipReader archive(path);
  NamedArrays arrays;
  for (const ZipMember& member : archive.members()) {
    constexpr std::string_view kSuffix = ".npy";
    std::string name = member.name;
    if (name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
    const std::string bytes = archive.read(member);
    arrays.emplace_back(
        std::move(name),
        parse_npy(bytes, nullptr, "read_npz: " + path + ": " + member.name));
  }
  return arrays;
}

void write_npz(const std::string& path, const NamedArrays& arrays,
               bool is_compressed) {
  std::set<std::string> names;
  ZipWriter archive(path, is_compressed);
  for (const auto& [name, array] : arrays) {
    NUMEST_USER_CHECK(names.insert(name).second, ValueError,
                      "write_npz: the name '{}' occurs twice", name);
    archive.add(name + ".npy", to_npy(array));
  }
  archive.commit();
}

}  // namespace numest
