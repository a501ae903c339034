// The extents of a node that are not known.
#pragma once

#include <cstdint>
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

}  // namespace numest
