// The submodule of draws: numest/ops/distributions.h with keys from Python.
#include "keyed_draws.h"

namespace numest::python {

namespace {

using T = TensorArgument;
using namespace nb::literals;  // NOLINT: for "name"_a

// What choices are made of, for numbers of items that are traced.
void bind_positions(nb::module_& m) {
  m.def("_order", [](nb::handle next_key, const Size& count) {
    return KeyedDraws(next_key).order(count);
  });
  m.def("_weighted_positions",
        [](nb::handle next_key, const T& p, const Size& size) {
          return KeyedDraws(next_key).weighted_positions(p.tensor, size);
        });
  m.def("_distinct_positions", [](nb::handle next_key, const Size& count,
                                  const Size& size, const std::optional<T>& p) {
    return KeyedDraws(next_key).distinct_positions(count, size, given(p));
  });
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
