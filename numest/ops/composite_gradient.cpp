// Slopes of sampled arrays along their axes.
#include <limits>

#include "numest/ops/composite_signal.h"
#include "numest/ops/dtypes.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();

// Samples along one axis; those of an axis of steps stand along it.
struct Samples {
  Tensor f;
  int axis;
  Tensor part(int64_t start, int64_t stop) const {
    return slice_axis(f, axis, start, stop);
  }
  // Element i; from the end if it is negative.
  Tensor at(int64_t i) const { return part(i, i == -1 ? kEnd : i + 1); }
};

// Slopes between three neighbours by the parabola through them, at the one in
// the middle; by weights of each.
Tensor inside(const Samples& f, const Samples& steps) {
  const Tensor before = steps.part(0, -1), after = steps.part(1, kEnd);
  const Tensor both = before + after;
  return f.part(0, -2) * (-after / (before * both)) +
         f.part(1, -1) * ((after - before) / (before * after)) +
         f.part(2, kEnd) * (before / (after * both));
}

// The same at the first, or the last, of the three; `near` is the step next to
// it.
Tensor at_edge(const Tensor f[3], const Tensor& near, const Tensor& far,
               double sign) {
  const Tensor both = near + far;
  return (f[0] * (-(near * 2.0 + far) / (near * both)) +
          f[1] * (both / (near * far)) - f[2] * (near / (far * both))) *
         sign;
}

Tensor edge(const Samples& f, const Samples& steps, bool is_first, int order) {
  const double sign = is_first ? 1 : -1;
  const auto from = [&](int64_t i) { return is_first ? i : -1 - i; };
  const Tensor near = steps.at(from(0));
  if (order == 1) return (f.at(from(1)) - f.at(from(0))) * sign / near;
  const Tensor three[] = {f.at(from(0)), f.at(from(1)), f.at(from(2))};
  return at_edge(three, near, steps.at(from(1)), sign);
}

Tensor even_inside(const Samples& f, const Tensor& step) {
  return (f.part(2, kEnd) - f.part(0, -2)) / (step * 2.0);
}

Tensor even_edge(const Samples& f, const Tensor& step, bool is_first,
                 int order) {
  const double sign = is_first ? 1 : -1;
  const auto at = [&](int64_t i) { return f.at(is_first ? i : -1 - i); };
  const Tensor rise =
      order == 1 ? at(1) - at(0) : at(0) * -1.5 + at(1) * 2.0 - at(2) * 0.5;
  return rise * sign / step;
}

void check_samples(const Tensor& f, int axis, int edge_order) {
  NUMEST_USER_CHECK(edge_order == 1 || edge_order == 2, ValueError,
                    "gradient: got edge_order {}, expected 1 or 2", edge_order);
  const int64_t extent = f.shape()[axis];
  NUMEST_USER_CHECK(!is_symbol(extent), NotSupportedError,
                    "gradient: the extent of axis {} is not known while "
                    "tracing",
                    axis);
  NUMEST_USER_CHECK(extent > edge_order, ValueError,
                    "gradient: Shape of array too small: got {} samples, "
                    "expected at least {}",
                    extent, edge_order + 1);
}

// Distances of positions along the axis; one number where they are known to be
// equal, which rounds as NumPy does.
Tensor steps_of(const Tensor& x, const Tensor& f, int axis) {
  NUMEST_USER_CHECK(x.ndim() == 1, ValueError,
                    "gradient: distances must be either scalars or 1d: got "
                    "shape {}",
                    x.shape().to_string());
  NUMEST_USER_CHECK(x.shape()[0] == f.shape()[axis], ValueError,
                    "gradient: when 1d, distances must match the length of the "
                    "corresponding dimension: got {} for {} samples",
                    x.shape()[0], f.shape()[axis]);
  const Tensor real = is_inexact(x.dtype()) ? x : astype(x, DType::kFloat64);
  const Tensor steps = diff(real);
  if (!steps.is_symbolic()) {
    const Tensor first = select(steps, 0);
    if (all(equal(steps, first)).numpy().item<bool>()) return first;
  }
  return insert_ones(steps, 1, f.ndim() - 1 - axis);
}

Tensor slope(const Tensor& given, const Tensor& spacing, int axis,
             int edge_order) {
  check_samples(given, axis, edge_order);
  const Samples f{as_float(given), axis};
  const Tensor step =
      spacing.ndim() == 0 ? spacing : steps_of(spacing, given, axis);
  Tensors parts;
  if (step.ndim() == 0) {
    parts = {even_edge(f, step, true, edge_order), even_inside(f, step),
             even_edge(f, step, false, edge_order)};
  } else {
    const Samples steps{step, 0};
    parts = {edge(f, steps, true, edge_order), inside(f, steps),
             edge(f, steps, false, edge_order)};
  }
  const Tensor result = concatenate(parts, axis);
  return result.dtype() == f.f.dtype() ? result : astype(result, f.f.dtype());
}

}  // namespace

Tensor gradient(const Tensor& f, double spacing, int axis, int edge_order) {
  return gradient(f, Tensor(spacing), axis, edge_order);
}

Tensor gradient(const Tensor& f, const Tensor& x, int axis, int edge_order) {
  return slope(f, x, normalize_axis(axis, f.ndim(), "gradient"), edge_order);
}

Tensors gradient(const Tensor& f, const Tensors& spacings, const Axes& axis,
                 int edge_order) {
  std::vector<int64_t> axes;
  if (const auto* one = std::get_if<int64_t>(&axis.attr())) axes = {*one};
  if (const auto* some = std::get_if<std::vector<int64_t>>(&axis.attr()))
    axes = *some;
  if (axis.is_none())
    for (int i = 0; i < f.ndim(); ++i) axes.push_back(i);
  const bool is_one =
      spacings.empty() || (spacings.size() == 1 && spacings[0].ndim() == 0);
  NUMEST_USER_CHECK(is_one || spacings.size() == axes.size(), TypeError,
                    "gradient: invalid number of arguments: got {} spacings "
                    "for {} axes",
                    spacings.size(), axes.size());
  Tensors slopes;
  for (size_t i = 0; i < axes.size(); ++i) {
    const Tensor spacing = spacings.empty() ? Tensor(1.0)
                           : is_one         ? spacings[0]
                                            : spacings[i];
    slopes.push_back(gradient(f, spacing, int(axes[i]), edge_order));
  }
  return slopes;
}

}  // namespace numest
