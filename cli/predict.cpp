// numest predict: class ids or values, one line by example, or all
// predictions as an .npz file.
#include <fmt/format.h>

#include <memory>

#include "cli/files.h"
#include "cli/model.h"
#include "cli/verbs.h"
#include "numest/formats/npy.h"

namespace numest::cli {

namespace {

struct PredictArguments {
  DataFiles files = {};
  std::string model_dir = {}, output = {};
};

void print_rows(const Array& values) {
  for (int64_t i = 0; i < values.shape()[0]; ++i) {
    std::string line;
    for (double v : values.index(0, i).to_vector<double>())
      line += fmt::format("{}{:g}", line.empty() ? "" : ",", v);
    fmt::print("{}\n", line);
  }
}

void predict(const PredictArguments& a) {
  const ModelSettings settings = load_settings(a.model_dir);
  const auto data = ordered_batches(a.files, false, false);
  const auto made = make_estimator(settings);
  const auto input_fn = [&] { return data; };
  if (!a.output.empty()) {
    write_npz(a.output, made->predict_all(input_fn));
    return;
  }
  const bool is_regressor = settings.num_classes == 0;
  const auto all =
      made->predict_all(input_fn, {is_regressor ? "predictions" : "class_ids"});
  if (!all.empty()) print_rows(all[0].second);
}

}  // namespace

void add_predict(CLI::App& app) {
  auto* verb = app.add_subcommand(
      "predict", "Prints class ids or values, one line by example");
  const auto a = std::make_shared<PredictArguments>();
  verb->add_option("--features", a->files.features, kFileHelp)->required();
  verb->add_option("--model-dir", a->model_dir, "Folder of `numest train`")
      ->required();
  verb->add_option("--output", a->output,
                   "Writes all predictions to this .npz file instead");
  verb->add_option("--batch-size", a->files.batch_size, "Default 128")
      ->check(CLI::PositiveNumber);
  verb->callback([a] { predict(*a); });
}

}  // namespace numest::cli
