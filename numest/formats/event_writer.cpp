// Events are appended to the file that TensorBoard watches while training
// goes on; no temporary file.
#include <unistd.h>

#include <chrono>
#include <cmath>

#include "numest/base/file.h"
#include "numest/formats/event_file.h"
#include "numest/formats/histogram.h"
#include "numest/formats/png.h"
#include "numest/formats/proto/event.pb.h"
#include "numest/formats/tfrecord.h"

namespace numest {
namespace {

double now_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

proto::Event event_at(int64_t step) {
  proto::Event event;
  event.set_wall_time(now_seconds());
  event.set_step(step);
  return event;
}

std::string version_event(double wall_time) {
  proto::Event event;
  event.set_wall_time(std::floor(wall_time));
  event.set_file_version("brain.Event:2");
  event.mutable_source_metadata()->set_writer(
      "tensorflow.core.util.events_writer");
  return event.SerializeAsString();
}

}  // namespace

EventWriter::EventWriter(const std::string& logdir, const std::string& suffix) {
  make_directories(logdir);
  const double now = now_seconds();
  const std::string path =
      join_path(logdir, fmt::format("events.out.tfevents.{:010}.{}{}",
                                    int64_t(now), host_name(), suffix));
  path_ = path;
  for (int i = 1; !(file_ = FileAppender::create_new(path_)); ++i)
    path_ = fmt::format("{}.{}", path, i);
  append(version_event(now));
  flush();
}

void EventWriter::append(const std::string& event) {
  std::string frame;
  append_record(frame, event);
  file_->append(frame);
}

bool EventWriter::has_name() const { return file_->has_name(); }
void EventWriter::flush() { file_->flush(); }
void EventWriter::close() { file_->close(); }

void EventWriter::add_scalar(const std::string& tag, float value,
                             int64_t step) {
  add_scalars({{tag, value}}, step);
}

void EventWriter::add_scalars(
    const std::vector<std::pair<std::string, float>>& scalars, int64_t step) {
  proto::Event event = event_at(step);
  for (const auto& [tag, number] : scalars) {
    auto* value = event.mutable_summary()->add_value();
    value->set_tag(tag);
    value->set_simple_value(number);
  }
  append(event.SerializeAsString());
}

void EventWriter::add_histogram(const std::string& tag, const Array& values,
                                int64_t step) {
  const SummaryHistogram h = histogram_of(values);
  proto::Event event = event_at(step);
  auto* value = event.mutable_summary()->add_value();
  value->set_tag(tag);
  auto* histo = value->mutable_histo();
  histo->set_min(h.min);
  histo->set_max(h.max);
  histo->set_num(h.num);
  histo->set_sum(h.sum);
  histo->set_sum_squares(h.sum_squares);
  histo->mutable_bucket_limit()->Assign(h.bucket_limit.begin(),
                                        h.bucket_limit.end());
  histo->mutable_bucket()->Assign(h.bucket.begin(), h.bucket.end());
  append(event.SerializeAsString());
}

void EventWriter::add_image(const std::string& tag, const Array& image,
                            int64_t step) {
  proto::Event event = event_at(step);
  auto* value = event.mutable_summary()->add_value();
  value->set_tag(tag);
  auto* out = value->mutable_image();
  out->set_encoded_image_string(encode_png(image));
  out->set_height(int32_t(image.shape()[0]));
  out->set_width(int32_t(image.shape()[1]));
  out->set_colorspace(image.ndim() == 2 ? 1 : int32_t(image.shape()[2]));
  append(event.SerializeAsString());
}

std::string clean_tag(const std::string& name) {
  std::string out = name;
  for (char& c : out) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '_';
    if (!is_word && c != '-' && c != '/' && c != '.') c = '_';
  }
  return out;
}

}  // namespace numest
