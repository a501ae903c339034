// numest inspect: what the newest checkpoint of a model_dir holds.
#include <fmt/format.h>

#include <memory>

#include "cli/verbs.h"
#include "numest/base/file.h"
#include "numest/formats/checkpoint.h"
#include "numest/formats/checkpoint_state.h"

namespace numest::cli {

namespace {

void inspect(const std::string& model_dir) {
  NUMEST_USER_CHECK(is_directory(model_dir), NotFoundError,
                    "there is no folder {}: check the path", model_dir);
  const std::string prefix = latest_checkpoint(model_dir);
  NUMEST_USER_CHECK(!prefix.empty(), NotFoundError,
                    "no checkpoint in {}: train first", model_dir);
  const auto reader = CheckpointReader::open(prefix);
  fmt::print("{}\nstep {}\n", prefix, checkpoint_step(prefix));
  for (const std::string& name : reader.names()) {
    const TensorSpec spec = reader.spec(name);
    fmt::print("{}  {}  {}\n", name, numest::name(spec.dtype),
               spec.shape.to_string());
  }
}

}  // namespace

void add_inspect(CLI::App& app) {
  auto* verb = app.add_subcommand(
      "inspect", "Prints step, variables, dtypes and shapes of a model_dir");
  const auto model_dir = std::make_shared<std::string>();
  verb->add_option("MODEL_DIR", *model_dir, "Folder with checkpoints")
      ->required();
  verb->callback([model_dir] { inspect(*model_dir); });
}

}  // namespace numest::cli
