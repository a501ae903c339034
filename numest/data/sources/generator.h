// Elements from a function that is called again and again.
#pragma once

#include <functional>
#include <optional>

#include "numest/data/dataset_node.h"

namespace numest::data {

/// Gives the next element, or nullopt at the end.
using Generator = std::function<std::optional<Element>()>;
/// Starts a pass; called anew for every iterator and epoch.
using GeneratorFactory = std::function<Generator()>;

/// Elements must have `spec`: ValueError for shapes, TypeError for dtypes and
/// structure. A restored iterator draws the elements before again.
DatasetNodePtr make_generator(GeneratorFactory factory, ElementSpec spec);

/// Throws unless `leaves` have the dtypes and shapes of `spec` (symbols fit
/// any extent).
void check_element(const std::vector<TensorSpec>& spec, const Leaves& leaves,
                   const char* op);

}  // namespace numest::data
