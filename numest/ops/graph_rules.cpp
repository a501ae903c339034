// Results and cotangents of ops with sub-graphs.
#include "numest/ops/graph_rules.h"

#include "numest/ops/emit.h"

namespace numest {

const std::shared_ptr<const Graph>& graph_of(const Attrs& attrs,
                                             std::string_view key) {
  return attrs.get<std::shared_ptr<const Graph>>(key);
}

void deliver(const KernelContext& c, size_t i, const Array& value) {
  Array& out = c.out(i);
  // Planned memory may belong to an arena that `out` does not own.
  const bool is_given = out.raw() != nullptr || out.size() == 0;
  const bool fits =
      is_given && out.dtype() == value.dtype() && out.shape() == value.shape();
  if (fits)
    out.assign(value);
  else
    out = value;
}

void deliver_all(const KernelContext& c, const std::vector<Array>& values) {
  for (size_t i = 0; i < values.size(); ++i) deliver(c, i, values[i]);
}

std::vector<Tensor> with_cotangents(const VjpContext& c,
                                    std::span<const Tensor> inputs) {
  std::vector<Tensor> all(inputs.begin(), inputs.end());
  for (size_t i = 0; i < c.outputs.size(); ++i)
    all.push_back(c.cotangents[i].is_empty()
                      ? emit("zeros_like", {c.outputs[i]})
                      : c.cotangents[i]);
  return all;
}

std::vector<Tensor> only_inexact(std::span<const Tensor> inputs,
                                 std::vector<Tensor> cotangents) {
  for (size_t i = 0; i < inputs.size(); ++i)
    if (!is_inexact(inputs[i].dtype())) cotangents[i] = Tensor();
  return cotangents;
}

}  // namespace numest
