// Protobuf's text format, with fields that are not known skipped.
#include "numest/formats/checkpoint_state.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <atomic>
#include <charconv>

#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/base/log.h"
#include "numest/formats/checkpoint.h"
#include "numest/formats/proto/checkpoint_state.pb.h"

namespace numest {
namespace {

// Keeps protobuf from printing; the caller warns.
class SilentCollector : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, google::protobuf::io::ColumnNumber,
                const std::string&) override {}
};

std::string state_path(const std::string& model_dir) {
  return join_path(model_dir, "checkpoint");
}

std::string absolute(const std::string& model_dir, const std::string& prefix) {
  return prefix.starts_with('/') ? prefix : join_path(model_dir, prefix);
}

std::string relative(const std::string& model_dir, const std::string& prefix) {
  const std::string start = join_path(model_dir, "");
  return start.ends_with('/') && prefix.starts_with(start)
             ? prefix.substr(start.size())
             : prefix;
}

}  // namespace

std::optional<CheckpointState> read_checkpoint_state(
    const std::string& model_dir) {
  const std::string path = state_path(model_dir);
  if (!file_exists(path)) return std::nullopt;
  SilentCollector collector;
  google::protobuf::TextFormat::Parser parser;
  parser.AllowUnknownField(true);
  parser.RecordErrorsTo(&collector);
  proto::CheckpointState text;
  if (!parser.ParseFromString(read_file(path), &text)) {
    log_warning("{}: cannot be parsed and is ignored", path);
    return std::nullopt;
  }
  NUMEST_USER_CHECK(!text.model_checkpoint_path().empty(), ValueError,
                    "{}: names no checkpoint: expected "
                    "model_checkpoint_path",
                    path);
  CheckpointState state;
  state.latest = absolute(model_dir, text.model_checkpoint_path());
  for (const auto& prefix : text.all_model_checkpoint_paths())
    state.paths.push_back(absolute(model_dir, prefix));
  // TensorFlow's readers add the newest where it is not the last.
  if (state.paths.empty() || state.paths.back() != state.latest)
    state.paths.push_back(state.latest);
  const auto& times = text.all_model_checkpoint_timestamps();
  state.timestamps.assign(times.begin(), times.end());
  if (state.timestamps.size() != state.paths.size()) state.timestamps.clear();
  state.last_preserved_timestamp = text.last_preserved_timestamp();
  return state;
}

namespace {
std::atomic<uint64_t> num_written{0};
}  // namespace

uint64_t num_checkpoint_states_written() {
  return num_written.load(std::memory_order_acquire);
}

void write_checkpoint_state(const std::string& model_dir,
                            const CheckpointState& state) {
  NUMEST_USER_CHECK(
      state.timestamps.empty() || state.timestamps.size() == state.paths.size(),
      ValueError,
      "write_checkpoint_state: got {} timestamps, expected none or {}",
      state.timestamps.size(), state.paths.size());
  proto::CheckpointState text;
  text.set_model_checkpoint_path(relative(model_dir, state.latest));
  for (const std::string& prefix : state.paths)
    text.add_all_model_checkpoint_paths(relative(model_dir, prefix));
  for (const double time : state.timestamps)
    text.add_all_model_checkpoint_timestamps(time);
  if (state.last_preserved_timestamp != 0)
    text.set_last_preserved_timestamp(state.last_preserved_timestamp);
  std::string contents;
  NUMEST_CHECK(google::protobuf::TextFormat::PrintToString(text, &contents));
  write_file_atomically(state_path(model_dir), contents);
  num_written.fetch_add(1, std::memory_order_release);
}

std::string latest_checkpoint(const std::string& model_dir) {
  const auto state = read_checkpoint_state(model_dir);
  if (!state) return "";
  if (checkpoint_exists(state->latest)) return state->latest;
  log_line(LogLevel::kError,
           fmt::format("{}: names the checkpoint {}, which does not exist",
                       state_path(model_dir), state->latest));
  return "";
}

std::vector<std::string> list_checkpoints(const std::string& model_dir) {
  std::vector<std::string> prefixes;
  if (!is_directory(model_dir)) return prefixes;
  constexpr std::string_view kSuffix = ".index";
  for (const std::string& name : list_directory(model_dir))
    if (name.ends_with(kSuffix))
      prefixes.push_back(
          join_path(model_dir, name.substr(0, name.size() - kSuffix.size())));
  std::stable_sort(prefixes.begin(), prefixes.end(),
                   [](const std::string& a, const std::string& b) {
                     return checkpoint_step(a) < checkpoint_step(b);
                   });
  return prefixes;
}

int64_t checkpoint_step(const std::string& prefix) {
  const size_t dash = prefix.rfind('-');
  if (dash == std::string::npos || dash + 1 == prefix.size()) return -1;
  int64_t step = -1;
  const char* end = prefix.data() + prefix.size();
  const auto [stop, error] =
      std::from_chars(prefix.data() + dash + 1, end, step);
  return error == std::errc{} && stop == end ? step : -1;
}

}  // namespace numest
