#include "numest/graph/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace numest {
namespace {

using testing::HasSubstr;

constexpr ParamDef kScaleParams[] = {{"x"}, {"factor", Kind::kFloat}};

std::vector<Tensor> no_vmap(const VmapContext&) { return {}; }

constexpr OpDef kScale = {
    .name = "scale",
    .doc = "x times a factor.",
    .params = kScaleParams,
    .type = [](const TypeContext& c) -> Types { return c.in(0); },
    .kernel = [](const KernelContext&) {},
    .vjp = kNoGradient,
    .vmap = no_vmap,
};

Tensor input() { return parameter({DType::kFloat32, {3}}, "x"); }

Tensor scale(const Tensor& x) {
  return make_node(kScale, {x}, {{"factor", 2.0}})[0];
}

// A node that no builder would make.
Tensor forged(std::vector<Tensor> inputs, Attrs attrs, TensorSpec output,
              int64_t id = 1 << 30) {
  auto node = std::make_shared<Node>();
  node->op = &kScale;
  node->inputs = std::move(inputs);
  node->attrs = std::move(attrs);
  node->outputs = {output};
  node->id = id;
  return Tensor(node);
}

std::string complaint(const Graph& graph) {
  try {
    verify(graph, "in the test");
  } catch (const InternalError& error) {
    return error.what();
  }
  return "";
}

const TensorSpec kSpec{DType::kFloat32, {3}};

TEST(Verify, AcceptsALegalGraph) {
  const Tensor x = input();
  EXPECT_EQ(complaint({"f", {x}, {scale(scale(x)), x}}), "");
}

TEST(Verify, FindsAnUnknownParameter) {
  const Tensor x = input();
  EXPECT_THAT(complaint({"f", {}, {scale(x)}}), HasSubstr("parameters_known"));
  EXPECT_THAT(complaint({"f", {x, x}, {x}}), HasSubstr("parameters_known"));
}

TEST(Verify, FindsAMissingAndAnUnknownAttribute) {
  const Tensor x = input();
  EXPECT_THAT(complaint({"f", {x}, {forged({x}, {}, kSpec)}}),
              HasSubstr("attrs_complete"));
  EXPECT_THAT(
      complaint(
          {"f", {x}, {forged({x}, {{"factor", 2.0}, {"more", true}}, kSpec)}}),
      HasSubstr("attrs_complete"));
}

TEST(Verify, FindsAWrongType) {
  const Tensor x = input();
  const Tensor y =
      forged({x}, {{"factor", 2.0}}, TensorSpec{DType::kFloat32, {4}});
  EXPECT_THAT(complaint({"f", {x}, {y}}), HasSubstr("types_agree"));
}

TEST(Verify, FindsAReaderOfALaterNode) {
  const Tensor x = input();
  const Tensor y = forged({scale(x)}, {{"factor", 2.0}}, kSpec, 0);
  EXPECT_THAT(complaint({"f", {x}, {y}}), HasSubstr("inputs_precede"));
}

TEST(Verify, FindsAWrongNumberOfInputs) {
  const Tensor x = input();
  EXPECT_THAT(complaint({"f", {x}, {forged({x, x}, {{"factor", 2.0}}, kSpec)}}),
              HasSubstr("inputs_counted"));
}

}  // namespace
}  // namespace numest
