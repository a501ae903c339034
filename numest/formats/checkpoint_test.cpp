// Oracles: checkpoints that TensorFlow wrote, whose tensors its own reader
// listed with CRC-32 (tests/golden/tf215), and round trips.
#include "numest/formats/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "numest/formats/byte_flips.h"
#include "numest/formats/slice_key.h"
#include "numest/formats/sorted_table.h"

namespace numest {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Tensors = std::vector<std::pair<std::string, Array>>;

std::string golden(const std::string& name) {
  return join_path(NUMEST_TEST_DATA, "tf215/4_checkpoints/" + name);
}

std::string crc32_hex(const Array& array) {
  return fmt::format("{:08x}",
                     crc32_z(0, reinterpret_cast<const Bytef*>(array.raw()),
                             size_t(array.nbytes())));
}

void expect_tensors(const std::string& prefix, const json& listed) {
  const auto reader = CheckpointReader::open(prefix);
  std::vector<std::string> names;
  for (const json& tensor : listed) {
    const std::string name = tensor["name"];
    SCOPED_TRACE(prefix + ": " + name);
    names.push_back(name);
    const Array value = reader.read(name);
    const TensorSpec spec = reader.spec(name);
    EXPECT_EQ(spec, (TensorSpec{value.dtype(), value.shape()}));
    EXPECT_EQ(spec.dtype, dtype_named(tensor["dtype"].get<std::string>()));
    const auto shape = tensor["shape"].get<std::vector<int64_t>>();
    EXPECT_EQ(spec.shape, Shape(std::span<const int64_t>(shape)));
    if (tensor.contains("crc32")) {
      EXPECT_EQ(crc32_hex(value), tensor["crc32"].get<std::string>());
    }
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(reader.names(), names);
}

TEST(CheckpointReader, ReadsEveryTensorThatTensorFlowWrote) {
  for (const char* file : {"listing.json", "more.json"}) {
    const json listing = json::parse(read_file(golden(file)));
    for (const auto& [folder, bundle] : listing.items()) {
      if (!is_directory(golden(folder))) continue;
      std::string stem = folder == "object_based" ? "ckpt" : "bundle";
      if (bundle.contains("latest")) stem = bundle["latest"];
      expect_tensors(golden(folder + "/" + stem), bundle["tensors"]);
    }
  }
}

TEST(CheckpointReader, ReadsStringTensors) {
  const auto reader = CheckpointReader::open(golden("all_dtypes/bundle"));
  const auto text = reader.read("str").to_vector<Bytes>();
  ASSERT_EQ(text.size(), 4u);
  EXPECT_EQ(text[0], "");
  EXPECT_EQ(text[1], "a");
  EXPECT_EQ(text[2].substr(0, 10), "long long ");
  EXPECT_EQ(text[3], std::string("\xff\0\x80", 3));
  EXPECT_EQ(reader.read("str_scalar").item<Bytes>(), "hello");
  EXPECT_EQ(reader.read("str_empty").shape(), Shape{0});
  const auto object = CheckpointReader::open(golden("object_based/ckpt"));
  EXPECT_THAT(object.read("_CHECKPOINTABLE_OBJECT_GRAPH").item<Bytes>(),
              HasSubstr("layer_with_weights-0"));
}

TEST(CheckpointReader, PutsSlicesTogether) {
  const auto reader = CheckpointReader::open(golden("partitioned/bundle"));
  const Array tall = reader.read("tall");
  EXPECT_EQ(tall.shape(), (Shape{20000, 1}));
  for (const int64_t i : {0, 6666, 6667, 19999})
    EXPECT_EQ(tall.rows(i, i + 1).item<int64_t>(), i);
}

TEST(CheckpointReader, NamesWhatIsMissing) {
  const auto reader = CheckpointReader::open(golden("all_dtypes/bundle"));
  EXPECT_FALSE(reader.has("nothing"));
  EXPECT_THAT([&] { reader.read("nothing"); },
              ThrowsMessage<NotFoundError>(
                  HasSubstr("Key nothing not found in checkpoint")));
  EXPECT_THAT([&] { CheckpointReader::open(golden("nothing")); },
              ThrowsMessage<NotFoundError>(HasSubstr("nothing.index")));
}

TEST(SliceKey, IsTensorFlowsOrderedCode) {
  EXPECT_EQ(slice_key("emb", {{0, 3}, {0, 2}}),
            std::string("\0emb\0\1\1\2\x80\x83\x80\x82", 12));
}

TEST(SortedTable, WritesTheBytesThatTensorFlowWrites) {
  for (const char* name : {"all_dtypes/bundle", "dnn_v1/model.ckpt-25",
                           "combined_v2/model.ckpt-25", "sharded/bundle"}) {
    const std::string bytes = read_file(golden(name) + ".index");
    EXPECT_EQ(to_sorted_table(read_sorted_table(bytes, name)), bytes) << name;
  }
}

TEST(SortedTable, HoldsManyBlocks) {
  KeyValues entries;
  for (int i = 0; i < 4000; ++i)
    entries.emplace_back(fmt::format("key{:05}", i), std::string(300, 'v'));
  EXPECT_EQ(read_sorted_table(to_sorted_table(entries), "test"), entries);
  EXPECT_TRUE(read_sorted_table(to_sorted_table({}), "test").empty());
}

class WriteCheckpoint : public testing::Test {
 protected:
  TemporaryDirectory folder_;
  std::string prefix_ = join_path(folder_.path(), "model.ckpt-1");
};

TEST_F(WriteCheckpoint, RoundTripsEveryDtypeAndShape) {
  Tensors tensors;
  for (int i = 0; i < kNumDTypes; ++i) {
    const DType dtype = DType(i);
    if (dtype == DType::kBytes) continue;
    const Array a =
        Array::from<int64_t>({1, 0, 1, 1, 0, 0}, {2, 3}).astype(dtype);
    tensors.emplace_back(std::string(name(dtype)), a);
    tensors.emplace_back(fmt::format("t/{}", name(dtype)), a.transpose());
  }
  tensors.emplace_back("scalar", Array::scalar<int64_t>(-7));
  tensors.emplace_back("empty", Array(DType::kFloat32, {0, 4}));
  tensors.emplace_back("nan", Array::from<float>({NAN, INFINITY, -0.0f}));
  tensors.emplace_back(
      "text",
      Array::from<Bytes>(
          {"", "a", std::string(300, 'x'), std::string("\0\xff", 2)}, {2, 2}));
  tensors.emplace_back("no_text", Array(DType::kBytes, {0}));
  write_checkpoint(prefix_, tensors);
  const auto reader = CheckpointReader::open(prefix_);
  EXPECT_EQ(reader.names().size(), tensors.size());
  for (const auto& [name, array] : tensors)
    EXPECT_TRUE(array_equal(reader.read(name), array)) << name;
}

TEST_F(WriteCheckpoint, WritesTheIndexThatTensorFlowWrites) {
  const std::string recorded = golden("dnn_v1/model.ckpt-25");
  const auto reader = CheckpointReader::open(recorded);
  Tensors tensors;
  for (const std::string& name : reader.names())
    tensors.emplace_back(name, reader.read(name));
  write_checkpoint(prefix_, tensors);
  for (const char* suffix : {".index", ".data-00000-of-00001"})
    EXPECT_EQ(read_file(prefix_ + suffix), read_file(recorded + suffix));
}

TEST_F(WriteCheckpoint, RefusesBadNames) {
  const Array one = Array::scalar(1.0);
  EXPECT_THAT(
      [&] {
        write_checkpoint(prefix_, {{"a", one}, {"a", one}});
      },
      ThrowsMessage<ValueError>(HasSubstr("occurs twice")));
  EXPECT_THROW(write_checkpoint(prefix_, {{"", one}}), ValueError);
  EXPECT_FALSE(checkpoint_exists(prefix_));
}

TEST_F(WriteCheckpoint, RemoveLeavesOtherCheckpointsAlone) {
  write_checkpoint(prefix_, {{"a", Array::scalar(1.0)}});
  write_checkpoint(prefix_ + "0", {{"a", Array::scalar(1.0)}});
  remove_checkpoint(prefix_);
  EXPECT_EQ(list_directory(folder_.path()).size(), 2u);
  EXPECT_TRUE(checkpoint_exists(prefix_ + "0"));
  remove_checkpoint(prefix_);
}

// The checksums see every change of a tensor; what is left may be flipped
// without meaning, such as padding.
TEST_F(WriteCheckpoint, SurvivesEveryDamagedByte) {
  const Tensors tensors = {{"w", Array::from<float>({1, 2, 3, 4}, {2, 2})},
                           {"s", Array::from<Bytes>({"ab", ""})},
                           {"b", Array::from<bool>({true, false})}};
  write_checkpoint(prefix_, tensors);
  const auto read = [&] {
    const auto reader = CheckpointReader::open(prefix_);
    for (const auto& [name, array] : tensors)
      EXPECT_TRUE(array_equal(reader.read(name), array));
  };
  EXPECT_GT(try_damaged_files(prefix_ + ".index", read), 200);
  EXPECT_GT(try_damaged_files(prefix_ + ".data-00000-of-00001", read), 80);
}

}  // namespace
}  // namespace numest
