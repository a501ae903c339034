// Files as datasets of scalar strings, element by element.
#pragma once

#include <string>
#include <vector>

#include "numest/data/dataset.h"
#include "numest/formats/compression.h"

namespace numest::estimator {

/// The lines of text files, one file after the other, without line ends. A
/// missing file is a NotFoundError when it is reached.
data::Dataset text_line_dataset(const std::vector<std::string>& paths,
                                Compression compression = Compression::kNone);
/// The records of TFRecord files. Damage is a DataLossError when reached.
data::Dataset tfrecord_dataset(const std::vector<std::string>& paths,
                               Compression compression = Compression::kNone);

}  // namespace numest::estimator
