// tf.train.Example: features by name, each a list of bytes, float or int64
// (TensorFlow, example.proto).
#pragma once

#include <string>
#include <string_view>

#include "numest/formats/npy.h"

namespace numest {

/// Parses a serialized Example into 1-d arrays (bytes, float32 or int64),
/// ordered by name. A feature without a list is an empty float32 array.
/// Throws DataLossError if it cannot be parsed.
NamedArrays parse_example(std::string_view bytes);

/// Serializes features, flattened in row-major order: bytes as they are,
/// floats as float32, integers and bool as int64. Equal features give equal
/// bytes, ordered by name. Throws TypeError for complex arrays and uint64,
/// ValueError if a name occurs twice.
std::string serialize_example(const NamedArrays& features);

}  // namespace numest
