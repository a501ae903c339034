// Elements of several datasets in an order that another dataset gives.
#pragma once

#include <vector>

#include "numest/data/dataset_node.h"

namespace numest::data {

/// `choices` are int64 scalars, positions in `inputs`. The end of a chosen
/// input ends all if `stops_on_empty`, else the choice is passed over.
/// ValueError for no inputs or a choice out of range, TypeError for elements
/// of other structure or dtype.
DatasetNodePtr make_choose(std::vector<DatasetNodePtr> inputs,
                           DatasetNodePtr choices, bool stops_on_empty);

}  // namespace numest::data
