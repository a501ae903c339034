// Windows that slide over the two middle axes of (batch, height, width,
// channels): the geometry that convolutions and pools share.
#pragma once

#include <array>

#include "numest/graph/op_def.h"
#include "numest/kernels/conv.h"

namespace numest {

/// One spatial axis: output position o and window position k read input
/// position o * stride - pad + k * dilation.
struct WindowAxis {
  int64_t in = 1, window = 1, stride = 1, dilation = 1;
  int64_t out = 1, pad = 0;
};

/// Both axes of a window.
struct Window {
  WindowAxis rows, columns;
};

/// Applies `padding`: 'SAME' (ceil(in / stride) outputs, zeros around) or
/// 'VALID' (windows inside). Unknown extents give a new symbol, or the same
/// where nothing changes. Throws ValueError naming `op`.
WindowAxis window_axis(const OpDef& op, int64_t in, int64_t window,
                       int64_t stride, int64_t dilation,
                       const std::string& padding);

/// The same axis for the kernels.
kernels::WindowAxis kernel_axis(const WindowAxis& axis);

/// The two ints of an attribute; one int serves both axes.
std::array<int64_t, 2> pair_of(const OpDef& op, const Attrs& attrs,
                               std::string_view key);

/// Calls f(out position, window position, in position) for all positions of
/// the axis that lie inside of the input.
template <class F>
void for_each_position(const WindowAxis& a, F&& f) {
  for (int64_t o = 0; o < a.out; ++o)
    for (int64_t k = 0; k < a.window; ++k) {
      const int64_t i = o * a.stride - a.pad + k * a.dilation;
      if (i >= 0 && i < a.in) f(o, k, i);
    }
}

/// Calls f(out cell, window cell, in cell), cells counted in row-major order.
template <class F>
void for_each_cell(const Window& w, F&& f) {
  for_each_position(w.rows, [&](int64_t or_, int64_t kr, int64_t ir) {
    for_each_position(w.columns, [&](int64_t oc, int64_t kc, int64_t ic) {
      f(or_ * w.columns.out + oc, kr * w.columns.window + kc,
        ir * w.columns.in + ic);
    });
  });
}

/// vmap of an op whose inputs `in` are batches themselves where `is_merged`:
/// there the two batch axes become one for the call.
std::vector<Tensor> vmap_merged(const VmapContext& c, std::vector<Tensor> in,
                                const std::vector<bool>& is_merged,
                                const Attrs& attrs);

}  // namespace numest
