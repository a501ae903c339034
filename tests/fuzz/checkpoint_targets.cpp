// Readers of checkpoints: index, entries behind its checksums, data, and the
// files beside them.
#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/estimator/checkpoints.h"
#include "numest/formats/byte_flips.h"
#include "numest/formats/checkpoint.h"
#include "numest/formats/checkpoint_state.h"
#include "numest/formats/sorted_table.h"
#include "tests/fuzz/target.h"

namespace numest::fuzz {
namespace {

// A checkpoint in a folder that lives as long as the process.
struct Checkpoint {
  TemporaryDirectory folder;
  std::string prefix = join_path(folder.path(), "model.ckpt-3");
  std::string index, data;

  Checkpoint() {
    write_checkpoint(
        prefix, {{"words", Array::from<Bytes>({"ab", "", "cde"})},
                 {"kernel", Array::from<float>({1, 2, 3, 4, 5, 6}, {2, 3})},
                 {"flags", Array::from<bool>({true, false})},
                 {"global_step", Array::scalar(int64_t{3})}});
    index = read_file(index_path());
    data = read_file(data_path());
  }
  std::string index_path() const { return prefix + ".index"; }
  std::string data_path() const { return prefix + ".data-00000-of-00001"; }

  std::string read_all() const {
    const auto reader = CheckpointReader::open(prefix);
    NamedArrays arrays;
    for (const std::string& name : reader.names())
      arrays.emplace_back(name, reader.read(name));
    return digest(arrays);
  }
};

const Checkpoint& checkpoint() {
  static const Checkpoint instance;
  return instance;
}

std::string read_index(std::string_view bytes) {
  replace_file(checkpoint().data_path(), checkpoint().data);
  replace_file(checkpoint().index_path(), bytes);
  return checkpoint().read_all();
}

std::string read_data(std::string_view bytes) {
  replace_file(checkpoint().index_path(), checkpoint().index);
  replace_file(checkpoint().data_path(), bytes);
  return checkpoint().read_all();
}

// The index with the bytes in the place of the value of `key`.
std::string with_entry(const std::string& key, const std::string& bytes) {
  KeyValues entries = read_sorted_table(checkpoint().index, "fuzz");
  for (auto& [name, value] : entries)
    if (name == key) value = bytes;
  return to_sorted_table(entries);
}

Target entry_target(const std::string& key, const std::string& name) {
  std::string seed;
  for (const auto& [k, value] : read_sorted_table(checkpoint().index, "fuzz"))
    if (k == key) seed = value;
  return {.name = name,
          .seeds = {seed},
          .read = read_index,
          .wrap = [key](const std::string& b) { return with_entry(key, b); }};
}

std::string read_pointer_file(std::string_view bytes) {
  static const TemporaryDirectory folder;
  replace_file(join_path(folder.path(), "checkpoint"), bytes);
  const auto state = read_checkpoint_state(folder.path());
  if (!state) return "";
  std::string text = state->latest;
  for (const std::string& path : state->paths) text += "\n" + path;
  return text + latest_checkpoint(folder.path());
}

}  // namespace

std::vector<Target> checkpoint_targets() {
  const estimator::DataPosition position{7, 12, "state of an iterator"};
  return {
      {.name = "checkpoint_index",
       .seeds = {checkpoint().index},
       .read = read_index,
       .is_checked = true},
      {.name = "checkpoint_data",
       .seeds = {checkpoint().data},
       .read = read_data,
       .is_checked = true},
      entry_target("", "checkpoint_header"),
      entry_target("kernel", "checkpoint_entry"),
      entry_target("words", "checkpoint_words"),
      {.name = "checkpoint_pointer",
       .seeds = {"model_checkpoint_path: \"model.ckpt-3\"\n"
                 "all_model_checkpoint_paths: \"model.ckpt-1\"\n"
                 "all_model_checkpoint_paths: \"model.ckpt-3\"\n"
                 "all_model_checkpoint_timestamps: 1.5\n"
                 "last_preserved_timestamp: 2\n"},
       .read = read_pointer_file,
       .words = {"model_checkpoint_path", "\"", "\\", "{", "}", "1e999",
                 "last_preserved_timestamp: "}},
      {.name = "checkpoint_position",
       .seeds = {estimator::to_position_file(position)},
       .read =
           [](std::string_view bytes) {
             const auto p = estimator::parse_position_file(bytes, "fuzz");
             return fmt::format("{} {} {}", p.seed, p.begin_step, p.state);
           },
       .is_checked = true},
  };
}

}  // namespace numest::fuzz
