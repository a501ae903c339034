// The files of a model_dir.
#include "numest/estimator/checkpoints.h"

#include <algorithm>
#include <set>

#include "numest/base/counters.h"
#include "numest/base/file.h"
#include "numest/base/log.h"
#include "numest/formats/checkpoint.h"
#include "numest/formats/checkpoint_state.h"

namespace numest::estimator {

namespace {

std::string position_path(const std::string& prefix) {
  return prefix + ".position";
}

void write_position(const std::string& prefix, const DataPosition& p) {
  if (p.state.empty()) return;
  write_file_atomically(position_path(prefix), to_position_file(p));
}

// Files that nothing names: to lose a run for them would be too much.
void try_remove_with_position(const std::string& prefix) {
  try {
    remove_checkpoint(prefix);
    remove_position(prefix);
  } catch (const UserError& error) {
    log_warning("{}: its files are of no use and stay: {}", prefix,
                error.what());
  }
}

// "model.ckpt-20" of the name of one of its files, else empty.
std::string prefix_of(const std::string& file) {
  constexpr std::string_view kStart = "model.ckpt-";
  if (!file.starts_with(kStart)) return "";
  return file.substr(0, std::min(file.find('.', kStart.size()), file.size()));
}

// What a failed save has left; the error of the save is the one to tell.
void remove_if_unnamed(const RunConfig& config, const std::string& prefix) {
  try {
    const auto state = read_checkpoint_state(config.model_dir);
    if (!state || !std::count(state->paths.begin(), state->paths.end(), prefix))
      try_remove_with_position(prefix);
  } catch (const UserError& error) {
    log_warning("{}: its files may be incomplete: {}", prefix, error.what());
  }
}

// The pointer file first, then the files: a reader never finds a name
// without its files.
void point_to(const RunConfig& config, const std::string& prefix) {
  CheckpointState state;
  if (const auto old = read_checkpoint_state(config.model_dir)) state = *old;
  auto& all = state.paths;
  std::erase(all, prefix);
  all.push_back(prefix);
  state.latest = prefix;
  state.timestamps.clear();
  std::vector<std::string> dropped;
  const int64_t keep = config.keep_checkpoint_max.value_or(0);
  while (keep > 0 && int64_t(all.size()) > keep) {
    dropped.push_back(all.front());
    all.erase(all.begin());
  }
  write_checkpoint_state(config.model_dir, state);
  for (const std::string& old : dropped) try_remove_with_position(old);
}

std::string difference(const Variable& v, const TensorSpec& saved) {
  return fmt::format("  {}: checkpoint {} {}, model {} {}\n", v.name,
                     name(saved.dtype), saved.shape.to_string(),
                     name(v.spec.dtype), v.spec.shape.to_string());
}

struct Comparison {
  std::string mismatched, missing;
  std::vector<const Variable*> found;
};

Comparison compare(const CheckpointReader& reader, const ModelScope& scope) {
  Comparison result;
  for (const auto& v : scope.variables()) {
    if (v->is_local) continue;
    if (!reader.has(v->name)) {
      // Files of other programs may have no step counter.
      if (!v->is_hyper && v->name != "global_step")
        result.missing += "  " + v->name + "\n";
      continue;
    }
    const TensorSpec saved = reader.spec(v->name);
    if (saved == v->spec)
      result.found.push_back(v.get());
    else
      result.mismatched += difference(*v, saved);
  }
  return result;
}

}  // namespace

std::string save_checkpoint(const RunConfig& config, const VariableStore& store,
                            int64_t step, const DataPosition& position) {
  make_directories(config.model_dir);
  const std::string name = fmt::format("model.ckpt-{}", step);
  const std::string prefix = join_path(config.model_dir, name);
  std::vector<std::pair<std::string, Array>> tensors;
  for (const auto& [key, value] : store.values())
    tensors.emplace_back(key, value);
  try {
    remove_position(prefix);
    write_checkpoint(prefix, tensors);
    write_position(prefix, position);
    point_to(config, prefix);
  } catch (const UserError&) {
    remove_if_unnamed(config, prefix);
    throw;
  }
  count(Counter::checkpoints_written);
  return prefix;
}

void remove_remains(const std::string& model_dir) {
  remove_stale_temporaries(model_dir);
  if (!is_directory(model_dir)) return;
  std::set<std::string> without_index;
  for (const std::string& file : list_directory(model_dir)) {
    const std::string prefix = prefix_of(file);
    if (!prefix.empty() && !checkpoint_exists(join_path(model_dir, prefix)))
      without_index.insert(join_path(model_dir, prefix));
  }
  for (const std::string& prefix : without_index)
    try_remove_with_position(prefix);
}

std::optional<DataPosition> read_position(const std::string& prefix) {
  const std::string path = position_path(prefix);
  if (!file_exists(path)) return std::nullopt;
  return parse_position_file(read_file(path), path);
}

void remove_position(const std::string& prefix) {
  if (file_exists(position_path(prefix))) remove_file(position_path(prefix));
}

void restore_checkpoint(const std::string& prefix, const ModelScope& scope,
                        VariableStore& store) {
  const auto reader = CheckpointReader::open(prefix);
  const Comparison c = compare(reader, scope);
  NUMEST_USER_CHECK(c.mismatched.empty(), ValueError,
                    "the checkpoint {} is of another model; differences:\n"
                    "{}use another model_dir, or the old arguments; nothing "
                    "was overwritten",
                    prefix, c.mismatched);
  NUMEST_USER_CHECK(c.missing.empty(), NotFoundError,
                    "the checkpoint {} lacks variables of the model:\n"
                    "{}use another model_dir, or the old arguments; nothing "
                    "was overwritten",
                    prefix, c.missing);
  std::vector<std::pair<std::string, Array>> values;
  for (const Variable* v : c.found)
    values.emplace_back(v->name, reader.read(v->name));
  // Models that only evaluate or predict have no step of their own.
  if (reader.has("global_step"))
    values.emplace_back("global_step", reader.read("global_step"));
  for (const auto& [name, value] : values) store.set(name, value);
  count(Counter::checkpoints_read);
}

}  // namespace numest::estimator
