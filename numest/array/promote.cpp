// NumPy 2's promotion by rules instead of a table: real parts first, then
// the complex type that holds the result.
#include <algorithm>

#include "numest/array/dtype.h"

namespace numest {
namespace {

DType signed_of_size(int64_t itemsize) {
  switch (itemsize) {
    case 1:
      return DType::kInt8;
    case 2:
      return DType::kInt16;
    case 4:
      return DType::kInt32;
    case 8:
      return DType::kInt64;
    default:
      return DType::kFloat64;  // uint64 with a signed integer
  }
}

DType promote_integers(DType a, DType b) {
  if (is_unsigned(a) == is_unsigned(b))
    return itemsize(a) < itemsize(b) ? b : a;
  if (is_unsigned(b)) std::swap(a, b);
  return signed_of_size(std::max(2 * itemsize(a), itemsize(b)));
}

DType promote_floats(DType a, DType b) {
  if (itemsize(a) != itemsize(b)) return itemsize(a) < itemsize(b) ? b : a;
  return a == b ? a : DType::kFloat32;  // float16 with bfloat16
}

// bfloat16 has float32's range, so integers join it as they join float32 in
// JAX; NumPy leaves the wider ones undefined.
DType promote_reals(DType a, DType b) {
  if (a == b || b == DType::kBool) return a;
  if (a == DType::kBool) return b;
  if (is_integer(a) && is_integer(b)) return promote_integers(a, b);
  if (is_float(a) && is_float(b)) return promote_floats(a, b);
  if (is_float(b)) std::swap(a, b);
  return a == DType::kBFloat16 ? a : promote_floats(a, to_inexact(b));
}

DType real_of(DType d) {
  if (d == DType::kComplex64) return DType::kFloat32;
  return d == DType::kComplex128 ? DType::kFloat64 : d;
}

DType complex_of(DType real) {
  return real == DType::kFloat64 ? DType::kComplex128 : DType::kComplex64;
}

int kind_rank(DType d) {
  switch (info(d).kind) {
    case 'b':
      return 0;
    case 'i':
    case 'u':
      return 1;
    case 'f':
      return 2;
    default:
      return 3;
  }
}

void check_bytes(DType a, DType b) {
  NUMEST_USER_CHECK((a == DType::kBytes) == (b == DType::kBytes), TypeError,
                    "promote: got dtypes {} and {}, expected two dtypes of "
                    "numbers or two of bytes",
                    name(a), name(b));
}

}  // namespace

DType promote(DType a, DType b) {
  check_bytes(a, b);
  if (a == b) return a;
  const DType real = promote_reals(real_of(a), real_of(b));
  return is_complex(a) || is_complex(b) ? complex_of(real) : real;
}

DType promote_weak(DType strong, DType weak) {
  check_bytes(strong, weak);
  if (kind_rank(weak) <= kind_rank(strong)) return strong;
  if (is_integer(weak)) return DType::kInt64;
  if (is_float(weak)) return DType::kFloat64;
  return complex_of(is_float(strong) ? strong : DType::kFloat64);
}

DType to_inexact(DType dtype) {
  NUMEST_USER_CHECK(dtype != DType::kBytes, TypeError,
                    "to_inexact: got dtype bytes, expected numbers");
  if (is_inexact(dtype)) return dtype;
  if (itemsize(dtype) == 1) return DType::kFloat16;
  return itemsize(dtype) == 2 ? DType::kFloat32 : DType::kFloat64;
}

}  // namespace numest
