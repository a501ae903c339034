#include "numest/array/nest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace numest {
namespace {

using testing::ElementsAre;
using Tree = Nest<int>;

Tree example() {
  return Tree::tuple({Tree::dict({{"b", 1}, {"a", Tree::tuple({2, 3})}}), 4});
}

TEST(Nest, FlattensDepthFirstInInsertionOrder) {
  EXPECT_THAT(example().flatten(), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(example().num_leaves(), 4u);
  EXPECT_EQ(Tree::tuple({}).num_leaves(), 0u);
}

TEST(Nest, UnflattenRestoresTheStructure) {
  const Nest<std::string> other =
      example().unflatten<std::string>({"p", "q", "r", "s"});
  ASSERT_TRUE(other.is_tuple());
  EXPECT_EQ(other.children[0].find("b")->leaf, "p");
  EXPECT_EQ(other.children[0].find("a")->children[1].leaf, "r");
  EXPECT_EQ(other.children[0].find("c"), nullptr);
}

TEST(Nest, MapKeepsKeys) {
  const Nest<int> twice = example().map([](int x) { return 2 * x; });
  EXPECT_THAT(twice.flatten(), ElementsAre(2, 4, 6, 8));
  EXPECT_THAT(twice.children[0].keys, ElementsAre("b", "a"));
}

}  // namespace
}  // namespace numest
