// Elements from functions.
#include <gmock/gmock.h>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FromGenerator, EveryPassCallsTheFactoryAnew) {
  EXPECT_THAT(flat_numbers(stream(2).repeat(2)), ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(stream(3).cardinality(), kUnknownCardinality);
  expect_conformance(stream(4));
  expect_conformance(stream(4).repeat().batch(3));
}

TEST(FromGenerator, DictionariesAreMatchedByKey) {
  const ElementSpec spec =
      ElementSpec::dict({{"a", TensorSpec{DType::kInt64, Shape{}}},
                         {"b", TensorSpec{DType::kInt64, Shape{}}}});
  const Dataset data = Dataset::from_generator(
      [] {
        return [] {
          return Element::dict({{"b", Array::scalar<int64_t>(2)},
                                {"a", Array::scalar<int64_t>(1)}});
        };
      },
      spec);
  EXPECT_THAT(flat_numbers(data.take(1)), ElementsAre(1, 2));
}

Dataset one(const Element& element, const ElementSpec& spec) {
  return Dataset::from_generator([=] { return [=] { return element; }; }, spec);
}

TEST(FromGenerator, ElementsMustFitTheSpec) {
  const Element one_value = Array::from(std::vector<int32_t>{1});
  const auto draw = [](const Dataset& data) { return numbers(data, 1); };
  EXPECT_THAT(message_of<ValueError>([&] {
                draw(one(one_value, TensorSpec{DType::kInt32, Shape{2}}));
              }),
              HasSubstr("has shape (1,), expected (2,)"));
  EXPECT_THAT(message_of<TypeError>([&] {
                draw(one(one_value, TensorSpec{DType::kFloat32, Shape{1}}));
              }),
              HasSubstr("has dtype int32, expected float32"));
  EXPECT_THROW(draw(one(one_value, ElementSpec::dict({{"x", ElementSpec()}}))),
               TypeError);
  EXPECT_THROW(Dataset::from_generator(nullptr, ElementSpec()), TypeError);
}

}  // namespace
}  // namespace numest::data
