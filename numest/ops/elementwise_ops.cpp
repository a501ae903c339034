// The table of arithmetic: elementwise ops of two and three arrays.
#include "numest/ops/families.h"
#include "numest/ops/operators.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

using C = VjpContext;

constexpr ParamDef kX1X2[] = {{"x1"}, {"x2"}};
constexpr ParamDef kClip[] = {{"a"}, {"a_min"}, {"a_max"}};
constexpr ParamDef kX1X2X3[] = {{"x1"}, {"x2"}, {"x3"}};

constexpr uint32_t kArithmetic = kElementwise | kPromotes;
constexpr uint32_t kFloating = kArithmetic | kInexact;

Tensor nothing(const C&) { return {}; }
Tensor cotangent(const C& c) { return c.cotangent(); }

// The cotangent where `mask` holds, else zero.
Tensor masked(const C& c, const Tensor& mask) {
  return where(mask, c.cotangent(), 0);
}
Tensor masked_not(const C& c, const Tensor& mask) {
  return where(mask, 0, c.cotangent());
}

std::vector<Tensor> select_vjp(const C& c, const Tensor& mask) {
  return to_inputs(c, {masked(c, mask), masked_not(c, mask)});
}

// 0 ** -1 would make the slope of x ** 0 at 0 nan instead of 0.
Tensor power_by_base(const C& c) {
  const Tensor &x = c.in(0), &p = c.in(1);
  if (p.is_symbolic() || p.shape().size() != 1)
    return c.cotangent() * p * power(x, where(equal(p, 0), 1, p - 1));
  const double exponent = p.numpy().item<double>();
  if (exponent == 0) return Tensor();
  if (exponent == 1) return c.cotangent();
  if (exponent == 2) return c.cotangent() * (x * 2);
  return c.cotangent() * (p * power(x, p - 1));
}

// The slope by the exponent is nan for negative bases; zero as in TensorFlow.
Tensor power_by_exponent(const C& c) {
  if (!c.in(1).is_symbolic()) return Tensor();
  const Tensor& x = c.in(0);
  if (is_complex(x.dtype())) return c.cotangent() * c.out() * log(x);
  const Tensor is_positive = x > 0;
  const Tensor slope = where(is_positive, log(where(is_positive, x, 1)), 0);
  return c.cotangent() * c.out() * slope;
}

std::vector<Tensor> clip_vjp(const C& c) {
  const Tensor below = c.in(0)<c.in(1), above = c.in(0)> c.in(2);
  return to_inputs(c, {where(logical_or(below, above), 0, c.cotangent()),
                       masked(c, logical_and(below, c.in(1) <= c.in(2))),
                       masked(c, logical_or(above, c.in(1) > c.in(2)))});
}

constexpr OpDef kOps[] = {
    {.name = "add",
     .doc = "Sum, element by element.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<cotangent, cotangent>,
     .vmap = vmap_elementwise,
     .reference = "np.add",
     .traits = kArithmetic | kCommutative},
    {.name = "subtract",
     .doc = "Difference, element by element.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<cotangent, [](const C& c) { return -c.cotangent(); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kNumbers},
     .reference = "np.subtract",
     .traits = kArithmetic},
    {.name = "multiply",
     .doc = "Product, element by element.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<[](const C& c) { return c.cotangent() * c.in(1); },
                       [](const C& c) { return c.cotangent() * c.in(0); }>,
     .vmap = vmap_elementwise,
     .reference = "np.multiply",
     .traits = kArithmetic | kCommutative},
    {.name = "divide",
     .doc = "Quotient, element by element; of integers a float.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<[](const C& c) { return c.cotangent() / c.in(1); },
                       [](const C& c) {
                         return -(c.cotangent() / c.in(1)) * c.out();
                       }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 0.5},
     .reference = "np.divide",
     .traits = kFloating},
    {.name = "floor_divide",
     .doc = "Largest integer not above the quotient.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.low = 1, .high = 9, .dtypes = kReals},
     .reference = "np.floor_divide",
     .traits = kArithmetic | kDear | kBoolsAsInts},
    {.name = "remainder",
     .doc = "Rest of the floor division, with the sign of the divisor.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<cotangent,
                       [](const C& c) {
                         return -c.cotangent() * floor(c.in(0) / c.in(1));
                       }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 1, .high = 9, .dtypes = kReals},
     .reference = "np.remainder",
     .traits = kArithmetic | kDear | kBoolsAsInts},
    {.name = "fmod",
     .doc = "Rest of the division, with the sign of the dividend.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<cotangent,
                       [](const C& c) {
                         return -c.cotangent() * trunc(c.in(0) / c.in(1));
                       }>,
     .vmap = vmap_elementwise,
     .samples = {.low = 1, .high = 9, .dtypes = kReals},
     .reference = "np.fmod",
     .traits = kArithmetic | kDear | kBoolsAsInts},
    {.name = "power",
     .doc = "x1 to the power x2.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<power_by_base, power_by_exponent>,
     .vmap = vmap_elementwise,
     .samples = {.low = 0.5, .high = 3, .dtypes = kReals},
     .reference = "np.power",
     .traits = kArithmetic | kDear | kBoolsAsInts},
    {.name = "maximum",
     .doc = "Larger of two elements; nan if one is nan.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = [](const C& c) { return select_vjp(c, c.in(0) >= c.in(1)); },
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.maximum",
     .traits = kArithmetic | kCommutative},
    {.name = "minimum",
     .doc = "Smaller of two elements; nan if one is nan.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = [](const C& c) { return select_vjp(c, c.in(0) <= c.in(1)); },
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.minimum",
     .traits = kArithmetic | kCommutative},
    {.name = "fmax",
     .doc = "Larger of two elements; the other if one is nan.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp =
         [](const C& c) {
           return select_vjp(c, logical_or(c.in(0) >= c.in(1), isnan(c.in(1))));
         },
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.fmax",
     .traits = kArithmetic | kCommutative},
    {.name = "fmin",
     .doc = "Smaller of two elements; the other if one is nan.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp =
         [](const C& c) {
           return select_vjp(c, logical_or(c.in(0) <= c.in(1), isnan(c.in(1))));
         },
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.fmin",
     .traits = kArithmetic | kCommutative},
    {.name = "hypot",
     .doc = "Length of the hypotenuse of a right triangle.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<
         [](const C& c) { return c.cotangent() * (c.in(0) / c.out()); },
         [](const C& c) { return c.cotangent() * (c.in(1) / c.out()); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.hypot",
     .traits = kFloating | kCommutative},
    {.name = "copysign",
     .doc = "x1 with the sign of x2.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<[](const C& c) {
       return c.cotangent() * (copysign(1, c.in(0)) * copysign(1, c.in(1)));
     },
                       nothing>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.copysign",
     .traits = kFloating},
    {.name = "logaddexp",
     .doc = "Logarithm of the sum of exponentials, without overflow.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<
         [](const C& c) { return c.cotangent() * sigmoid(c.in(0) - c.in(1)); },
         [](const C& c) { return c.cotangent() * sigmoid(c.in(1) - c.in(0)); }>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.logaddexp",
     .traits = kFloating | kCommutative},
    {.name = "nextafter",
     .doc = "Next representable number after x1 towards x2.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = vjp_binary<[](const C& c) { return c.cotangent(); }, nothing>,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = "float32 float64"},
     .reference = "np.nextafter",
     .traits = kFloating},
    {.name = "heaviside",
     .doc = "0 for negative x1, x2 for zero, 1 for positive.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.heaviside",
     .traits = kFloating},
    {.name = "clip",
     .doc = "Elements below a_min become a_min, above a_max become a_max.",
     .params = kClip,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = clip_vjp,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.clip",
     .traits = kArithmetic},
    {.name = "fma",
     .doc = "x1 * x2 + x3.",
     .params = kX1X2X3,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp =
         [](const C& c) {
           const Tensor& g = c.cotangent();
           return to_inputs(c, {g * c.in(1), g * c.in(0), g});
         },
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kInexacts},
     .reference = "x1*x2+x3",
     .traits = kArithmetic},
};
static_assert(documented(kOps), "every op has a sentence");

}  // namespace

std::span<const OpDef> elementwise_ops() { return kOps; }

}  // namespace numest
