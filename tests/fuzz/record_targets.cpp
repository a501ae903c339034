// Readers of records: TFRecord, Example, event files.
#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/formats/compression.h"
#include "numest/formats/event_file.h"
#include "numest/formats/example.h"
#include "numest/formats/record_functions.h"
#include "numest/formats/tfrecord.h"
#include "tests/fuzz/target.h"

namespace numest::fuzz {
namespace {

std::string frames(const std::vector<std::string>& records) {
  std::string bytes;
  for (const std::string& record : records) append_record(bytes, record);
  return bytes;
}

// Records before damage are given: they do not count as a difference.
std::string read_records(std::string_view bytes, Compression compression) {
  const MemoryFile file(bytes);
  std::string text;
  for (const std::string& r : read_tfrecord(file.path(), compression))
    text += fmt::format("{}:{}\n", r.size(), r);
  return text;
}

std::string read_event_bytes(std::string_view bytes) {
  const MemoryFile file(bytes);
  std::string text;
  for (const Event& event : read_events(file.path())) {
    text += fmt::format("{} {} {}", event.step, event.wall_time,
                        event.file_version);
    for (const SummaryValue& v : event.values)
      text += fmt::format(" {} {} {}", v.tag, v.kind, v.scalar.value_or(0));
    text += '\n';
  }
  return text;
}

std::string event_file() {
  const TemporaryDirectory folder;
  EventWriter writer(folder.path());
  writer.add_scalar("loss", 0.5f, 3);
  writer.add_histogram("weights", Array::from<float>({1, 2, 3}), 3);
  writer.close();
  return read_file(writer.path());
}

std::vector<std::string> event_records() {
  const std::string bytes = event_file();
  return read_tfrecord(MemoryFile(bytes).path());
}

std::vector<std::string> example_seeds() {
  return {serialize_example({{"x", Array::from<float>({1, 2, 3})},
                             {"y", Array::from<int64_t>({-1, 1LL << 40})},
                             {"name", Array::from<Bytes>({"ab", ""})}}),
          serialize_example({{"x", Array::from<float>({1, 2, 3})}}),
          serialize_example({})};
}

std::string parse_to_shapes(std::string_view bytes) {
  static const auto parser = example_parser(
      {{"x", DType::kFloat32, {3}},
       {"y", DType::kInt64, {2}, Array::from<int64_t>({0, 0})},
       {"name", DType::kBytes, {2}, Array::from<Bytes>({"", ""})}});
  const Array record = Array::scalar(Bytes(bytes));
  NamedArrays features;
  for (const Array& a : parser->call({&record, 1}))
    features.emplace_back("", a);
  return digest(features);
}

}  // namespace

std::vector<Target> record_targets() {
  const std::string records = frames({"abc", "", std::string(300, 'x')});
  const auto read_plain = [](std::string_view b) {
    return read_records(b, Compression::kNone);
  };
  const auto read_gzip = [](std::string_view b) {
    return read_records(b, Compression::kGzip);
  };
  const auto one_frame = [](const std::string& b) { return frames({b}); };
  return {
      {.name = "tfrecord",
       .seeds = {records},
       .read = read_plain,
       .is_checked = true},
      {.name = "tfrecord_gzip",
       .seeds = {compress(records, Compression::kGzip)},
       .read = read_gzip,
       .is_checked = true},
      {.name = "tfrecord_in_gzip",
       .seeds = {records},
       .read = read_gzip,
       .wrap =
           [](const std::string& b) {
             return compress(b, Compression::kGzip);
           }},
      {.name = "example",
       .seeds = example_seeds(),
       .read = [](std::string_view b) { return digest(parse_example(b)); }},
      {.name = "example_features",
       .seeds = {example_seeds()[0], example_seeds()[1]},
       .read = parse_to_shapes},
      {.name = "events",
       .seeds = {event_file()},
       .read = read_event_bytes,
       .is_checked = true},
      {.name = "event",
       .seeds = event_records(),
       .read = read_event_bytes,
       .wrap = one_frame},
  };
}

}  // namespace numest::fuzz
