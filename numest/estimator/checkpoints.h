// Checkpoints of a model_dir: writing, pruning, restoring with a diff.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "numest/estimator/run_config.h"
#include "numest/train/program.h"

namespace numest::estimator {

/// What lies beside a checkpoint: where the data stood, so that a run that
/// was killed goes on where it was.
struct DataPosition {
  uint64_t seed = 0;
  int64_t begin_step = 0;  // global step at the start of the data
  std::string state = {};  // of the iterator; empty: the run had ended
};

/// Writes `<model_dir>/model.ckpt-<step>` (bundle, then the position, then
/// the pointer file), and removes old ones. Returns the path prefix.
std::string save_checkpoint(const RunConfig& config, const VariableStore& store,
                            int64_t step, const DataPosition& position);

/// Removes what runs that ended at any moment may have left half done:
/// temporary files, and files of checkpoints that have no index.
void remove_remains(const std::string& model_dir);

/// A position as the contents of a file.
std::string to_position_file(const DataPosition& position);
/// Throws DataLossError that names `source` unless the checksum agrees.
DataPosition parse_position_file(std::string_view bytes,
                                 const std::string& source);

/// The position of an interrupted run, if the checkpoint has one.
std::optional<DataPosition> read_position(const std::string& prefix);
/// Says of a checkpoint that its run had ended.
void remove_position(const std::string& prefix);

/// Loads the variables of `scope` that the checkpoint has. Throws ValueError
/// with a line per difference if shapes or dtypes disagree (nothing is
/// changed then), NotFoundError if a variable is missing.
void restore_checkpoint(const std::string& prefix, const ModelScope& scope,
                        VariableStore& store);

}  // namespace numest::estimator
