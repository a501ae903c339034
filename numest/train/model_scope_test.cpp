// What a scope knows of its variables, and of what a model was built of.
#include "numest/train/model_scope.h"

#include <gmock/gmock.h>

#include "numest/ops/functions.h"

namespace numest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> names_beside(const ModelScope& scope,
                                      const Tensor& output,
                                      std::span<const Tensor> inputs) {
  std::vector<std::string> names;
  for (const Variable* v : scope.variables_beside({&output, 1}, inputs))
    names.push_back(v->name);
  return names;
}

TEST(ModelScope, VariablesBesideAreThoseThatInputsDoNotHide) {
  ModelScope scope(true);
  const Tensor a = scope.get_variable({.name = "a", .shape = {2}});
  const Tensor b = scope.get_variable({.name = "b", .shape = {2}});
  const Tensor fixed =
      scope.get_variable({.name = "c", .shape = {2}, .is_trainable = false});
  const Tensor x = tanh(a);
  const Tensor y = multiply(x, add(b, fixed));
  EXPECT_THAT(names_beside(scope, y, {}), ElementsAre("a", "b"));
  EXPECT_THAT(names_beside(scope, y, {&x, 1}), ElementsAre("b"));
  EXPECT_THAT(names_beside(scope, y, std::vector<Tensor>{x, b}), IsEmpty());
  EXPECT_THAT(names_beside(scope, stop_gradient(y), {}), IsEmpty());
}

TEST(ModelScope, IsCurrentWhileAllWatchesSaySo) {
  ModelScope scope(true);
  EXPECT_TRUE(scope.is_current());
  bool is_same = true;
  scope.watch([] { return true; });
  scope.watch([&] { return is_same; });
  EXPECT_TRUE(scope.is_current());
  is_same = false;
  EXPECT_FALSE(scope.is_current());
}

}  // namespace
}  // namespace numest
