// The extents of a node that are not known.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <variant>

#include "numest/graph/node.h"

namespace numest {

/// Calls `f` with each extent that is a symbol.
template <class F>
void for_each_symbol(const Shape& shape, F&& f) {
  for (const int64_t extent : shape)
    if (is_symbol(extent)) f(extent);
}

/// The same of shapes among the attributes; the -1 of a reshape names none.
template <class F>
void for_each_named(const Node& node, F&& f) {
  for (const auto& [key, value] : node.attrs.items())
    if (const auto* shape = std::get_if<Shape>(&value))
      for_each_symbol(*shape, [&](int64_t s) {
        if (s != -1) f(s);
      });
}

/// What symbols of nodes are called where the nodes are made again: in another
/// graph, or after a pass.
class RenamedSymbols {
 public:
  /// Extents of the value of shape `before` are those of `after`.
  void note(const Shape& before, const Shape& after);
  /// The same node of other inputs, with renamed symbols in its attributes;
  /// notes what its own outputs are called then.
  std::vector<Tensor> rebuild(const std::shared_ptr<const Node>& node,
                              std::vector<Tensor> inputs);

 private:
  Shape renamed(Shape shape) const;

  std::unordered_map<int64_t, int64_t> after_;
};

}  // namespace numest
