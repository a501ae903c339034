// numest train: fits a canned estimator to arrays of files.
#include "cli/train.h"

#include <algorithm>
#include <memory>
#include <set>

#include "cli/arguments.h"
#include "cli/verbs.h"
#include "numest/base/interrupt.h"

namespace numest::cli {

namespace {

// Text labels make the vocabulary; numbers must fit --classes.
void set_classes(const Array& y, const std::string& labels, ModelSettings& m) {
  if (y.dtype() == DType::kBytes) {
    const auto values = y.to_vector<Bytes>();
    const std::set<Bytes> distinct(values.begin(), values.end());
    const auto count = int64_t(distinct.size());
    NUMEST_USER_CHECK(count >= 2, ValueError,
                      "{}: got {} distinct text labels, expected 2 or more",
                      labels, count);
    NUMEST_USER_CHECK(m.is_regressor() || m.num_classes == count, ValueError,
                      "{}: got {} distinct text labels, expected --classes {}; "
                      "leave --classes out",
                      labels, count, m.num_classes);
    m.num_classes = count;
    m.vocabulary.assign(distinct.begin(), distinct.end());
    return;
  }
  if (m.is_regressor()) return;
  for (int64_t label : y.to_vector<int64_t>())
    NUMEST_USER_CHECK(label >= 0 && label < m.num_classes, ValueError,
                      "{}: got the label {}, expected 0 to {}; give --classes "
                      "as many as there are",
                      labels, label, m.num_classes - 1);
}

}  // namespace

void train(TrainArguments a) {
  const Features features = read_features(a.files);
  const Array& x = features.x;
  const Array y = read_labels(a.files, a.model.is_regressor());
  check_lengths(a.files, x, y);
  set_classes(y, a.files.labels, a.model);
  a.model.csv_columns = features.columns;
  a.model.feature_shape.assign(x.shape().begin() + 1, x.shape().end());
  if (a.model.is_regressor() && y.ndim() > 1)
    a.model.label_dimension = y.shape()[1];
  estimator::RunConfig config;
  config.show_progress = a.show_progress;
  if (a.seed != 0) config.tf_random_seed = a.seed;
  if (a.checkpoint_steps > 0) {
    config.save_checkpoints_steps = a.checkpoint_steps;
    config.save_checkpoints_secs = std::nullopt;
  }
  const auto made = make_estimator(a.model, config);
  save_settings(a.model);
  const auto data =
      data::Dataset::from_tensor_slices(
          Element::tuple({Element::dict({{kFeature, x}}), y}))
          .shuffle(std::max(y.shape()[0], int64_t{1}))
          .batch(a.files.batch_size)
          .repeat(a.steps > 0 ? -1 : std::max(a.epochs, int64_t{1}));
  estimator::TrainOptions options;
  if (a.steps > 0) options.steps = a.steps;
  const InterruptScope interrupts;
  made->train([&] { return data; }, options);
}

namespace {

void add_model_options(CLI::App& verb, TrainArguments& a) {
  auto* linear = verb.add_flag("--linear", a.is_linear, "A linear model");
  auto* hidden = verb.add_option("--hidden-units", a.model.hidden_units,
                                 "Units of each hidden layer: 128,64")
                     ->delimiter(',')
                     ->check(positive_integer());
  hidden->excludes(linear);
  verb.add_option("--classes", a.model.num_classes,
                  "Number of classes, labels 0, 1, ...; without it the model "
                  "is a regressor, or has a class for each text in the labels")
      ->check(class_count());
  verb.add_option("--optimizer", a.model.optimizer,
                  "Adagrad, Adam, Ftrl, RMSprop or SGD; default Adagrad, of "
                  "linear models Ftrl");
  verb.add_option("--learning-rate", a.model.learning_rate,
                  "Default: the optimizer's")
      ->check(positive_number());
}

}  // namespace

void add_training_options(CLI::App& verb, TrainArguments& a) {
  verb.add_option("--features", a.files.features, kFileHelp)->required();
  verb.add_option("--labels", a.files.labels, kFileHelp)->required();
  add_model_options(verb, a);
  verb.add_option("--batch-size", a.files.batch_size, "Default 128")
      ->check(positive_integer());
  verb.add_option("--seed", a.seed, "Fixes all randomness; 0: fresh");
}

void check_kind_of_model(const TrainArguments& a) {
  if (!a.is_linear && a.model.hidden_units.empty())
    throw CLI::RequiredError("--hidden-units or --linear");
}

void add_train(CLI::App& app) {
  auto* verb = app.add_subcommand(
      "train", "Fits a canned classifier or regressor to arrays of files");
  const auto a = std::make_shared<TrainArguments>();
  add_training_options(*verb, *a);
  verb->add_option("--model-dir", a->model.model_dir,
                   "Folder of checkpoints; training goes on from the newest")
      ->required();
  auto* steps = verb->add_option("--steps", a->steps, "Batches to train on");
  steps->check(positive_integer());
  verb->add_option("--epochs", a->epochs, "Passes over the data; default 1")
      ->check(positive_integer())
      ->excludes(steps);
  verb->add_option("--checkpoint-steps", a->checkpoint_steps,
                   "Steps between checkpoints; default: every 10 minutes. A "
                   "run that was ended goes on from the newest")
      ->check(positive_integer());
  verb->callback([a] {
    check_kind_of_model(*a);
    train(*a);
  });
}

}  // namespace numest::cli
