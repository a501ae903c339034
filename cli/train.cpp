// numest train: fits a canned estimator to arrays of files.
#include <algorithm>
#include <memory>

#include "cli/files.h"
#include "cli/model.h"
#include "cli/verbs.h"

namespace numest::cli {

namespace {

struct TrainArguments {
  DataFiles files = {};
  ModelSettings model = {};
  int64_t steps = 0, epochs = 0;
  bool is_linear = false;
  uint64_t seed = 0;
};

void train(TrainArguments a) {
  const bool is_regressor = a.model.num_classes == 0;
  const Array x = read_features(a.files);
  const Array y = read_labels(a.files, is_regressor);
  a.model.feature_shape.assign(x.shape().begin() + 1, x.shape().end());
  if (is_regressor && y.ndim() > 1) a.model.label_dimension = y.shape()[1];
  estimator::RunConfig config;
  config.show_progress = true;
  if (a.seed != 0) config.tf_random_seed = a.seed;
  const auto made = make_estimator(a.model, config);
  save_settings(a.model);
  const auto data =
      data::Dataset::from_tensor_slices(Element::tuple({x, y}))
          .shuffle(std::max(y.shape()[0], int64_t{1}))
          .repeat(a.steps > 0 ? -1 : std::max(a.epochs, int64_t{1}))
          .batch(a.files.batch_size);
  estimator::TrainOptions options;
  if (a.steps > 0) options.steps = a.steps;
  made->train([&] { return data; }, options);
}

void add_model_options(CLI::App& verb, TrainArguments& a) {
  auto* linear = verb.add_flag("--linear", a.is_linear, "A linear model");
  auto* hidden = verb.add_option("--hidden-units", a.model.hidden_units,
                                 "Units of each hidden layer: 128,64")
                     ->delimiter(',')
                     ->check(CLI::PositiveNumber);
  hidden->excludes(linear);
  verb.add_option("--classes", a.model.num_classes,
                  "Number of classes; without it the model is a regressor")
      ->check(CLI::Range(int64_t{2}, int64_t{1} << 30));
  verb.add_option("--optimizer", a.model.optimizer,
                  "Adagrad, Adam, Ftrl, RMSProp or SGD; default Adagrad, of "
                  "linear models Ftrl");
  verb.add_option("--learning-rate", a.model.learning_rate,
                  "Default: the optimizer's")
      ->check(CLI::PositiveNumber);
}

}  // namespace

void add_train(CLI::App& app) {
  auto* verb = app.add_subcommand(
      "train", "Fits a canned classifier or regressor to arrays of files");
  const auto a = std::make_shared<TrainArguments>();
  verb->add_option("--features", a->files.features, kFileHelp)->required();
  verb->add_option("--labels", a->files.labels, kFileHelp)->required();
  verb->add_option("--model-dir", a->model.model_dir,
                   "Folder of checkpoints; training goes on from the newest")
      ->required();
  add_model_options(*verb, *a);
  auto* steps = verb->add_option("--steps", a->steps, "Batches to train on");
  steps->check(CLI::PositiveNumber);
  verb->add_option("--epochs", a->epochs, "Passes over the data; default 1")
      ->check(CLI::PositiveNumber)
      ->excludes(steps);
  verb->add_option("--batch-size", a->files.batch_size, "Default 128")
      ->check(CLI::PositiveNumber);
  verb->add_option("--seed", a->seed, "Fixes all randomness; 0: fresh");
  verb->callback([a] {
    if (!a->is_linear && a->model.hidden_units.empty())
      throw CLI::RequiredError("--hidden-units or --linear");
    train(*a);
  });
}

}  // namespace numest::cli
