// NumPy's .npy files, versions 1 to 3, and .npz archives of them (NEP 1 and
// numpy/lib/format.py: magic, version, a Python dictionary, the values).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "numest/array/array.h"

namespace numest {

/// Arrays by name, in file order.
using NamedArrays = std::vector<std::pair<std::string, Array>>;

/// Reads a .npy file. Native numbers are a read-only view of the mapped file
/// (np.load's mmap_mode 'r'), with Fortran order as strides; big-endian
/// numbers and strings are copied. 'S' gives bytes without trailing NULs,
/// 'U' the same in UTF-8, 'V2' bfloat16 (what ml_dtypes writes).
/// Throws NotFoundError, DataLossError if damaged, NotSupportedError for
/// objects, structures and times.
Array read_npy(const std::string& path);

/// Writes a .npy file, atomically, in C order. bytes become 'S<longest>', so
/// trailing NULs are lost; bfloat16 becomes 'V2'.
void write_npy(const std::string& path, const Array& array);

/// Parses the contents of a .npy file. With `owner` (what keeps `bytes`
/// alive) the values are borrowed where possible, else copied.
Array parse_npy(std::string_view bytes, std::shared_ptr<const void> owner,
                const std::string& source);
/// Returns the contents of a .npy file.
std::string to_npy(const Array& array);

/// Reads all arrays of an .npz archive; names without ".npy".
NamedArrays read_npz(const std::string& path);
/// Writes an .npz archive, atomically; throws ValueError if a name occurs
/// twice. `is_compressed` deflates the members.
void write_npz(const std::string& path, const NamedArrays& arrays,
               bool is_compressed = false);

// --- NumPy's names ---
inline Array load(const std::string& file) { return read_npy(file); }
inline void save(const std::string& file, const Array& arr) {
  write_npy(file, arr);
}
inline void savez(const std::string& file, const NamedArrays& arrays) {
  write_npz(file, arrays);
}
inline void savez_compressed(const std::string& file,
                             const NamedArrays& arrays) {
  write_npz(file, arrays, true);
}

}  // namespace numest
