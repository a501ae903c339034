// Canned estimators over numeric columns: parameters to a model function.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "numest/estimator/estimator.h"
#include "numest/estimator/head.h"
#include "numest/feature/feature_column.h"
#include "numest/train/layers.h"
#include "numest/train/optimizer.h"

namespace numest::estimator {

/// By name ("Adagrad", "Adam", "Ftrl", "RMSProp", "SGD"), as an object, or a
/// function that is called when the model is built.
using OptimizerChoice =
    std::variant<std::string, Optimizer, std::function<Optimizer()>>;

struct DnnOptions {
  std::vector<int64_t> hidden_units = {};
  feature_column::Columns feature_columns = {};
  HeadPtr head = {};
  OptimizerChoice optimizer = std::string("Adagrad");
  Activation activation_fn = activation_named("relu");
  std::optional<double> dropout = {};
  bool batch_norm = false;
  Api api = Api::kV2;
};
/// Checks the options; throws ValueError naming the argument.
ModelFn dnn_model_fn(const DnnOptions& options);

struct LinearOptions {
  feature_column::Columns feature_columns = {};
  HeadPtr head = {};
  OptimizerChoice optimizer = std::string("Ftrl");
  Api api = Api::kV2;
};
ModelFn linear_model_fn(const LinearOptions& options);

struct BaselineOptions {
  HeadPtr head = {};
  OptimizerChoice optimizer = std::string("Ftrl");
  Api api = Api::kV2;
};
/// Logits that do not depend on the features: a bias per logit.
ModelFn baseline_model_fn(const BaselineOptions& options);

/// Options of the four named estimators, TensorFlow's arguments.
struct ClassifierOptions {
  std::vector<int64_t> hidden_units = {};  // DNN only
  feature_column::Columns feature_columns = {};
  std::string model_dir = {};
  int64_t n_classes = 2;
  std::string weight_column = {};
  std::vector<std::string> label_vocabulary = {};
  std::optional<OptimizerChoice> optimizer = {};
  Activation activation_fn = activation_named("relu");
  std::optional<double> dropout = {};
  RunConfig config = {};
  std::optional<losses::Reduction> loss_reduction = {};
  bool batch_norm = false;
  Api api = Api::kV2;
};
struct RegressorOptions {
  std::vector<int64_t> hidden_units = {};  // DNN only
  feature_column::Columns feature_columns = {};
  std::string model_dir = {};
  int64_t label_dimension = 1;
  std::string weight_column = {};
  std::optional<OptimizerChoice> optimizer = {};
  Activation activation_fn = activation_named("relu");
  std::optional<double> dropout = {};
  RunConfig config = {};
  std::optional<losses::Reduction> loss_reduction = {};
  bool batch_norm = false;
  Api api = Api::kV2;
};

class DNNClassifier : public Estimator {
 public:
  explicit DNNClassifier(const ClassifierOptions& options);
};
class DNNRegressor : public Estimator {
 public:
  explicit DNNRegressor(const RegressorOptions& options);
};
class LinearClassifier : public Estimator {
 public:
  explicit LinearClassifier(const ClassifierOptions& options);
};
class LinearRegressor : public Estimator {
 public:
  explicit LinearRegressor(const RegressorOptions& options);
};

}  // namespace numest::estimator
