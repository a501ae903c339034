// The canned estimator of a model_dir: its settings, kept there by `train` in
// numest_model.json, so that the other verbs need the folder only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/files.h"
#include "numest/estimator/estimator.h"

namespace numest::cli {

/// The only feature of a model.
inline constexpr const char* kFeature = "x";

struct ModelSettings {
  std::string model_dir = {};
  std::vector<int64_t> hidden_units = {};     // empty: linear
  int64_t num_classes = 0;                    // 0: a regressor
  int64_t label_dimension = 1;                // regressor
  std::vector<std::string> vocabulary = {};   // of labels that are text
  std::vector<int64_t> feature_shape = {};    // of one example
  std::vector<std::string> csv_columns = {};  // features, in order
  std::string optimizer = {};                 // empty: the default
  double learning_rate = 0;                   // 0: the optimizer's default
  bool is_regressor() const { return num_classes == 0; }
};

/// Writes the settings into the model_dir, which is made. ValueError naming
/// the difference if it holds a model of other settings.
void save_settings(const ModelSettings& settings);
/// Reads them; NotFoundError if the folder was not made by `numest train`.
ModelSettings load_settings(const std::string& model_dir);
/// The estimator that the settings describe.
std::unique_ptr<estimator::Estimator> make_estimator(
    const ModelSettings& settings, estimator::RunConfig config = {});
/// Batches in the order of the files; labels only if given. ValueError if the
/// examples do not have the model's shape.
data::Dataset ordered_batches(const ModelSettings& settings,
                              const DataFiles& files, bool has_labels);

}  // namespace numest::cli
