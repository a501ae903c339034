#include "numest/base/key_scope.h"

#include <gtest/gtest.h>

#include <thread>

namespace numest {
namespace {

TEST(KeyScope, DrawsDependOnKeyAndNumberOnly) {
  std::optional<Key> first, second;
  {
    const KeyScope scope(Key{3});
    first = KeyScope::next_key();
    second = KeyScope::next_key();
  }
  EXPECT_NE(*first, *second);
  const KeyScope again(Key{3});
  EXPECT_EQ(KeyScope::next_key(), first);
  EXPECT_EQ(KeyScope::next_key(), second);
}

TEST(KeyScope, InnermostCountsAndTheOuterGoesOn) {
  const KeyScope outer(Key{1});
  const auto first = KeyScope::next_key();
  {
    const KeyScope inner(Key{1});
    EXPECT_EQ(KeyScope::next_key(), first);
  }
  EXPECT_NE(KeyScope::next_key(), first);
}

TEST(KeyScope, OtherThreadsAreOutside) {
  const KeyScope scope(Key{1});
  bool is_outside = false;
  std::thread([&] { is_outside = !KeyScope::next_key(); }).join();
  EXPECT_TRUE(is_outside);
}

TEST(KeyScope, NothingIsKeyedOutside) { EXPECT_FALSE(KeyScope::next_key()); }

}  // namespace
}  // namespace numest
