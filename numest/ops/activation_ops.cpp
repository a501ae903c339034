// Activations. Kernels are composed of elementwise ops; derivatives are
// written out, so that they use the value where that is cheaper.
#include <cmath>
#include <numbers>

#include "numest/ops/families.h"
#include "numest/ops/operators.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

using C = VjpContext;

constexpr ParamDef kX[] = {{"x"}};
constexpr ParamDef kLeaky[] = {{"x"}, {"alpha", Kind::kFloat, "0.2"}};
constexpr ParamDef kElu[] = {{"x"}, {"alpha", Kind::kFloat, "1.0"}};
constexpr ParamDef kGelu[] = {{"x"}, {"approximate", Kind::kBool, "False"}};
constexpr ParamDef kSwish[] = {{"x"}, {"beta", Kind::kFloat, "1.0"}};
constexpr uint32_t kFloating = kPromotes | kInexact;

// Klambauer, Unterthiner, Mayr, Hochreiter: "Self-normalizing neural
// networks", 2017.
constexpr double kSeluScale = 1.0507009873554804934193349852946;
constexpr double kSeluAlpha = 1.6732632423543772848170429916717;
// The tanh approximation of gelu (Hendrycks, Gimpel, 2016).
constexpr double kGeluCubic = 0.044715;

template <auto F>
void kernel_of(const KernelContext& c) {
  c.out().assign(F(Tensor(c.in(0)), c.attrs).numpy());
}

Tensor where_positive(const Tensor& x, const Tensor& yes, const Tensor& no) {
  return where(x > 0.0, yes, no);
}

// --- values ---
Tensor leaky_value(const Tensor& x, const Attrs& attrs) {
  return where_positive(x, x, x * attrs.real("alpha"));
}

// The exponential sees no positive x, where it could overflow.
Tensor elu_of(const Tensor& x, double alpha) {
  return where_positive(x, x, expm1(minimum(x, 0.0)) * alpha);
}
Tensor elu_value(const Tensor& x, const Attrs& attrs) {
  return elu_of(x, attrs.real("alpha"));
}
Tensor selu_value(const Tensor& x, const Attrs&) {
  return elu_of(x, kSeluAlpha) * kSeluScale;
}

// Normal distribution function, exact or by tanh.
Tensor gelu_weight(const Tensor& x, const Attrs& attrs) {
  if (!attrs.flag("approximate"))
    return (erf(x * (1 / std::numbers::sqrt2)) + 1.0) * 0.5;
  const double scale = std::sqrt(2 / std::numbers::pi);
  return (tanh((x + x * x * x * kGeluCubic) * scale) + 1.0) * 0.5;
}
Tensor gelu_value(const Tensor& x, const Attrs& attrs) {
  return x * gelu_weight(x, attrs);
}

Tensor swish_value(const Tensor& x, const Attrs& attrs) {
  return x * sigmoid(x * attrs.real("beta"));
}
Tensor softsign_value(const Tensor& x, const Attrs&) {
  return x / (absolute(x) + 1.0);
}

// --- derivatives ---
Tensor elu_slope(const C& c, double scale, double alpha) {
  const Tensor& g = c.cotangent();
  return where_positive(c.in(0), g * scale, g * (c.out() + scale * alpha));
}

Tensor gelu_slope(const C& c) {
  const Tensor &x = c.in(0), &g = c.cotangent();
  const Tensor weight = gelu_weight(x, c.attrs);
  if (!c.attrs.flag("approximate")) {
    const double scale = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    return g * (weight + x * exp(x * x * -0.5) * scale);
  }
  // weight = (1 + t) / 2, so that (1 - t^2) / 2 = 2 weight (1 - weight).
  const double scale = std::sqrt(2 / std::numbers::pi);
  const Tensor inner = (x * x * (3 * kGeluCubic) + 1.0) * scale;
  return g * (weight + x * inner * weight * (1.0 - weight) * 2.0);
}

Tensor swish_slope(const C& c) {
  const double beta = c.attrs.real("beta");
  const Tensor s = sigmoid(c.in(0) * beta);
  return c.cotangent() * (s + c.out() * (1.0 - s) * beta);
}

constexpr OpDef kOps[] = {
    {.name = "leaky_relu",
     .doc = "x where it is positive, alpha x elsewhere.",
     .params = kLeaky,
     .type = same_type,
     .kernel = kernel_of<leaky_value>,
     .vjp = vjp_unary<[](const C& c) {
       return where_positive(c.in(0), c.cotangent(),
                             c.cotangent() * c.attrs.real("alpha"));
     }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kFloats},
     .traits = kFloating},
    {.name = "elu",
     .doc = "x where it is positive, alpha (exp(x) - 1) elsewhere.",
     .params = kElu,
     .type = same_type,
     .kernel = kernel_of<elu_value>,
     .vjp = vjp_unary<[](const C& c) {
       return elu_slope(c, 1, c.attrs.real("alpha"));
     }>,
     .vmap = vmap_elementwise,
     .samples = {.attrs = "alpha=1.0; alpha=0.5", .dtypes = kFloats},
     .traits = kFloating},
    {.name = "selu",
     .doc = "The elu whose outputs tend to mean 0 and variance 1.",
     .params = kX,
     .type = same_type,
     .kernel = kernel_of<selu_value>,
     .vjp = vjp_unary<[](const C& c) {
       return elu_slope(c, kSeluScale, kSeluAlpha);
     }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kFloats},
     .traits = kFloating},
    {.name = "gelu",
     .doc = "x times the normal distribution function, by tanh on request.",
     .params = kGelu,
     .type = same_type,
     .kernel = kernel_of<gelu_value>,
     .vjp = vjp_unary<gelu_slope>,
     .vmap = vmap_elementwise,
     .samples = {.attrs = "approximate=False; approximate=True",
                 .dtypes = kFloats},
     .traits = kFloating},
    {.name = "swish",
     .doc = "x sigmoid(beta x).",
     .params = kSwish,
     .type = same_type,
     .kernel = kernel_of<swish_value>,
     .vjp = vjp_unary<swish_slope>,
     .vmap = vmap_elementwise,
     .samples = {.attrs = "beta=1.0; beta=2.0", .dtypes = kFloats},
     .traits = kFloating},
    {.name = "softsign",
     .doc = "x / (1 + |x|).",
     .params = kX,
     .type = same_type,
     .kernel = kernel_of<softsign_value>,
     .vjp = vjp_unary<[](const C& c) {
       return c.cotangent() / square(absolute(c.in(0)) + 1.0);
     }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kFloats},
     .traits = kFloating},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> activation_ops() { return kOps; }

}  // namespace numest
