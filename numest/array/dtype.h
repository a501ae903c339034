// Element types. One table row each: enumerator, C++ type, NumPy name, kind,
// TensorFlow's DataType number (types.proto).
#pragma once

#include <complex>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "numest/array/half.h"
#include "numest/base/error.h"

namespace numest {

using Complex64 = std::complex<float>;
using Complex128 = std::complex<double>;
using Bytes = std::string;

#define NUMEST_DTYPE_TABLE(ROW)                                 \
  ROW(kBool, bool, "bool", 'b', 10)                             \
  ROW(kInt8, int8_t, "int8", 'i', 6)                            \
  ROW(kInt16, int16_t, "int16", 'i', 5)                         \
  ROW(kInt32, int32_t, "int32", 'i', 3)                         \
  ROW(kInt64, int64_t, "int64", 'i', 9)                         \
  ROW(kUInt8, uint8_t, "uint8", 'u', 4)                         \
  ROW(kUInt16, uint16_t, "uint16", 'u', 17)                     \
  ROW(kUInt32, uint32_t, "uint32", 'u', 22)                     \
  ROW(kUInt64, uint64_t, "uint64", 'u', 23)                     \
  ROW(kFloat16, ::numest::Float16, "float16", 'f', 19)          \
  ROW(kBFloat16, ::numest::BFloat16, "bfloat16", 'f', 14)       \
  ROW(kFloat32, float, "float32", 'f', 1)                       \
  ROW(kFloat64, double, "float64", 'f', 2)                      \
  ROW(kComplex64, ::numest::Complex64, "complex64", 'c', 8)     \
  ROW(kComplex128, ::numest::Complex128, "complex128", 'c', 18) \
  ROW(kBytes, ::numest::Bytes, "bytes", 'S', 7)

enum class DType : uint8_t {
#define NUMEST_DTYPE_ENUM(id, type, name, kind, tf) id,
  NUMEST_DTYPE_TABLE(NUMEST_DTYPE_ENUM)
#undef NUMEST_DTYPE_ENUM
};
inline constexpr int kNumDTypes = 16;

struct DTypeInfo {
  DType dtype;
  std::string_view name;
  char kind;  // 'b', 'i', 'u', 'f', 'c', 'S'
  int64_t itemsize;
  int tensorflow_number;
};
const DTypeInfo& info(DType dtype);
inline int64_t itemsize(DType dtype) { return info(dtype).itemsize; }
inline std::string_view name(DType dtype) { return info(dtype).name; }
/// Parses a NumPy or TensorFlow name ("float32", "string"); throws TypeError.
DType dtype_named(std::string_view name);
/// Maps TensorFlow's DataType number; throws TypeError.
DType dtype_of_tensorflow(int number);

inline bool is_float(DType d) { return info(d).kind == 'f'; }
inline bool is_complex(DType d) { return info(d).kind == 'c'; }
inline bool is_integer(DType d) {
  return info(d).kind == 'i' || info(d).kind == 'u';
}
inline bool is_unsigned(DType d) { return info(d).kind == 'u'; }
/// True for real and complex floating dtypes: those with a derivative.
inline bool is_inexact(DType d) { return is_float(d) || is_complex(d); }

/// NumPy 2's `np.promote_types` (bfloat16 joins as ml_dtypes does). Throws
/// TypeError for bytes with numbers.
DType promote(DType a, DType b);
/// Promotes `strong` with a Python scalar of the kind of `weak` (NEP 50): the
/// array's dtype wins unless the scalar's kind is higher.
DType promote_weak(DType strong, DType weak);
/// float64 for integers and bool of 64/32 bit and NumPy's table for smaller
/// ones (int8 -> float16); floats stay. The result dtype of `sqrt`.
DType to_inexact(DType dtype);

template <class T>
struct DTypeOf;
#define NUMEST_DTYPE_OF(id, type, name, kind, tf) \
  template <>                                     \
  struct DTypeOf<type> {                          \
    static constexpr DType value = DType::id;     \
  };
NUMEST_DTYPE_TABLE(NUMEST_DTYPE_OF)
#undef NUMEST_DTYPE_OF
template <class T>
inline constexpr DType dtype_of = DTypeOf<std::remove_cv_t<T>>::value;

/// A type as a value: `visit_dtype(d, [](auto t) { using T = typename
/// decltype(t)::type; ... })`.
template <class T>
struct TypeTag {
  using type = T;
};

template <class F>
decltype(auto) visit_dtype(DType dtype, F&& f) {
  switch (dtype) {
#define NUMEST_DTYPE_CASE(id, type, name, kind, tf) \
  case DType::id:                                   \
    return f(TypeTag<type>{});
    NUMEST_DTYPE_TABLE(NUMEST_DTYPE_CASE)
#undef NUMEST_DTYPE_CASE
  }
  NUMEST_UNREACHABLE();
}

}  // namespace numest
