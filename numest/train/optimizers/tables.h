// The two tables of optimizers.
#pragma once

#include <span>

#include "numest/train/optimizer.h"

namespace numest {

/// tf.keras.optimizers.legacy.*
std::span<const OptimizerDef> keras_optimizers();
/// tf.compat.v1.train.*Optimizer, without the suffix.
std::span<const OptimizerDef> v1_optimizers();

// Formulas that both families use.
/// variable - rate * gradient; of a gradient that is rows, only these change.
Tensor descended(const Tensor& variable, const Tensor& rate,
                 const Tensor& gradient);
/// Accumulator and linear slots; see FTRL-Proximal (McMahan et al. 2013) with
/// TensorFlow's 2*l2, l2 shrinkage and beta.
void ftrl_update(UpdateContext& c);

}  // namespace numest
