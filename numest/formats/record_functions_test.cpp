#include "numest/formats/record_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/formats/example.h"

namespace numest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Array bytes(const std::vector<Bytes>& values) { return Array::from(values); }

template <class T>
std::vector<T> values_of(const Array& a) {
  return {a.data<T>(), a.data<T>() + a.size()};
}

std::string message_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

std::shared_ptr<const ForeignFunction> two_fields() {
  CsvDecoderOptions o;
  o.defaults = {Array::from(std::vector<int64_t>{7}),
                Array::from(std::vector<Bytes>{""})};
  return csv_decoder(o);
}

TEST(CsvDecoder, GivesAnArrayOfTheRecordsShapePerField) {
  const Array records = bytes({"1,a", ",\"b,c\"", " 3 ,"});
  const auto out = two_fields()->call({&records, 1});
  EXPECT_THAT(values_of<int64_t>(out[0]), ElementsAre(1, 7, 3));
  EXPECT_THAT(values_of<Bytes>(out[1]), ElementsAre("a", "b,c", ""));
}

TEST(CsvDecoder, SelectsFieldsAndReadsNaValues) {
  CsvDecoderOptions o;
  o.defaults = {Array::from(std::vector<float>{-1})};
  o.columns = {2};
  o.na_value = "NA";
  const Array records = bytes({"1,2,3.5", "1,2,NA"});
  EXPECT_THAT(values_of<float>(csv_decoder(o)->call({&records, 1})[0]),
              ElementsAre(3.5f, -1.0f));
}

TEST(CsvDecoder, KeepsQuotesIfTheyDoNotDelimit) {
  CsvDecoderOptions o;
  o.defaults = {Array::from(std::vector<Bytes>{""}),
                Array::from(std::vector<Bytes>{""})};
  o.use_quote_delim = false;
  const Array records = bytes({"\"a,b\""});
  const auto out = csv_decoder(o)->call({&records, 1});
  EXPECT_THAT(values_of<Bytes>(out[0]), ElementsAre("\"a"));
}

TEST(CsvDecoder, NamesTheRecordOfAnError) {
  const Array fields = bytes({"1,2,3"}), number = bytes({"1.5,x"});
  EXPECT_THAT(message_of([&] {
                two_fields()->call({&fields, 1});
              }),
              HasSubstr("Expect 2 fields but have 3 in record '1,2,3'"));
  EXPECT_THAT(message_of([&] {
                two_fields()->call({&number, 1});
              }),
              HasSubstr("Field 0 in record is not a valid int64: got '1.5'"));
}

ParsedFeature feature(std::string key, Shape shape,
                      std::optional<Array> value = {}) {
  return {std::move(key), DType::kFloat32, std::move(shape), std::move(value)};
}

TEST(ExampleParser, StacksRecordsAndFillsDefaults) {
  const Array v1 = Array::from(std::vector<float>{1, 2});
  const Array v2 = Array::from(std::vector<float>{3, 4});
  const Array records =
      bytes({serialize_example({{"v", v1}}), serialize_example({{"v", v2}})});
  const auto parser = example_parser(
      {feature("v", Shape{2}), feature("w", Shape{2}, Array::scalar(9.0f))});
  const auto out = parser->call({&records, 1});
  EXPECT_EQ(out[0].shape(), (Shape{2, 2}));
  EXPECT_THAT(values_of<float>(out[0]), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(values_of<float>(out[1]), ElementsAre(9, 9, 9, 9));
}

TEST(ExampleParser, NamesTheKeyOfAnError) {
  const Array v = Array::from(std::vector<int64_t>{1, 2});
  const Array records = bytes({serialize_example({{"v", v}})});
  auto parse = [&](const ParsedFeature& f) {
    return message_of([&] { example_parser({f})->call({&records, 1}); });
  };
  EXPECT_THAT(parse(feature("w", Shape{})),
              HasSubstr("Feature: w is required"));
  EXPECT_THAT(parse(feature("v", Shape{2})),
              HasSubstr("Key: v. Data types don't match: got int64"));
  EXPECT_THAT(parse({"v", DType::kInt64, Shape{3}, {}}),
              HasSubstr("Number of values does not match the shape: got 2"));
}

}  // namespace
}  // namespace numest
