// numpy.fft: transforms of one axis and of several, composed of the op
// `fourier`. Extents of the axes must be known while tracing. float32 gives
// complex64, as in NumPy 2.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "numest/ops/composite.h"

namespace numest::fft {

/// Keyword arguments of transforms of one axis.
struct Options {
  /// Extent to which the axis is cut, or padded by zeros; by default its own
  /// (irfft, hfft: 2 (m - 1) for an axis of m).
  std::optional<int64_t> n = {};
  int axis = -1;
  /// Which direction is divided: "backward" the inverse by n, "forward" the
  /// forward one by n, "ortho" both by sqrt(n).
  std::string_view norm = "backward";
};

/// Transforms of one axis. ValueError: n < 1, no such axis or norm.
Tensor fft(const Tensor& a, const Options& options = {});
Tensor ifft(const Tensor& a, const Options& options = {});
/// The first n / 2 + 1 coefficients of real numbers. TypeError if complex.
Tensor rfft(const Tensor& a, const Options& options = {});
/// The n real numbers of which `a` has the first n / 2 + 1 coefficients.
Tensor irfft(const Tensor& a, const Options& options = {});
/// The real transform of n numbers whose other half are the conjugates.
Tensor hfft(const Tensor& a, const Options& options = {});
Tensor ihfft(const Tensor& a, const Options& options = {});

/// Keyword arguments of transforms of several axes.
struct ManyOptions {
  /// Extents of the axes, -1 for their own; by default their own.
  std::optional<std::vector<int64_t>> s = {};
  /// By default as many last axes as s has; without s, all.
  std::optional<std::vector<int64_t>> axes = {};
  std::string_view norm = "backward";
};

Tensor fftn(const Tensor& a, const ManyOptions& options = {});
Tensor ifftn(const Tensor& a, const ManyOptions& options = {});
/// rfft of the last of the axes, fft of the others.
Tensor rfftn(const Tensor& a, const ManyOptions& options = {});
/// ifft of all axes but the last, irfft of that.
Tensor irfftn(const Tensor& a, const ManyOptions& options = {});

/// The same over the last two axes.
struct PlaneOptions {
  std::optional<std::vector<int64_t>> s = {};
  std::vector<int64_t> axes = {-2, -1};
  std::string_view norm = "backward";
};

Tensor fft2(const Tensor& a, const PlaneOptions& options = {});
Tensor ifft2(const Tensor& a, const PlaneOptions& options = {});
Tensor rfft2(const Tensor& a, const PlaneOptions& options = {});
Tensor irfft2(const Tensor& a, const PlaneOptions& options = {});

/// Frequencies of the coefficients of fft and rfft, samples `d` apart.
Tensor fftfreq(int64_t n, double d = 1);
Tensor rfftfreq(int64_t n, double d = 1);
/// Rolls the zero frequency to the middle of `axes` (None: all), and back.
Tensor fftshift(const Tensor& x, const Axes& axes = {});
Tensor ifftshift(const Tensor& x, const Axes& axes = {});

}  // namespace numest::fft
