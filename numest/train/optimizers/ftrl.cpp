// FTRL-Proximal, shared by both families.
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"
#include "numest/train/optimizers/tables.h"

namespace numest {

namespace {

// n^-power; the usual -0.5 by sqrt.
Tensor rate_power(UpdateContext& c, const Tensor& n) {
  const double p = -c.option("learning_rate_power");
  return p == 0.5 ? sqrt(n) : power(n, Tensor(p));
}

}  // namespace

void ftrl_update(UpdateContext& c) {
  const Tensor& w = c.variable();
  const Tensor& g = c.gradient();
  const Tensor n = c.slot("accumulator");
  const Tensor z = c.slot("linear");
  const Tensor rate = c.learning_rate();
  const double shrinkage = c.option("l2_shrinkage_regularization_strength");
  const Tensor shrunk = shrinkage == 0 ? g : g + Tensor(2 * shrinkage) * w;
  const Tensor next_n = n + square(g);
  const Tensor new_power = rate_power(c, next_n);
  const Tensor next_z = z + shrunk - (new_power - rate_power(c, n)) / rate * w;
  const Tensor l1 = c.hyper("l1_regularization_strength");
  const Tensor l2 = c.hyper("l2_regularization_strength") +
                    c.hyper("beta") / (Tensor(2.0) * rate);
  const Tensor pull = minimum(maximum(next_z, negative(l1)), l1) - next_z;
  c.set_slot("accumulator", next_n);
  c.set_slot("linear", next_z);
  // Inside |z| <= l1 the clipped difference is exactly zero.
  c.set_variable(pull / (new_power / rate + Tensor(2.0) * l2));
}

}  // namespace numest
