// The dtype table as data, and names.
#include "numest/array/dtype.h"

#include <iterator>

namespace numest {
namespace {

constexpr DTypeInfo kInfos[] = {
#define NUMEST_DTYPE_INFO(id, type, name, kind, tf) \
  {DType::id, name, kind, int64_t{sizeof(type)}, tf},
    NUMEST_DTYPE_TABLE(NUMEST_DTYPE_INFO)
#undef NUMEST_DTYPE_INFO
};
static_assert(std::size(kInfos) == kNumDTypes);

struct Alias {
  std::string_view name;
  DType dtype;
};

// TensorFlow's spellings, and NumPy's names of platform types.
constexpr Alias kAliases[] = {
    {"string", DType::kBytes},  {"bytes_", DType::kBytes},
    {"half", DType::kFloat16},  {"single", DType::kFloat32},
    {"float", DType::kFloat64}, {"double", DType::kFloat64},
    {"int", DType::kInt64},     {"uint", DType::kUInt64},
    {"bool_", DType::kBool},    {"complex", DType::kComplex128},
    {"object", DType::kBytes},
};

}  // namespace

const DTypeInfo& info(DType dtype) { return kInfos[size_t(dtype)]; }

DType dtype_named(std::string_view name) {
  for (const DTypeInfo& row : kInfos)
    if (row.name == name) return row.dtype;
  for (const Alias& alias : kAliases)
    if (alias.name == name) return alias.dtype;
  fail<TypeError>("dtype: got '{}', expected a name such as 'float32'", name);
}

DType dtype_of_tensorflow(int number) {
  for (const DTypeInfo& row : kInfos)
    if (row.tensorflow_number == number) return row.dtype;
  fail<TypeError>(
      "dtype: got TensorFlow's DataType {}, expected a number or string type",
      number);
}

}  // namespace numest
