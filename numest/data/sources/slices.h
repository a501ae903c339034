// Sources held in memory: slices of arrays, one element, whole numbers.
#pragma once

#include "numest/data/dataset_node.h"

namespace numest::data {

/// One element per row of the leaves' first axis; no copy. Throws ValueError
/// naming the component if a leaf has no axis or lengths differ.
DatasetNodePtr make_slices(const Element& components);
/// A single element.
DatasetNodePtr make_tensors(const Element& components);
/// start, start + step, … before `stop`; step not 0.
DatasetNodePtr make_range(int64_t start, int64_t stop, int64_t step,
                          DType dtype);

}  // namespace numest::data
