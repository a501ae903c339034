// For tests: every file that differs from a good one in one byte.
#pragma once

#include <fstream>
#include <functional>
#include <string>

#include "numest/base/error.h"
#include "numest/base/file.h"

namespace numest {

/// Replaces a file without the cost of an fsync; maps of the old one stay.
inline void replace_file(const std::string& path, std::string_view bytes) {
  if (file_exists(path)) remove_file(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Calls `read` after each one-byte change of the file at `path` (the lowest
/// bit, the highest bit, all bits) and after each truncation, then mends it.
/// DataLossError and NotSupportedError are swallowed, others escape. Returns
/// how many damaged files were refused.
inline int try_damaged_files(const std::string& path,
                             const std::function<void()>& read) {
  const std::string good = read_file(path);
  int num_refused = 0;
  const auto attempt = [&](const std::string& bytes) {
    replace_file(path, bytes);
    try {
      read();
    } catch (const DataLossError&) {
      ++num_refused;
    } catch (const NotSupportedError&) {
      ++num_refused;
    }
  };
  for (size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bad = good;
      bad[i] = char(bad[i] ^ flip);
      attempt(bad);
    }
    attempt(good.substr(0, i));
  }
  replace_file(path, good);
  return num_refused;
}

}  // namespace numest
