// The table of roots, exponentials, logarithms and activations.
#include <numbers>

#include "numest/ops/families.h"
#include "numest/ops/operators.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

using C = VjpContext;

constexpr ParamDef kX[] = {{"x"}};
constexpr uint32_t kFloating = kElementwise | kPromotes | kInexact;
constexpr uint32_t kArithmetic = kElementwise | kPromotes;

// Constants of derivatives; std::numbers spells them alike.
using std::numbers::inv_sqrtpi;
using std::numbers::ln10;
using std::numbers::ln2;

constexpr OpDef kOps[] = {
    {.name = "sqrt",
     .doc = "Square root of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent() * 0.5 / c.out(); }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 0.2},
     .reference = "np.sqrt",
     .traits = kFloating},
    {.name = "rsqrt",
     .doc = "Reciprocal of the square root of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() * -0.5 * (c.out() / c.in(0));
     }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 0.2, .dtypes = kReals},
     .reference = "1/np.sqrt(x)",
     .traits = kFloating},
    {.name = "cbrt",
     .doc = "Cube root of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() / (3 * square(c.out()));
     }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 0.2, .dtypes = kReals},
     .reference = "np.cbrt",
     .traits = kFloating | kDear},
    {.name = "reciprocal",
     .doc = "One divided by each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp =
         vjp_unary<[](const C& c) { return -c.cotangent() * square(c.out()); }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 0.5, .dtypes = kInexacts},
     .reference = "np.reciprocal",
     .traits = kArithmetic | kBoolsAsInts},
    {.name = "square",
     .doc = "Square of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent() * (c.in(0) * 2); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kNumbers},
     .reference = "np.square",
     .traits = kArithmetic | kBoolsAsInts},
    {.name = "exp",
     .doc = "Exponential of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent() * c.out(); }>,
     .vmap = vmap_elementwise,
     .reference = "np.exp",
     .traits = kFloating},
    {.name = "exp2",
     .doc = "Two to the power of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent() * c.out() * ln2; }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.exp2",
     .traits = kFloating},
    {.name = "expm1",
     .doc = "exp(x) - 1, exact for small x.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent() * (c.out() + 1); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.expm1",
     .traits = kFloating},
    {.name = "log",
     .doc = "Natural logarithm of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent() / c.in(0); }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 0.2},
     .reference = "np.log",
     .traits = kFloating},
    {.name = "log2",
     .doc = "Logarithm to the base 2 of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp =
         vjp_unary<[](const C& c) { return c.cotangent() / (c.in(0) * ln2); }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 0.2, .dtypes = kReals},
     .reference = "np.log2",
     .traits = kFloating},
    {.name = "log10",
     .doc = "Logarithm to the base 10 of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp =
         vjp_unary<[](const C& c) { return c.cotangent() / (c.in(0) * ln10); }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 0.2, .dtypes = kReals},
     .reference = "np.log10",
     .traits = kFloating},
    {.name = "log1p",
     .doc = "log(1 + x), exact for small x.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) { return c.cotangent() / (c.in(0) + 1); }>,
     .vmap = vmap_elementwise,
     .samples = {.low = -0.7, .dtypes = kReals},
     .reference = "np.log1p",
     .traits = kFloating},
    {.name = "sigmoid",
     .doc = "1 / (1 + exp(-x)), without overflow.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() * (c.out() * (1 - c.out()));
     }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "1/(1+np.exp(-x))",
     .traits = kFloating},
    {.name = "softplus",
     .doc = "log(1 + exp(x)), without overflow.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp =
         vjp_unary<[](const C& c) { return c.cotangent() * sigmoid(c.in(0)); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.logaddexp(0, x)",
     .traits = kFloating},
    {.name = "erf",
     .doc = "Error function of each element.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() * (2 * inv_sqrtpi) * exp(-square(c.in(0)));
     }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kFloats},
     .reference = "np.vectorize(__import__('math').erf, otypes=[float])"
                  "(x).astype(x.dtype)",
     .traits = kFloating},
    {.name = "relu",
     .doc = "x where positive, else 0.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_unary<[](const C& c) {
       return where(c.out() > 0, c.cotangent(), 0);
     }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.maximum(x, 0)",
     .traits = kArithmetic},
};
static_assert(documented(kOps), "every op has a sentence");

}  // namespace

std::span<const OpDef> math_ops() { return kOps; }

}  // namespace numest
