// Oracle: Examples that TensorFlow serialized, with the values of its parser.
#include "numest/formats/example.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/base/file.h"
#include "numest/formats/tfrecord.h"

namespace numest {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Array find(const NamedArrays& features, const std::string& key) {
  for (const auto& [name, array] : features)
    if (name == key) return array;
  ADD_FAILURE() << "no feature " << key;
  return {};
}

std::vector<std::string> recorded() {
  return read_tfrecord(
      join_path(NUMEST_TEST_DATA, "tf215/6_records_events/examples.tfrecord"));
}

TEST(Example, ParsesWhatTensorFlowWrote) {
  const auto records = recorded();
  const NamedArrays first = parse_example(records[0]);
  EXPECT_TRUE(array_equal(find(first, "f1"), Array::from<float>({1.5f})));
  EXPECT_TRUE(array_equal(find(first, "f3"), Array::from<float>({1, 2, 3})));
  EXPECT_TRUE(array_equal(find(first, "i1"), Array::from<int64_t>({7})));
  EXPECT_TRUE(array_equal(find(first, "s1"), Array::from<Bytes>({"hello"})));
  const NamedArrays second = parse_example(records[1]);
  EXPECT_TRUE(array_equal(find(second, "i1"), Array::from<int64_t>({-1})));
  EXPECT_TRUE(
      array_equal(find(second, "s1"), Array::from<Bytes>({"\u00e9t\u00e9"})));
}

TEST(Example, SerializationComesBack) {
  for (const std::string& record : recorded()) {
    const NamedArrays features = parse_example(record);
    const NamedArrays again = parse_example(serialize_example(features));
    ASSERT_EQ(again.size(), features.size());
    for (size_t i = 0; i < again.size(); ++i) {
      EXPECT_EQ(again[i].first, features[i].first);
      EXPECT_TRUE(array_equal(again[i].second, features[i].second));
    }
  }
}

TEST(Example, SerializesTheFormatsOwnBytes) {
  // Field numbers by hand: Example{1: Features{1: {1: "a", 2: Feature{3:
  // Int64List{1: [5]}}}}}.
  EXPECT_EQ(serialize_example({{"a", Array::scalar<int32_t>(5)}}),
            std::string("\x0a\x0c\x0a\x0a\x0a\x01"
                        "a\x12\x05\x1a\x03\x0a\x01\x05"));
  EXPECT_TRUE(parse_example("").empty());
}

TEST(Example, AcceptsNumbersThatAreNotPacked) {
  const std::string unpacked(
      "\x0a\x0d\x0a\x0b\x0a\x01"
      "a\x12\x06\x1a\x04\x08\x05\x08\x06");
  EXPECT_TRUE(array_equal(find(parse_example(unpacked), "a"),
                          Array::from<int64_t>({5, 6})));
}

TEST(Example, ConvertsAndRefusesDtypes) {
  const NamedArrays features = parse_example(
      serialize_example({{"b", Array::from<bool>({true, false}, {1, 2})},
                         {"a", Array::from<double>({0.5}, {1, 1})},
                         {"empty", Array(DType::kBytes, {0})}}));
  EXPECT_EQ(features[0].first, "a");
  EXPECT_TRUE(array_equal(features[0].second, Array::from<float>({0.5f})));
  EXPECT_TRUE(array_equal(features[1].second, Array::from<int64_t>({1, 0})));
  EXPECT_TRUE(array_equal(features[2].second, Array(DType::kBytes, {0})));
  EXPECT_THAT(
      [] {
        serialize_example({{"z", Array(DType::kUInt64, {1})}});
      },
      ThrowsMessage<TypeError>(HasSubstr("feature 'z' is uint64")));
  const Array one = Array::scalar(1.0f);
  EXPECT_THROW(serialize_example({{"a", one}, {"a", one}}), ValueError);
}

TEST(Example, RefusesGarbage) {
  EXPECT_THAT(
      [] { parse_example("garbage"); },
      ThrowsMessage<DataLossError>(HasSubstr("not a tf.train.Example")));
}

}  // namespace
}  // namespace numest
