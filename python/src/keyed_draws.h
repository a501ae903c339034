// Draws of Python: the distributions of the core with the keys of a trace.
#pragma once

#include <optional>

#include "arguments.h"
#include "numest/ops/distributions.h"

namespace numest::python {

using random::Size;

/// Draws whose keys are what a Python function gives, one at each call.
class KeyedDraws : public random::Distributions {
 public:
  explicit KeyedDraws(nb::handle next_key) : next_key_(next_key) {}

  using Distributions::chosen;
  using Distributions::order;

 protected:
  Tensor next_key() override { return nb::cast<Tensor>(next_key_()); }

 private:
  nb::handle next_key_;
};

inline std::optional<Tensor> given(const std::optional<TensorArgument>& t) {
  return t ? std::optional(t->tensor) : std::nullopt;
}

/// Defines all draws; `names` gets the arguments of each.
void bind_distributions(nb::module_& m, nb::dict& names);

}  // namespace numest::python

namespace nanobind::detail {

// None, an int or ints; a symbol may have the positions that it belongs to.
template <>
struct type_caster<numest::random::Size> {
  NB_TYPE_CASTER(numest::random::Size, const_name("shape_like"))
  bool from_python(handle src, uint8_t, cleanup_list*) {
    if (src.is_none()) return true;
    std::vector<numest::Tensor> positions;
    if (!PyIndex_Check(src.ptr()))
      for (handle extent : src)
        if (hasattr(extent, "positions"))
          positions.push_back(cast<numest::Tensor>(extent.attr("positions")));
    value = {numest::python::to_shape(src), std::move(positions)};
    return true;
  }
};

}  // namespace nanobind::detail
