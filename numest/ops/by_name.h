// The mark of keyword arguments, sum(x, {.axis = {1}}): first member of their
// structs.
#pragma once

namespace numest {

/// First member of all structs of keyword arguments: no value converts to it,
/// so that lists without names, sum(x, {0, 1}), are other arguments.
class ByName {
 public:
  constexpr ByName() {}  // NOLINT: an aggregate would let the lists pass
};

}  // namespace numest
