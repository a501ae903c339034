// All elements of a loop are the rows of one axis, over which the traced
// function is vectorized.
#include "numest/transforms/vectorize.h"

#include <algorithm>
#include <map>
#include <memory>

#include "numest/ops/composite.h"
#include "numest/ops/control.h"

namespace numest {

namespace {

using Names = std::vector<std::string>;

// "(m,n),(n)->(m)": the names of core axes, one list an argument or output.
struct Signature {
  std::vector<Names> inputs = {}, outputs = {};
};

[[noreturn]] void refuse_signature(const std::string& text) {
  fail<ValueError>(
      "vectorize: got signature '{}', expected one such as "
      "'(m,n),(n)->(m)'",
      text);
}

std::vector<Names> parse_list(std::string_view part, const std::string& text) {
  std::vector<Names> lists;
  while (!part.empty()) {
    const size_t end = part.find(')');
    if (part[0] != '(' || end == part.npos) refuse_signature(text);
    Names names;
    std::string_view inside = part.substr(1, end - 1);
    while (!inside.empty()) {
      const size_t comma = std::min(inside.find(','), inside.size());
      if (comma == 0 || comma + 1 == inside.size()) refuse_signature(text);
      names.emplace_back(inside.substr(0, comma));
      inside.remove_prefix(std::min(comma + 1, inside.size()));
    }
    lists.push_back(std::move(names));
    part.remove_prefix(end + 1);
    if (part.empty()) break;
    if (part[0] != ',' || part.size() == 1) refuse_signature(text);
    part.remove_prefix(1);
  }
  return lists;
}

Signature parse(const std::string& signature) {
  std::string text;
  std::ranges::copy_if(signature, std::back_inserter(text),
                       [](char c) { return c != ' '; });
  const size_t arrow = text.find("->");
  if (arrow == text.npos) refuse_signature(signature);
  Signature parsed{parse_list(std::string_view(text).substr(0, arrow), text),
                   parse_list(std::string_view(text).substr(arrow + 2), text)};
  if (parsed.outputs.empty()) refuse_signature(signature);
  return parsed;
}

std::vector<int> core_ndims(const Signature* signature, size_t count) {
  if (signature == nullptr) return std::vector<int>(count, 0);
  NUMEST_USER_CHECK(signature->inputs.size() == count, TypeError,
                    "vectorize: got {} arguments, expected the {} of the "
                    "signature",
                    count, signature->inputs.size());
  std::vector<int> ndims;
  for (const Names& names : signature->inputs)
    ndims.push_back(int(names.size()));
  return ndims;
}

Shape core_of(const Shape& shape, int ndim) {
  Shape core;
  for (int i = shape.ndim() - ndim; i < shape.ndim(); ++i)
    core.push_back(shape[i]);
  return core;
}

Shape joined(Shape front, const Shape& back) {
  for (const int64_t extent : back) front.push_back(extent);
  return front;
}

Shape loop_shape(std::span<const Tensor> arguments,
                 const std::vector<int>& ndims) {
  Shape loop;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Shape& shape = arguments[i].shape();
    NUMEST_USER_CHECK(shape.ndim() >= ndims[i], ValueError,
                      "vectorize: got argument {} of shape {}, expected at "
                      "least the {} core axes of the signature",
                      i, shape.to_string(), ndims[i]);
    Shape outer = shape;
    for (int k = 0; k < ndims[i]; ++k) outer.erase(outer.ndim() - 1);
    loop = broadcast_shapes(loop, outer, "vectorize");
  }
  return loop;
}

// A core axis of one name has one extent wherever it stands.
void check_cores(const std::vector<Names>& lists, std::span<const Shape> cores,
                 std::map<std::string, int64_t>& extents) {
  for (size_t i = 0; i < lists.size(); ++i) {
    NUMEST_USER_CHECK(cores[i].ndim() == int(lists[i].size()), ValueError,
                      "vectorize: got a result of shape {}, expected the {} "
                      "core axes of output {} of the signature",
                      cores[i].to_string(), lists[i].size(), i);
    for (size_t k = 0; k < lists[i].size(); ++k) {
      const int64_t extent = cores[i][int(k)];
      const auto [known, is_new] = extents.emplace(lists[i][k], extent);
      NUMEST_USER_CHECK(
          known->second == extent || extent < 0 || known->second < 0,
          ValueError,
          "vectorize: got extents {} and {} of core axis '{}', "
          "expected one",
          known->second, extent, known->first);
    }
  }
}

void check_outputs(const Graph& graph, const VectorizeOptions& options,
                   const Signature* signature,
                   std::map<std::string, int64_t>& extents) {
  const size_t count = graph.outputs.size();
  NUMEST_USER_CHECK(options.otypes.empty() || options.otypes.size() == count,
                    ValueError,
                    "vectorize: got {} otypes, expected one for each of the {} "
                    "results",
                    options.otypes.size(), count);
  if (signature == nullptr) return;
  NUMEST_USER_CHECK(signature->outputs.size() == count, ValueError,
                    "vectorize: got {} results, expected the {} outputs of the "
                    "signature",
                    count, signature->outputs.size());
  std::vector<Shape> cores;
  for (const Tensor& t : graph.outputs) cores.push_back(t.shape());
  check_cores(signature->outputs, cores, extents);
}

// All elements of the loop as the rows of one axis.
Tensor as_rows(const Tensor& t, const Shape& loop, int core_ndim) {
  const Shape core = core_of(t.shape(), core_ndim);
  return reshape(broadcast_to(t, joined(loop, core)), joined({-1}, core));
}

std::vector<Tensor> over_rows(const Traced& traced, std::vector<Tensor> rows) {
  const size_t count = rows.size();
  rows.insert(rows.end(), traced.captures.begin(), traced.captures.end());
  const auto is_row = std::make_unique<bool[]>(rows.size() + 1);
  std::fill_n(is_row.get(), count, true);
  return vmap(*traced.graph, rows, {is_row.get(), rows.size()});
}

}  // namespace

std::vector<Tensor> vectorized(const TensorFunction& function,
                               std::span<const Tensor> arguments,
                               const VectorizeOptions& options) {
  NUMEST_USER_CHECK(!arguments.empty(), TypeError,
                    "vectorize: got no argument, expected at least one");
  Signature parsed;
  if (!options.signature.empty()) parsed = parse(options.signature);
  const Signature* signature = options.signature.empty() ? nullptr : &parsed;
  const std::vector<int> ndims = core_ndims(signature, arguments.size());
  const Shape loop = loop_shape(arguments, ndims);
  std::vector<TensorSpec> specs;
  std::vector<Tensor> rows;
  std::vector<Shape> cores;
  for (size_t i = 0; i < arguments.size(); ++i) {
    rows.push_back(as_rows(arguments[i], loop, ndims[i]));
    cores.push_back(core_of(arguments[i].shape(), ndims[i]));
    specs.push_back({arguments[i].dtype(), cores.back()});
  }
  std::map<std::string, int64_t> extents;
  check_cores(parsed.inputs, cores, extents);
  const Traced traced = trace_with_captures(function, specs, "vectorize");
  check_outputs(*traced.graph, options, signature, extents);
  std::vector<Tensor> results = over_rows(traced, std::move(rows));
  for (size_t i = 0; i < results.size(); ++i) {
    const Shape core = core_of(results[i].shape(), results[i].ndim() - 1);
    results[i] = reshape(results[i], joined(loop, core));
    if (!options.otypes.empty())
      results[i] = astype(results[i], options.otypes[i]);
  }
  return results;
}

Tensor apply_along_axis(const std::function<Tensor(const Tensor&)>& func1d,
                        int axis, const Tensor& arr) {
  const int at = normalize_axis(axis, arr.ndim(), "apply_along_axis");
  const Tensor vectors = moveaxis(arr, {at}, {-1});
  const int outer = arr.ndim() - 1;
  const Shape loop = [&] {
    Shape shape = vectors.shape();
    shape.erase(outer);
    return shape;
  }();
  const TensorSpec spec{arr.dtype(), {vectors.shape()[outer]}};
  const Traced traced = trace_with_captures(
      [&](std::span<const Tensor> in) { return std::vector{func1d(in[0])}; },
      {&spec, 1}, "apply_along_axis");
  Tensor result = over_rows(traced, {as_rows(vectors, loop, 1)})[0];
  const Shape core = core_of(result.shape(), result.ndim() - 1);
  result = reshape(result, joined(loop, core));
  for (int i = 0; i < core.ndim(); ++i)
    result = moveaxis(result, {outer + i}, {at + i});
  return result;
}

Tensor apply_over_axes(
    const std::function<Tensor(const Tensor& a, int64_t axis)>& func,
    const Tensor& a, const std::vector<int64_t>& axes) {
  Tensor value = a;
  for (const int64_t axis : axes) {
    const int at = normalize_axis(axis, a.ndim(), "apply_over_axes");
    Tensor result = func(value, at);
    if (result.ndim() == a.ndim() - 1) result = expand_dims(result, {at});
    NUMEST_USER_CHECK(result.ndim() == a.ndim(), ValueError,
                      "apply_over_axes: func gave an array of {} axes, "
                      "expected {}, or one less",
                      result.ndim(), a.ndim());
    value = result;
  }
  return value;
}

}  // namespace numest
