// DNN and linear model functions.
#include "numest/estimator/canned.h"

#include <cmath>

#include "numest/ops/call.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest::estimator {

namespace {

OptimizerFamily family_of(Api api) {
  return api == Api::kV1 ? OptimizerFamily::kV1 : OptimizerFamily::kKeras;
}

// A name takes the estimator's rate in v1, the optimizer's own in v2 unless
// the estimator sets one (linear models).
Optimizer resolve(const OptimizerChoice& choice, Api api, double v1_rate,
                  std::optional<double> v2_rate) {
  if (const auto* made = std::get_if<Optimizer>(&choice)) return *made;
  if (const auto* make = std::get_if<std::function<Optimizer()>>(&choice))
    return (*make)();
  OptimizerOptions options;
  if (api == Api::kV1) options.values["learning_rate"] = v1_rate;
  if (api == Api::kV2 && v2_rate) options.values["learning_rate"] = *v2_rate;
  return Optimizer::named(std::get<std::string>(choice), family_of(api),
                          options);
}

TrainFn train_fn(const OptimizerChoice& choice, Api api, double v1_rate,
                 std::optional<double> v2_rate, const std::string& name) {
  return [=](const Tensor& loss) {
    ModelScope& scope = ModelScope::current();
    const Optimizer optimizer = resolve(choice, api, v1_rate, v2_rate);
    const Tensor step = scope.global_step();
    NameScope head(name + "/head");
    std::vector<Tensor> operations = scope.update_ops;
    operations.push_back(optimizer.minimize(loss, {}, step));
    return group(operations);
  };
}

void check_hidden_units(const std::vector<int64_t>& units) {
  for (int64_t u : units)
    NUMEST_USER_CHECK(u > 0, ValueError,
                      "hidden_units: got {}, expected positive numbers", u);
}

void note_layer(const std::string& layer, const Tensor& value) {
  ModelScope& scope = ModelScope::current();
  if (!scope.is_training()) return;
  const Tensor zero = astype(equal(value, Tensor(0.0)), DType::kFloat32);
  scope.summaries.push_back(
      {"dnn/" + layer + "/fraction_of_zero_values", mean(zero)});
  scope.summaries.push_back({"dnn/" + layer + "/activation", value, true});
}

Tensor hidden_layer(const Tensor& input, size_t index, const DnnOptions& o,
                    bool training) {
  const std::string name = fmt::format("hiddenlayer_{}", index);
  layers::DenseOptions dense;
  dense.name = name;
  dense.activation = o.activation_fn;
  dense.slot_infix = o.api == Api::kV1 ? "t_0" : "";
  Tensor x = layers::dense(input, o.hidden_units[index], dense);
  if (o.dropout) x = layers::dropout(x, *o.dropout, training);
  if (o.batch_norm) {
    NameScope scope(name);
    x = layers::batch_normalization(
        x, training,
        {.momentum = 0.999, .name = fmt::format("batchnorm_{}", index)});
  }
  note_layer(name, x);
  return x;
}

Tensor dnn_logits(const Features& features, const DnnOptions& o,
                  bool training) {
  NameScope scope("dnn");
  Tensor x = feature_column::input_layer(features, o.feature_columns);
  for (size_t i = 0; i < o.hidden_units.size(); ++i)
    x = hidden_layer(x, i, o, training);
  layers::DenseOptions dense;
  dense.name = "logits";
  dense.slot_infix = o.api == Api::kV1 ? "t_0" : "";
  const Tensor logits = layers::dense(x, o.head->logits_dimension(), dense);
  note_layer("logits", logits);
  return logits;
}

std::string sanitized(const std::string& name) {
  std::string result = name;
  for (char& c : result)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.' &&
        c != '-')
      c = '_';
  return result;
}

Tensor linear_logits(const Features& features, const LinearOptions& o) {
  NameScope scope("linear/linear_model");
  ModelScope& model = ModelScope::current();
  const int64_t units = o.head->logits_dimension();
  feature_column::check_columns(o.feature_columns, "feature_columns");
  const std::string infix = o.api == Api::kV1 ? "part_0" : "";
  Tensor logits;
  for (const auto& column : o.feature_columns) {
    NameScope name(sanitized(column->name()));
    const Tensor weights =
        model.get_variable({.name = "weights",
                            .shape = {column->num_elements(), units},
                            .initializer = initializers::zeros(),
                            .slot_infix = infix});
    const Tensor part =
        call_one(op_named("matmul"), {column->dense(features), weights});
    logits = logits.is_empty() ? part : logits + part;
  }
  return logits + model.get_variable({.name = "bias_weights",
                                      .shape = {units},
                                      .initializer = initializers::zeros(),
                                      .slot_infix = infix});
}

void check_features(const Features& features,
                    const feature_column::Columns& columns) {
  NUMEST_USER_CHECK(
      features.is_dict() || (features.is_leaf() && columns.size() == 1),
      ValueError,
      "features should be a dictionary of arrays: got {} for {} columns",
      features.is_tuple() ? "a tuple" : "an array", columns.size());
}

HeadOptions head_options(const ClassifierOptions& o) {
  HeadOptions h;
  h.weight_column = o.weight_column;
  h.label_vocabulary = o.label_vocabulary;
  h.loss_reduction = o.loss_reduction;
  h.api = o.api;
  return h;
}

HeadOptions head_options(const RegressorOptions& o) {
  HeadOptions h;
  h.weight_column = o.weight_column;
  h.loss_reduction = o.loss_reduction;
  h.api = o.api;
  return h;
}

template <class Options>
ModelFn dnn_fn(const Options& o, HeadPtr head) {
  DnnOptions d{.hidden_units = o.hidden_units,
               .feature_columns = o.feature_columns,
               .head = std::move(head),
               .activation_fn = o.activation_fn,
               .dropout = o.dropout,
               .batch_norm = o.batch_norm,
               .api = o.api};
  if (o.optimizer) d.optimizer = *o.optimizer;
  return dnn_model_fn(d);
}

template <class Options>
ModelFn linear_fn(const Options& o, HeadPtr head) {
  LinearOptions l{.feature_columns = o.feature_columns,
                  .head = std::move(head),
                  .api = o.api};
  if (o.optimizer) l.optimizer = *o.optimizer;
  return linear_model_fn(l);
}

template <class Options>
RunConfig config_of(const Options& o) {
  return with_model_dir(o.config, o.model_dir);
}

}  // namespace

ModelFn dnn_model_fn(const DnnOptions& o) {
  NUMEST_USER_CHECK(o.head, ValueError, "head: got none, expected a Head");
  feature_column::check_columns(o.feature_columns, "feature_columns");
  check_hidden_units(o.hidden_units);
  if (const auto* name = std::get_if<std::string>(&o.optimizer))
    Optimizer::named(*name, family_of(o.api));
  return [o](const ModelInputs& inputs) {
    check_features(inputs.features, o.feature_columns);
    const Tensor logits =
        dnn_logits(inputs.features, o, inputs.mode == Mode::kTrain);
    return o.head->create_estimator_spec(
        inputs.features, inputs.mode, logits, inputs.labels,
        train_fn(o.optimizer, o.api, 0.05, std::nullopt, "dnn"));
  };
}

ModelFn linear_model_fn(const LinearOptions& o) {
  NUMEST_USER_CHECK(o.head, ValueError, "head: got none, expected a Head");
  feature_column::check_columns(o.feature_columns, "feature_columns");
  if (const auto* name = std::get_if<std::string>(&o.optimizer))
    Optimizer::named(*name, family_of(o.api));
  return [o](const ModelInputs& inputs) {
    check_features(inputs.features, o.feature_columns);
    const Tensor logits = linear_logits(inputs.features, o);
    return o.head->create_estimator_spec(
        inputs.features, inputs.mode, logits, inputs.labels,
        train_fn(o.optimizer, o.api, 0.2, 0.2, "linear"));
  };
}

ModelFn baseline_model_fn(const BaselineOptions& o) {
  NUMEST_USER_CHECK(o.head, ValueError, "head: got none, expected a Head");
  if (const auto* name = std::get_if<std::string>(&o.optimizer))
    Optimizer::named(*name, family_of(o.api));
  return [o](const ModelInputs& inputs) {
    const int64_t units = o.head->logits_dimension();
    Tensor bias;
    {
      NameScope scope("baseline");
      bias = ModelScope::current().get_variable(
          {.name = "bias",
           .shape = {units},
           .initializer = initializers::zeros()});
    }
    // The batch is known by any feature.
    const Tensor some = inputs.features.flatten().at(0);
    NUMEST_USER_CHECK(some.ndim() > 0, ValueError,
                      "features: got a scalar, expected a batch; call "
                      "batch() on the dataset");
    const Tensor logits =
        broadcast_to(expand_dims(bias, 0), Shape{some.shape()[0], units});
    return o.head->create_estimator_spec(
        inputs.features, inputs.mode, logits, inputs.labels,
        train_fn(o.optimizer, o.api, 0.3, 0.3, "baseline"));
  };
}

DNNClassifier::DNNClassifier(const ClassifierOptions& o)
    : Estimator(dnn_fn(o, classification_head(o.n_classes, head_options(o))),
                config_of(o)) {}
DNNRegressor::DNNRegressor(const RegressorOptions& o)
    : Estimator(dnn_fn(o, regression_head(o.label_dimension, head_options(o))),
                config_of(o)) {}
LinearClassifier::LinearClassifier(const ClassifierOptions& o)
    : Estimator(linear_fn(o, classification_head(o.n_classes, head_options(o))),
                config_of(o)) {}
LinearRegressor::LinearRegressor(const RegressorOptions& o)
    : Estimator(
          linear_fn(o, regression_head(o.label_dimension, head_options(o))),
          config_of(o)) {}

}  // namespace numest::estimator
