// Two passes: the first finds digits and widths that all elements share, the
// second prints with them.
#include "numest/array/element_format.h"

#include <algorithm>
#include <cmath>

#include "numest/array/decimal.h"

namespace numest {
namespace {

constexpr int kPrecision = 8;  // digits behind the point, NumPy's default

void pad_left(std::string& text, size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
}

// The widths of a set of real numbers.
class RealFormat {
 public:
  RealFormat(const std::vector<double>& values, DType dtype, bool has_plus)
      : dtype_(dtype), has_plus_(has_plus) {
    choose_notation(values);
    for (const double v : values)
      if (std::isfinite(v)) measure(digits(v));
    if (is_scientific_) fix_widths(values);
    for (const double v : values)
      if (!std::isfinite(v)) measure_special(v);
  }

  std::string operator()(double value) const {
    if (!std::isfinite(value)) {
      std::string text = special(value);
      pad_left(text, left_ + right_ + 1);
      return text;
    }
    std::string text = digits(value);
    const size_t point = text.find('.');
    if (point < left_) text.insert(0, left_ - point, ' ');
    text.resize(std::max(text.size(), left_ + 1 + right_), ' ');
    return text;
  }

 private:
  double cutoff() const {
    switch (dtype_) {
      case DType::kFloat64:
        return 1e8;
      case DType::kFloat32:
        return 1e6;
      case DType::kFloat16:
        return 1e3;
      default:
        return 1e2;
    }
  }

  void choose_notation(const std::vector<double>& values) {
    double low = HUGE_VAL, high = 0;
    for (const double v : values) {
      if (!std::isfinite(v) || v == 0) continue;
      low = std::min(low, std::abs(v));
      high = std::max(high, std::abs(v));
    }
    if (high == 0) return;
    is_scientific_ = high >= cutoff() || low < 1e-4 || high / low > 1000;
  }

  std::string digits(double value) const {
    const Decimal decimal = Decimal::shortest(value, dtype_);
    std::string text = is_scientific_ ? scientific(decimal, scientific_)
                                      : positional(decimal, kPrecision);
    if (has_plus_ && !std::signbit(value)) text.insert(0, 1, '+');
    return text;
  }

  std::string special(double value) const {
    if (std::isnan(value)) return has_plus_ ? "+nan" : "nan";
    return value < 0 ? "-inf" : has_plus_ ? "+inf" : "inf";
  }

  void measure(const std::string& text) {
    const size_t point = text.find('.');
    left_ = std::max(left_, point);
    right_ = std::max(right_, text.size() - point - 1);
  }

  // In scientific notation all numbers show as many digits, before and
  // behind the 'e', as the longest.
  void fix_widths(const std::vector<double>& values) {
    ScientificFormat widths{0, 0, 0};
    for (const double v : values) {
      if (!std::isfinite(v)) continue;
      const std::string text = digits(v);
      const auto e = static_cast<int>(text.find('e'));
      const auto point = static_cast<int>(text.find('.'));
      widths.precision = std::max(widths.precision, e - point - 1);
      widths.exponent_digits = std::max(widths.exponent_digits,
                                        static_cast<int>(text.size()) - e - 2);
    }
    widths.min_digits = widths.precision;
    scientific_ = widths;
    right_ = 0;
    for (const double v : values)
      if (std::isfinite(v)) measure(digits(v));
  }

  void measure_special(double value) {
    const size_t size = special(value).size();
    if (size > left_ + right_ + 1) left_ = size - right_ - 1;
  }

  DType dtype_;
  bool has_plus_;
  bool is_scientific_ = false;
  ScientificFormat scientific_{.precision = kPrecision};
  size_t left_ = 0, right_ = 0;
};

std::vector<std::string> format_reals(const Array& a) {
  const std::vector<double> values = a.to_vector<double>();
  const RealFormat format(values, a.dtype(), /*has_plus=*/false);
  std::vector<std::string> out;
  for (const double v : values) out.push_back(format(v));
  return out;
}

DType part_dtype(DType complex) {
  return complex == DType::kComplex64 ? DType::kFloat32 : DType::kFloat64;
}

// The 'j' goes before the padding of the imaginary part.
std::vector<std::string> format_complexes(const Array& a) {
  std::vector<double> real, imag;
  for (const Complex128& z : a.to_vector<Complex128>()) {
    real.push_back(z.real());
    imag.push_back(z.imag());
  }
  const DType dtype = part_dtype(a.dtype());
  const RealFormat real_format(real, dtype, /*has_plus=*/false);
  const RealFormat imag_format(imag, dtype, /*has_plus=*/true);
  std::vector<std::string> out;
  for (size_t i = 0; i < real.size(); ++i) {
    std::string text = imag_format(imag[i]);
    text.insert(text.find_last_not_of(' ') + 1, 1, 'j');
    out.push_back(real_format(real[i]) + text);
  }
  return out;
}

template <class T>
std::vector<std::string> format_integers(const Array& a) {
  std::vector<std::string> out;
  size_t width = 0;
  for (const T v : a.to_vector<T>()) {
    out.push_back(std::to_string(v));
    width = std::max(width, out.back().size());
  }
  for (std::string& text : out) pad_left(text, width);
  return out;
}

// Python's repr of bytes.
std::string quoted(const Bytes& bytes) {
  const bool has_single = bytes.find('\'') != Bytes::npos;
  const bool has_double = bytes.find('"') != Bytes::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string out = {'b', quote};
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    if (c == quote || c == '\\')
      out += {'\\', c};
    else if (c == '\n' || c == '\t' || c == '\r')
      out += {'\\', c == '\n' ? 'n' : c == '\t' ? 't' : 'r'};
    else if (code < 0x20 || code >= 0x7f)
      out += fmt::format("\\x{:02x}", code);
    else
      out += c;
  }
  return out + quote;
}

// A part of a complex scalar: no ".0" behind whole numbers.
std::string complex_part(double value, DType dtype) {
  std::string text = float_to_string(value, dtype);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string format_complex(Complex128 z, DType dtype) {
  const std::string imag = complex_part(z.imag(), dtype) + "j";
  if (z.real() == 0 && !std::signbit(z.real())) return imag;
  const char* sign = imag[0] == '-' ? "" : "+";
  return "(" + complex_part(z.real(), dtype) + sign + imag + ")";
}

}  // namespace

std::vector<std::string> format_elements(const Array& a) {
  if (is_float(a.dtype())) return format_reals(a);
  if (is_complex(a.dtype())) return format_complexes(a);
  if (a.dtype() == DType::kUInt64) return format_integers<uint64_t>(a);
  if (is_integer(a.dtype())) return format_integers<int64_t>(a);
  std::vector<std::string> out;
  if (a.dtype() == DType::kBool)
    for (const bool v : a.to_vector<bool>())
      out.push_back(v ? " True" : "False");
  else
    for (const Bytes& v : a.to_vector<Bytes>()) out.push_back(quoted(v));
  return out;
}

std::string format_scalar(const Array& a) {
  if (is_float(a.dtype())) return float_to_string(a.item<double>(), a.dtype());
  if (is_complex(a.dtype()))
    return format_complex(a.item<Complex128>(), part_dtype(a.dtype()));
  if (a.dtype() == DType::kBool) return a.item<bool>() ? "True" : "False";
  return format_elements(a)[0];
}

}  // namespace numest
