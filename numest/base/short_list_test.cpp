// The list against std::vector, below and above the elements that lie near;
// elements own memory, so that sanitizers see what is lost or freed twice.
#include "numest/base/short_list.h"

#include <gtest/gtest.h>

#include <span>
#include <string>

namespace numest {
namespace {

using List = ShortList<std::string, 2>;

std::string element(size_t i) {
  return "element that does not fit in a string: " + std::to_string(i);
}
List list_of(size_t size) {
  List list;
  for (size_t i = 0; i < size; ++i) list.push_back(element(i));
  return list;
}
std::vector<std::string> vector_of(size_t size) {
  std::vector<std::string> all;
  for (size_t i = 0; i < size; ++i) all.push_back(element(i));
  return all;
}

TEST(ShortList, HoldsWhatWasPushedAtAnySize) {
  for (size_t size = 0; size < 10; ++size) {
    const List list = list_of(size);
    EXPECT_EQ(list.size(), size);
    EXPECT_EQ(list.empty(), size == 0);
    EXPECT_EQ(list.to_vector(), vector_of(size));
    const std::span<const std::string> view = list;
    EXPECT_EQ(view.data(), list.begin());
    EXPECT_EQ(view.size(), size);
  }
}

TEST(ShortList, ACopyIsItsOwn) {
  for (size_t size = 1; size < 6; ++size) {
    List list = list_of(size);
    const List copy = list;
    list[0] = "changed";
    EXPECT_EQ(copy.to_vector(), vector_of(size));
  }
}

TEST(ShortList, AMovedListKeepsItsElementsAndItsSourceCanGrow) {
  for (size_t size = 0; size < 6; ++size) {
    List list = list_of(size);
    const List moved = std::move(list);
    EXPECT_EQ(moved.to_vector(), vector_of(size));
    for (size_t i = 0; i < 4; ++i) list.push_back(element(i));
    EXPECT_EQ(list[list.size() - 1], element(3));
  }
}

TEST(ShortList, AnElementOfTheListCanBePushedWhileItGrows) {
  List list = list_of(2);
  list.push_back(list[0]);
  EXPECT_EQ(list[2], element(0));
}

TEST(ShortList, AFailingElementLeavesTheListAsItWas) {
  struct Refused {
    explicit Refused(bool fails) {
      if (fails) throw 1;
    }
  };
  ShortList<Refused, 1> list;
  list.emplace_back(false);
  EXPECT_THROW(list.emplace_back(true), int);
  EXPECT_EQ(list.size(), 1u);
}

}  // namespace
}  // namespace numest
