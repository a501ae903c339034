// Parsing of the table's samples and random arrays.
#include "numest/ops/table_samples.h"

#include <algorithm>
#include <cmath>

namespace numest {

namespace {

std::string trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \n");
  if (begin == text.npos) return "";
  return std::string(
      text.substr(begin, text.find_last_not_of(" \n") + 1 - begin));
}

bool is_array(const ParamDef& p) {
  return p.kind == Kind::kArray || p.kind == Kind::kArrays;
}

Shape parse_shape(const std::string& text) {
  Shape shape;
  std::string digits;
  for (char c : text + ",") {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (!digits.empty()) {
      shape.push_back(std::stoll(digits));
      digits.clear();
    }
  }
  return shape;
}

using Shapes = std::vector<Shape>;

// Scalars, equal shapes, broadcasting and empty arrays for `count` inputs.
std::vector<Shapes> default_shapes(size_t count) {
  if (count == 0) return {Shapes{}};
  const Shapes patterns[] = {{{}},
                             {{5}},
                             {{3, 4}, {4}, {}},
                             {{3, 1}, {1, 4}, {3, 4}},
                             {{}, {2, 3}, {3}},
                             {{0, 2}, {2}, {1}}};
  std::vector<Shapes> result;
  for (const Shapes& pattern : patterns) {
    if (count == 1 && !result.empty() && result.back()[0] == pattern[0])
      continue;
    Shapes shapes;
    for (size_t i = 0; i < count; ++i)
      shapes.push_back(pattern[i % pattern.size()]);
    result.push_back(shapes);
  }
  return result;
}

std::vector<Shapes> shapes_of(const OpDef& op) {
  if (op.samples.shapes.empty()) return default_shapes(op.num_array_params());
  Shapes shapes;
  for (const std::string& text : split_outside_brackets(op.samples.shapes, ';'))
    shapes.push_back(parse_shape(text));
  return {shapes};
}

const ParamDef& param_named(const OpDef& op, const std::string& name) {
  for (const ParamDef& p : op.params)
    if (p.name == name) return p;
  fail<ValueError>("samples of {}: no parameter is named '{}'", op.name, name);
}

Attrs parse_attrs(const OpDef& op, const std::string& text) {
  Attrs attrs;
  for (const ParamDef& p : op.params)
    if (!is_array(p) && !p.default_value.empty())
      attrs.set(p.name, parse_literal(p.default_value, p.kind));
  for (const std::string& item : split_outside_brackets(text, ',')) {
    const size_t equals = item.find('=');
    NUMEST_CHECK(equals != item.npos, "samples of {}: '{}'", op.name, text);
    const ParamDef& p = param_named(op, trimmed(item.substr(0, equals)));
    attrs.set(p.name, parse_literal(trimmed(item.substr(equals + 1)), p.kind));
  }
  return attrs;
}

std::vector<Attrs> attrs_of(const OpDef& op) {
  std::vector<Attrs> result;
  for (const std::string& text : split_outside_brackets(op.samples.attrs, ';'))
    result.push_back(parse_attrs(op, text));
  if (result.empty()) result.push_back(parse_attrs(op, ""));
  return result;
}

// One list a call: a dtype for all inputs, or "float32,int64" for each.
using DTypes = std::vector<DType>;

std::vector<DTypes> dtypes_of(const OpDef& op) {
  const std::string_view all =
      "bool uint8 int32 int64 float16 float32 float64 complex64 complex128";
  std::vector<DTypes> result;
  for (const std::string& names : split_outside_brackets(
           op.samples.dtypes.empty() ? all : op.samples.dtypes, ' ')) {
    DTypes dtypes;
    for (const std::string& name : split_outside_brackets(names, ','))
      dtypes.push_back(dtype_named(name));
    if (!dtypes.empty()) result.push_back(dtypes);
  }
  return result;
}

template <class T>
void fill_random(T* out, int64_t size, const Samples& range,
                 std::mt19937& random) {
  std::uniform_real_distribution<double> draw(range.low, range.high);
  for (int64_t i = 0; i < size; ++i) out[i] = T(draw(random));
}

bool is_accepted(const OpSample& s) {
  std::vector<TensorSpec> specs;
  for (const Array& a : s.inputs) specs.push_back({a.dtype(), a.shape()});
  try {
    s.op->type(TypeContext{*s.op, specs, s.attrs});
    return true;
  } catch (const TypeError&) {
    return false;
  }
}

DType dtype_of_input(const OpDef& op, size_t input, const DTypes& dtypes) {
  const DType dtype = dtypes[std::min(input, dtypes.size() - 1)];
  if (op.is(kKeepsFirst) && input == 0) return DType::kBool;
  return op.is(kInexact) ? to_inexact(dtype) : dtype;
}

}  // namespace

std::string OpSample::to_string() const {
  std::string text;
  for (const Array& a : inputs)
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", name(a.dtype()),
                        a.shape().to_string());
  return fmt::format("{}({}; {})", op->name, text, numest::to_string(attrs));
}

std::vector<const OpDef*> all_ops() {
  std::vector<const OpDef*> result;
  for (std::span<const OpDef> family : op_families())
    for (const OpDef& op : family) result.push_back(&op);
  return result;
}

namespace {

// Strings of whole numbers, so that ops that parse them have work.
Array random_bytes(const OpDef& op, const Shape& shape, std::mt19937& random) {
  std::uniform_real_distribution<double> draw(op.samples.low, op.samples.high);
  Array values(DType::kBytes, shape);
  for (Bytes& text : values.span<Bytes>())
    text = std::to_string(int64_t(draw(random)));
  return values;
}

}  // namespace

Array random_array(const OpDef& op, DType dtype, const Shape& shape,
                   std::mt19937& random) {
  if (dtype == DType::kBytes) return random_bytes(op, shape, random);
  if (is_complex(dtype)) {
    Array values(DType::kComplex128, shape);
    fill_random(reinterpret_cast<double*>(values.raw()), 2 * values.size(),
                op.samples, random);
    return values.astype(dtype);
  }
  Array values(DType::kFloat64, shape);
  double* out = values.data<double>();
  fill_random(out, values.size(), op.samples, random);
  for (int64_t i = 0; i < values.size(); ++i) {
    if (is_unsigned(dtype)) out[i] = std::abs(out[i]);
    if (dtype == DType::kBool) out[i] = out[i] > 0.7 ? 1 : 0;
  }
  return values.astype(dtype);
}

std::vector<OpSample> samples_of(const OpDef& op) {
  std::mt19937 random(7);
  std::vector<OpSample> result;
  for (const Shapes& shapes : shapes_of(op))
    for (const Attrs& attrs : attrs_of(op))
      for (const DTypes& dtypes : dtypes_of(op)) {
        OpSample s{&op, {}, attrs};
        for (size_t i = 0; i < shapes.size(); ++i)
          s.inputs.push_back(random_array(op, dtype_of_input(op, i, dtypes),
                                          shapes[i], random));
        if (is_accepted(s)) result.push_back(std::move(s));
      }
  return result;
}

std::vector<OpSample> float64_samples_of(const OpDef& op) {
  std::vector<OpSample> result = samples_of(op);
  std::erase_if(result, [](const OpSample& s) {
    bool has_float64 = false;
    for (const Array& a : s.inputs)
      has_float64 = has_float64 || a.dtype() == DType::kFloat64;
    return !has_float64;
  });
  return result;
}

std::vector<std::string> split_outside_brackets(std::string_view text,
                                                char separator) {
  std::vector<std::string> parts;
  int depth = 0;
  bool is_quoted = false;
  std::string part;
  for (char c : text) {
    depth += (c == '(' || c == '[') - (c == ')' || c == ']');
    is_quoted = is_quoted != (c == '\'');
    if (c == separator && depth == 0 && !is_quoted) {
      parts.push_back(trimmed(part));
      part.clear();
    } else {
      part += c;
    }
  }
  if (!trimmed(part).empty()) parts.push_back(trimmed(part));
  return parts;
}

}  // namespace numest
