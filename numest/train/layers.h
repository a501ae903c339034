// Layers of compat.v1: functions that make variables in the current model
// scope. Names and defaults are TensorFlow's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "numest/train/model_scope.h"

namespace numest {

using Activation = std::function<Tensor(const Tensor&)>;

/// Height and width.
struct Dims2 {
  int64_t height = 1, width = 1;
};

/// "relu", "tanh", "sigmoid", "softplus", "elu", "selu", "swish", "gelu",
/// "leaky_relu", "relu6", "softsign", "linear"; ValueError lists them.
Activation activation_named(std::string_view name);

namespace layers {

struct DenseOptions {
  Activation activation = {};  // none: linear
  bool use_bias = true;
  Initializer kernel_initializer = {};  // default glorot_uniform
  Initializer bias_initializer = {};    // default zeros
  std::string name = {};                // default "dense", "dense_1", ...
  bool is_trainable = true;
  std::string slot_infix = {};
};
/// activation(inputs . kernel + bias): (..., n) to (..., units).
Tensor dense(const Tensor& inputs, int64_t units,
             const DenseOptions& options = {});

/// Zeroes a fraction `rate` of the elements and scales the others by
/// 1 / (1 - rate) while training; the identity otherwise.
Tensor dropout(const Tensor& inputs, double rate, bool training);

/// (batch, ...) to (batch, product).
Tensor flatten(const Tensor& inputs);

struct BatchNormOptions {
  double momentum = 0.99, epsilon = 0.001;
  std::string name = {};  // default "batch_normalization"
};
/// Normalizes over all axes but the last: batch statistics while training
/// (moving averages are updated by the scope's update_ops), moving averages
/// otherwise (Ioffe, Szegedy 2015).
Tensor batch_normalization(const Tensor& inputs, bool training,
                           const BatchNormOptions& options = {});

struct Conv2dOptions {
  Dims2 strides{1, 1};
  std::string padding = "valid";
  Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = {}, bias_initializer = {};
  std::string name = {};  // default "conv2d"
};
/// (batch, height, width, channels) to (batch, h, w, filters).
Tensor conv2d(const Tensor& inputs, int64_t filters, Dims2 kernel_size,
              const Conv2dOptions& options = {});
Tensor max_pooling2d(const Tensor& inputs, Dims2 pool_size, Dims2 strides,
                     const std::string& padding = "valid");
Tensor average_pooling2d(const Tensor& inputs, Dims2 pool_size, Dims2 strides,
                         const std::string& padding = "valid");

}  // namespace layers
}  // namespace numest
