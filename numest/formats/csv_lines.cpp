// A blank line holds no character before its end; a line of one empty quoted
// field is a record.
#include "numest/formats/csv_lines.h"

#include "numest/base/error.h"

namespace numest {

bool CsvScanner::at_line_end() const {
  return text_.empty() || text_[0] == '\n' || text_.starts_with("\r\n") ||
         text_ == "\r";
}

void CsvScanner::skip_line_end() {
  if (text_.starts_with('\r')) text_.remove_prefix(1);
  if (text_.starts_with('\n')) text_.remove_prefix(1);
  ++next_line_;
}

std::string_view CsvScanner::plain_field() {
  const char stops[] = {delimiter_, '\n'};
  size_t end = text_.find_first_of(std::string_view(stops, 2));
  if (end == std::string_view::npos) end = text_.size();
  const bool at_break = end == text_.size() || text_[end] == '\n';
  if (at_break && end > 0 && text_[end - 1] == '\r') --end;
  const std::string_view field = text_.substr(0, end);
  text_.remove_prefix(end);
  return field;
}

std::string_view CsvScanner::quoted_field() {
  std::string value;
  text_.remove_prefix(1);
  while (true) {
    const size_t quote = text_.find('"');
    NUMEST_USER_CHECK(quote != std::string_view::npos, ValueError,
                      "{}: a quoted field of the record at line {} is not "
                      "closed",
                      source_, record_line_);
    value += text_.substr(0, quote);
    text_.remove_prefix(quote + 1);
    if (!text_.starts_with('"')) break;
    value += '"';
    text_.remove_prefix(1);
  }
  NUMEST_USER_CHECK(at_line_end() || text_[0] == delimiter_, ValueError,
                    "{}: line {}: text follows a closing quote; expected "
                    "'{}', or quotes inside fields doubled",
                    source_, record_line_, delimiter_);
  for (const char c : value) next_line_ += c == '\n';
  return unquoted_.emplace_back(std::move(value));
}

bool CsvScanner::next(std::vector<std::string_view>& fields) {
  fields.clear();
  while (!text_.empty() && at_line_end()) skip_line_end();
  if (text_.empty()) return false;
  record_line_ = next_line_;
  while (true) {
    fields.push_back(text_.starts_with('"') ? quoted_field() : plain_field());
    if (!text_.starts_with(delimiter_)) break;
    text_.remove_prefix(1);
  }
  skip_line_end();
  return true;
}

}  // namespace numest
