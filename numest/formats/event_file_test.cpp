// Oracles: event files of TensorFlow's two writers, decoded in events.json.
#include "numest/formats/event_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "numest/formats/byte_flips.h"
#include "numest/formats/histogram.h"

namespace numest {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string golden(const std::string& name) {
  return join_path(NUMEST_TEST_DATA, "tf215/6_records_events/" + name);
}

json listing() { return json::parse(read_file(golden("events.json"))); }

void expect_events(const json& recorded, const std::string& folder) {
  const std::string file = recorded["file"];
  const auto events = read_events(golden(folder + "/" + file));
  ASSERT_EQ(events.size(), recorded["events"].size());
  EXPECT_EQ(events[0].file_version, "brain.Event:2");
  for (size_t i = 0; i < events.size(); ++i) {
    const json& expected = recorded["events"][i];
    EXPECT_EQ(events[i].step, expected["step"].get<int64_t>());
    if (!expected.contains("values")) continue;
    ASSERT_EQ(events[i].values.size(), expected["values"].size());
    for (size_t k = 0; k < events[i].values.size(); ++k) {
      const SummaryValue& value = events[i].values[k];
      EXPECT_EQ(value.tag, expected["values"][k]["tag"].get<std::string>());
      EXPECT_EQ(value.kind, expected["values"][k]["kind"].get<std::string>());
    }
  }
}

TEST(EventFile, ReadsBothWritersOfTensorFlow) {
  const json recorded = listing();
  expect_events(recorded["events_v1"], "events_v1");
  expect_events(recorded["events_v2"], "events_v2");
}

TEST(EventFile, ReadsScalarsOfBothWriters) {
  const json recorded = listing();
  for (const char* folder : {"events_v1", "events_v2"}) {
    const std::string file = recorded[folder]["file"];
    std::vector<double> loss;
    for (const Event& event :
         read_events(golden(std::string(folder) + "/" + file)))
      for (const SummaryValue& value : event.values)
        if (value.tag == "loss") loss.push_back(value.scalar.value());
    EXPECT_THAT(loss, testing::ElementsAre(1.2500000250510967e+20, 0.0))
        << folder;
  }
}

TEST(Histogram, HasTensorFlowsBuckets) {
  const json recorded = listing();
  const json& inputs = recorded["inputs"]["histogram_values"];
  size_t found = 0;
  for (const json& event : recorded["events_v1"]["events"]) {
    if (!event.contains("values")) continue;
    for (const json& value : event["values"]) {
      if (value["kind"] != "histo") continue;
      const SummaryHistogram h = histogram_of(Array::from<float>(
          inputs.at(found++)["value"].get<std::vector<float>>()));
      const json& histo = value["histo"];
      EXPECT_EQ(h.bucket_limit,
                histo["bucket_limit"].get<std::vector<double>>());
      EXPECT_EQ(h.bucket, histo["bucket"].get<std::vector<double>>());
      EXPECT_EQ(h.min, histo["min"].get<double>());
      EXPECT_EQ(h.max, histo["max"].get<double>());
      EXPECT_EQ(h.num, histo["num"].get<double>());
      EXPECT_NEAR(h.sum, histo["sum"].get<double>(), 1e-15 * std::abs(h.sum));
    }
  }
  EXPECT_EQ(found, 2u);
}

TEST(Histogram, RefusesWhatIsNotFinite) {
  EXPECT_THROW(histogram_of(Array::from<float>({NAN})), ValueError);
  EXPECT_THROW(histogram_of(Array(DType::kBytes, {1})), TypeError);
  EXPECT_EQ(histogram_of(Array(DType::kFloat32, {0})).num, 0);
  EXPECT_EQ(histogram_of(Array::scalar(1.7976931348623157e308)).num, 1);
}

TEST(EventWriter, EventsComeBack) {
  const TemporaryDirectory folder;
  const std::string logdir = join_path(folder.path(), "eval");
  std::string path;
  {
    EventWriter writer(logdir, ".v2");
    path = writer.path();
    writer.add_scalar("loss", 0.5f, 1);
    writer.add_scalars({{"a", 1.0f}, {"b", -2.0f}}, 100);
    writer.add_histogram("w", Array::from<float>({1, 2}), 100);
    writer.add_image("i", Array::zeros(DType::kUInt8, {2, 2}), 100);
  }
  EXPECT_THAT(path, HasSubstr("/eval/events.out.tfevents."));
  EXPECT_EQ(list_event_files(logdir), std::vector<std::string>{path});
  const auto events = read_events(path);
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[0].file_version, "brain.Event:2");
  EXPECT_EQ(events[0].wall_time, std::floor(events[0].wall_time));
  EXPECT_EQ(events[1].step, 1);
  EXPECT_EQ(events[1].values[0].scalar, 0.5);
  EXPECT_EQ(events[2].values[1].tag, "b");
  EXPECT_EQ(events[3].values[0].kind, "histo");
  EXPECT_EQ(events[4].values[0].kind, "image");
}

TEST(EventWriter, TheVersionIsReadableAtOnce) {
  const TemporaryDirectory folder;
  EventWriter writer(folder.path());
  EXPECT_EQ(read_events(writer.path()).size(), 1u);
  writer.add_scalar("x", 1, 0);
  writer.flush();
  EXPECT_EQ(read_events(writer.path()).size(), 2u);
}

TEST(EventWriter, TwoWritersNeverShareAFile) {
  const TemporaryDirectory folder;
  EventWriter a(folder.path()), b(folder.path());
  EXPECT_NE(a.path(), b.path());
  EXPECT_EQ(list_event_files(folder.path()).size(), 2u);
}

TEST(EventFile, AnUnfinishedRecordEndsTheFile) {
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "events");
  std::string written;
  {
    EventWriter writer(folder.path());
    writer.add_scalar("x", 1, 0);
    writer.flush();
    written = read_file(writer.path());
  }
  replace_file(path, written.substr(0, written.size() - 3));
  EXPECT_EQ(read_events(path).size(), 1u);
  written[written.size() - 6] ^= 1;
  replace_file(path, written);
  EXPECT_THROW(read_events(path), DataLossError);
}

TEST(EventFile, CleansTags) {
  EXPECT_EQ(clean_tag("a b:0/c-d.e"), "a_b_0/c-d.e");
  EXPECT_TRUE(list_event_files("/nonexistent").empty());
}

}  // namespace
}  // namespace numest
