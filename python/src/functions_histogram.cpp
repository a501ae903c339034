// Histograms for Python.
#include <nanobind/stl/pair.h>

#include "arguments.h"
#include "numest/ops/composite_histogram.h"

namespace numest::python {

namespace {

using T = TensorArgument;
using Ts = TensorList;
using namespace nb::literals;  // NOLINT: for "name"_a

// (low, high), or None.
using Range = std::optional<Ts>;

Bounds to_bounds(const Range& range) {
  if (!range) return {};
  NUMEST_USER_CHECK(
      range->tensors.size() == 2, ValueError,
      "histogram: got a range of {} numbers, expected (low, high)",
      range->tensors.size());
  return {range->tensors[0], range->tensors[1]};
}

}  // namespace

void bind_histograms(nb::module_& m) {
  m.def(
      "_bin_edges",
      [](const T& a, const T& bins, const Range& range) {
        return histogram_bin_edges(a.tensor, bins.tensor, to_bounds(range));
      },
      "a"_a, "bins"_a, none("range"));
  m.def(
      "_histogram",
      [](const T& a, const T& bins, const Range& range, bool density,
         const std::optional<T>& weights) {
        return histogram(a.tensor, bins.tensor,
                         {.range = to_bounds(range),
                          .density = density,
                          .weights = or_empty(weights)});
      },
      "a"_a, "bins"_a, none("range"), "density"_a = false, none("weights"));
  m.def(
      "_histogramdd",
      [](const T& sample, const Ts& bins, const std::vector<Range>& range,
         bool density, const std::optional<T>& weights) {
        std::vector<Bounds> bounds;
        for (const Range& one : range) bounds.push_back(to_bounds(one));
        auto [counts, edges] = histogramdd(sample.tensor, bins.tensors,
                                           {.range = bounds,
                                            .density = density,
                                            .weights = or_empty(weights)});
        return nb::make_tuple(std::move(counts),
                              nb::tuple(to_list(std::move(edges))));
      },
      "sample"_a, "bins"_a, "range"_a, "density"_a = false, none("weights"));
}

}  // namespace numest::python
