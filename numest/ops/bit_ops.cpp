// The table of integer ops: bits, shifts, divisors.
#include "numest/ops/families.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

constexpr ParamDef kX[] = {{"x"}};
constexpr ParamDef kX1X2[] = {{"x1"}, {"x2"}};

constexpr uint32_t kArithmetic = kElementwise | kPromotes;
constexpr std::string_view kIntegers = "uint8 int32 int64";

constexpr OpDef kOps[] = {
    {.name = "bitwise_and",
     .doc = "Bits set in both integers; of bools, and.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.low = 0, .high = 9, .dtypes = "bool uint8 int32 int64"},
     .reference = "np.bitwise_and",
     .traits = kArithmetic | kCommutative},
    {.name = "bitwise_or",
     .doc = "Bits set in one of two integers; of bools, or.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.low = 0, .high = 9, .dtypes = "bool uint8 int32 int64"},
     .reference = "np.bitwise_or",
     .traits = kArithmetic | kCommutative},
    {.name = "bitwise_xor",
     .doc = "Bits set in exactly one of two integers; of bools, xor.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.low = 0, .high = 9, .dtypes = "bool uint8 int32 int64"},
     .reference = "np.bitwise_xor",
     .traits = kArithmetic | kCommutative},
    {.name = "invert",
     .doc = "All bits flipped; of bools, not.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.low = 0, .high = 9, .dtypes = "bool uint8 int32 int64"},
     .reference = "np.invert",
     .traits = kArithmetic},
    {.name = "left_shift",
     .doc = "Bits of x1 shifted left by x2.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.low = 0, .high = 9, .dtypes = kIntegers},
     .reference = "np.left_shift",
     .traits = kArithmetic},
    {.name = "right_shift",
     .doc = "Bits of x1 shifted right by x2.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.low = 0, .high = 9, .dtypes = kIntegers},
     .reference = "np.right_shift",
     .traits = kArithmetic},
    {.name = "gcd",
     .doc = "Greatest common divisor.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.low = 0, .high = 9, .dtypes = kIntegers},
     .reference = "np.gcd",
     .traits = kArithmetic | kCommutative},
    {.name = "lcm",
     .doc = "Lowest common multiple.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.low = 0, .high = 9, .dtypes = kIntegers},
     .reference = "np.lcm",
     .traits = kArithmetic | kCommutative},
};
static_assert(documented(kOps), "every op has a sentence");

}  // namespace

std::span<const OpDef> bit_ops() { return kOps; }

}  // namespace numest
