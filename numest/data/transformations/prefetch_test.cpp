// Prefetch: the same elements at any depth, errors, early ends.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

TEST(Prefetch, DepthChangesNothing) {
  const auto at = [](int64_t depth) {
    return numbers(Dataset::range(9).shuffle(4).prefetch(depth).batch(2), 50,
                   {.seed = 3});
  };
  for (const int64_t depth : {0, 2, 100}) EXPECT_EQ(at(depth), at(1));
}

TEST(Prefetch, Conforms) {
  for (const int64_t depth : {0, 1, 3}) {
    expect_conformance(Dataset::range(7).prefetch(depth), 40);
    expect_conformance(stream(5).shuffle(3).prefetch(depth).repeat(2), 40);
  }
  expect_conformance(Dataset::range(3).repeat().prefetch().batch(2), 9);
}

TEST(Prefetch, LeavingEarlyStopsTheThread) {
  for (int i = 0; i < 20; ++i) {
    Iterator unused = Dataset::range(5).repeat().prefetch(4).make_iterator();
    Iterator left = Dataset::range(5).repeat().prefetch(4).make_iterator();
    left.next();
  }
}

TEST(Prefetch, ErrorReachesTheConsumerAtItsElement) {
  const Dataset data = Dataset::range(5)
                           .map(
                               [](const Element& x) {
                                 NUMEST_USER_CHECK(x.leaf.item<int64_t>() != 2,
                                                   KeyError, "no two");
                                 return x;
                               },
                               TensorSpec{DType::kInt64, Shape{}})
                           .prefetch(4);
  Iterator iterator = data.make_iterator();
  EXPECT_TRUE(iterator.next().has_value());
  EXPECT_TRUE(iterator.next().has_value());
  set_last_error_element(-1);
  EXPECT_EQ(message_of<KeyError>([&] { iterator.next(); }),
            "no two (element 2 of map)");
  EXPECT_EQ(last_error_element(), 2);
}

TEST(Prefetch, BufferSizeIsChecked) {
  EXPECT_THROW(Dataset::range(5).prefetch(-2), ValueError);
}

}  // namespace
}  // namespace numest::data
