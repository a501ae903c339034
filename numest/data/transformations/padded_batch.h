// Batches of elements whose shapes differ.
#pragma once

#include <optional>

#include "numest/data/dataset_node.h"

namespace numest::data {

/// Pads every component to `padded_shapes` (default and symbols: the largest
/// extent of the batch) with `padding_values` (scalars; default 0, empty and
/// false). ValueError if an element is larger, TypeError for a value of
/// another dtype.
DatasetNodePtr make_padded_batch(DatasetNodePtr input, int64_t batch_size,
                                 std::optional<Nest<Shape>> padded_shapes,
                                 std::optional<Element> padding_values,
                                 bool drop_remainder);

}  // namespace numest::data
