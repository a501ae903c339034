// NumPy's questions about dtypes and shapes, and numbers as texts of digits.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "numest/graph/tensor.h"

namespace numest {

/// What promotes: a tensor, which may be weak as numbers are, or a dtype.
class TypeSource {
 public:
  TypeSource(DType dtype) : dtype_(dtype) {}  // NOLINT
  template <std::convertible_to<Tensor> T>
  TypeSource(const T& value) {  // NOLINT
    const Tensor t(value);
    dtype_ = t.dtype();
    is_weak_ = t.is_weak();
  }
  DType dtype() const { return dtype_; }
  bool is_weak() const { return is_weak_; }

 private:
  DType dtype_ = DType::kFloat64;
  bool is_weak_ = false;
};

// --- Dtypes ---
/// The smallest dtype that both can be cast to safely. TypeError if there is
/// none: texts with numbers.
inline DType promote_types(DType type1, DType type2) {
  return promote(type1, type2);
}
/// The dtype of all of them together, by NEP 50: numbers take that of arrays
/// unless their kind is higher. ValueError for none.
DType result_type(std::span<const TypeSource> arrays_and_dtypes);
template <std::convertible_to<TypeSource>... T>
DType result_type(const T&... arrays_and_dtypes) {
  const std::vector<TypeSource> all{TypeSource(arrays_and_dtypes)...};
  return result_type(std::span(all));
}
/// The inexact dtype that holds all elements; integers count as float64.
/// TypeError for bools and texts.
DType common_type(std::span<const Tensor> arrays);
template <std::convertible_to<Tensor>... T>
DType common_type(const T&... arrays) {
  const std::vector<Tensor> all{Tensor(arrays)...};
  return common_type(std::span(all));
}
/// Whether a cast follows the rule `casting`: "no", "equiv", "safe",
/// "same_kind" or "unsafe". ValueError for another one.
bool can_cast(DType from, DType to, std::string_view casting = "safe");
/// The smallest dtype that holds the number, which is a scalar; that of an
/// array is its own. Integers that are not negative: unsigned.
DType min_scalar_type(const Tensor& a);
/// Whether `dtype` is of a kind of the array API standard: "bool", "signed
/// integer", "unsigned integer", "integral", "real floating", "complex
/// floating", "numeric". ValueError for another kind.
bool isdtype(DType dtype, std::string_view kind);
inline bool isdtype(DType dtype, DType kind) { return dtype == kind; }
/// Whether a dtype lies below `base` in NumPy's tree of types: "generic",
/// "number", "integer", "signedinteger", "unsignedinteger", "inexact",
/// "floating", "complexfloating", "flexible", "character", or the name of a
/// dtype. ValueError for another name.
bool issubdtype(DType dtype, std::string_view base);
inline bool issubdtype(DType dtype, DType base) { return dtype == base; }
inline bool iscomplexobj(const Tensor& x) { return is_complex(x.dtype()); }
inline bool isrealobj(const Tensor& x) { return !iscomplexobj(x); }
/// True for numbers and texts of C++, as for Python's; an array is none.
template <class T>
constexpr bool isscalar(const T&) {
  return std::integral<T> || std::floating_point<T> ||
         std::convertible_to<T, std::string_view>;
}

/// The elements as floats, as ufuncs of floats take integers: float16 of 8
/// bits, float32 of 16, else float64.
Tensor as_inexact(const Tensor& x);
/// The elements; integers and bools as float64, as statistics take them.
Tensor as_float(const Tensor& x);

// --- Shapes ---
inline int ndim(const Tensor& a) { return a.ndim(); }
inline const Shape& shape(const Tensor& a) { return a.shape(); }
/// The number of elements, or of positions along one axis. ValueError while
/// tracing if extents are not known: `num_elements` gives it as a tensor.
int64_t size(const Tensor& a);
int64_t size(const Tensor& a, int64_t axis);
/// The shape that arrays of these shapes broadcast to; ValueError if they do
/// not.
Shape broadcast_shapes(const std::vector<Shape>& shapes);

// --- Digits ---
/// Digits of `base` 2 to 36, with `padding` zeros in front.
std::string base_repr(int64_t number, int base = 2, int padding = 0);
/// Bits, at least `width` of them if it is given; a negative number has a
/// minus, or with a width is its two's complement. ValueError if that has not
/// enough bits.
std::string binary_repr(int64_t num, int64_t width = 0);

}  // namespace numest
