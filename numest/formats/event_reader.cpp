// The writer may still be at work: a record without all its bytes is the end.
#include "numest/base/error.h"
#include "numest/base/file.h"
#include "numest/formats/byte_order.h"
#include "numest/formats/event_file.h"
#include "numest/formats/proto/event.pb.h"
#include "numest/formats/tfrecord.h"

namespace numest {
namespace {

constexpr int kTensorFlowFloat = 1;
constexpr int kTensorFlowDouble = 2;

// Scalars of the version-2 writer are tensors of one number.
std::optional<double> scalar_of(const proto::TensorContent& tensor) {
  const std::string& bytes = tensor.tensor_content();
  if (tensor.float_val_size() == 1) return double{tensor.float_val(0)};
  if (tensor.double_val_size() == 1) return tensor.double_val(0);
  if (tensor.int_val_size() == 1) return tensor.int_val(0);
  if (tensor.int64_val_size() == 1) return double(tensor.int64_val(0));
  if (tensor.dtype() == kTensorFlowFloat && bytes.size() == sizeof(float))
    return double{load<float>(bytes.data())};
  if (tensor.dtype() == kTensorFlowDouble && bytes.size() == sizeof(double))
    return load<double>(bytes.data());
  return std::nullopt;
}

SummaryValue value_of(const proto::Summary::Value& value) {
  switch (value.value_case()) {
    case proto::Summary::Value::kSimpleValue:
      return {value.tag(), "simple_value", double{value.simple_value()}};
    case proto::Summary::Value::kImage:
      return {value.tag(), "image", {}};
    case proto::Summary::Value::kHisto:
      return {value.tag(), "histo", {}};
    case proto::Summary::Value::kTensor:
      return {value.tag(), "tensor", scalar_of(value.tensor())};
    default:
      return {value.tag(), "", {}};
  }
}

Event event_of(const std::string& bytes, const std::string& path) {
  proto::Event event;
  NUMEST_USER_CHECK(event.ParseFromString(bytes), DataLossError,
                    "read_events: {}: a record is not an Event", path);
  Event out;
  out.wall_time = event.wall_time();
  out.step = event.step();
  out.file_version = event.file_version();
  for (const auto& value : event.summary().value())
    out.values.push_back(value_of(value));
  return out;
}

}  // namespace

std::vector<Event> read_events(const std::string& path) {
  TFRecordReader reader(path);
  std::vector<Event> events;
  try {
    while (const auto record = reader.next())
      events.push_back(event_of(*record, path));
  } catch (const DataLossError&) {
    if (!reader.is_truncated()) throw;
  }
  return events;
}

std::vector<std::string> list_event_files(const std::string& logdir) {
  std::vector<std::string> paths;
  if (!is_directory(logdir)) return paths;
  for (const std::string& name : list_directory(logdir))
    if (name.find("tfevents") != std::string::npos)
      paths.push_back(join_path(logdir, name));
  return paths;
}

}  // namespace numest
