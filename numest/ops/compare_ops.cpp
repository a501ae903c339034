// The table of comparisons, logic and selection.
#include "numest/ops/families.h"
#include "numest/ops/operators.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

using C = VjpContext;

constexpr ParamDef kX[] = {{"x"}};
constexpr ParamDef kX1X2[] = {{"x1"}, {"x2"}};
constexpr ParamDef kWhere[] = {{"condition"}, {"x"}, {"y"}};

constexpr uint32_t kArithmetic = kElementwise | kPromotes;

std::vector<Tensor> where_vjp(const C& c) {
  return to_inputs(c, {Tensor(), where(c.in(0), c.cotangent(), 0),
                       where(c.in(0), 0, c.cotangent())});
}

constexpr OpDef kOps[] = {
    {.name = "equal",
     .doc = "True where elements are equal.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .reference = "np.equal",
     .traits = kArithmetic | kCommutative},
    {.name = "not_equal",
     .doc = "True where elements differ.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .reference = "np.not_equal",
     .traits = kArithmetic | kCommutative},
    {.name = "less",
     .doc = "True where x1 < x2.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.less",
     .traits = kArithmetic},
    {.name = "less_equal",
     .doc = "True where x1 <= x2.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.less_equal",
     .traits = kArithmetic},
    {.name = "greater",
     .doc = "True where x1 > x2.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.greater",
     .traits = kArithmetic},
    {.name = "greater_equal",
     .doc = "True where x1 >= x2.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kReals},
     .reference = "np.greater_equal",
     .traits = kArithmetic},
    {.name = "logical_and",
     .doc = "True where both elements are true.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .reference = "np.logical_and",
     .traits = kArithmetic | kCommutative},
    {.name = "logical_or",
     .doc = "True where an element is true.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .reference = "np.logical_or",
     .traits = kArithmetic | kCommutative},
    {.name = "logical_xor",
     .doc = "True where one element is true and the other is not.",
     .params = kX1X2,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .reference = "np.logical_xor",
     .traits = kArithmetic | kCommutative},
    {.name = "logical_not",
     .doc = "True where an element is false.",
     .params = kX,
     .type = elementwise_type,
     .kernel = elementwise_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .reference = "np.logical_not",
     .traits = kArithmetic},
    {.name = "where",
     .doc = "x where the condition is true, else y.",
     .params = kWhere,
     .type = elementwise_type,
     .kernel = where_kernel,
     .vjp = where_vjp,
     .vmap = vmap_elementwise,
     .reference = "np.where(condition, x, y)",
     .traits = kArithmetic | kKeepsFirst},
};
static_assert(documented(kOps), "every op has a sentence");

}  // namespace

std::span<const OpDef> compare_ops() { return kOps; }

}  // namespace numest
