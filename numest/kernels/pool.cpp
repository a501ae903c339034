// Pooling: loops over windows, the channels innermost so that they vectorize.
#include <algorithm>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/conv.h"
#include "numest/kernels/half_convert.h"

namespace numest::kernels {
namespace {

struct Range {
  int64_t begin, end;  // positions of the window, those inside the input
};
Range inside(const WindowAxis& a, int64_t out) {
  const int64_t start = out * a.stride - a.pad_before;
  Range r = {0, a.window};
  while (r.begin < r.end && start + r.begin * a.dilation < 0) ++r.begin;
  while (r.end > r.begin && start + (r.end - 1) * a.dilation >= a.extent)
    --r.end;
  return r;
}

struct Window {
  int64_t out;    // offset of the output pixel
  int64_t count;  // pixels inside the input
};

// Calls pixel(window, offset of an input pixel) for each pixel of each
// window of image `b`, and finish(window) after its last pixel.
template <class Pixel, class Finish>
void for_windows(const PoolShape& s, int64_t b, const Pixel& pixel,
                 const Finish& finish) {
  const int64_t out_height = s.height.out(), out_width = s.width.out();
  for (int64_t i = 0; i < out_height; ++i) {
    const Range h = inside(s.height, i);
    for (int64_t j = 0; j < out_width; ++j) {
      const Range w = inside(s.width, j);
      const Window window = {
          ((b * out_height + i) * out_width + j) * s.channels,
          (h.end - h.begin) * (w.end - w.begin)};
      for (int64_t p = h.begin; p < h.end; ++p) {
        const int64_t y =
            i * s.height.stride - s.height.pad_before + p * s.height.dilation;
        for (int64_t q = w.begin; q < w.end; ++q) {
          const int64_t x =
              j * s.width.stride - s.width.pad_before + q * s.width.dilation;
          pixel(window,
                ((b * s.height.extent + y) * s.width.extent + x) * s.channels);
        }
      }
      finish(window);
    }
  }
}

template <class T>
float load(T x) {
  return to_float(x);
}
inline float load(float x) { return x; }
inline double load(double x) { return x; }
template <class A, class T>
void store(A value, T& out) {
  if constexpr (is_half_type<T>)
    from_float(value, out);
  else
    out = value;
}

template <class T>
using Wide = decltype(load(T()));

// A NaN in x fails the comparison and so is taken; it is not replaced.
template <class A>
bool is_kept(A best, A x) {
  return best >= x || best != best;
}

template <class T>
void max_image(const PoolShape& s, int64_t b, const T* x, T* y) {
  const size_t channels = static_cast<size_t>(s.channels);
  std::vector<Wide<T>> best(channels);
  int64_t seen = -1;
  for_windows(
      s, b,
      [&](const Window& w, int64_t at) {
        const bool is_first = w.out != seen;
        seen = w.out;
        for (size_t c = 0; c < channels; ++c) {
          const Wide<T> value = load(x[size_t(at) + c]);
          best[c] = !is_first && is_kept(best[c], value) ? best[c] : value;
        }
      },
      [&](const Window& w) {
        for (size_t c = 0; c < channels; ++c)
          store(w.count ? best[c] : Wide<T>(0), y[size_t(w.out) + c]);
      });
}

// Adds to `sums`, one image of wide values.
template <class T>
void max_image_gradient(const PoolShape& s, int64_t b, const T* x, const T* dy,
                        Wide<T>* sums) {
  const size_t channels = static_cast<size_t>(s.channels);
  const int64_t image = s.height.extent * s.width.extent * s.channels;
  std::vector<Wide<T>> best(channels);
  std::vector<int64_t> where(channels);
  int64_t seen = -1;
  for_windows(
      s, b,
      [&](const Window& w, int64_t at) {
        const bool is_first = w.out != seen;
        seen = w.out;
        for (size_t c = 0; c < channels; ++c) {
          const Wide<T> value = load(x[size_t(at) + c]);
          if (!is_first && is_kept(best[c], value)) continue;
          best[c] = value;
          where[c] = at - b * image;
        }
      },
      [&](const Window& w) {
        if (w.count == 0) return;
        for (size_t c = 0; c < channels; ++c)
          sums[size_t(where[c]) + c] += load(dy[size_t(w.out) + c]);
      });
}

template <class T>
void avg_image(const PoolShape& s, int64_t b, const T* x, T* y) {
  const size_t channels = static_cast<size_t>(s.channels);
  std::vector<Wide<T>> sum(channels);
  for_windows(
      s, b,
      [&](const Window&, int64_t at) {
        for (size_t c = 0; c < channels; ++c) sum[c] += load(x[size_t(at) + c]);
      },
      [&](const Window& w) {
        const auto count = static_cast<Wide<T>>(std::max<int64_t>(1, w.count));
        for (size_t c = 0; c < channels; ++c) {
          store(sum[c] / count, y[size_t(w.out) + c]);
          sum[c] = 0;
        }
      });
}

template <class T>
void avg_image_gradient(const PoolShape& s, int64_t b, const T* dy,
                        Wide<T>* sums) {
  const size_t channels = static_cast<size_t>(s.channels);
  const int64_t image = s.height.extent * s.width.extent * s.channels;
  for_windows(
      s, b,
      [&](const Window& w, int64_t at) {
        const auto count = static_cast<Wide<T>>(w.count);
        Wide<T>* to = sums + (at - b * image);
        for (size_t c = 0; c < channels; ++c)
          to[c] += load(dy[size_t(w.out) + c]) / count;
      },
      [](const Window&) {});
}

template <class T, class Body>
void for_gradient_images(const PoolShape& s, T* dx, const Body& body) {
  const int64_t image = s.height.extent * s.width.extent * s.channels;
  parallel_for(s.batch, 1, [&](int64_t begin, int64_t end) {
    std::vector<Wide<T>> sums(static_cast<size_t>(image));
    for (int64_t b = begin; b < end; ++b) {
      std::fill(sums.begin(), sums.end(), Wide<T>(0));
      body(b, sums.data());
      for (int64_t i = 0; i < image; ++i)
        store(sums[static_cast<size_t>(i)], dx[b * image + i]);
    }
  });
}

template <class F>
void visit_float(const char* op, DType dtype, F f) {
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (is_half_type<T> || std::is_floating_point_v<T>)
      f(tag);
    else
      fail<TypeError>("{}: got dtype {}, expected a floating dtype", op,
                      name(dtype));
  });
}

}  // namespace

void max_pool2d(DType dtype, const PoolShape& shape, const void* x, void* y) {
  visit_float("max_pool2d", dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(shape.batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b)
        max_image(shape, b, static_cast<const T*>(x), static_cast<T*>(y));
    });
  });
}

void max_pool2d_gradient(DType dtype, const PoolShape& shape, const void* x,
                         const void* dy, void* dx) {
  visit_float("max_pool2d_gradient", dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_gradient_images(shape, static_cast<T*>(dx),
                        [&](int64_t b, Wide<T>* sums) {
                          max_image_gradient(shape, b, static_cast<const T*>(x),
                                             static_cast<const T*>(dy), sums);
                        });
  });
}

void avg_pool2d(DType dtype, const PoolShape& shape, const void* x, void* y) {
  visit_float("avg_pool2d", dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(shape.batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b)
        avg_image(shape, b, static_cast<const T*>(x), static_cast<T*>(y));
    });
  });
}

void avg_pool2d_gradient(DType dtype, const PoolShape& shape, const void* dy,
                         void* dx) {
  visit_float("avg_pool2d_gradient", dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_gradient_images(
        shape, static_cast<T*>(dx), [&](int64_t b, Wide<T>* sums) {
          avg_image_gradient<T>(shape, b, static_cast<const T*>(dy), sums);
        });
  });
}

}  // namespace numest::kernels
