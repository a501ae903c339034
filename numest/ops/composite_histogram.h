// Histograms: how many elements, or how much of their weights, lie between
// each two edges. Bins hold their lower edge, the last one its upper edge, too;
// nan lies in none.
//
// `bins` are a number of equal bins between the bounds, or their edges, which
// ascend. `density`: float64, divided by the total and by the widths of bins.
#pragma once

#include <tuple>
#include <utility>
#include <vector>

#include "numest/graph/tensor.h"
#include "numest/ops/by_name.h"

namespace numest {

/// The lowest and the highest edge; none: the least and the largest element, 0
/// and 1 if there are none. Half a unit is added on both sides of equal ones.
class Bounds {
 public:
  Bounds() = default;
  Bounds(Tensor low, Tensor high)
      : low_(std::move(low)), high_(std::move(high)) {}
  bool is_none() const { return low_.is_empty(); }
  const Tensor& low() const { return low_; }
  const Tensor& high() const { return high_; }

 private:
  Tensor low_, high_;
};

/// Edges of `bins` equal bins, or the edges that were given. ValueError for
/// bounds that are not finite or not in order, for edges that descend, and for
/// more bins than there are numbers between the bounds.
Tensor histogram_bin_edges(const Tensor& a, const Tensor& bins = 10,
                           const Bounds& range = {});

/// Keyword arguments of `histogram`.
struct HistogramOptions {
  ByName named = {};
  Bounds range = {};
  bool density = false;
  Tensor weights = {};  // of the shape of a
};
/// (counts, edges) of all elements of a. Counts are int64, or of the dtype of
/// the weights.
std::pair<Tensor, Tensor> histogram(const Tensor& a, const Tensor& bins = 10,
                                    const HistogramOptions& options = {});

/// Keyword arguments of `histogram2d` and `histogramdd`.
struct HistogramddOptions {
  ByName named = {};
  std::vector<Bounds> range = {};  // none, or one for each axis
  bool density = false;
  Tensor weights = {};  // one for each point
};
/// (counts, edges of x, edges of y) of points (x, y), float64; bins of each
/// axis.
std::tuple<Tensor, Tensor, Tensor> histogram2d(
    const Tensor& x, const Tensor& y, const std::vector<Tensor>& bins,
    const HistogramddOptions& options = {});
/// The same bins for both axes.
std::tuple<Tensor, Tensor, Tensor> histogram2d(
    const Tensor& x, const Tensor& y, const Tensor& bins = 10,
    const HistogramddOptions& options = {});

/// (counts, edges of each axis) of points, one a row of `sample`, float64; bins
/// of each axis.
std::pair<Tensor, std::vector<Tensor>> histogramdd(
    const Tensor& sample, const std::vector<Tensor>& bins,
    const HistogramddOptions& options = {});
/// The same bins for all axes.
std::pair<Tensor, std::vector<Tensor>> histogramdd(
    const Tensor& sample, const Tensor& bins = 10,
    const HistogramddOptions& options = {});

}  // namespace numest
