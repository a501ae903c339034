// tf.compat.v1.train optimizers. Hyper-parameters are constants of the graph.
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"
#include "numest/train/optimizers/tables.h"

namespace numest {

namespace {

constexpr HyperDef kRate[] = {{"learning_rate", 0.05}};
constexpr HyperDef kSmallRate[] = {{"learning_rate", 0.001}};

void gradient_descent(UpdateContext& c) {
  c.set_variable(descended(c.variable(), c.learning_rate(), c.gradient()));
}

constexpr HyperDef kMomentumOptions[] = {{"momentum", 0.9},
                                         {"use_nesterov", 0}};
constexpr SlotDef kMomentumSlots[] = {{.name = "momentum"}};

void momentum(UpdateContext& c) {
  const Tensor m(c.option("momentum"));
  const Tensor a = c.slot("momentum") * m + c.gradient();
  c.set_slot("momentum", a);
  const Tensor direction =
      c.option("use_nesterov") != 0 ? c.gradient() + m * a : a;
  c.set_variable(c.variable() - c.learning_rate() * direction);
}

constexpr HyperDef kAdagradOptions[] = {{"initial_accumulator_value", 0.1}};
constexpr SlotDef kAdagradSlots[] = {
    {.name = "accumulator", .initial_hyper = "initial_accumulator_value"}};

void adagrad(UpdateContext& c) {
  const Tensor a = c.slot("accumulator") + square(c.gradient());
  c.set_slot("accumulator", a);
  c.set_variable(c.variable() - c.learning_rate() * c.gradient() / sqrt(a));
}

constexpr HyperDef kAdadeltaOptions[] = {{"rho", 0.95}, {"epsilon", 1e-8}};
constexpr SlotDef kAdadeltaSlots[] = {{.name = "accum"},
                                      {.name = "accum_update"}};

void adadelta(UpdateContext& c) {
  const double rho = c.option("rho");
  const Tensor keep(rho), rest(1 - rho), epsilon(c.option("epsilon"));
  const Tensor a = keep * c.slot("accum") + rest * square(c.gradient());
  const Tensor d = c.slot("accum_update");
  const Tensor u = sqrt(d + epsilon) / sqrt(a + epsilon) * c.gradient();
  c.set_slot("accum", a);
  c.set_slot("accum_update", keep * d + rest * square(u));
  c.set_variable(c.variable() - c.learning_rate() * u);
}

constexpr HyperDef kAdamOptions[] = {
    {"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}};
constexpr SlotDef kAdamSlots[] = {{.name = "m"}, {.name = "v"}};

void adam(UpdateContext& c) {
  const Tensor one(1.0), &g = c.gradient();
  const Tensor rate = c.learning_rate() * sqrt(one - c.power("beta2")) /
                      (one - c.power("beta1"));
  const Tensor m = c.slot("m"), v = c.slot("v");
  const Tensor next_m = m + (g - m) * Tensor(1 - c.option("beta1"));
  const Tensor next_v = v + (square(g) - v) * Tensor(1 - c.option("beta2"));
  c.set_slot("m", next_m);
  c.set_slot("v", next_v);
  c.set_variable(c.variable() -
                 rate * next_m / (sqrt(next_v) + Tensor(c.option("epsilon"))));
}

constexpr HyperDef kFtrlOptions[] = {
    {"learning_rate_power", -0.5},
    {"initial_accumulator_value", 0.1},
    {"l1_regularization_strength", 0},
    {"l2_regularization_strength", 0},
    {"beta", 0},
    {"l2_shrinkage_regularization_strength", 0}};
constexpr SlotDef kFtrlSlots[] = {
    {.name = "accumulator", .initial_hyper = "initial_accumulator_value"},
    {.name = "linear"}};

constexpr HyperDef kRmspropOptions[] = {
    {"decay", 0.9}, {"momentum", 0}, {"epsilon", 1e-10}, {"centered", 0}};
constexpr SlotDef kRmspropSlots[] = {{.name = "rms", .initial = 1.0},
                                     {.name = "mg", .only_if = "centered"},
                                     {.name = "momentum"}};

void rmsprop(UpdateContext& c) {
  const Tensor rest(1 - c.option("decay")), epsilon(c.option("epsilon"));
  const Tensor& g = c.gradient();
  const Tensor rms = c.slot("rms");
  const Tensor next = rms + (square(g) - rms) * rest;
  c.set_slot("rms", next);
  Tensor scale = next;
  if (c.has_slot("mg")) {
    const Tensor mean = c.slot("mg");
    const Tensor next_mean = mean + (g - mean) * rest;
    c.set_slot("mg", next_mean);
    scale = next - square(next_mean);
  }
  const Tensor m = c.slot("momentum") * Tensor(c.option("momentum")) +
                   c.learning_rate() * g / sqrt(scale + epsilon);
  c.set_slot("momentum", m);
  c.set_variable(c.variable() - m);
}

constexpr HyperDef kProximalOptions[] = {{"l1_regularization_strength", 0},
                                         {"l2_regularization_strength", 0}};
constexpr HyperDef kProximalAdagradOptions[] = {
    {"initial_accumulator_value", 0.1},
    {"l1_regularization_strength", 0},
    {"l2_regularization_strength", 0}};

// Soft threshold at rate*l1, then shrinkage by 1 + rate*l2.
void proximal_step(UpdateContext& c, const Tensor& rate) {
  const Tensor v = c.variable() - rate * c.gradient();
  const Tensor l1(c.option("l1_regularization_strength"));
  const Tensor l2(c.option("l2_regularization_strength"));
  Tensor kept = v;
  if (c.option("l1_regularization_strength") > 0)
    kept = sign(v) * maximum(absolute(v) - rate * l1, Tensor(0.0));
  c.set_variable(kept / (Tensor(1.0) + rate * l2));
}

void proximal_gradient_descent(UpdateContext& c) {
  proximal_step(c, c.learning_rate());
}

void proximal_adagrad(UpdateContext& c) {
  const Tensor a = c.slot("accumulator") + square(c.gradient());
  c.set_slot("accumulator", a);
  proximal_step(c, c.learning_rate() / sqrt(a));
}

constexpr auto kV1 = OptimizerFamily::kV1;
constexpr OptimizerDef kTable[] = {
    {"Adagrad", kV1, "Rates by the sum of squared gradients.", kRate,
     kAdagradOptions, kAdagradSlots, adagrad},
    {"Adam", kV1, "Adaptive moments (Kingma, Ba 2014).", kSmallRate,
     kAdamOptions, kAdamSlots, adam},
    {"Ftrl", kV1, "Follow the regularized leader, proximal.", kRate,
     kFtrlOptions, kFtrlSlots, ftrl_update},
    {"RMSProp", kV1, "Rates by the running mean square.", kRate,
     kRmspropOptions, kRmspropSlots, rmsprop},
    {"SGD", kV1, "Gradient descent.", kRate, {}, {}, gradient_descent},
    {"GradientDescent",
     kV1,
     "Gradient descent.",
     kRate,
     {},
     {},
     gradient_descent},
    {"Momentum", kV1, "Gradient descent with momentum.", kRate,
     kMomentumOptions, kMomentumSlots, momentum},
    {"Adadelta", kV1, "Rates by running windows (Zeiler 2012).", kSmallRate,
     kAdadeltaOptions, kAdadeltaSlots, adadelta},
    {"ProximalGradientDescent",
     kV1,
     "Gradient descent with l1 and l2.",
     kRate,
     kProximalOptions,
     {},
     proximal_gradient_descent},
    {"ProximalAdagrad", kV1, "Adagrad with l1 and l2.", kRate,
     kProximalAdagradOptions, kAdagradSlots, proximal_adagrad},
};

}  // namespace

std::span<const OptimizerDef> v1_optimizers() { return kTable; }

}  // namespace numest
