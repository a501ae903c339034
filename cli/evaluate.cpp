// numest evaluate: metrics of a trained model, "name = value" by line.
#include <fmt/format.h>

#include <memory>

#include "cli/arguments.h"
#include "cli/model.h"
#include "cli/verbs.h"

namespace numest::cli {

namespace {

void evaluate(const std::string& model_dir, const DataFiles& files) {
  const ModelSettings settings = load_settings(model_dir);
  const auto data = ordered_batches(settings, files, true);
  const auto result = make_estimator(settings)->evaluate([&] { return data; });
  for (const auto& [name, value] : result)
    fmt::print("{} = {}\n", name, value.to_string());
}

}  // namespace

void add_evaluate(CLI::App& app) {
  auto* verb = app.add_subcommand("evaluate", "Prints metrics of a model");
  const auto files = std::make_shared<DataFiles>();
  const auto model_dir = std::make_shared<std::string>();
  verb->add_option("--features", files->features, kFileHelp)->required();
  verb->add_option("--labels", files->labels, kFileHelp)->required();
  verb->add_option("--model-dir", *model_dir, "Folder of `numest train`")
      ->required();
  verb->add_option("--batch-size", files->batch_size, "Default 128")
      ->check(positive_integer());
  verb->callback([=] { evaluate(*model_dir, *files); });
}

}  // namespace numest::cli
