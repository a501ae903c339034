// Functions from serialized records to arrays, as nodes of a graph or to be
// called: CSV lines and tf.train.Example messages.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

struct CsvDecoderOptions {
  /// One per selected field: a scalar default, or an empty array of the dtype
  /// for a field that must not be empty.
  std::vector<Array> defaults = {};
  char delimiter = ',';
  bool use_quote_delim = true;
  std::string na_value = {};          // also means an empty field
  std::vector<int64_t> columns = {};  // which fields; empty: all, in order
};

/// Bytes of any shape to one array of that shape per field. Fields are
/// float32, float64, int32, int64 or bytes by their default. A record with
/// another number of fields, a missing required field or a field that is no
/// number is a ValueError that shows it.
std::shared_ptr<const ForeignFunction> csv_decoder(CsvDecoderOptions options);

/// A feature of an Example with a value of fixed shape per record.
struct ParsedFeature {
  std::string key;
  DType dtype = DType::kFloat32;  // float32, int64 or bytes
  Shape shape = {};
  std::optional<Array> default_value = {};  // for records without the key
};

/// Serialized Examples of any shape to one array of (shape..., *feature
/// shape) per feature. A missing feature without default, another kind or
/// another number of values is a ValueError that names the key.
std::shared_ptr<const ForeignFunction> example_parser(
    std::vector<ParsedFeature> features);

}  // namespace numest
