// The table of trigonometric and hyperbolic functions.
#include "numest/ops/families.h"
#include "numest/ops/operators.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

using C = VjpContext;

constexpr ParamDef kX[] = {{"x"}};
constexpr ParamDef kX1X2[] = {{"x1"}, {"x2"}};

constexpr uint32_t kFloating = kElementwise | kPromotes | kInexact;

Tensor angle_slope(const C& c) {
  return c.cotangent() / (square(c.in(0)) + square(c.in(1)));
}

constexpr OpDef kOps[] = {
    {.name = "sin",
     .doc = "Sine of each element, in radians.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent() * cos(c.in(0)); }>,
     .vmap = vmap_elementwise,
     .reference = "np.sin",
     .traits = kFloating},
    {.name = "cos",
     .doc = "Cosine of each element, in radians.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return -c.cotangent() * sin(c.in(0)); }>,
     .vmap = vmap_elementwise,
     .reference = "np.cos",
     .traits = kFloating},
    {.name = "tan",
     .doc = "Tangent of each element, in radians.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() * (square(c.out()) + 1);
     }>,
     .vmap = vmap_elementwise,
     .samples = {.low = -1, .high = 1},
     .reference = "np.tan",
     .traits = kFloating},
    {.name = "arcsin",
     .doc = "Inverse sine, in radians.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() * rsqrt(1 - square(c.in(0)));
     }>,
     .vmap = vmap_elementwise,
     .samples = {.low = -0.9, .high = 0.9, .dtypes = kReals},
     .reference = "np.arcsin",
     .traits = kFloating},
    {.name = "arccos",
     .doc = "Inverse cosine, in radians.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return -c.cotangent() * rsqrt(1 - square(c.in(0)));
     }>,
     .vmap = vmap_elementwise,
     .samples = {.low = -0.9, .high = 0.9, .dtypes = kReals},
     .reference = "np.arccos",
     .traits = kFloating},
    {.name = "arctan",
     .doc = "Inverse tangent, in radians.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() / (square(c.in(0)) + 1);
     }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.arctan",
     .traits = kFloating},
    {.name = "arctan2",
     .doc = "Angle of the point (x2, x1) in radians, in [-pi, pi].",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<[](const C& c) { return angle_slope(c) * c.in(1); },
                       [](const C& c) { return -angle_slope(c) * c.in(0); }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 0.5, .dtypes = kReals},
     .reference = "np.arctan2",
     .traits = kFloating | kDear},
    {.name = "sinh",
     .doc = "Hyperbolic sine of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent() * cosh(c.in(0)); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.sinh",
     .traits = kFloating},
    {.name = "cosh",
     .doc = "Hyperbolic cosine of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent() * sinh(c.in(0)); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.cosh",
     .traits = kFloating},
    {.name = "tanh",
     .doc = "Hyperbolic tangent of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() * (1 - square(c.out()));
     }>,
     .vmap = vmap_elementwise,
     .reference = "np.tanh",
     .traits = kFloating},
    {.name = "arcsinh",
     .doc = "Inverse hyperbolic sine.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() * rsqrt(square(c.in(0)) + 1);
     }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.arcsinh",
     .traits = kFloating},
    {.name = "arccosh",
     .doc = "Inverse hyperbolic cosine.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() * rsqrt(square(c.in(0)) - 1);
     }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 1.5, .high = 4, .dtypes = kReals},
     .reference = "np.arccosh",
     .traits = kFloating},
    {.name = "arctanh",
     .doc = "Inverse hyperbolic tangent.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() / (1 - square(c.in(0)));
     }>,
     .vmap = vmap_elementwise,
     .samples = {.low = -0.9, .high = 0.9, .dtypes = kReals},
     .reference = "np.arctanh",
     .traits = kFloating},
};
static_assert(documented(kOps), "every op has a sentence");

}  // namespace

std::span<const OpDef> trig_ops() { return kOps; }

}  // namespace numest
