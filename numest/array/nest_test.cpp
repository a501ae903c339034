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

template <class E, class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "no error";
}

TEST(Nest, BracketsGiveChildrenOrSayWhatThereIs) {
  const Tree tree = example();
  EXPECT_EQ(tree[1].leaf, 4);
  EXPECT_EQ(tree[0]["a"][0].leaf, 2);
  EXPECT_EQ(message_of<KeyError>([&] { return tree[0]["c"].leaf; }),
            "got key 'c' of a dictionary of 'b', 'a'");
  EXPECT_EQ(message_of<TypeError>([&] { return tree["c"].leaf; }),
            "got key 'c' of a tuple of 2, expected a dictionary");
  EXPECT_EQ(message_of<TypeError>([&] { return tree[1]["c"].leaf; }),
            "got key 'c' of a single value, expected a dictionary");
  EXPECT_EQ(message_of<IndexError>([&] { return tree[2].leaf; }),
            "got position 2 of a tuple of 2");
}

TEST(Nest, MapKeepsKeys) {
  const Nest<int> twice = example().map([](int x) { return 2 * x; });
  EXPECT_THAT(twice.flatten(), ElementsAre(2, 4, 6, 8));
  EXPECT_THAT(twice.children[0].keys, ElementsAre("b", "a"));
}

}  // namespace
}  // namespace numest
