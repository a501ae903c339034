// Convolution and pooling of images in TensorFlow's layout: inputs NHWC,
// filters HWIO (height, width, input channels, output channels).
#pragma once

#include <cstdint>

#include "numest/array/dtype.h"

namespace numest::kernels {

/// Window, stride, dilation and zero padding of one spatial axis.
struct WindowAxis {
  int64_t extent = 1;  // of the input
  int64_t window = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t pad_before = 0;
  int64_t pad_after = 0;

  /// Extent of the output; 0 if the window does not fit.
  int64_t out() const;
};

/// Returns the axis with TensorFlow's SAME padding: out = ceil(extent /
/// stride), the odd element of padding after.
WindowAxis same_padding(WindowAxis axis);

struct ConvShape {
  int64_t batch = 1;
  WindowAxis height, width;
  int64_t channels = 1;  // of the input
  int64_t filters = 1;   // channels of the output
};

/// y[b, i, j, f] = sum of x at the window times w. Floating dtypes; x is
/// (batch, height, width, channels), w (window height, window width,
/// channels, filters), y (batch, out height, out width, filters).
void conv2d(DType dtype, const ConvShape& shape, const void* x, const void* w,
            void* y);
/// dx of conv2d from dy: the transposed convolution.
void conv2d_input_gradient(DType dtype, const ConvShape& shape, const void* dy,
                           const void* w, void* dx);
/// dw of conv2d from x and dy.
void conv2d_filter_gradient(DType dtype, const ConvShape& shape, const void* x,
                            const void* dy, void* dw);

struct PoolShape {
  int64_t batch = 1;
  WindowAxis height, width;
  int64_t channels = 1;
};

/// Largest element of each window; padding is never chosen; NaN wins.
void max_pool2d(DType dtype, const PoolShape& shape, const void* x, void* y);
/// Sends dy to the first largest element of each window.
void max_pool2d_gradient(DType dtype, const PoolShape& shape, const void* x,
                         const void* dy, void* dx);
/// Mean of each window; padding is not counted.
void avg_pool2d(DType dtype, const PoolShape& shape, const void* x, void* y);
void avg_pool2d_gradient(DType dtype, const PoolShape& shape, const void* dy,
                         void* dx);

}  // namespace numest::kernels
