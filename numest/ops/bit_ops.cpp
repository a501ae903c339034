// The table of integer ops: bits, shifts, divisors; and bits read anew.
#include <algorithm>
#include <cstring>

#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kX[] = {{"x"}};
constexpr ParamDef kX1X2[] = {{"x1"}, {"x2"}};

constexpr ParamDef kBitcast[] = {{"x"}, {"dtype", Kind::kDType}};

constexpr uint32_t kArithmetic = kElementwise | kPromotes;
constexpr std::string_view kIntegers = "uint8 int32 int64";

// --- bitcast ---
int64_t bitcast_extent(int64_t extent, int64_t from, int64_t to, DType dtype) {
  if (from == to) return extent;
  if (is_symbol(extent)) return fresh_extent();
  NUMEST_USER_CHECK(extent * from % to == 0, ValueError,
                    "bitcast: the last axis has {} bytes, expected a multiple "
                    "of the {} bytes of {}",
                    extent * from, to, name(dtype));
  return extent * from / to;
}

Types bitcast_type(const TypeContext& c) {
  const TensorSpec& in = c.in(0);
  const auto dtype = c.attrs.get<DType>("dtype");
  const auto is_text = [](DType d) { return d == DType::kBytes; };
  NUMEST_USER_CHECK(!is_text(in.dtype) && !is_text(dtype), TypeError,
                    "bitcast: got {} to be read as {}, expected dtypes of "
                    "numbers",
                    name(in.dtype), name(dtype));
  const auto from = int64_t(itemsize(in.dtype)), to = int64_t(itemsize(dtype));
  NUMEST_USER_CHECK(from == to || in.shape.ndim() > 0, ValueError,
                    "bitcast: got a scalar {} to be read as {}, expected a "
                    "dtype of {} bytes",
                    name(in.dtype), name(dtype), from);
  Shape shape = in.shape;
  if (const int n = shape.ndim(); n > 0)
    shape[n - 1] = bitcast_extent(shape[n - 1], from, to, dtype);
  return TensorSpec{dtype, shape};
}

void bitcast_kernel(const KernelContext& c) {
  const Array in = c.in(0).contiguous();
  Array& out = c.out();
  if (out.dtype() == DType::kBool) {  // a byte may be neither 0 nor 1
    std::transform(in.raw(), in.raw() + in.nbytes(), out.data<bool>(),
                   [](std::byte b) { return b != std::byte{0}; });
    return;
  }
  if (in.nbytes() > 0) std::memcpy(out.raw(), in.raw(), size_t(in.nbytes()));
}

bool is_pair_of(DType complex, DType part) {
  return is_complex(complex) && is_float(part) &&
         itemsize(complex) == 2 * itemsize(part);
}

// Complex numbers as pairs of their parts and back; the cotangent of a complex
// number is dL/dx - i dL/dy. Other bits have no derivative.
Tensors bitcast_vjp(const VjpContext& c) {
  const DType from = c.in(0).dtype(), to = c.out().dtype();
  const Attrs attrs{{"dtype", from}};
  if (from == to) return {c.cotangent()};
  if (is_pair_of(from, to))
    return {emit("conjugate", {emit("bitcast", {c.cotangent()}, attrs)})};
  if (is_pair_of(to, from))
    return {emit("bitcast", {emit("conjugate", {c.cotangent()})}, attrs)};
  return {Tensor()};
}

constexpr OpDef kOps[] = {
    {.name = "bitcast",
     .doc = "The bytes of the elements, read as those of another dtype; the "
            "last axis has as many of these as fit.",
     .params = kBitcast,
     .type = bitcast_type,
     .kernel = bitcast_kernel,
     .vjp = bitcast_vjp,
     .vmap = vmap_elementwise,
     .samples = {.shapes = "3,4",
                 .attrs = "dtype=float64; dtype=complex128; dtype=uint8",
                 .dtypes = "int64 float64 complex128"},
     .reference = "x.view(dtype)"},
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
