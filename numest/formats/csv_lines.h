// Splits CSV text into fields: a scanner over records.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace numest {

/// Reads records from text that outlives the scanner. Fields are views of
/// the text, or of the scanner where quotes had to be taken out.
class CsvScanner {
 public:
  CsvScanner(std::string_view text, char delimiter, std::string source)
      : text_(text), delimiter_(delimiter), source_(std::move(source)) {}

  /// Reads the next record that is not a blank line; false at the end.
  /// Throws ValueError if a quote is not closed or text follows it.
  bool next(std::vector<std::string_view>& fields);
  /// Line, from 1, at which the last record began.
  int64_t line() const { return record_line_; }

 private:
  std::string_view quoted_field();
  std::string_view plain_field();
  bool at_line_end() const;
  void skip_line_end();

  std::string_view text_;
  char delimiter_;
  std::string source_;
  std::deque<std::string> unquoted_;
  int64_t next_line_ = 1, record_line_ = 0;
};

}  // namespace numest
