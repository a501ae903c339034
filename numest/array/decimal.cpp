// Digits come from std::to_chars, which is exact and shortest for float and
// double; 16-bit floats take the first precision that reads back equal.
#include "numest/array/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace numest {
namespace {

template <class T>
std::string scientific_chars(T value) {
  char buffer[40];
  const auto end = std::to_chars(std::begin(buffer), std::end(buffer), value,
                                 std::chars_format::scientific);
  return std::string(buffer, end.ptr);
}

template <class Half>
std::string half_chars(double value) {
  for (int precision = 0;; ++precision) {
    char buffer[40];
    const auto end = std::to_chars(std::begin(buffer), std::end(buffer), value,
                                   std::chars_format::scientific, precision);
    const std::string text(buffer, end.ptr);
    const float back = std::strtof(text.c_str(), nullptr);
    if (static_cast<float>(Half(back)) == static_cast<float>(value))
      return text;
  }
}

std::string shortest_chars(double magnitude, DType dtype) {
  switch (dtype) {
    case DType::kFloat16:
      return half_chars<Float16>(magnitude);
    case DType::kBFloat16:
      return half_chars<BFloat16>(magnitude);
    case DType::kFloat32:
      return scientific_chars(static_cast<float>(magnitude));
    default:
      return scientific_chars(magnitude);
  }
}

// Reads "d.ddd" with an optional exponent; drops zeros at both ends.
Decimal parse(double value, const std::string& text) {
  Decimal out{value, "", 0};
  const size_t e = std::min(text.find('e'), text.size());
  const size_t end_of_whole = std::min(text.find('.'), e);
  out.point = static_cast<int>(end_of_whole);
  if (e < text.size()) out.point += std::atoi(text.c_str() + e + 1);
  for (const char c : text.substr(0, e))
    if (c != '.') out.digits += c;
  const size_t first = out.digits.find_first_not_of('0');
  if (first == std::string::npos) return {value, "0", 1};
  out.digits.erase(0, first);
  out.point -= static_cast<int>(first);
  out.digits.resize(out.digits.find_last_not_of('0') + 1);
  return out;
}

// Rounds the exact value, not its shortest digits: 0.125 -> 0.12.
Decimal rounded(double value, std::chars_format format, int precision) {
  char buffer[400];  // the largest double has 309 digits before the point
  const auto end = std::to_chars(std::begin(buffer), std::end(buffer),
                                 std::abs(value), format, precision);
  return parse(value, std::string(buffer, end.ptr));
}

const char* sign_of(const Decimal& d) {
  return std::signbit(d.value) ? "-" : "";
}

}  // namespace

Decimal Decimal::shortest(double value, DType dtype) {
  return parse(value, shortest_chars(std::abs(value), dtype));
}

std::string positional(const Decimal& decimal, int precision) {
  Decimal d = decimal;
  int num_digits = static_cast<int>(d.digits.size());
  if (precision >= 0 && num_digits - d.point > precision) {
    d = rounded(d.value, std::chars_format::fixed, precision);
    num_digits = static_cast<int>(d.digits.size());
  }
  const std::string sign = sign_of(d);
  if (d.digits == "0") return sign + "0.";
  if (d.point <= 0)
    return sign + "0." + std::string(size_t(-d.point), '0') + d.digits;
  if (d.point >= num_digits)
    return sign + d.digits + std::string(size_t(d.point - num_digits), '0') +
           ".";
  return sign + d.digits.substr(0, size_t(d.point)) + "." +
         d.digits.substr(size_t(d.point));
}

std::string scientific(const Decimal& decimal, const ScientificFormat& format) {
  Decimal d = decimal;
  const int shown = static_cast<int>(d.digits.size()) - 1;
  // Digits that are asked for beyond the shortest ones are the true ones.
  const int wanted = format.precision >= 0 && shown > format.precision
                         ? format.precision
                         : std::max(shown, format.min_digits);
  if (wanted != shown)
    d = rounded(d.value, std::chars_format::scientific, wanted);
  std::string fraction = d.digits.substr(1);
  fraction.resize(std::max(fraction.size(), size_t(format.min_digits)), '0');
  const int exponent = d.point - 1;
  return fmt::format("{}{}.{}e{}{:0{}}", sign_of(d), d.digits[0], fraction,
                     exponent < 0 ? '-' : '+', std::abs(exponent),
                     format.exponent_digits);
}

std::string float_to_string(double value, DType dtype) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const double magnitude = std::abs(value);
  const double limit = dtype == DType::kFloat64   ? 1e16
                       : dtype == DType::kFloat32 ? 1e6
                                                  : 1e3;
  const Decimal decimal = Decimal::shortest(value, dtype);
  if (value == 0 || (magnitude >= 1e-4 && magnitude < limit)) {
    const std::string text = positional(decimal);
    return text.back() == '.' ? text + "0" : text;
  }
  std::string text = scientific(decimal);
  const size_t bare = text.find(".e");
  return bare == std::string::npos ? text : text.erase(bare, 1);
}

}  // namespace numest
