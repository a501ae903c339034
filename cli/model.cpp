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
      feature_column::numeric_column(kFeature, {.shape = s.feature_shape})};
  options.model_dir = s.model_dir;
  options.optimizer = optimizer_of(s);
  options.config = std::move(config);
  return options;
}

json to_json(const ModelSettings& s) {
  return json{{"hidden_units", s.hidden_units},
              {"num_classes", s.num_classes},
              {"label_dimension", s.label_dimension},
              {"vocabulary", s.vocabulary},
              {"feature_shape", s.feature_shape},
              {"csv_columns", s.csv_columns},
              {"optimizer", s.optimizer},
              {"learning_rate", s.learning_rate}};
}

// "hidden_units: got [16], expected [8]" of all that differ.
std::string differences(const json& wanted, const json& found) {
  std::string text;
  for (const auto& [key, value] : wanted.items())
    if (found.value(key, json()) != value)
      text += fmt::format("{}{}: got {}, expected {}", text.empty() ? "" : ", ",
                          key, value.dump(), found.value(key, json()).dump());
  return text;
}

json read_settings(const std::string& path) {
  try {
    return json::parse(read_file(path));
  } catch (const json::exception& error) {
    fail<DataLossError>("{} is damaged: {}; train into another --model-dir",
                        path, error.what());
  }
}

}  // namespace

void save_settings(const ModelSettings& s) {
  const json text = to_json(s);
  const std::string path = settings_path(s.model_dir);
  if (file_exists(path)) {
    const std::string different = differences(text, read_settings(path));
    NUMEST_USER_CHECK(different.empty(), ValueError,
                      "--model-dir {} holds a model of other settings: {}; use "
                      "another --model-dir, or those settings",
                      s.model_dir, different);
    return;
  }
  try {
    make_directories(s.model_dir);
    write_file_atomically(path, text.dump(2) + "\n");
  } catch (const UserError& error) {
    fail<OSError>("--model-dir {} cannot be written: {}; use another folder",
                  s.model_dir, error.what());
  }
}

ModelSettings load_settings(const std::string& model_dir) {
  const std::string path = settings_path(model_dir);
  NUMEST_USER_CHECK(file_exists(path), NotFoundError,
                    "{} is missing: run `numest train` with this --model-dir "
                    "first",
                    path);
  const json text = read_settings(path);
  try {
    ModelSettings s;
    s.model_dir = model_dir;
    text.at("hidden_units").get_to(s.hidden_units);
    text.at("num_classes").get_to(s.num_classes);
    text.at("label_dimension").get_to(s.label_dimension);
    text.at("vocabulary").get_to(s.vocabulary);
    text.at("feature_shape").get_to(s.feature_shape);
    text.at("csv_columns").get_to(s.csv_columns);
    text.at("optimizer").get_to(s.optimizer);
    text.at("learning_rate").get_to(s.learning_rate);
    return s;
  } catch (const json::exception& error) {
    fail<DataLossError>("{} is damaged: {}; train into another --model-dir",
                        path, error.what());
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
  options.label_vocabulary = s.vocabulary;
  if (is_linear) return std::make_unique<estimator::LinearClassifier>(options);
  return std::make_unique<estimator::DNNClassifier>(options);
}

data::Dataset ordered_batches(const ModelSettings& settings,
                              const DataFiles& files, bool has_labels) {
  const Array x = read_features(files, settings.csv_columns).x;
  const Shape expected(settings.feature_shape);
  Shape found = x.shape();
  found.erase(0);
  NUMEST_USER_CHECK(found == expected, ValueError,
                    "{}: got examples of shape {}, expected {} as in training",
                    files.features, found.to_string(), expected.to_string());
  const Element features = Element::dict({{kFeature, x}});
  if (!has_labels)
    return data::Dataset::from_tensor_slices(features).batch(files.batch_size);
  const Array y = read_labels(files, settings.is_regressor());
  check_lengths(files, x, y);
  return data::Dataset::from_tensor_slices(Element::tuple({features, y}))
      .batch(files.batch_size);
}

}  // namespace numest::cli
