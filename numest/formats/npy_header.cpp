// The dictionary is a Python literal; the parser knows strings, booleans,
// whole numbers and tuples of them, which is all that NumPy writes for arrays
// without fields.
#include "numest/formats/npy_header.h"

#include <charconv>

namespace numest {
namespace {

constexpr std::string_view kMagic{"\x93NUMPY", 6};
constexpr size_t kAlignment = 64;

class Literal {
 public:
  Literal(std::string_view text, const std::string& source)
      : text_(text), source_(source) {}

  bool accept(char c) {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n'))
      text_.remove_prefix(1);
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) damaged(fmt::format("expected '{}'", c));
  }
  std::string string() {
    const char quote = accept('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const size_t end = text_.find(quote);
    if (end == std::string_view::npos) damaged("a string has no end");
    const std::string value(text_.substr(0, end));
    text_.remove_prefix(end + 1);
    return value;
  }
  bool boolean() {
    accept('\0');  // skips blanks
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return value;
    }
    damaged("expected True or False");
  }
  int64_t integer() {
    accept('\0');
    int64_t value = 0;
    const char* end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data(), end, value);
    if (error != std::errc{} || value < 0) damaged("expected an extent");
    text_.remove_prefix(size_t(stop - text_.data()));
    accept('L');  // Python 2's long
    return value;
  }
  Shape shape() {
    Shape out;
    expect('(');
    while (!accept(')')) {
      if (out.ndim() == kMaxNdim) damaged("the shape has too many axes");
      out.push_back(integer());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return out;
  }
  bool at_list() { return accept('['); }
  [[noreturn]] void damaged(std::string_view what) const {
    fail<DataLossError>("{}: damaged header: {} at '{}'", source_, what,
                        text_.substr(0, 20));
  }

 private:
  std::string_view text_;
  const std::string& source_;
};

DType number_type(char kind, uint64_t itemsize, const std::string& source,
                  std::string_view descr) {
  for (int i = 0; i < kNumDTypes; ++i) {
    const DTypeInfo& row = info(DType(i));
    if (row.dtype == DType::kBFloat16 ? kind == 'V' && itemsize == 2
                                      : row.kind == kind && kind != 'S' &&
                                            uint64_t(row.itemsize) == itemsize)
      return row.dtype;
  }
  fail<NotSupportedError>(
      "{}: dtype '{}' is not supported; expected bool, numbers of at most 64 "
      "bits a part, 'S' or 'U'",
      source, descr);
}

NpyType parse_descr(const std::string& descr, const std::string& source) {
  NpyType type;
  std::string_view rest = descr;
  if (!rest.empty() &&
      std::string_view("<>|=").find(rest[0]) != std::string_view::npos) {
    type.is_big_endian = rest[0] == '>';
    rest.remove_prefix(1);
  }
  uint32_t count = 0;
  const char* end = rest.data() + rest.size();
  const bool has_count =
      rest.size() > 1 &&
      std::from_chars(rest.data() + 1, end, count).ptr == end;
  NUMEST_USER_CHECK(has_count, NotSupportedError,
                    "{}: dtype '{}' is not supported; expected bool, numbers, "
                    "'S' or 'U'",
                    source, descr);
  type.kind = rest[0];
  const bool is_text = type.kind == 'S' || type.kind == 'U';
  type.itemsize = uint64_t{count} * (type.kind == 'U' ? 4 : 1);
  type.dtype =
      is_text ? DType::kBytes : number_type(type.kind, count, source, descr);
  return type;
}

NpyHeader parse_dictionary(std::string_view text, const std::string& source) {
  Literal in(text, source);
  NpyHeader header;
  bool has_descr = false, has_order = false, has_shape = false;
  in.expect('{');
  while (!in.accept('}')) {
    const std::string key = in.string();
    in.expect(':');
    if (key == "descr") {
      NUMEST_USER_CHECK(!in.at_list(), NotSupportedError,
                        "{}: arrays with fields are not supported", source);
      header.type = parse_descr(in.string(), source);
      has_descr = true;
    } else if (key == "fortran_order") {
      header.is_fortran = in.boolean();
      has_order = true;
    } else if (key == "shape") {
      header.shape = in.shape();
      has_shape = true;
    } else {
      in.damaged("unknown key '" + key + "'");
    }
    in.accept(',');
  }
  if (!has_descr || !has_order || !has_shape) in.damaged("a key is missing");
  return header;
}

}  // namespace

NpyHeader read_npy_header(ByteReader& in) {
  if (in.take(kMagic.size()) != kMagic) in.damaged("not an .npy file");
  const auto major = uint8_t(in.take(2)[0]);
  NUMEST_USER_CHECK(major >= 1 && major <= 3, DataLossError,
                    "{}: version {} of .npy, expected 1 to 3", in.source(),
                    int{major});
  const uint64_t size =
      major == 1 ? in.little<uint16_t>() : in.little<uint32_t>();
  return parse_dictionary(in.take(size), in.source());
}

std::string npy_header(std::string_view descr, const Shape& shape) {
  std::string extents;
  for (const int64_t extent : shape) extents += fmt::format("{}, ", extent);
  if (shape.ndim() > 1) extents.resize(extents.size() - 2);
  if (shape.ndim() == 1) extents.pop_back();
  std::string text =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                  descr, extents);
  constexpr size_t kPrefix = kMagic.size() + 2 + 2;
  text.append(kAlignment - 1 - (kPrefix + text.size()) % kAlignment, ' ');
  text += '\n';
  std::string out(kMagic);
  out += '\1';
  out += '\0';
  append_little(out, uint16_t(text.size()));
  return out + text;
}

}  // namespace numest
