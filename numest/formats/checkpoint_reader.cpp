// The index is parsed whole when opened; data files are mapped when first
// needed. An entry is believed only after its size was compared with its
// shape and its data file.
#include <cstring>
#include <map>
#include <mutex>

#include "numest/base/counters.h"
#include "numest/base/crc32c.h"
#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/formats/byte_reader.h"
#include "numest/formats/checkpoint.h"
#include "numest/formats/proto/tensor_bundle.pb.h"
#include "numest/formats/slice_key.h"
#include "numest/formats/sorted_table.h"
#include "numest/formats/string_tensor.h"

namespace numest {
namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Shape shape_of(const proto::TensorShape& shape, const std::string& source) {
  NUMEST_USER_CHECK(!shape.unknown_rank() && shape.dim_size() <= kMaxNdim,
                    DataLossError,
                    "{}: damaged: a shape with {} axes, expected at most {}",
                    source, shape.dim_size(), kMaxNdim);
  Shape out;
  for (const auto& dim : shape.dim()) out.push_back(dim.size());
  checked_nbytes(out, 1, source);
  return out;
}

// Returns the number of data files.
int parse_header(const std::string& bytes, const std::string& source) {
  proto::BundleHeader header;
  NUMEST_USER_CHECK(header.ParseFromString(bytes) && header.num_shards() > 0,
                    DataLossError, "{}: damaged header", source);
  NUMEST_USER_CHECK(header.endianness() == 0, NotSupportedError,
                    "{}: a big-endian checkpoint is not supported", source);
  NUMEST_USER_CHECK(
      header.version().min_consumer() <= 1, NotSupportedError,
      "{}: the checkpoint needs a reader of version {}, this is 1", source,
      header.version().min_consumer());
  return header.num_shards();
}

// A slice as its key and as the part of the whole that it is.
struct SlicePlace {
  std::vector<SliceExtent> extents;
  std::vector<Slice> ranges;
  Shape shape;
};

SlicePlace place_of(const proto::TensorSlice& slice, const Shape& whole,
                    const std::string& label) {
  NUMEST_USER_CHECK(slice.extent_size() == whole.ndim(), DataLossError,
                    "{}: damaged: a slice has {} axes, expected {}", label,
                    slice.extent_size(), whole.ndim());
  SlicePlace place;
  for (const auto& extent : slice.extent()) {
    const int64_t size = whole[place.shape.ndim()];
    const bool is_whole = !extent.has_length();
    const int64_t length = is_whole ? size : extent.length();
    NUMEST_USER_CHECK(
        extent.start() >= 0 && length >= 0 && extent.start() <= size &&
            length <= size - extent.start(),
        DataLossError, "{}: damaged: a slice leaves the shape", label);
    place.extents.push_back({extent.start(), is_whole ? -1 : length});
    place.ranges.push_back({extent.start(), extent.start() + length, 1});
    place.shape.push_back(length);
  }
  return place;
}

}  // namespace

struct CheckpointReader::Index {
  std::string prefix;
  int num_shards = 0;
  std::map<std::string, proto::BundleEntry, std::less<>> entries;
  mutable std::mutex mutex;
  mutable std::map<int, std::shared_ptr<const MappedFile>> shards;

  std::string source() const { return "checkpoint " + prefix; }

  const proto::BundleEntry& entry(const std::string& name) const {
    const auto found = entries.find(name);
    NUMEST_USER_CHECK(found != entries.end(), NotFoundError,
                      "Key {} not found in checkpoint {}", name, prefix);
    return found->second;
  }

  TensorSpec spec(const proto::BundleEntry& entry,
                  const std::string& name) const {
    TensorSpec spec;
    spec.shape = shape_of(entry.shape(), source());
    try {
      spec.dtype = dtype_of_tensorflow(entry.dtype());
    } catch (const TypeError&) {
      fail<NotSupportedError>(
          "{}: tensor '{}' has TensorFlow's dtype {}, which is not supported",
          source(), name, entry.dtype());
    }
    return spec;
  }

  std::shared_ptr<const MappedFile> shard(int id) const {
    NUMEST_USER_CHECK(id >= 0 && id < num_shards, DataLossError,
                      "{}: damaged: data file {} of {}", source(), id,
                      num_shards);
    const std::scoped_lock lock(mutex);
    auto& file = shards[id];
    if (!file)
      file = MappedFile::open(
          fmt::format("{}.data-{:05}-of-{:05}", prefix, id, num_shards));
    return file;
  }

  Array read_plain(const proto::BundleEntry& entry,
                   const std::string& name) const;
  Array read_slices(const proto::BundleEntry& entry,
                    const std::string& name) const;
};

Array CheckpointReader::Index::read_plain(const proto::BundleEntry& entry,
                                          const std::string& name) const {
  const TensorSpec what = spec(entry, name);
  const std::string label = fmt::format("{}: tensor '{}'", source(), name);
  const auto file = shard(entry.shard_id());
  ByteReader in(text_of(file->bytes()), label);
  in.take(uint64_t(entry.offset()));
  const std::string_view bytes = in.take(uint64_t(entry.size()));
  if (what.dtype == DType::kBytes) {
    ByteReader strings(bytes, label);
    return decode_strings(strings, what.shape, entry.crc32c());
  }
  const uint64_t size = checked_nbytes(what.shape, itemsize(what.dtype), label);
  if (bytes.size() != size)
    in.damaged(fmt::format("the entry has {} bytes, its shape needs {}",
                           bytes.size(), size));
  if (masked_crc32c(bytes) != entry.crc32c())
    in.damaged("the checksum differs");
  if (what.dtype == DType::kBool) check_bools(bytes, label);
  Array array(what.dtype, what.shape);
  if (size > 0) std::memcpy(array.raw(), bytes.data(), size_t(size));
  return array;
}

// Slices are disjoint and cover the tensor, so their sizes add up to its.
Array CheckpointReader::Index::read_slices(const proto::BundleEntry& entry,
                                           const std::string& name) const {
  const TensorSpec what = spec(entry, name);
  const std::string label = fmt::format("{}: tensor '{}'", source(), name);
  std::vector<std::pair<std::vector<Slice>, Array>> parts;
  uint64_t num_read = 0;
  for (const proto::TensorSlice& slice : entry.slices()) {
    SlicePlace place = place_of(slice, what.shape, label);
    const auto found = entries.find(slice_key(name, place.extents));
    NUMEST_USER_CHECK(found != entries.end(), DataLossError,
                      "{}: damaged: a slice is missing", label);
    Array part = read_plain(found->second, name);
    NUMEST_USER_CHECK(part.dtype() == what.dtype && part.shape() == place.shape,
                      DataLossError, "{}: damaged: a slice has the wrong shape",
                      label);
    num_read += uint64_t(part.size());
    parts.emplace_back(std::move(place.ranges), std::move(part));
  }
  NUMEST_USER_CHECK(num_read == checked_nbytes(what.shape, 1, label),
                    DataLossError,
                    "{}: damaged: the slices do not cover the tensor", label);
  const Array whole = Array::zeros(what.dtype, what.shape);
  for (const auto& [ranges, part] : parts) whole.slice(ranges).assign(part);
  return whole;
}

CheckpointReader CheckpointReader::open(const std::string& prefix) {
  NUMEST_USER_CHECK(checkpoint_exists(prefix), NotFoundError,
                    "checkpoint {}: there is no {}.index", prefix, prefix);
  auto index = std::make_shared<Index>();
  index->prefix = prefix;
  const std::string source = index->source();
  const auto file = MappedFile::open(prefix + ".index");
  for (auto& [key, value] : read_sorted_table(text_of(file->bytes()), source)) {
    if (key.empty()) {
      index->num_shards = parse_header(value, source);
      continue;
    }
    proto::BundleEntry entry;
    NUMEST_USER_CHECK(entry.ParseFromString(value), DataLossError,
                      "{}: damaged entry '{}'", source, key);
    index->entries.emplace(std::move(key), std::move(entry));
  }
  NUMEST_USER_CHECK(index->num_shards > 0, DataLossError,
                    "{}: damaged: the header is missing", source);
  count(Counter::checkpoints_read);
  return CheckpointReader(std::move(index));
}

const std::string& CheckpointReader::prefix() const { return index_->prefix; }

std::vector<std::string> CheckpointReader::names() const {
  std::vector<std::string> out;
  for (const auto& [key, entry] : index_->entries)
    if (!is_slice_key(key)) out.push_back(key);
  return out;
}

bool CheckpointReader::has(const std::string& name) const {
  return index_->entries.contains(name);
}

TensorSpec CheckpointReader::spec(const std::string& name) const {
  return index_->spec(index_->entry(name), name);
}

Array CheckpointReader::read(const std::string& name) const {
  const proto::BundleEntry& entry = index_->entry(name);
  return entry.slices_size() > 0 ? index_->read_slices(entry, name)
                                 : index_->read_plain(entry, name);
}

}  // namespace numest
