// The table of signs, rounding, float classes and complex parts.
#include "numest/ops/composite.h"
#include "numest/ops/families.h"
#include "numest/ops/operators.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

using C = VjpContext;

constexpr ParamDef kX[] = {{"x"}};
constexpr uint32_t kArithmetic = kElementwise | kPromotes;
constexpr uint32_t kFloating = kArithmetic | kInexact;

// x / |x|, conjugated: the cotangent of a complex input is not conjugated.
Tensor absolute_slope(const C& c) {
  const Tensor direction = sign(c.in(0));
  if (!is_complex(c.in(0).dtype())) return c.cotangent() * direction;
  return astype(c.cotangent(), c.in(0).dtype()) * conjugate(direction);
}

// Of x / |x|, which turns by Im(conj(y) dx) / |x|.
Tensor sign_slope(const C& c) {
  if (!is_complex(c.in(0).dtype())) return Tensor();
  const Tensor &y = c.out(), turned = c.cotangent() * y;
  const Tensor r = absolute(c.in(0));
  const Tensor part = (turned - conjugate(turned)) * conjugate(y) * 0.5;
  return part / where(greater(r, 0.0), r, ones_like(r));
}

Tensor imag_slope(const C& c) {
  if (!is_complex(c.in(0).dtype())) return Tensor();
  const Tensor minus_i = Tensor::weak(Array::scalar(Complex128(0, -1)));
  return astype(c.cotangent(), c.in(0).dtype()) * minus_i;
}

constexpr OpDef kOps[] = {
    {.name = "negative",
     .doc = "Negative of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return -c.cotangent(); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kNumbers},
     .reference = "np.negative",
     .traits = kArithmetic},
    {.name = "positive",
     .doc = "Each element unchanged.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent(); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kNumbers},
     .reference = "np.positive",
     .traits = kArithmetic},
    {.name = "absolute",
     .doc = "Absolute value; of complex elements the modulus.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<absolute_slope>,
     .vmap = vmap_elementwise,
     .reference = "np.absolute",
     .traits = kArithmetic},
    {.name = "sign",
     .doc = "-1, 0 or 1; of complex elements x / |x|.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<sign_slope>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kNumbers},
     .reference = "np.sign",
     .traits = kArithmetic},
    {.name = "floor",
     .doc = "Largest integer not above each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.floor",
     .traits = kArithmetic},
    {.name = "ceil",
     .doc = "Smallest integer not below each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.ceil",
     .traits = kArithmetic},
    {.name = "trunc",
     .doc = "Integer part of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.trunc",
     .traits = kArithmetic},
    {.name = "rint",
     .doc = "Nearest integer, halves to even.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.rint",
     .traits = kFloating},
    {.name = "isnan",
     .doc = "True where an element is not a number.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .reference = "np.isnan",
     .traits = kArithmetic},
    {.name = "isinf",
     .doc = "True where an element is infinite.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .reference = "np.isinf",
     .traits = kArithmetic},
    {.name = "isfinite",
     .doc = "True where an element is neither infinite nor nan.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .reference = "np.isfinite",
     .traits = kArithmetic},
    {.name = "signbit",
     .doc = "True where the sign bit is set, -0. included.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.signbit",
     .traits = kArithmetic | kBoolsAsInts},
    {.name = "conjugate",
     .doc = "Complex conjugate of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return conjugate(c.cotangent()); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kNumbers},
     .reference = "np.conjugate",
     .traits = kArithmetic | kBoolsAsInts},
    {.name = "real",
     .doc = "Real part of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return astype(c.cotangent(), c.in(0).dtype());
     }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kNumbers},
     .reference = "np.real",
     .traits = kArithmetic},
    {.name = "imag",
     .doc = "Imaginary part; zero for real elements.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<imag_slope>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kNumbers},
     .reference = "np.imag",
     .traits = kArithmetic},
};
static_assert(documented(kOps), "every op has a sentence");

}  // namespace

std::span<const OpDef> rounding_ops() { return kOps; }

}  // namespace numest
