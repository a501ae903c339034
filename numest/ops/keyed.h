// What all ops that draw share: keys are uint64, and each key of an array has
// a block of values of its own.
#pragma once

#include <vector>

#include "numest/ops/emit.h"

namespace numest {

/// Throws TypeError unless input 0 is a key.
inline void check_key(const TypeContext& c) {
  NUMEST_USER_CHECK(c.in(0).dtype == DType::kUInt64, TypeError,
                    "{}: got a key of dtype {}, expected uint64", c.op.name,
                    name(c.in(0).dtype));
}

/// The shape of the keys, then that of a block.
inline Shape keyed_shape(const TypeContext& c, const Shape& block) {
  check_key(c);
  Shape result = c.in(0).shape;
  for (const int64_t extent : block) result.push_back(extent);
  return result;
}

/// vmap of draws with an attribute `shape` whose other inputs broadcast to the
/// result: those of the batch get axes of 1 that align them with the blocks.
inline std::vector<Tensor> keyed_vmap(const VmapContext& c) {
  const Tensor key = batched_input(c, 0);
  const int ndim = key.ndim() + c.attrs.get<Shape>("shape").ndim();
  std::vector<Tensor> inputs{key};
  for (size_t i = 1; i < c.inputs.size(); ++i) {
    Tensor t = c.inputs[i];
    if (c.batched[i]) t = insert_ones(t, 1, ndim - t.ndim());
    inputs.push_back(t);
  }
  return call(c.op, inputs, c.attrs);
}

}  // namespace numest
