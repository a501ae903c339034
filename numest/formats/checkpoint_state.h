// The text file "checkpoint" of a model directory: which checkpoints there
// are (TensorFlow, checkpoint_state.proto and checkpoint_management.py).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace numest {

/// Prefixes of checkpoints; `paths` oldest first, the last one is `latest`.
struct CheckpointState {
  std::string latest;
  std::vector<std::string> paths;
  std::vector<double> timestamps;  // seconds since 1970; empty or as paths
  double last_preserved_timestamp = 0;
  bool operator==(const CheckpointState&) const = default;
};

/// Reads `<model_dir>/checkpoint`; relative prefixes are joined with the
/// directory. Gives nullopt if there is no such file or, with a warning, if it
/// cannot be parsed; ValueError if it names no checkpoint.
std::optional<CheckpointState> read_checkpoint_state(
    const std::string& model_dir);

/// Writes `<model_dir>/checkpoint`, atomically; prefixes inside the directory
/// become relative, so that it can be moved.
void write_checkpoint_state(const std::string& model_dir,
                            const CheckpointState& state);

/// How often this process has written such a file, for those who cache what
/// is in one.
uint64_t num_checkpoint_states_written();

/// Returns the prefix of the newest checkpoint by the state file, or "" if
/// there is none; an error is logged if its index is missing.
std::string latest_checkpoint(const std::string& model_dir);

/// Prefixes of all `*.index` files in the directory; those that end in
/// "-<step>" last, in the order of their steps.
std::vector<std::string> list_checkpoints(const std::string& model_dir);

/// The step of "model.ckpt-20", or -1 if the prefix has none.
int64_t checkpoint_step(const std::string& prefix);

}  // namespace numest
