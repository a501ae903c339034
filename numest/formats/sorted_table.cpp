// LevelDB allocates what a block handle asks for; handles are therefore
// compared with the size of the table before LevelDB sees them.
#include "numest/formats/sorted_table.h"

#include <leveldb/env.h>
#include <leveldb/iterator.h>
#include <leveldb/options.h>
#include <leveldb/table.h>
#include <leveldb/table_builder.h>

#include <memory>

#include "numest/base/crc32c.h"
#include "numest/base/error.h"
#include "numest/formats/byte_reader.h"

namespace numest {
namespace {

constexpr size_t kFooterBytes = 48;
constexpr size_t kTrailerBytes = 5;        // of a block: type, checksum
constexpr size_t kBlockBytes = 256 << 10;  // TensorFlow's block size
constexpr uint64_t kTableMagic = 0xdb4775248b80fb57u;

class MemoryFile : public leveldb::RandomAccessFile {
 public:
  explicit MemoryFile(std::string_view bytes) : bytes_(bytes) {}
  leveldb::Status Read(uint64_t offset, size_t count, leveldb::Slice* result,
                       char*) const override {
    if (offset > bytes_.size())
      return leveldb::Status::Corruption("read beyond the end");
    const std::string_view part = bytes_.substr(size_t(offset), count);
    *result = leveldb::Slice(part.data(), part.size());
    return leveldb::Status::OK();
  }

 private:
  std::string_view bytes_;
};

class StringFile : public leveldb::WritableFile {
 public:
  explicit StringFile(std::string& out) : out_(out) {}
  leveldb::Status Append(const leveldb::Slice& data) override {
    out_.append(data.data(), data.size());
    return leveldb::Status::OK();
  }
  leveldb::Status Close() override { return leveldb::Status::OK(); }
  leveldb::Status Flush() override { return leveldb::Status::OK(); }
  leveldb::Status Sync() override { return leveldb::Status::OK(); }

 private:
  std::string& out_;
};

// Reads a block handle and returns the block with type byte and checksum.
std::string_view checked_block(ByteReader& in, std::string_view table) {
  const uint64_t offset = in.varint();
  const uint64_t size = in.varint();
  if (offset > table.size() || size > table.size() - offset ||
      table.size() - offset - size < kTrailerBytes)
    in.damaged("a block lies outside the file");
  return table.substr(size_t(offset), size_t(size) + kTrailerBytes);
}

// Every entry of the index block holds the handle of a data block.
void check_index_block(std::string_view block, std::string_view table,
                       const std::string& source) {
  const size_t size = block.size() - kTrailerBytes;
  ByteReader tail(block.substr(size), source);
  const std::string_view type = tail.take(1);
  if (tail.little<uint32_t>() != masked_crc32c(block.substr(0, size + 1)))
    tail.damaged("the index's checksum differs");
  if (type[0] != 0) tail.damaged("the index is compressed");
  if (size < 4) tail.damaged("the index is too short");
  const uint64_t num_restarts = load<uint32_t>(block.data() + size - 4);
  if (num_restarts > (size - 4) / 4) tail.damaged("the index is too short");
  ByteReader in(block.substr(0, size - 4 - size_t(num_restarts) * 4), source);
  while (in.remaining() > 0) {
    in.varint();  // bytes shared with the key before
    const uint64_t key_bytes = in.varint();
    const uint64_t value_bytes = in.varint();
    in.take(key_bytes);
    ByteReader handle(in.take(value_bytes), source);
    checked_block(handle, table);
  }
}

void check_layout(std::string_view table, const std::string& source) {
  NUMEST_USER_CHECK(table.size() >= kFooterBytes, DataLossError,
                    "{}: truncated: got {} bytes, expected at least {}", source,
                    table.size(), kFooterBytes);
  ByteReader footer(table.substr(table.size() - kFooterBytes), source);
  checked_block(footer, table);
  const std::string_view index = checked_block(footer, table);
  const uint64_t magic = load<uint64_t>(table.data() + table.size() - 8);
  NUMEST_USER_CHECK(magic == kTableMagic, DataLossError,
                    "{}: not a checkpoint index, or truncated", source);
  check_index_block(index, table, source);
}

void check(const leveldb::Status& status, const std::string& source) {
  NUMEST_USER_CHECK(status.ok(), DataLossError, "{}: {}", source,
                    status.ToString());
}

}  // namespace

KeyValues read_sorted_table(std::string_view bytes, const std::string& source) {
  check_layout(bytes, source);
  MemoryFile file(bytes);
  leveldb::Options options;
  options.paranoid_checks = true;
  leveldb::Table* opened = nullptr;
  check(leveldb::Table::Open(options, &file, bytes.size(), &opened), source);
  const std::unique_ptr<leveldb::Table> table(opened);
  leveldb::ReadOptions read_options;
  read_options.verify_checksums = true;
  read_options.fill_cache = false;
  const std::unique_ptr<leveldb::Iterator> it(table->NewIterator(read_options));
  KeyValues entries;
  for (it->SeekToFirst(); it->Valid(); it->Next())
    entries.emplace_back(it->key().ToString(), it->value().ToString());
  check(it->status(), source);
  return entries;
}

std::string to_sorted_table(const KeyValues& entries) {
  std::string out;
  StringFile file(out);
  leveldb::Options options;
  options.block_size = kBlockBytes;
  options.compression = leveldb::kNoCompression;
  leveldb::TableBuilder builder(options, &file);
  const std::string* before = nullptr;
  for (const auto& [key, value] : entries) {
    NUMEST_CHECK(before == nullptr || *before < key);
    builder.Add(key, value);
    before = &key;
  }
  NUMEST_CHECK(builder.Finish().ok());
  return out;
}

}  // namespace numest
