// Models built in an eager scope compute at once.
#include <gtest/gtest.h>

#include "numest/train/metrics.h"
#include "numest/train/optimizer.h"

namespace numest {
namespace {

Tensor row(std::vector<float> values) { return Tensor(Array::from(values)); }

TEST(EagerScope, MetricsAddUpOverScopesOfTheSameValues) {
  ModelScope::Values values;
  auto update = [&](const Tensor& batch) {
    ModelScope scope(false, values);
    const ModelScope::Active active(scope);
    return metrics::mean(batch).update.numpy().item<float>();
  };
  EXPECT_FLOAT_EQ(update(row({1, 2})), 1.5f);
  EXPECT_FLOAT_EQ(update(row({6})), 3.0f);
}

TEST(EagerScope, OptimizersKeepTheirSlotsInTheValues) {
  ModelScope::Values values{{"w", Array::from(std::vector<float>{1, 2})}};
  OptimizerOptions options;
  options.values = {{"learning_rate", 0.5}, {"momentum", 0.5}};
  const auto sgd = Optimizer::named("SGD", OptimizerFamily::kKeras, options);
  for (int i = 0; i < 2; ++i) {
    ModelScope scope(true, values);
    const ModelScope::Active active(scope);
    const Tensor w = scope.get_variable({.name = "w", .shape = {2}});
    sgd.apply_gradients({row({1, -1})}, {w});
  }
  // Steps of 0.5 and 0.75: velocity -0.5, then 0.5 * -0.5 - 0.5.
  EXPECT_FLOAT_EQ(values.at("w").data<float>()[0], -0.25f);
  EXPECT_FLOAT_EQ(values.at("w").data<float>()[1], 3.25f);
}

TEST(EagerScope, InitialValuesComeFromTheInitializer) {
  ModelScope::Values values;
  ModelScope scope(false, values);
  const ModelScope::Active active(scope);
  const Tensor v = scope.get_variable(
      {.name = "v", .shape = {3}, .initializer = initializers::constant(4)});
  EXPECT_FALSE(v.is_symbolic());
  EXPECT_FLOAT_EQ(v.numpy().data<float>()[2], 4.0f);
  scope.assign_add(v, Tensor(1.0));
  EXPECT_FLOAT_EQ(values.at("v").data<float>()[0], 5.0f);
  EXPECT_FLOAT_EQ(v.numpy().data<float>()[0], 4.0f);  // read before
}

}  // namespace
}  // namespace numest
