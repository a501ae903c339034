// Convolution as a matrix product: each image's windows are laid out as rows
// (im2col), so that forward and both gradients are products with the filters
// seen as a matrix (window height x window width x channels, filters).
#include "numest/kernels/conv.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/elementwise.h"
#include "numest/kernels/matmul.h"

namespace numest::kernels {

int64_t WindowAxis::out() const {
  const int64_t covered = (window - 1) * dilation + 1;
  const int64_t padded = extent + pad_before + pad_after;
  return padded < covered ? 0 : (padded - covered) / stride + 1;
}

WindowAxis same_padding(WindowAxis axis) {
  const int64_t covered = (axis.window - 1) * axis.dilation + 1;
  const int64_t out = (axis.extent + axis.stride - 1) / axis.stride;
  const int64_t pad =
      std::max<int64_t>(0, (out - 1) * axis.stride + covered - axis.extent);
  axis.pad_before = pad / 2;
  axis.pad_after = pad - pad / 2;
  return axis;
}

namespace {

// Images of one fixed group share a partial sum of the filter gradient.
constexpr int64_t kGroups = 8;

struct Geometry {
  ConvShape s;
  int64_t out_height, out_width;

  explicit Geometry(const ConvShape& shape)
      : s(shape), out_height(s.height.out()), out_width(s.width.out()) {}

  int64_t rows() const { return out_height * out_width; }
  int64_t depth() const {
    return s.height.window * s.width.window * s.channels;
  }
  int64_t image() const {
    return s.height.extent * s.width.extent * s.channels;
  }
  int64_t out_image() const { return rows() * s.filters; }
  // A 1 x 1 window over every pixel: the image is its own im2col.
  bool is_plain() const {
    const auto is_plain_axis = [](const WindowAxis& a) {
      return a.window == 1 && a.stride == 1 && a.pad_before == 0 &&
             a.pad_after == 0;
    };
    return is_plain_axis(s.height) && is_plain_axis(s.width);
  }
};

// Calls visit(offset in the image or -1, offset in the columns) for every
// run of `channels` elements.
template <class Visit>
void for_windows(const Geometry& g, const Visit& visit) {
  const WindowAxis &h = g.s.height, &w = g.s.width;
  int64_t column = 0;
  for (int64_t i = 0; i < g.out_height; ++i) {
    for (int64_t j = 0; j < g.out_width; ++j) {
      for (int64_t p = 0; p < h.window; ++p) {
        const int64_t y = i * h.stride - h.pad_before + p * h.dilation;
        for (int64_t q = 0; q < w.window; ++q, column += g.s.channels) {
          const int64_t x = j * w.stride - w.pad_before + q * w.dilation;
          const bool is_inside =
              y >= 0 && y < h.extent && x >= 0 && x < w.extent;
          visit(is_inside ? (y * w.extent + x) * g.s.channels : -1, column);
        }
      }
    }
  }
}

template <class T>
void im2col(const Geometry& g, const T* image, T* columns) {
  const size_t bytes = static_cast<size_t>(g.s.channels) * sizeof(T);
  for_windows(g, [=](int64_t from, int64_t to) {
    if (from < 0)
      std::memset(columns + to, 0, bytes);
    else
      std::memcpy(columns + to, image + from, bytes);
  });
}

template <class T>
void col2im(const Geometry& g, const T* columns, T* image) {
  const int64_t channels = g.s.channels;
  for_windows(g, [=](int64_t to, int64_t from) {
    if (to < 0) return;
    for (int64_t c = 0; c < channels; ++c) image[to + c] += columns[from + c];
  });
}

template <class T>
void forward(const Geometry& g, const T* x, const T* w, T* y) {
  parallel_for(g.s.batch, 1, [&](int64_t begin, int64_t end) {
    std::vector<T> scratch(
        static_cast<size_t>(g.is_plain() ? 0 : g.rows() * g.depth()));
    for (int64_t b = begin; b < end; ++b) {
      const T* columns = x + b * g.image();
      if (!g.is_plain()) {
        im2col(g, columns, scratch.data());
        columns = scratch.data();
      }
      matmul(dtype_of<T>, columns, false, w, false, y + b * g.out_image(),
             g.rows(), g.s.filters, g.depth());
    }
  });
}

template <class T>
void input_gradient(const Geometry& g, const T* dy, const T* w, T* dx) {
  parallel_for(g.s.batch, 1, [&](int64_t begin, int64_t end) {
    std::vector<T> columns(static_cast<size_t>(g.rows() * g.depth()));
    for (int64_t b = begin; b < end; ++b) {
      T* image = dx + b * g.image();
      std::fill(image, image + g.image(), T{});
      matmul(dtype_of<T>, dy + b * g.out_image(), false, w, true,
             columns.data(), g.rows(), g.depth(), g.s.filters);
      col2im(g, columns.data(), image);
    }
  });
}

// Sum over the images [begin, end) into `sum`.
template <class T>
void add_filter_gradient(const Geometry& g, const T* x, const T* dy, T* sum,
                         int64_t begin, int64_t end) {
  std::vector<T> columns(static_cast<size_t>(g.rows() * g.depth()));
  for (int64_t b = begin; b < end; ++b) {
    im2col(g, x + b * g.image(), columns.data());
    matmul(dtype_of<T>, columns.data(), true, dy + b * g.out_image(), false,
           sum, g.depth(), g.s.filters, g.rows(), 1);
  }
}

template <class T>
void filter_gradient(const Geometry& g, const T* x, const T* dy, T* dw) {
  const int64_t size = g.depth() * g.s.filters;
  const int64_t grain = (g.s.batch + kGroups - 1) / kGroups;
  const int64_t groups = grain == 0 ? 0 : (g.s.batch + grain - 1) / grain;
  std::vector<T> sums(static_cast<size_t>(groups * size));
  parallel_for(groups, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      add_filter_gradient(g, x, dy, sums.data() + i * size, i * grain,
                          std::min(g.s.batch, (i + 1) * grain));
  });
  std::fill(dw, dw + size, T{});
  for (int64_t i = 0; i < groups; ++i)
    for (int64_t j = 0; j < size; ++j)
      dw[j] += sums[static_cast<size_t>(i * size + j)];
}

std::vector<float> widened(DType dtype, const void* x, int64_t n) {
  std::vector<float> wide(static_cast<size_t>(n));
  cast_tile(dtype, DType::kFloat32)(&x, wide.data(), n);
  return wide;
}

struct Operand {
  const void* data;
  int64_t size;
};

// Runs f(a, b, out) in float32 or float64; 16-bit floats by way of float32.
template <class F>
void run_float(const char* op, DType dtype, Operand a, Operand b, void* out,
               int64_t out_size, F f) {
  NUMEST_USER_CHECK(is_float(dtype), TypeError,
                    "{}: got dtype {}, expected a floating dtype", op,
                    name(dtype));
  if (dtype == DType::kFloat32)
    return f(static_cast<const float*>(a.data),
             static_cast<const float*>(b.data), static_cast<float*>(out));
  if (dtype == DType::kFloat64)
    return f(static_cast<const double*>(a.data),
             static_cast<const double*>(b.data), static_cast<double*>(out));
  const std::vector<float> wide_a = widened(dtype, a.data, a.size);
  const std::vector<float> wide_b = widened(dtype, b.data, b.size);
  std::vector<float> wide(static_cast<size_t>(out_size));
  f(wide_a.data(), wide_b.data(), wide.data());
  const void* in = wide.data();
  cast_tile(DType::kFloat32, dtype)(&in, out, out_size);
}

}  // namespace

void conv2d(DType dtype, const ConvShape& shape, const void* x, const void* w,
            void* y) {
  const Geometry g(shape);
  const int64_t batch = shape.batch;
  run_float("conv2d", dtype, {x, batch * g.image()},
            {w, g.depth() * shape.filters}, y, batch * g.out_image(),
            [&](const auto* in, const auto* filters, auto* out) {
              forward(g, in, filters, out);
            });
}

void conv2d_input_gradient(DType dtype, const ConvShape& shape, const void* dy,
                           const void* w, void* dx) {
  const Geometry g(shape);
  const int64_t batch = shape.batch;
  run_float("conv2d_input_gradient", dtype, {dy, batch * g.out_image()},
            {w, g.depth() * shape.filters}, dx, batch * g.image(),
            [&](const auto* out, const auto* filters, auto* in) {
              input_gradient(g, out, filters, in);
            });
}

void conv2d_filter_gradient(DType dtype, const ConvShape& shape, const void* x,
                            const void* dy, void* dw) {
  const Geometry g(shape);
  const int64_t batch = shape.batch;
  run_float("conv2d_filter_gradient", dtype, {x, batch * g.image()},
            {dy, batch * g.out_image()}, dw, g.depth() * shape.filters,
            [&](const auto* in, const auto* out, auto* filters) {
              filter_gradient(g, in, out, filters);
            });
}

}  // namespace numest::kernels
