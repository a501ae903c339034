// The way ops are called: by definition or name, with NumPy's promotion and
// the table's defaults. Computes at once on data, builds a node otherwise.
#pragma once

#include <concepts>
#include <span>
#include <string_view>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// All op tables, family by family.
std::vector<std::span<const OpDef>> op_families();
/// Finds an op; throws KeyError with the nearest names.
const OpDef& op_named(std::string_view name);
const OpDef* find_op(std::string_view name);

/// Calls an op. Missing attributes get their defaults; inputs are promoted if
/// the op's traits say so; weak scalars follow NEP 50. Throws TypeError for a
/// wrong number of inputs or an unknown attribute.
std::vector<Tensor> call(const OpDef& op, std::vector<Tensor> inputs,
                         Attrs attrs = {});
/// The only output of an op that has one.
Tensor call_one(const OpDef& op, std::vector<Tensor> inputs, Attrs attrs = {});

/// The same of arrays that the caller keeps, without attributes: on data,
/// nothing is listed or copied before the kernel runs.
Tensor call_arrays(const OpDef& op, std::span<const Tensor* const> inputs);
template <std::same_as<Tensor>... T>
Tensor call_one(const OpDef& op, const T&... inputs) {
  const Tensor* const all[] = {&inputs...};
  return call_arrays(op, all);
}

/// The dtype that inputs of a promoting op are cast to.
DType result_dtype(const OpDef& op, std::span<const Tensor> inputs);

/// Parses a parameter's default ("None", "True", "1", "'same'", "(0, 1)").
Attr parse_literal(std::string_view literal, Kind kind);

}  // namespace numest
