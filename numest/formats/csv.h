// Comma-separated values (RFC 4180): quoted fields, doubled quotes inside
// them, lines that end in LF or CR LF. The whole file becomes columns.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "numest/array/array.h"
#include "numest/formats/npy.h"

namespace numest {

struct CsvOptions {
  bool header = true;  ///< The first line names the columns.
  char delimiter = ',';
  /// Names of the columns; replace the header's. Without header and names,
  /// columns are called "0", "1", ...
  std::vector<std::string> column_names = {};
  /// Dtypes of columns by name; the others are inferred.
  std::map<std::string, DType> dtypes = {};
};

/// Reads a CSV file into 1-d arrays by column, in file order. A column
/// whose fields are all whole numbers is int64; all numbers or empty (NaN),
/// with at least one number, float32; any other bytes. Blank lines are
/// skipped. Throws NotFoundError; ValueError with the line for ragged lines,
/// open quotes and fields that a stated dtype does not allow.
NamedArrays read_csv(const std::string& path, const CsvOptions& options = {});

/// The same of text in memory; `source` names it in messages.
NamedArrays parse_csv(std::string_view text, const CsvOptions& options = {},
                      const std::string& source = "read_csv");

}  // namespace numest
