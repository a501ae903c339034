// Zip archives as far as .npz needs them (PKWARE APPNOTE.TXT 6.3: local
// headers, central directory, zip64): members stored or deflated.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "numest/base/file.h"

namespace numest {

/// A member as the central directory describes it; sizes in bytes.
struct ZipMember {
  std::string name;
  bool is_deflated = false;
  uint32_t crc32 = 0;
  uint64_t packed_bytes = 0;
  uint64_t size_bytes = 0;
  uint64_t header_position = 0;
};

/// An archive being read. Throws DataLossError if it is damaged and
/// NotSupportedError for encrypted members and other compressions.
class ZipReader {
 public:
  explicit ZipReader(const std::string& path);
  const std::vector<ZipMember>& members() const { return members_; }
  /// Returns a member's bytes, its checksum compared.
  std::string read(const ZipMember& member) const;

 private:
  std::string source_;
  std::shared_ptr<const MappedFile> file_;
  std::string_view bytes_;
  std::vector<ZipMember> members_;
};

/// Writes an archive; the file appears at `commit()`.
class ZipWriter {
 public:
  ZipWriter(const std::string& path, bool is_compressed)
      : file_(path), is_compressed_(is_compressed) {}
  void add(const std::string& name, std::string_view bytes);
  void commit();

 private:
  FileWriter file_;
  bool is_compressed_;
  std::vector<ZipMember> members_;
};

}  // namespace numest
