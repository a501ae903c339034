// Arrays from the files that a user names.
#pragma once

#include <string>

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

/// Features, (n, ...) float32; uint8 is scaled to [0, 1]. A CSV column that
/// holds the labels is left out.
Array read_features(const DataFiles& files);
/// Labels, (n,) or (n, dimension): int64, or float32 for a regressor.
Array read_labels(const DataFiles& files, bool is_regressor);
/// Batches in the order of the files; labels only if given.
data::Dataset ordered_batches(const DataFiles& files, bool has_labels,
                              bool is_regressor);

}  // namespace numest::cli
