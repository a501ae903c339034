// numest profile: what the steps of a training run cost.
#include "numest/runtime/profile.h"

#include <fmt/format.h>

#include <memory>

#include "cli/arguments.h"
#include "cli/train.h"
#include "cli/verbs.h"
#include "numest/base/file.h"

namespace numest::cli {

namespace {

struct ProfileArguments {
  TrainArguments train = {};
  std::string trace = {};
  size_t rows = 30;
};

// The model is thrown away: a profile changes nobody's model_dir.
void run_profiled(ProfileArguments a) {
  const TemporaryDirectory folder;
  a.train.model.model_dir = folder.path();
  a.train.show_progress = false;
  Profile profile;
  train(a.train);
  profile.stop();
  if (!a.trace.empty()) profile.save_chrome_trace(a.trace);
  fmt::print("{}", profile.table(a.rows));
  if (a.trace.empty()) return;
  fmt::print("\n{}: {} events", a.trace, profile.num_events());
  if (profile.num_dropped_events() > 0)
    fmt::print(", the latest; {} before are not in it",
               profile.num_dropped_events());
  fmt::print("\n");
}

}  // namespace

void add_profile(CLI::App& app) {
  auto* verb = app.add_subcommand(
      "profile",
      "Trains a model that is not kept, and prints what its steps cost");
  const auto a = std::make_shared<ProfileArguments>();
  a->train.steps = 200;
  add_training_options(*verb, a->train);
  verb->add_option("--steps", a->train.steps,
                   "Batches to train on; default 200")
      ->check(positive_integer());
  verb->add_option("--trace", a->trace,
                   "Writes the spans to this JSON file, for chrome://tracing "
                   "or Perfetto");
  verb->add_option("--rows", a->rows, "Rows of each call; default 30")
      ->check(positive_integer());
  verb->callback([a] {
    check_kind_of_model(a->train);
    run_profiled(*a);
  });
}

}  // namespace numest::cli
