// a[items] on tensors: slices and ints become views, arrays gathers, masks
// the positions of their true elements.
#pragma once

#include <variant>
#include <vector>

#include "numest/array/index.h"
#include "numest/graph/tensor.h"

namespace numest {

/// One item of `a[i, j, ...]`; a Tensor of integers or a bool mask.
using TensorIndex = std::variant<Slice, int64_t, Ellipsis, NewAxis, Tensor>;

/// a[items], NumPy's rules. A mask gives an extent that depends on data.
Tensor index(const Tensor& a, const std::vector<TensorIndex>& items);
/// A copy of `a` in which a[items] holds `values`, broadcast and cast. One
/// mask with a scalar becomes `where`.
Tensor index_update(const Tensor& a, const std::vector<TensorIndex>& items,
                    const Tensor& values);

}  // namespace numest
