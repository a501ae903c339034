#include "numest/ops/dtypes.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <limits>
#include <optional>

#include "numest/ops/functions.h"

namespace numest {

namespace {

bool is_bytes(DType dtype) { return dtype == DType::kBytes; }

// The order in which "same_kind" may cast: bool, unsigned, signed, floating,
// complex, texts.
size_t kind_rank(DType dtype) {
  return std::string_view("buifcS").find(info(dtype).kind);
}

bool is_safe(DType from, DType to) {
  if (is_bytes(from) || is_bytes(to)) return is_bytes(to);
  return promote(from, to) == to;
}

// A kind by its name: the letters of its dtypes' kinds.
struct KindRow {
  std::string_view name, letters;
};

constexpr std::array kStandardKinds{
    KindRow{"bool", "b"},
    KindRow{"signed integer", "i"},
    KindRow{"unsigned integer", "u"},
    KindRow{"integral", "iu"},
    KindRow{"real floating", "f"},
    KindRow{"complex floating", "c"},
    KindRow{"numeric", "iufc"},
};

constexpr std::array kAbstractTypes{
    KindRow{"generic", "biufcS"},    KindRow{"number", "iufc"},
    KindRow{"integer", "iu"},        KindRow{"signedinteger", "i"},
    KindRow{"unsignedinteger", "u"}, KindRow{"inexact", "fc"},
    KindRow{"floating", "f"},        KindRow{"complexfloating", "c"},
    KindRow{"flexible", "S"},        KindRow{"character", "S"},
    KindRow{"bool_", "b"},
};

std::optional<std::string_view> letters_of(std::span<const KindRow> kinds,
                                           std::string_view name) {
  for (const KindRow& row : kinds)
    if (row.name == name) return row.letters;
  return {};
}

DType smallest_integer(int64_t value) {
  using enum DType;
  for (const DType dtype : {kUInt8, kInt8, kUInt16, kInt16, kUInt32, kInt32}) {
    const int bits = int(8 * itemsize(dtype)) - (is_unsigned(dtype) ? 0 : 1);
    const int64_t above = int64_t{1} << bits;
    if (value >= (is_unsigned(dtype) ? 0 : -above) && value < above)
      return dtype;
  }
  return value >= 0 ? kUInt64 : kInt64;
}

DType smallest_float(double value) {
  const double size = std::abs(value);
  if (!std::isfinite(value) || size < 65000) return DType::kFloat16;
  return size < 3.4e38 ? DType::kFloat32 : DType::kFloat64;
}

DType smallest_complex(Complex128 value) {
  const auto fits = [](double part) {
    return smallest_float(part) != DType::kFloat64;
  };
  return fits(value.real()) && fits(value.imag()) ? DType::kComplex64
                                                  : DType::kComplex128;
}

}  // namespace

DType result_type(std::span<const TypeSource> sources) {
  NUMEST_USER_CHECK(!sources.empty(), ValueError,
                    "result_type: got none, expected at least one array or "
                    "dtype");
  const bool all_weak = std::ranges::all_of(
      sources, [](const TypeSource& s) { return s.is_weak(); });
  std::optional<DType> strong;
  for (const TypeSource& s : sources)
    if (all_weak || !s.is_weak())
      strong = strong ? promote(*strong, s.dtype()) : s.dtype();
  for (const TypeSource& s : sources)
    if (!all_weak && s.is_weak()) strong = promote_weak(*strong, s.dtype());
  return *strong;
}

DType common_type(std::span<const Tensor> arrays) {
  std::optional<DType> found;
  for (const Tensor& a : arrays) {
    const DType given = a.dtype();
    NUMEST_USER_CHECK(is_integer(given) || is_inexact(given), TypeError,
                      "common_type: got an array of dtype {}, expected numbers",
                      name(given));
    const DType own = is_integer(given) ? DType::kFloat64 : given;
    found = found ? promote(*found, own) : own;
  }
  NUMEST_USER_CHECK(found, ValueError,
                    "common_type: got none, expected at least one array");
  return *found;
}

bool can_cast(DType from, DType to, std::string_view casting) {
  if (casting == "unsafe") return true;
  if (casting == "no" || casting == "equiv") return from == to;
  if (casting == "safe") return is_safe(from, to);
  NUMEST_USER_CHECK(casting == "same_kind", ValueError,
                    "can_cast: got casting '{}', expected 'no', 'equiv', "
                    "'safe', 'same_kind' or 'unsafe'",
                    casting);
  return is_safe(from, to) || kind_rank(from) <= kind_rank(to);
}

DType min_scalar_type(const Tensor& a) {
  if (a.ndim() > 0 || a.is_symbolic()) return a.dtype();
  const Array& value = a.numpy();
  const DType dtype = a.dtype();
  if (dtype == DType::kUInt64 &&
      value.item<uint64_t>() > uint64_t(std::numeric_limits<int64_t>::max()))
    return dtype;
  if (is_integer(dtype))
    return smallest_integer(value.astype(DType::kInt64).item<int64_t>());
  if (is_float(dtype))
    return smallest_float(value.astype(DType::kFloat64).item<double>());
  if (is_complex(dtype))
    return smallest_complex(
        value.astype(DType::kComplex128).item<Complex128>());
  return dtype;
}

bool isdtype(DType dtype, std::string_view kind) {
  const auto letters = letters_of(kStandardKinds, kind);
  NUMEST_USER_CHECK(letters, ValueError,
                    "isdtype: got kind '{}', expected a kind of dtypes, such "
                    "as 'integral' or 'real floating'",
                    kind);
  return letters->find(info(dtype).kind) != letters->npos;
}

bool issubdtype(DType dtype, std::string_view base) {
  if (const auto letters = letters_of(kAbstractTypes, base))
    return letters->find(info(dtype).kind) != letters->npos;
  for (int i = 0; i < kNumDTypes; ++i)
    if (name(DType(i)) == base) return dtype == DType(i);
  fail<ValueError>(
      "issubdtype: got '{}', expected the name of a dtype or of a type of "
      "them, such as 'integer' or 'floating'",
      base);
}

Tensor as_inexact(const Tensor& x) {
  return is_inexact(x.dtype()) ? x : astype(x, to_inexact(x.dtype()));
}

Tensor as_float(const Tensor& x) {
  return is_inexact(x.dtype()) ? x : astype(x, DType::kFloat64);
}

int64_t size(const Tensor& a) {
  NUMEST_USER_CHECK(a.shape().is_known(), ValueError,
                    "size: got extents {} that are not known while tracing; "
                    "num_elements(a) gives the number as a tensor",
                    a.shape().to_string());
  return a.shape().size();
}

int64_t size(const Tensor& a, int64_t axis) {
  const int64_t extent = a.shape()[normalize_axis(axis, a.ndim(), "size")];
  NUMEST_USER_CHECK(!is_symbol(extent), ValueError,
                    "size: got an extent of axis {} that is not known while "
                    "tracing; extent(a, axis) gives it as a tensor",
                    axis);
  return extent;
}

Shape broadcast_shapes(const std::vector<Shape>& shapes) {
  Shape common;
  for (const Shape& s : shapes)
    common = broadcast_shapes(common, s, "broadcast_shapes");
  return common;
}

std::string base_repr(int64_t number, int base, int padding) {
  NUMEST_USER_CHECK(base >= 2 && base <= 36, ValueError,
                    "base_repr: got base {}, expected 2 to 36", base);
  // NumPy's zero is padding alone, if there is some.
  std::string digits;
  uint64_t rest = number < 0 ? 0 - uint64_t(number) : uint64_t(number);
  for (; rest > 0; rest /= uint64_t(base))
    digits += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % uint64_t(base)];
  digits.append(size_t(std::max(padding, 0)), '0');
  if (digits.empty()) digits.push_back('0');
  if (number < 0) digits += '-';
  std::ranges::reverse(digits);
  return digits;
}

std::string binary_repr(int64_t num, int64_t width) {
  std::string bits = base_repr(num);
  if (width == 0) return bits;
  if (num < 0) {  // the two's complement, with one bit for the sign
    bits = std::bitset<64>(uint64_t(num)).to_string();
    bits.erase(0, std::min(bits.find('0'), bits.size()) - 1);
  }
  NUMEST_USER_CHECK(int64_t(bits.size()) <= width, ValueError,
                    "binary_repr: got width {}, expected at least {}", width,
                    bits.size());
  bits.insert(0, size_t(width) - bits.size(), num < 0 ? '1' : '0');
  return bits;
}

}  // namespace numest
