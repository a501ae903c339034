// Sorted string tables, the container of a checkpoint's index, through
// LevelDB's Table and TableBuilder (leveldb/doc/table_format.md).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace numest {

using KeyValues = std::vector<std::pair<std::string, std::string>>;

/// Returns all entries of a table in key order, every checksum compared.
/// Throws DataLossError if the table is damaged.
KeyValues read_sorted_table(std::string_view bytes, const std::string& source);

/// Returns an uncompressed table of `entries`, whose keys must ascend.
std::string to_sorted_table(const KeyValues& entries);

}  // namespace numest
