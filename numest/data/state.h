// The state of an iterator as bytes: tags, numbers and texts in the order in
// which the nodes of the pipeline write and read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace numest::data {

/// Collects the state of an iterator.
class StateWriter {
 public:
  /// Writes the name of a node; the reader checks it.
  void tag(std::string_view name) { text(name); }
  void number(uint64_t value);
  void position(int64_t value) { number(static_cast<uint64_t>(value)); }
  void text(std::string_view value);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads what StateWriter wrote; throws ValueError on damaged bytes.
class StateReader {
 public:
  /// Borrows `bytes`.
  explicit StateReader(std::string_view bytes) : rest_(bytes) {}
  /// Throws ValueError unless the next tag is `name`.
  void expect(std::string_view name);
  uint64_t number();
  int64_t position();
  std::string text();
  /// Throws ValueError if something is left.
  void finish() const;

 private:
  std::string_view rest_;
};

}  // namespace numest::data
