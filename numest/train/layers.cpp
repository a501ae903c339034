// Layers: variables from the scope, values from ops.
#include "numest/train/layers.h"

#include <map>

#include "numest/ops/call.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

Tensor one(std::string_view op, const Tensor& x) {
  return call_one(op_named(op), {x});
}

Tensor relu6(const Tensor& x) { return minimum(relu(x), Tensor(6.0)); }
Tensor linear_activation(const Tensor& x) { return x; }

std::string upper_padding(const std::string& padding) {
  if (padding == "same" || padding == "SAME") return "SAME";
  if (padding == "valid" || padding == "VALID") return "VALID";
  fail<ValueError>("padding: got '{}', expected 'same' or 'valid'", padding);
}

}  // namespace

Activation activation_named(std::string_view name) {
  if (name == "linear") return linear_activation;
  if (name == "relu6") return relu6;
  for (std::string_view known :
       {"relu", "tanh", "sigmoid", "softplus", "elu", "selu", "swish", "gelu",
        "leaky_relu", "softsign", "exp", "softmax"})
    if (name == known)
      return [known](const Tensor& x) { return one(known, x); };
  fail<ValueError>(
      "activation: got '{}', expected relu, tanh, sigmoid, softplus, elu, "
      "selu, swish, gelu, leaky_relu, relu6, softsign, exp, softmax or linear",
      name);
}

namespace layers {

Tensor dense(const Tensor& inputs, int64_t units, const DenseOptions& o) {
  NUMEST_USER_CHECK(units > 0, ValueError,
                    "dense: units must be positive: got {}", units);
  NUMEST_USER_CHECK(inputs.ndim() >= 2 && !is_symbol(inputs.shape().back()),
                    ValueError,
                    "dense: inputs need a known last extent: got shape {}",
                    inputs.shape().to_string());
  ModelScope& scope = ModelScope::current();
  NameScope name(o.name.empty() ? scope.unique_name("dense") : o.name);
  const Tensor kernel =
      scope.get_variable({.name = "kernel",
                          .shape = {inputs.shape().back(), units},
                          .dtype = inputs.dtype(),
                          .initializer = o.kernel_initializer,
                          .is_trainable = o.is_trainable,
                          .slot_infix = o.slot_infix});
  Tensor result = call_one(op_named("matmul"), {inputs, kernel});
  if (o.use_bias)
    result =
        result + scope.get_variable({.name = "bias",
                                     .shape = {units},
                                     .dtype = inputs.dtype(),
                                     .initializer = o.bias_initializer
                                                        ? o.bias_initializer
                                                        : initializers::zeros(),
                                     .is_trainable = o.is_trainable,
                                     .slot_infix = o.slot_infix});
  return o.activation ? o.activation(result) : result;
}

Tensor dropout(const Tensor& inputs, double rate, bool training) {
  NUMEST_USER_CHECK(rate >= 0 && rate < 1, ValueError,
                    "dropout: rate must lie in [0, 1): got {}", rate);
  if (!training || rate == 0) return inputs;
  const Tensor key = ModelScope::current().next_key();
  const Tensor draw =
      call_one(op_named("random_uniform"), {key},
               {{"shape", inputs.shape()}, {"dtype", DType::kFloat32}});
  const Tensor keep = astype(draw >= Tensor(rate), inputs.dtype());
  return inputs * keep * Tensor(1.0 / (1.0 - rate));
}

Tensor flatten(const Tensor& inputs) {
  NUMEST_USER_CHECK(inputs.ndim() >= 1, ValueError,
                    "flatten: got a scalar, expected a batch");
  if (inputs.ndim() == 2) return inputs;
  int64_t size = 1;
  for (int i = 1; i < inputs.ndim(); ++i) size *= inputs.shape()[i];
  return reshape(inputs, Shape{inputs.shape()[0], size});
}

namespace {

Tensor norm_variable(const char* name, int64_t size, Initializer initializer,
                     bool is_trainable) {
  return ModelScope::current().get_variable(
      {.name = name,
       .shape = {size},
       .initializer = std::move(initializer),
       .is_trainable = is_trainable});
}

// moving * momentum + batch * (1 - momentum), done by the train operation.
void track(const Tensor& moving, const Tensor& batch, double momentum) {
  ModelScope& scope = ModelScope::current();
  scope.update_ops.push_back(scope.assign(
      moving, moving * Tensor(momentum) + batch * Tensor(1 - momentum)));
}

}  // namespace

Tensor batch_normalization(const Tensor& x, bool training,
                           const BatchNormOptions& o) {
  ModelScope& scope = ModelScope::current();
  NameScope name(o.name.empty() ? scope.unique_name("batch_normalization")
                                : o.name);
  const int64_t size = x.shape().back();
  const Tensor gamma = norm_variable("gamma", size, initializers::ones(), true);
  const Tensor beta = norm_variable("beta", size, initializers::zeros(), true);
  Tensor center =
      norm_variable("moving_mean", size, initializers::zeros(), false);
  Tensor spread =
      norm_variable("moving_variance", size, initializers::ones(), false);
  if (training) {
    std::vector<int> axes;
    for (int i = 0; i + 1 < x.ndim(); ++i) axes.push_back(i);
    const Tensor batch_mean = mean(x, axes);
    const Tensor batch_variance = mean(square(x - batch_mean), axes);
    track(center, batch_mean, o.momentum);
    track(spread, batch_variance, o.momentum);
    center = batch_mean;
    spread = batch_variance;
  }
  const Tensor scale = gamma * rsqrt(spread + Tensor(o.epsilon));
  return x * scale + (beta - center * scale);
}

namespace {

std::vector<int64_t> ints(Dims2 d) { return {d.height, d.width}; }

Tensor pool(std::string_view op, const Tensor& inputs, Dims2 pool_size,
            Dims2 strides, const std::string& padding) {
  return call_one(op_named(op), {inputs},
                  {{"pool_size", ints(pool_size)},
                   {"strides", ints(strides)},
                   {"padding", upper_padding(padding)}});
}

}  // namespace

Tensor conv2d(const Tensor& inputs, int64_t filters, Dims2 kernel_size,
              const Conv2dOptions& o) {
  NUMEST_USER_CHECK(inputs.ndim() == 4, ValueError,
                    "conv2d: inputs must be (batch, height, width, "
                    "channels): got shape {}",
                    inputs.shape().to_string());
  ModelScope& scope = ModelScope::current();
  NameScope name(o.name.empty() ? scope.unique_name("conv2d") : o.name);
  const Tensor kernel =
      scope.get_variable({.name = "kernel",
                          .shape = {kernel_size.height, kernel_size.width,
                                    inputs.shape()[3], filters},
                          .initializer = o.kernel_initializer});
  Tensor result = call_one(
      op_named("conv2d"), {inputs, kernel},
      {{"strides", ints(o.strides)}, {"padding", upper_padding(o.padding)}});
  if (o.use_bias)
    result = result +
             scope.get_variable({.name = "bias",
                                 .shape = {filters},
                                 .initializer = o.bias_initializer
                                                    ? o.bias_initializer
                                                    : initializers::zeros()});
  return o.activation ? o.activation(result) : result;
}

Tensor max_pooling2d(const Tensor& inputs, Dims2 pool_size, Dims2 strides,
                     const std::string& padding) {
  return pool("max_pool2d", inputs, pool_size, strides, padding);
}
Tensor average_pooling2d(const Tensor& inputs, Dims2 pool_size, Dims2 strides,
                         const std::string& padding) {
  return pool("avg_pool2d", inputs, pool_size, strides, padding);
}

}  // namespace layers
}  // namespace numest
