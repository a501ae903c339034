// What is fuzzed: a reader of bytes, with files that it accepts.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "numest/formats/npy.h"

namespace numest::fuzz {

struct Target {
  std::string name;
  /// Bytes that are accepted.
  std::vector<std::string> seeds;
  /// Reads the bytes and returns all that was read as text; damage is a
  /// UserError.
  std::function<std::string(std::string_view)> read;
  /// Puts the bytes where checksums would stop them: damage below is then
  /// what the reader sees. None: the bytes are the file.
  std::function<std::string(const std::string&)> wrap = {};
  /// Checksums cover each byte: a change is an error or changes nothing.
  bool is_checked = false;
  /// Words that the format knows, for mutations.
  std::vector<std::string> words = {};
};

std::vector<Target> array_targets();       // IDX, npy, npz, CSV
std::vector<Target> checkpoint_targets();  // bundles and what lies beside
std::vector<Target> record_targets();      // TFRecord, Example, events
std::vector<Target> program_targets();     // graphs, states of iterators
const std::vector<Target>& all_targets();

/// Dtypes, shapes and bytes of arrays as text.
std::string digest(const NamedArrays& arrays);
std::string digest(const Array& array);

/// A file of these bytes in memory, for readers that take a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace numest::fuzz
