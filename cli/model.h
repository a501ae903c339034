// The canned estimator of a model_dir: its settings, kept there by `train` in
// numest_model.json, so that the other verbs need the folder only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "numest/estimator/estimator.h"

namespace numest::cli {

struct ModelSettings {
  std::string model_dir = {};
  std::vector<int64_t> hidden_units = {};   // empty: linear
  int64_t num_classes = 0;                  // 0: a regressor
  int64_t label_dimension = 1;              // regressor
  std::vector<int64_t> feature_shape = {};  // of one example
  std::string optimizer = {};               // empty: the estimator's default
  double learning_rate = 0;                 // 0: the optimizer's default
};

/// Writes the settings into the model_dir, which is made.
void save_settings(const ModelSettings& settings);
/// Reads them; NotFoundError if the folder was not made by `numest train`.
ModelSettings load_settings(const std::string& model_dir);
/// The estimator that the settings describe.
std::unique_ptr<estimator::Estimator> make_estimator(
    const ModelSettings& settings, estimator::RunConfig config = {});

}  // namespace numest::cli
