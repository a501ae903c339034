// protobuf maps have no order of their own; both ways sort by name.
#include "numest/formats/example.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <climits>

#include "numest/base/error.h"
#include "numest/formats/proto/example.pb.h"

namespace numest {
namespace {

template <class T, class List>
Array array_of(const List& values) {
  Array out(dtype_of<T>, {int64_t(values.size())});
  std::copy(values.begin(), values.end(), out.data<T>());
  return out;
}

Array parse_feature(const proto::Feature& feature) {
  switch (feature.kind_case()) {
    case proto::Feature::kBytesList:
      return array_of<Bytes>(feature.bytes_list().value());
    case proto::Feature::kInt64List:
      return array_of<int64_t>(feature.int64_list().value());
    default:
      return array_of<float>(feature.float_list().value());
  }
}

proto::Feature feature_of(const std::string& key, const Array& array) {
  NUMEST_USER_CHECK(
      !is_complex(array.dtype()) && array.dtype() != DType::kUInt64, TypeError,
      "serialize_example: feature '{}' is {}, expected bytes, floats, bool or "
      "integers that int64 holds",
      key, name(array.dtype()));
  proto::Feature feature;
  if (array.dtype() == DType::kBytes) {
    auto& list = *feature.mutable_bytes_list();
    for (auto& value : array.to_vector<Bytes>()) list.add_value(value);
  } else if (is_float(array.dtype())) {
    auto& list = *feature.mutable_float_list();
    for (const float value : array.to_vector<float>()) list.add_value(value);
  } else {
    auto& list = *feature.mutable_int64_list();
    for (const int64_t v : array.to_vector<int64_t>()) list.add_value(v);
  }
  return feature;
}

}  // namespace

NamedArrays parse_example(std::string_view bytes) {
  proto::Example example;
  NUMEST_USER_CHECK(bytes.size() <= INT_MAX &&
                        example.ParseFromArray(bytes.data(), int(bytes.size())),
                    DataLossError,
                    "parse_example: {} bytes are not a tf.train.Example",
                    bytes.size());
  NamedArrays out;
  for (const auto& [key, feature] : example.features().feature())
    out.emplace_back(key, parse_feature(feature));
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

std::string serialize_example(const NamedArrays& features) {
  proto::Example example;
  auto& map = *example.mutable_features()->mutable_feature();
  for (const auto& [key, array] : features) {
    NUMEST_USER_CHECK(!map.contains(key), ValueError,
                      "serialize_example: the feature '{}' occurs twice", key);
    map[key] = feature_of(key, array);
  }
  std::string out;
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  example.SerializeToCodedStream(&coded);
  coded.Trim();
  return out;
}

}  // namespace numest
