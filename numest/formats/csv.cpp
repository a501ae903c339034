// Fields stay views of the mapped text until their column's dtype is known.
#include "numest/formats/csv.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "numest/base/file.h"
#include "numest/formats/csv_lines.h"

namespace numest {
namespace {

struct Column {
  std::string name;
  std::vector<std::string_view> fields;
};

struct Table {
  std::vector<Column> columns;
  std::vector<int64_t> lines;  // of each row
};

std::string_view trim(std::string_view field) {
  const size_t begin = field.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return field.substr(begin, field.find_last_not_of(" \t") - begin + 1);
}

template <class T>
std::optional<T> parse_number(std::string_view field) {
  field = trim(field);
  if (field.size() > 1 && field[0] == '+' && field[1] != '-')
    field.remove_prefix(1);
  T value{};
  const char* end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc{}) return value;
  if constexpr (std::is_integral_v<T>) return std::nullopt;
  // Out of range: strtod tells overflow from underflow.
  return T(std::strtod(std::string(field).c_str(), nullptr));
}

std::optional<bool> parse_bool(std::string_view field) {
  field = trim(field);
  for (const char* word : {"1", "true", "True", "TRUE"})
    if (field == word) return true;
  for (const char* word : {"0", "false", "False", "FALSE"})
    if (field == word) return false;
  return std::nullopt;
}

// An empty field is a missing number.
template <class T>
std::optional<T> parse_float(std::string_view field) {
  if (trim(field).empty()) return std::numeric_limits<T>::quiet_NaN();
  return parse_number<T>(field);
}

Array bytes_column(const Column& column) {
  Array out(DType::kBytes, {int64_t(column.fields.size())});
  auto* p = out.data<Bytes>();
  for (const std::string_view field : column.fields) *p++ = field;
  return out;
}

template <class T, class Parse>
std::optional<Array> try_column(const Column& column, Parse parse) {
  Array out(dtype_of<T>, {int64_t(column.fields.size())});
  T* p = out.data<T>();
  for (const std::string_view field : column.fields) {
    const std::optional<T> value = parse(field);
    if (!value) return std::nullopt;
    *p++ = *value;
  }
  return out;
}

Array inferred_column(const Column& column) {
  bool has_value = false;
  for (const std::string_view field : column.fields)
    has_value = has_value || !trim(field).empty();
  if (has_value) {
    if (auto whole = try_column<int64_t>(column, parse_number<int64_t>))
      return *whole;
    if (auto number = try_column<float>(column, parse_float<float>))
      return *number;
  }
  return bytes_column(column);
}

template <class T, class Parse>
Array stated_column(const Table& table, const Column& column, DType dtype,
                    const std::string& source, Parse parse) {
  Array out(dtype_of<T>, {int64_t(column.fields.size())});
  T* p = out.data<T>();
  for (size_t row = 0; row < column.fields.size(); ++row) {
    const std::optional<T> value = parse(column.fields[row]);
    NUMEST_USER_CHECK(
        value, ValueError, "{}: line {}, column '{}': got '{}', expected {}",
        source, table.lines[row], column.name, column.fields[row], name(dtype));
    *p++ = *value;
  }
  return out.astype(dtype);
}

// Whole numbers of narrow dtypes must survive the conversion.
Array integer_column(const Table& table, const Column& column, DType dtype,
                     const std::string& source) {
  const auto fits = [&](std::string_view field) -> std::optional<int64_t> {
    const auto value = parse_number<int64_t>(field);
    if (!value) return value;
    return visit_dtype(dtype, [&](auto tag) -> std::optional<int64_t> {
      using T = typename decltype(tag)::type;
      if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
        if (std::in_range<T>(*value)) return value;
      return std::nullopt;
    });
  };
  if (dtype == DType::kUInt64)
    return stated_column<uint64_t>(table, column, dtype, source,
                                   parse_number<uint64_t>);
  return stated_column<int64_t>(table, column, dtype, source, fits);
}

Array column_of(const Table& table, const Column& column, DType dtype,
                const std::string& source) {
  switch (info(dtype).kind) {
    case 'S':
      return bytes_column(column);
    case 'b':
      return stated_column<bool>(table, column, dtype, source, parse_bool);
    case 'f':
      if (dtype == DType::kFloat32)
        return stated_column<float>(table, column, dtype, source,
                                    parse_float<float>);
      return stated_column<double>(table, column, dtype, source,
                                   parse_float<double>);
    case 'c':
      fail<NotSupportedError>("{}: column '{}': {} is not supported", source,
                              column.name, name(dtype));
    default:
      return integer_column(table, column, dtype, source);
  }
}

std::vector<std::string> column_names(
    const std::vector<std::string_view>& first, const CsvOptions& options,
    const std::string& source) {
  std::vector<std::string> names = options.column_names;
  if (names.empty() && options.header) names.assign(first.begin(), first.end());
  for (size_t i = names.size();
       options.column_names.empty() && !options.header && i < first.size(); ++i)
    names.push_back(std::to_string(i));
  NUMEST_USER_CHECK(names.size() == first.size(), ValueError,
                    "{}: got {} column names for {} columns", source,
                    names.size(), first.size());
  const std::set<std::string> distinct(names.begin(), names.end());
  NUMEST_USER_CHECK(distinct.size() == names.size(), ValueError,
                    "{}: a column name occurs twice", source);
  for (const auto& [name, dtype] : options.dtypes)
    NUMEST_USER_CHECK(distinct.contains(name), ValueError,
                      "{}: dtypes names the column '{}', which is not there",
                      source, name);
  return names;
}

Table read_table(CsvScanner& scanner, const CsvOptions& options,
                 const std::string& source) {
  Table table;
  std::vector<std::string_view> fields;
  bool has_row = scanner.next(fields);
  if (!has_row) return table;
  for (std::string& name : column_names(fields, options, source))
    table.columns.push_back({std::move(name), {}});
  if (options.header) has_row = scanner.next(fields);
  for (; has_row; has_row = scanner.next(fields)) {
    NUMEST_USER_CHECK(fields.size() == table.columns.size(), ValueError,
                      "{}: line {} has {} fields, expected {}", source,
                      scanner.line(), fields.size(), table.columns.size());
    table.lines.push_back(scanner.line());
    for (size_t i = 0; i < fields.size(); ++i)
      table.columns[i].fields.push_back(fields[i]);
  }
  return table;
}

}  // namespace

NamedArrays parse_csv(std::string_view text, const CsvOptions& options,
                      const std::string& source) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark))
    text.remove_prefix(kByteOrderMark.size());
  CsvScanner scanner(text, options.delimiter, source);
  const Table table = read_table(scanner, options, source);
  NamedArrays arrays;
  for (const Column& column : table.columns) {
    const auto stated = options.dtypes.find(column.name);
    arrays.emplace_back(column.name,
                        stated == options.dtypes.end()
                            ? inferred_column(column)
                            : column_of(table, column, stated->second, source));
  }
  return arrays;
}

NamedArrays read_csv(const std::string& path, const CsvOptions& options) {
  const auto file = MappedFile::open(path);
  return parse_csv({reinterpret_cast<const char*>(file->bytes().data()),
                    file->bytes().size()},
                   options, "read_csv: " + path);
}

}  // namespace numest
