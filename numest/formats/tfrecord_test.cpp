// Oracles: files that TensorFlow wrote and what its reader made of damage
// (tests/golden/tf215/6_records_events).
#include "numest/formats/tfrecord.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "numest/formats/byte_flips.h"

namespace numest {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::string golden(const std::string& name) {
  return join_path(NUMEST_TEST_DATA, "tf215/6_records_events/" + name);
}

std::vector<size_t> sizes(const std::vector<std::string>& records) {
  std::vector<size_t> out;
  for (const std::string& record : records) out.push_back(record.size());
  return out;
}

TEST(TFRecord, ReadsWhatTensorFlowWrote) {
  const json listing = json::parse(read_file(golden("records.json")));
  int num_files = 0;
  for (const auto& [name, file] : listing["files"].items()) {
    if (!file.contains("compression")) continue;
    const std::string compression = file["compression"];
    const auto records = read_tfrecord(
        golden(name),
        compression_named(compression == "none" ? "" : compression));
    EXPECT_EQ(sizes(records), file["record_bytes"].get<std::vector<size_t>>())
        << name;
    ++num_files;
  }
  EXPECT_EQ(num_files, 9);
  EXPECT_EQ(read_tfrecord(golden("raw.tfrecord")),
            read_tfrecord(golden("raw.zlib.tfrecord"), Compression::kZlib));
}

TEST(TFRecord, WritesTheBytesThatTensorFlowWrites) {
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "a");
  write_tfrecord(path, read_tfrecord(golden("raw.tfrecord")));
  EXPECT_EQ(read_file(path), read_file(golden("raw.tfrecord")));
}

TEST(TFRecord, RoundTripsCompressed) {
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "a");
  const std::vector<std::string> records = {"", "a", std::string(100000, 'b')};
  for (const auto compression :
       {Compression::kNone, Compression::kZlib, Compression::kGzip}) {
    write_tfrecord(path, records, compression);
    EXPECT_EQ(read_tfrecord(path, compression), records);
    write_tfrecord(path, {}, compression);
    EXPECT_TRUE(read_tfrecord(path, compression).empty());
  }
}

TEST(TFRecord, SaysWhereDamageIs) {
  const auto expect = [](const char* file, const char* message) {
    EXPECT_THAT([&] { read_tfrecord(golden(file)); },
                ThrowsMessage<DataLossError>(HasSubstr(message)));
  };
  expect("corrupt_data.tfrecord", "corrupted record at 12");
  expect("corrupt_length.tfrecord",
         "corrupted record at 0 (Is this even a TFRecord file?)");
  expect("truncated.tfrecord", "truncated record at 401");
}

TEST(TFRecord, KeepsRecordsBeforeDamage) {
  TFRecordReader reader(golden("truncated.tfrecord"));
  EXPECT_EQ(reader.next()->size(), 202u);
  EXPECT_EQ(reader.next()->size(), 167u);
  EXPECT_THROW(reader.next(), DataLossError);
  EXPECT_TRUE(reader.is_truncated());
}

TEST(TFRecord, PartOfALengthEndsTheFile) {
  EXPECT_EQ(read_tfrecord(golden("truncated_header.tfrecord")).size(), 3u);
}

TEST(TFRecord, RefusesCompressionNames) {
  EXPECT_EQ(compression_named("GZIP"), Compression::kGzip);
  EXPECT_THAT([] { compression_named("gzip"); },
              ThrowsMessage<ValueError>(HasSubstr("got 'gzip'")));
  EXPECT_THROW(read_tfrecord(golden("raw.tfrecord"), Compression::kGzip),
               DataLossError);
}

TEST(TFRecord, RefusesEveryDamagedByte) {
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "a");
  const std::vector<std::string> records = {"one", "", "three"};
  write_tfrecord(path, records);
  try_damaged_files(path, [&] {
    const auto read = read_tfrecord(path);
    // Only a file cut off reads, and then as the beginning of the records.
    ASSERT_LT(read.size(), records.size());
    for (size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i], records[i]);
  });
}

}  // namespace
}  // namespace numest
