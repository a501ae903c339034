// Sources in memory: views, structure, lengths.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FromTensorSlices, ElementsAreViewsOfTheRows) {
  const Array x = Array::from(std::vector<double>{1, 2, 3, 4}, Shape{2, 2});
  Iterator iterator = Dataset::from_tensor_slices(x).make_iterator();
  EXPECT_EQ(iterator.next()->leaf.raw(), x.raw());
  EXPECT_EQ(iterator.next()->leaf.raw(), x.raw() + 16);
  EXPECT_FALSE(iterator.next().has_value());
}

TEST(FromTensorSlices, NonContiguousRowsAreGatheredByValue) {
  const Array x =
      Array::from(std::vector<int32_t>{1, 2, 3, 4, 5, 6}, Shape{2, 3});
  const Dataset data = Dataset::from_tensor_slices(x.transpose());
  EXPECT_THAT(numbers(data), ElementsAre(ElementsAre(1, 4), ElementsAre(2, 5),
                                         ElementsAre(3, 6)));
  expect_conformance(data);
  expect_conformance(data.shuffle(3).batch(2));
}

TEST(FromTensorSlices, StringsSurviveShuffleAndBatch) {
  const Dataset data = Dataset::from_tensor_slices(
      Array::from(std::vector<Bytes>{"a", "bb", "", "dddd"}));
  expect_conformance(data.shuffle(4).batch(3));
  int64_t length = 0;
  for (const Element& batch : data.shuffle(4).batch(3))
    for (const Bytes& text : batch.leaf.to_vector<Bytes>())
      length += int64_t(text.size());
  EXPECT_EQ(length, 7);
}

TEST(FromTensorSlices, LengthMismatchNamesTheComponent) {
  const Array two = Array::from(std::vector<float>{1, 2});
  const Array three = Array::from(std::vector<float>{1, 2, 3});
  const Element nest =
      Element::tuple({Element::dict({{"x", two}, {"y", three}})});
  EXPECT_THAT(
      message_of<ValueError>([&] { Dataset::from_tensor_slices(nest); }),
      HasSubstr("component [0]['y'] has 3 rows, expected 2"));
  EXPECT_THAT(message_of<ValueError>(
                  [] { Dataset::from_tensor_slices(Array::scalar<float>(1)); }),
              HasSubstr("is a scalar"));
}

TEST(FromTensors, IsOneElement) {
  const Dataset data =
      Dataset::from_tensors(Array::from(std::vector<float>{1, 2}));
  EXPECT_THAT(numbers(data), ElementsAre(ElementsAre(1, 2)));
  expect_conformance(data);
}

TEST(Range, CountsLikePython) {
  EXPECT_THAT(flat_numbers(Dataset::range(2, 10, 3)), ElementsAre(2, 5, 8));
  EXPECT_THAT(flat_numbers(Dataset::range(3, 0, -1)), ElementsAre(3, 2, 1));
  EXPECT_EQ(Dataset::range(5, 5).cardinality(), 0);
  EXPECT_EQ(Dataset::range(-2).cardinality(), 0);
  expect_conformance(Dataset::range(0, 4, 1, DType::kFloat32).shuffle(9));
  EXPECT_THROW(Dataset::range(0, 4, 0), ValueError);
}

}  // namespace
}  // namespace numest::data
