// The submodule of draws: numest/ops/distributions.h with keys from Python.
#include "keyed_draws.h"

namespace numest::python {

namespace {

using T = TensorArgument;
using namespace nb::literals;  // NOLINT: for "name"_a

// What choices are made of, for numbers of items that are traced.
void bind_positions(nb::module_& m) {
  m.def(
      "_order",
      [](nb::handle next_key, const Size& count) {
        return KeyedDraws(next_key).order(count);
      },
      "next_key"_a, "count"_a);
  m.def(
      "_chosen",
      [](nb::handle next_key, const T& num_items, const Size& count,
         const Size& size, bool replace, const std::optional<T>& p) {
        return KeyedDraws(next_key).chosen(num_items.tensor, count, size,
                                           replace, given(p));
      },
      "next_key"_a, "num_items"_a, none("count"), none("size"), "replace"_a,
      none("p"));
}

}  // namespace

void bind_draws(nb::module_& m) {
  nb::module_ draws = m.def_submodule("draws");
  nb::dict names;
  bind_distributions(draws, names);
  bind_positions(draws);
  draws.attr("_arguments") = names;
}

}  // namespace numest::python
