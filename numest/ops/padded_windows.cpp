#include "numest/ops/padded_windows.h"

#include <algorithm>
#include <vector>

#include "numest/base/thread_pool.h"

namespace numest {

namespace {

struct Axis {
  int64_t extent = 1, size = 1;    // of the row and of the window
  int64_t before = 0, last = 0;    // padding, and the last start
  int64_t step = 1, out_step = 1;  // elements of a step in both
};

// Axes that windows have as a whole are part of the last axis' steps.
std::vector<Axis> axes_of(const Shape& row, const Shape& window,
                          std::span<const int64_t> widths) {
  std::vector<Axis> axes(size_t(row.ndim()));
  int64_t step = 1, out_step = 1;
  for (int i = row.ndim(); i-- > 0;) {
    const size_t at = 2 * size_t(i);
    const int64_t before = widths.empty() ? 0 : widths[at];
    const int64_t after = widths.empty() ? 0 : widths[at + 1];
    axes[size_t(i)] = {row[i], window[i],
                       before, row[i] + before + after - window[i],
                       step,   out_step};
    step *= row[i];
    out_step *= window[i];
  }
  const auto is_whole = [](const Axis& a) {
    return a.size == a.extent && a.last == 0 && a.before == 0;
  };
  while (axes.size() > 1 && is_whole(axes.back())) axes.pop_back();
  return axes;
}

template <class T>
class Windows {
 public:
  Windows(std::vector<Axis> axes, const T& fill)
      : axes_(std::move(axes)), fill_(fill) {}

  void copy(size_t at, const T* from, const int64_t* starts, T* to) const {
    const Axis& a = axes_[at];
    const int64_t start = std::clamp<int64_t>(starts[at], 0, a.last) - a.before;
    // Of the window: where the row begins and ends in it, both inside.
    const int64_t first = std::clamp<int64_t>(-start, 0, a.size);
    const int64_t last = std::clamp<int64_t>(a.extent - start, first, a.size);
    to = std::fill_n(to, first * a.out_step, fill_);
    if (at + 1 == axes_.size()) {
      to = std::copy_n(from + (start + first) * a.step, (last - first) * a.step,
                       to);
    } else {
      for (int64_t i = first; i < last; ++i, to += a.out_step)
        copy(at + 1, from + (start + i) * a.step, starts, to);
    }
    std::fill_n(to, (a.size - last) * a.out_step, fill_);
  }

 private:
  const std::vector<Axis> axes_;
  const T fill_;
};

}  // namespace

void copy_padded_windows(const Array& rows, const Array& starts,
                         std::span<const int64_t> widths, const Array& fill,
                         const Array& out) {
  if (out.size() == 0) return;
  if (rows.ndim() == 1) return out.assign(rows);  // of rows without axes
  const Array from = rows.contiguous();
  const Array at = starts.astype(DType::kInt64).contiguous();
  Shape row = rows.shape(), window = out.shape();
  row.erase(0);
  window.erase(0);
  const int64_t ndim = row.ndim(), row_size = row.size(),
                window_size = window.size();
  visit_dtype(rows.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const Windows<T> windows(axes_of(row, window, widths), *fill.data<T>());
    parallel_for(rows.shape()[0], 8, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r)
        windows.copy(0, from.data<T>() + r * row_size,
                     at.data<int64_t>() + r * ndim,
                     out.data<T>() + r * window_size);
    });
  });
}

}  // namespace numest
