// Sample calls of ops, made from the table: arrays of the shapes and dtypes
// that the entry names, attributes parsed from Python's spelling. Used by the
// tests that run over every op.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "numest/ops/call.h"

namespace numest {

/// One call of an op on data.
struct OpSample {
  const OpDef* op = nullptr;
  std::vector<Array> inputs;
  Attrs attrs;  // complete
  /// "sum(float32(3, 4), axis=0)", for messages.
  std::string to_string() const;
};

/// Every op of every table.
std::vector<const OpDef*> all_ops();

/// Calls of `op` over its shapes, attributes and the dtypes it accepts, with
/// the same values in every run. Calls that the type rule refuses are left
/// out.
std::vector<OpSample> samples_of(const OpDef& op);
/// Those whose inputs are float64 (or bool conditions and indices).
std::vector<OpSample> float64_samples_of(const OpDef& op);

/// Numbers in [low, high) of the op's samples, converted to `dtype`.
Array random_array(const OpDef& op, DType dtype, const Shape& shape,
                   std::mt19937& random);

/// Splits at a character outside of brackets and quotes; trims blanks.
std::vector<std::string> split_outside_brackets(std::string_view text,
                                                char separator);

}  // namespace numest
