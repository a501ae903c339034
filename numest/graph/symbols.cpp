#include "numest/graph/symbols.h"

#include <algorithm>
#include <utility>

namespace numest {

void RenamedSymbols::note(const Shape& before, const Shape& after) {
  for (int i = 0; i < std::min(before.ndim(), after.ndim()); ++i)
    if (is_symbol(before[i]) && before[i] != after[i])
      after_.emplace(before[i], after[i]);
}

std::vector<Tensor> RenamedSymbols::rebuild(
    const std::shared_ptr<const Node>& node, std::vector<Tensor> inputs) {
  Attrs attrs = node->attrs;
  if (!after_.empty())
    for (const auto& [key, value] : node->attrs.items())
      if (const auto* shape = std::get_if<Shape>(&value))
        attrs.set(key, renamed(*shape));
  std::vector<Tensor> result;
  if (attrs == node->attrs) {
    result = with_inputs(node, std::move(inputs));
  } else {
    const LocationScope scope(node->location);
    result = make_node(*node->op, std::move(inputs), std::move(attrs));
  }
  for (size_t i = 0; i < result.size(); ++i)
    note(node->outputs[i].shape, result[i].shape());
  return result;
}

Shape RenamedSymbols::renamed(Shape shape) const {
  for (int64_t& extent : shape)
    if (const auto it = after_.find(extent); it != after_.end())
      extent = it->second;
  return shape;
}

}  // namespace numest
