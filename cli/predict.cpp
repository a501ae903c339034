// numest predict: classes or values, one line by example, or all
// predictions as an .npz file.
#include <fmt/format.h>

#include <memory>

#include "cli/arguments.h"
#include "cli/model.h"
#include "cli/verbs.h"
#include "numest/formats/npy.h"

namespace numest::cli {

namespace {

struct PredictArguments {
  DataFiles files = {};
  std::string model_dir = {}, output = {};
};

template <class T>
void print_rows(const Array& values) {
  for (int64_t i = 0; i < values.shape()[0]; ++i) {
    std::string line;
    for (const T& v : values.index(0, i).to_vector<T>())
      line += fmt::format("{}{}", line.empty() ? "" : ",", v);
    fmt::print("{}\n", line);
  }
}

void predict(const PredictArguments& a) {
  const ModelSettings settings = load_settings(a.model_dir);
  const auto data = ordered_batches(settings, a.files, false);
  const auto made = make_estimator(settings);
  const auto input_fn = [&] { return data; };
  if (!a.output.empty()) {
    write_npz(a.output, made->predict_all(input_fn));
    return;
  }
  if (settings.is_regressor()) {
    const auto all = made->predict_all(input_fn, {"predictions"});
    if (!all.empty()) print_rows<float>(all[0].second);
  } else {
    const auto all = made->predict_all(input_fn, {"classes"});
    if (!all.empty()) print_rows<Bytes>(all[0].second);
  }
}

}  // namespace

void add_predict(CLI::App& app) {
  auto* verb = app.add_subcommand(
      "predict", "Prints classes or values, one line by example");
  const auto a = std::make_shared<PredictArguments>();
  verb->add_option("--features", a->files.features, kFileHelp)->required();
  verb->add_option("--model-dir", a->model_dir, "Folder of `numest train`")
      ->required();
  verb->add_option("--output", a->output,
                   "Writes all predictions, probabilities too, to this .npz "
                   "file instead");
  verb->add_option("--batch-size", a->files.batch_size, "Default 128")
      ->check(positive_integer());
  verb->callback([a] { predict(*a); });
}

}  // namespace numest::cli
