// Settings as JSON; the four canned estimators by settings.
#include "cli/model.h"

#include <nlohmann/json.hpp>

#include "numest/base/file.h"
#include "numest/estimator/canned.h"

namespace numest::cli {

namespace {

using estimator::Estimator;
using nlohmann::json;

std::string settings_path(const std::string& model_dir) {
  return join_path(model_dir, "numest_model.json");
}

estimator::OptimizerChoice optimizer_of(const ModelSettings& s) {
  const std::string name = !s.optimizer.empty()     ? s.optimizer
                           : s.hidden_units.empty() ? "Ftrl"
                                                    : "Adagrad";
  if (s.learning_rate == 0) return name;
  OptimizerOptions options;
  options.values["learning_rate"] = s.learning_rate;
  return Optimizer::named(name, OptimizerFamily::kKeras, options);
}

// Sets what both kinds of options have.
template <class Options>
Options options_of(const ModelSettings& s, estimator::RunConfig config) {
  Options options;
  options.hidden_units = s.hidden_units;
  options.feature_columns = {
      feature_column::numeric_column("x", {.shape = s.feature_shape})};
  options.model_dir = s.model_dir;
  options.optimizer = optimizer_of(s);
  options.config = std::move(config);
  return options;
}

}  // namespace

void save_settings(const ModelSettings& s) {
  make_directories(s.model_dir);
  const json text{{"hidden_units", s.hidden_units},
                  {"num_classes", s.num_classes},
                  {"label_dimension", s.label_dimension},
                  {"feature_shape", s.feature_shape},
                  {"optimizer", s.optimizer},
                  {"learning_rate", s.learning_rate}};
  write_file_atomically(settings_path(s.model_dir), text.dump(2) + "\n");
}

ModelSettings load_settings(const std::string& model_dir) {
  const std::string path = settings_path(model_dir);
  NUMEST_USER_CHECK(file_exists(path), NotFoundError,
                    "{} is missing: run `numest train` with this --model-dir "
                    "first",
                    path);
  try {
    const json text = json::parse(read_file(path));
    ModelSettings s;
    s.model_dir = model_dir;
    text.at("hidden_units").get_to(s.hidden_units);
    text.at("num_classes").get_to(s.num_classes);
    text.at("label_dimension").get_to(s.label_dimension);
    text.at("feature_shape").get_to(s.feature_shape);
    text.at("optimizer").get_to(s.optimizer);
    text.at("learning_rate").get_to(s.learning_rate);
    return s;
  } catch (const json::exception& error) {
    fail<DataLossError>("{} is damaged: {}", path, error.what());
  }
}

std::unique_ptr<Estimator> make_estimator(const ModelSettings& s,
                                          estimator::RunConfig config) {
  const bool is_linear = s.hidden_units.empty();
  if (s.num_classes == 0) {
    auto options =
        options_of<estimator::RegressorOptions>(s, std::move(config));
    options.label_dimension = s.label_dimension;
    if (is_linear) return std::make_unique<estimator::LinearRegressor>(options);
    return std::make_unique<estimator::DNNRegressor>(options);
  }
  auto options = options_of<estimator::ClassifierOptions>(s, std::move(config));
  options.n_classes = s.num_classes;
  if (is_linear) return std::make_unique<estimator::LinearClassifier>(options);
  return std::make_unique<estimator::DNNClassifier>(options);
}

}  // namespace numest::cli
