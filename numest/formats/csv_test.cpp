// Cases of RFC 4180 and of what spreadsheets write; values are worked by hand.
#include "numest/formats/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/base/file.h"

namespace numest {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Csv, InfersIntegersFloatsAndBytes) {
  const NamedArrays t =
      parse_csv("id,x,mixed,text\n1,0.5,1,a\n-2,1e3,,b c\n+3,,2, d\n");
  ASSERT_EQ(t.size(), 4u);
  EXPECT_EQ(t[0].first, "id");
  EXPECT_TRUE(array_equal(t[0].second, Array::from<int64_t>({1, -2, 3})));
  EXPECT_TRUE(array_equal(t[1].second, Array::from<float>({0.5f, 1e3f, NAN})));
  EXPECT_TRUE(array_equal(t[2].second, Array::from<float>({1, NAN, 2})));
  EXPECT_TRUE(array_equal(t[3].second, Array::from<Bytes>({"a", "b c", " d"})));
}

TEST(Csv, ReadsQuotedFields) {
  const NamedArrays t =
      parse_csv("\"a,b\",c\r\n\"x \"\"y\"\"\",\"1\"\r\n\"two\nlines\",2");
  EXPECT_EQ(t[0].first, "a,b");
  EXPECT_TRUE(
      array_equal(t[0].second, Array::from<Bytes>({"x \"y\"", "two\nlines"})));
  EXPECT_TRUE(array_equal(t[1].second, Array::from<int64_t>({1, 2})));
}

TEST(Csv, SkipsBlankLinesAndByteOrderMark) {
  const NamedArrays t = parse_csv("\xef\xbb\xbf\n\na\n1\n\r\n2\n\n");
  EXPECT_EQ(t[0].first, "a");
  EXPECT_TRUE(array_equal(t[0].second, Array::from<int64_t>({1, 2})));
}

TEST(Csv, TakesNamesDelimiterAndDtypes) {
  CsvOptions options{.header = false, .delimiter = ';'};
  EXPECT_EQ(parse_csv("1;2", options)[1].first, "1");
  options.column_names = {"a", "b", "c", "d"};
  options.dtypes = {{"a", DType::kInt8},
                    {"b", DType::kBytes},
                    {"c", DType::kBool},
                    {"d", DType::kFloat64}};
  const NamedArrays t = parse_csv("1;2;true;0.1\n2;;0;\n", options);
  EXPECT_TRUE(array_equal(t[0].second, Array::from<int8_t>({1, 2})));
  EXPECT_TRUE(array_equal(t[1].second, Array::from<Bytes>({"2", ""})));
  EXPECT_TRUE(array_equal(t[2].second, Array::from<bool>({true, false})));
  EXPECT_TRUE(array_equal(t[3].second, Array::from<double>({0.1, NAN})));
}

TEST(Csv, KeepsLargeNumbers) {
  const NamedArrays t =
      parse_csv("a,b\n9223372036854775807,9223372036854775808\n1,1e39\n");
  EXPECT_EQ(t[0].second.dtype(), DType::kInt64);
  EXPECT_TRUE(array_equal(
      t[1].second, Array::from<float>({9223372036854775808.f, INFINITY})));
}

TEST(Csv, EmptyFilesAndEmptyColumns) {
  EXPECT_TRUE(parse_csv("").empty());
  EXPECT_EQ(parse_csv("a,b\n")[1].second.shape(), Shape{0});
  EXPECT_EQ(parse_csv("a,b\n1,\n")[1].second.dtype(), DType::kBytes);
}

TEST(Csv, NamesTheLineOfAMistake) {
  const auto expect = [](const char* text, const char* message,
                         CsvOptions options = {}) {
    EXPECT_THAT([&] { parse_csv(text, options); },
                ThrowsMessage<ValueError>(HasSubstr(message)));
  };
  expect("a,b\n1,2\n\n3\n", "line 4 has 1 fields, expected 2");
  expect("a,b\n\"1\n\",2\n3,4,5\n", "line 4 has 3 fields");
  expect("a\n\"1\n2\n", "record at line 2 is not closed");
  expect("a\n\"1\"2\n", "line 2: text follows a closing quote");
  expect("a,a\n1,2\n", "occurs twice");
  expect("a\n1\n300\n", "line 3, column 'a': got '300', expected int8",
         {.dtypes = {{"a", DType::kInt8}}});
  expect("a\n1.5\n", "got '1.5', expected int64",
         {.dtypes = {{"a", DType::kInt64}}});
  expect("a\n1\n", "which is not there", {.dtypes = {{"b", DType::kInt8}}});
}

TEST(Csv, ReadsFiles) {
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "t.csv");
  write_file_atomically(path, "a\n1\n");
  EXPECT_EQ(read_csv(path)[0].second.item<int64_t>(), 1);
  write_file_atomically(path, "");
  EXPECT_TRUE(read_csv(path).empty());
  EXPECT_THROW(read_csv(path + "x"), NotFoundError);
}

}  // namespace
}  // namespace numest
