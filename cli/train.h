// A training run from files, for the verbs that train.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/model.h"

namespace numest::cli {

struct TrainArguments {
  DataFiles files = {};
  ModelSettings model = {};
  int64_t steps = 0, epochs = 0, checkpoint_steps = 0;
  bool is_linear = false;
  bool show_progress = true;
  uint64_t seed = 0;
};

/// Options of files, model, batches and seed.
void add_training_options(CLI::App& verb, TrainArguments& arguments);
/// CLI::RequiredError unless the kind of model was given.
void check_kind_of_model(const TrainArguments& arguments);
/// Trains for `steps`, or else `epochs`, at least one.
void train(TrainArguments arguments);

}  // namespace numest::cli
