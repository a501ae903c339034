// tf.keras.optimizers.legacy: SGD, Adagrad, Adadelta, Adam, Adamax, RMSprop,
// Ftrl. Hyper-parameters are variables of the checkpoint.
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"
#include "numest/train/optimizers/tables.h"

namespace numest {

namespace {

constexpr HyperDef kSgdHypers[] = {
    {"learning_rate", 0.01}, {"decay", 0}, {"momentum", 0}};
constexpr HyperDef kSgdOptions[] = {{"nesterov", 0}};
constexpr SlotDef kSgdSlots[] = {{.name = "momentum", .only_if = "momentum"}};

void sgd(UpdateContext& c) {
  if (!c.has_slot("momentum"))
    return c.set_variable(
        descended(c.variable(), c.learning_rate(), c.gradient()));
  const Tensor step = c.learning_rate() * c.gradient();
  const Tensor momentum = c.hyper("momentum");
  const Tensor m = momentum * c.slot("momentum") - step;
  c.set_slot("momentum", m);
  c.set_variable(c.variable() +
                 (c.option("nesterov") != 0 ? momentum * m - step : m));
}

constexpr HyperDef kRateHypers[] = {{"learning_rate", 0.001}, {"decay", 0}};
constexpr HyperDef kAdagradOptions[] = {{"initial_accumulator_value", 0.1},
                                        {"epsilon", 1e-7}};
constexpr SlotDef kAdagradSlots[] = {
    {.name = "accumulator", .initial_hyper = "initial_accumulator_value"}};

void adagrad(UpdateContext& c) {
  const Tensor a = c.slot("accumulator") + square(c.gradient());
  c.set_slot("accumulator", a);
  c.set_variable(c.variable() - c.learning_rate() * c.gradient() /
                                    (sqrt(a) + Tensor(c.option("epsilon"))));
}

constexpr HyperDef kAdadeltaHypers[] = {
    {"learning_rate", 0.001}, {"decay", 0}, {"rho", 0.95}};
constexpr HyperDef kEpsilon[] = {{"epsilon", 1e-7}};
constexpr SlotDef kAdadeltaSlots[] = {{.name = "accum_grad"},
                                      {.name = "accum_var"}};

void adadelta(UpdateContext& c) {
  const Tensor rho = c.hyper("rho"), rest = Tensor(1.0) - rho;
  const Tensor epsilon(c.option("epsilon"));
  const Tensor a = rho * c.slot("accum_grad") + rest * square(c.gradient());
  const Tensor d = c.slot("accum_var");
  const Tensor u = sqrt(d + epsilon) / sqrt(a + epsilon) * c.gradient();
  c.set_slot("accum_grad", a);
  c.set_slot("accum_var", rho * d + rest * square(u));
  c.set_variable(c.variable() - c.learning_rate() * u);
}

constexpr HyperDef kAdamHypers[] = {
    {"learning_rate", 0.001}, {"decay", 0}, {"beta_1", 0.9}, {"beta_2", 0.999}};
constexpr HyperDef kAdamOptions[] = {{"epsilon", 1e-7}, {"amsgrad", 0}};
constexpr SlotDef kAdamSlots[] = {
    {.name = "m"}, {.name = "v"}, {.name = "vhat", .only_if = "amsgrad"}};

void adam(UpdateContext& c) {
  const Tensor b1 = c.hyper("beta_1"), b2 = c.hyper("beta_2");
  const Tensor one(1.0), &t = c.time(), &g = c.gradient();
  const Tensor rate =
      c.learning_rate() * sqrt(one - power(b2, t)) / (one - power(b1, t));
  const Tensor m = b1 * c.slot("m") + (one - b1) * g;
  const Tensor v = b2 * c.slot("v") + (one - b2) * square(g);
  c.set_slot("m", m);
  c.set_slot("v", v);
  Tensor scale = v;
  if (c.has_slot("vhat")) {
    scale = maximum(c.slot("vhat"), v);
    c.set_slot("vhat", scale);
  }
  c.set_variable(c.variable() -
                 rate * m / (sqrt(scale) + Tensor(c.option("epsilon"))));
}

constexpr SlotDef kAdamaxSlots[] = {{.name = "m"}, {.name = "v"}};

void adamax(UpdateContext& c) {
  const Tensor b1 = c.hyper("beta_1"), one(1.0), &g = c.gradient();
  const Tensor m = b1 * c.slot("m") + (one - b1) * g;
  const Tensor v = maximum(c.hyper("beta_2") * c.slot("v"), absolute(g));
  c.set_slot("m", m);
  c.set_slot("v", v);
  c.set_variable(c.variable() - c.learning_rate() /
                                    (one - power(b1, c.time())) * m /
                                    (v + Tensor(c.option("epsilon"))));
}

constexpr HyperDef kRmspropHypers[] = {
    {"learning_rate", 0.001}, {"decay", 0}, {"rho", 0.9}, {"momentum", 0}};
constexpr HyperDef kRmspropOptions[] = {{"epsilon", 1e-7}, {"centered", 0}};
constexpr SlotDef kRmspropSlots[] = {
    {.name = "rms"},
    {.name = "momentum", .only_if = "momentum"},
    {.name = "mg", .only_if = "centered"}};

// epsilon stands outside of the root without momentum, inside with it.
void rmsprop(UpdateContext& c) {
  const Tensor rho = c.hyper("rho"), rest = Tensor(1.0) - rho;
  const Tensor& g = c.gradient();
  const Tensor epsilon(c.option("epsilon"));
  const Tensor rms = rho * c.slot("rms") + rest * square(g);
  c.set_slot("rms", rms);
  Tensor scale = rms;
  if (c.has_slot("mg")) {
    const Tensor mean = rho * c.slot("mg") + rest * g;
    c.set_slot("mg", mean);
    scale = rms - square(mean);
  }
  if (!c.has_slot("momentum"))
    return c.set_variable(c.variable() -
                          c.learning_rate() * g / (sqrt(scale) + epsilon));
  const Tensor m = c.hyper("momentum") * c.slot("momentum") +
                   c.learning_rate() * g / sqrt(scale + epsilon);
  c.set_slot("momentum", m);
  c.set_variable(c.variable() - m);
}

constexpr HyperDef kFtrlHypers[] = {
    {"learning_rate", 0.001},          {"decay", 0},
    {"learning_rate_power", -0.5},     {"l1_regularization_strength", 0},
    {"l2_regularization_strength", 0}, {"beta", 0}};
constexpr HyperDef kFtrlOptions[] = {
    {"initial_accumulator_value", 0.1},
    {"l2_shrinkage_regularization_strength", 0}};
constexpr SlotDef kFtrlSlots[] = {
    {.name = "accumulator", .initial_hyper = "initial_accumulator_value"},
    {.name = "linear"}};

constexpr auto kKeras = OptimizerFamily::kKeras;
constexpr OptimizerDef kTable[] = {
    {"Adagrad", kKeras, "Rates by the sum of squared gradients.", kRateHypers,
     kAdagradOptions, kAdagradSlots, adagrad},
    {"Adam", kKeras, "Adaptive moments (Kingma, Ba 2014).", kAdamHypers,
     kAdamOptions, kAdamSlots, adam},
    {"Ftrl", kKeras, "Follow the regularized leader, proximal.", kFtrlHypers,
     kFtrlOptions, kFtrlSlots, ftrl_update},
    {"RMSprop", kKeras, "Rates by the running mean square.", kRmspropHypers,
     kRmspropOptions, kRmspropSlots, rmsprop},
    {"SGD", kKeras, "Gradient descent, with momentum if asked.", kSgdHypers,
     kSgdOptions, kSgdSlots, sgd},
    {"Adadelta", kKeras, "Rates by running windows (Zeiler 2012).",
     kAdadeltaHypers, kEpsilon, kAdadeltaSlots, adadelta},
    {"Adamax", kKeras, "Adam with the infinity norm.", kAdamHypers, kEpsilon,
     kAdamaxSlots, adamax},
};

}  // namespace

std::span<const OptimizerDef> keras_optimizers() { return kTable; }

}  // namespace numest
