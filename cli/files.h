// Arrays from the files that a user names.
#pragma once

#include <string>
#include <vector>

#include "numest/data/dataset.h"

namespace numest::cli {

struct DataFiles {
  std::string features = {}, labels = {};
  int64_t batch_size = 128;
};

/// What `FILE[:NAME]` may be, for --help.
inline constexpr const char* kFileHelp =
    "FILE[:NAME]: .npy, .npz (array NAME), .csv (column NAME; without it all "
    "columns) or IDX, gzip or not";

struct Features {
  Array x;                                // (n, ...) float32
  std::vector<std::string> columns = {};  // of a CSV file read as a whole
};

/// Features by example; uint8 is scaled to [0, 1]. Of a CSV file `columns`,
/// or all but the one that holds the labels.
Features read_features(const DataFiles& files,
                       const std::vector<std::string>& columns = {});
/// Labels, (n,) or (n, dimension): bytes if the file has text, else int64,
/// or float32 for a regressor.
Array read_labels(const DataFiles& files, bool is_regressor);
/// ValueError naming both files unless there is a label for each example.
void check_lengths(const DataFiles& files, const Array& x, const Array& y);

}  // namespace numest::cli
