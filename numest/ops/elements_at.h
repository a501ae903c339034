// Elements of arrays whose extents depend on values, where the rest of them is
// not needed.
#pragma once

#include <optional>

#include "numest/graph/tensor.h"

namespace numest {

/// take(t, positions, axis) without making `t`, whose extent along `axis` is
/// not known: what `t` was taken and computed from is read at the positions
/// instead. So `(x[a:b] * 2)[p]` has no extent that depends on values.
///
/// positions: integers of one axis; those outside of `t` may be among them and
/// give any value.
/// Returns nothing where `t` is not made elementwise from counted positions.
std::optional<Tensor> elements_at(const Tensor& t, const Tensor& positions,
                                  int axis);

/// The extent of `t` along `axis`, an int64 scalar; of counted positions, and
/// of what is made from them, the count itself.
Tensor extent_at(const Tensor& t, int axis);

}  // namespace numest
