#include "numest/graph/equal.h"

#include <gtest/gtest.h>

namespace numest {
namespace {

constexpr ParamDef kParams[] = {{"x"}, {"y"}, {"n", Kind::kInt, "0"}};
constexpr OpDef op_with(uint32_t traits) {
  return {.name = "op",
          .doc = "For tests.",
          .params = kParams,
          .type = [](const TypeContext& c) -> Types { return c.in(0); },
          .kernel = [](const KernelContext&) {},
          .vjp = kNoGradient,
          .vmap = [](const VmapContext&) { return std::vector<Tensor>(); },
          .traits = traits};
}
constexpr OpDef kPure = op_with(kNoTraits), kDraw = op_with(kImpure);

Tensor make(const OpDef& op, const Tensor& x, const Tensor& y, int64_t n = 0) {
  return make_node(op, {x, y}, {{"n", n}})[0];
}

TEST(IsEqualComputation, ComparesOpsAttributesAndInputs) {
  const Tensor x = parameter({DType::kFloat32, {3}});
  const Tensor y = parameter({DType::kFloat32, {3}});
  EXPECT_TRUE(is_equal_computation(make(kPure, x, 2.0), make(kPure, x, 2.0)));
  EXPECT_TRUE(is_equal_computation(make(kPure, make(kPure, x, y), y),
                                   make(kPure, make(kPure, x, y), y)));
  EXPECT_FALSE(is_equal_computation(make(kPure, x, 2.0), make(kPure, x, 3.0)));
  EXPECT_FALSE(is_equal_computation(make(kPure, x, y), make(kPure, y, x)));
  EXPECT_FALSE(
      is_equal_computation(make(kPure, x, y, 1), make(kPure, x, y, 2)));
  EXPECT_FALSE(is_equal_computation(x, y));
}

TEST(IsEqualComputation, KeepsImpureOpsApart) {
  const Tensor x = parameter({DType::kFloat32, {3}});
  const Tensor a = make(kDraw, x, x);
  EXPECT_TRUE(is_equal_computation(a, a));
  EXPECT_FALSE(is_equal_computation(a, make(kDraw, x, x)));
}

// 2^40 paths to the leaf, 40 pairs.
TEST(IsEqualComputation, VisitsSharedNodesOnce) {
  Tensor a = parameter({DType::kFloat32, {3}}), b = a;
  for (int i = 0; i < 40; ++i) {
    a = make(kPure, a, a);
    b = make(kPure, b, b);
  }
  EXPECT_TRUE(is_equal_computation(a, b));
}

}  // namespace
}  // namespace numest
