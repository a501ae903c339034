// Prints numest/ops/functions.h and functions.cpp from the op tables: one C++
// function per op, with the table's names, order and defaults.
//   functions_gen <folder of numest/ops> [--check]
// `--check` writes nothing and fails if the files differ.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "numest/ops/call.h"

namespace numest {
namespace {

std::string dtype_literal(std::string_view text) {
#define NUMEST_LITERAL(id, type, dtype, kind, tf) \
  if (text == dtype) return "DType::" #id;
  NUMEST_DTYPE_TABLE(NUMEST_LITERAL)
#undef NUMEST_LITERAL
  fail<ValueError>("functions_gen: unknown dtype {}", text);
}

std::string type_of(const ParamDef& p) {
  const bool is_optional = p.default_value == "None";
  auto value = [&](const std::string& type) {
    return is_optional ? fmt::format("std::optional<{}>", type) : type;
  };
  switch (p.kind) {
    case Kind::kArray:
      return "const Tensor&";
    case Kind::kArrays:
      return "const std::vector<Tensor>&";
    case Kind::kBool:
      return value("bool");
    case Kind::kInt:
      return value("int64_t");
    case Kind::kFloat:
      return value("double");
    case Kind::kString:
      return value("std::string_view");
    case Kind::kInts:
      return "const Dims&";
    case Kind::kAxes:
      return "const Axes&";
    case Kind::kShape:
      return is_optional ? "const std::optional<Shape>&" : "const Shape&";
    case Kind::kDType:
      return value("DType");
    case Kind::kGraph:
      return "const std::shared_ptr<const Graph>&";
    case Kind::kFunction:
      return "const std::shared_ptr<const ForeignFunction>&";
    case Kind::kValue:
      return is_optional ? "const std::optional<Array>&" : "const Array&";
  }
  NUMEST_UNREACHABLE();
}

bool is_list(Kind kind) {
  return kind == Kind::kInts || kind == Kind::kAxes || kind == Kind::kShape;
}

// "(0, 1)" -> "{0, 1}", "'same'" -> "\"same\"", "True" -> "true".
std::string literal_of(const ParamDef& p) {
  std::string text(p.default_value);
  if (text == "None")
    return p.kind == Kind::kInts || p.kind == Kind::kAxes ? "{}"
                                                          : "std::nullopt";
  if (p.kind == Kind::kBool) return text == "True" ? "true" : "false";
  if (p.kind == Kind::kDType) return dtype_literal(text);
  if (p.kind == Kind::kString)
    return "\"" + text.substr(1, text.size() - 2) + "\"";
  if (is_list(p.kind) && text.front() == '(') {
    text.front() = '{';
    text.back() = '}';
    if (text.size() > 2 && text[text.size() - 2] == ',')
      text.erase(text.size() - 2, 1);
  }
  return text;
}

bool is_array(const ParamDef& p) {
  return p.kind == Kind::kArray || p.kind == Kind::kArrays;
}

// Names that C++ reserves get a trailing underscore.
std::string identifier(std::string_view name) {
  for (std::string_view reserved : {"default", "case", "operator", "switch"})
    if (name == reserved) return std::string(name) + "_";
  return std::string(name);
}

std::string parameters(const OpDef& op, bool has_defaults) {
  std::string text;
  for (const ParamDef& p : op.params) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", type_of(p),
                        identifier(p.name));
    if (has_defaults && !p.default_value.empty()) text += " = " + literal_of(p);
  }
  return text;
}

std::string signature(const OpDef& op, bool has_defaults) {
  const bool is_single = !op.is(kManyOutputs);
  return fmt::format("{} {}({})", is_single ? "Tensor" : "std::vector<Tensor>",
                     identifier(op.name), parameters(op, has_defaults));
}

std::string inputs_of(const OpDef& op) {
  std::string list, rest;
  for (const ParamDef& p : op.params) {
    if (p.kind == Kind::kArray)
      list += (list.empty() ? "" : ", ") + identifier(p.name);
    if (p.kind == Kind::kArrays) rest = identifier(p.name);
  }
  if (rest.empty()) return "{" + list + "}";
  return list.empty() ? rest : fmt::format("joined({{{}}}, {})", list, rest);
}

std::string attrs_of(const OpDef& op) {
  std::string text;
  for (const ParamDef& p : op.params)
    if (!is_array(p))
      text += fmt::format("{}{{\"{}\", attr_of({})}}", text.empty() ? "" : ", ",
                          p.name, identifier(p.name));
  return text.empty() ? "" : ", {" + text + "}";
}

// Ops of arrays only are called without lists.
std::string arguments_of(const OpDef& op) {
  const bool is_plain =
      !op.is(kManyOutputs) && !op.params.empty() &&
      std::all_of(op.params.begin(), op.params.end(),
                  [](const ParamDef& p) { return p.kind == Kind::kArray; });
  const std::string inputs = inputs_of(op);
  return is_plain ? inputs.substr(1, inputs.size() - 2) : inputs + attrs_of(op);
}

std::string declaration(const OpDef& op) {
  return fmt::format("/// {}\n{};\n", op.doc, signature(op, true));
}

std::string definition(const OpDef& op) {
  return fmt::format(
      "{} {{\n  static const OpDef& op = op_named(\"{}\");\n"
      "  return {}(op, {});\n}}\n",
      signature(op, false), op.name, op.is(kManyOutputs) ? "call" : "call_one",
      arguments_of(op));
}

constexpr const char* kHeaderTop =
    R"(// One function per op of the tables, in table order, with NumPy's names.
// Generated by tools/functions_gen.cpp; do not edit.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "numest/graph/tensor.h"
#include "numest/ops/arguments.h"

namespace numest {

// clang-format off
)";
constexpr const char* kSourceTop =
    R"(// Calls of the ops by their tables' entries.
// Generated by tools/functions_gen.cpp; do not edit.
#include "numest/ops/functions.h"

#include "numest/ops/call.h"

namespace numest {

namespace {

[[maybe_unused]] std::vector<Tensor> joined(std::vector<Tensor> first,
                                            const std::vector<Tensor>& rest) {
  first.insert(first.end(), rest.begin(), rest.end());
  return first;
}

}  // namespace

// clang-format off
)";
constexpr const char* kBottom =
    "// clang-format on\n\n}  // namespace numest\n";

std::string all(const char* top, std::string (*print)(const OpDef&)) {
  std::string text = top;
  for (std::span<const OpDef> family : op_families())
    for (const OpDef& op : family) text += print(op) + "\n";
  return text + kBottom;
}

bool emit(const std::string& path, const std::string& text, bool is_check) {
  std::ifstream in(path);
  const std::string old{std::istreambuf_iterator<char>(in), {}};
  if (old == text) return true;
  if (is_check) {
    std::cerr << path << " is out of date: run tools/functions_gen\n";
    return false;
  }
  std::ofstream(path) << text;
  return true;
}

}  // namespace
}  // namespace numest

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: functions_gen <numest/ops> [--check]\n";
    return 2;
  }
  const std::string folder = argv[1];
  const bool is_check = argc > 2 && std::string(argv[2]) == "--check";
  using namespace numest;
  const bool header =
      emit(folder + "/functions.h", all(kHeaderTop, declaration), is_check);
  const bool source =
      emit(folder + "/functions.cpp", all(kSourceTop, definition), is_check);
  return header && source ? 0 : 1;
}
