// Calling ops: look-up, defaults, promotion.
#include "numest/ops/call.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "numest/graph/evaluate.h"
#include "numest/graph/verify.h"
#include "numest/ops/guard.h"

namespace numest {

namespace {

using Index = std::unordered_map<std::string_view, const OpDef*>;

Index make_index() {
  Index index;
  for (std::span<const OpDef> family : op_families())
    for (const OpDef& op : family)
      NUMEST_CHECK(index.emplace(op.name, &op).second,
                   "op '{}' stands in two tables", op.name);
  return index;
}

const Index& op_index() {
  static const Index index = make_index();
  return index;
}

// Levenshtein distance, for "did you mean".
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replace});
    }
  }
  return row.back();
}

std::string nearest_name(std::string_view name) {
  std::string best;
  size_t least = 1000;
  for (const auto& [candidate, op] : op_index()) {
    const size_t distance = edit_distance(name, candidate);
    if (distance < least || (distance == least && candidate < best)) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

bool is_array_kind(Kind kind) {
  return kind == Kind::kArray || kind == Kind::kArrays;
}

void check_inputs(const OpDef& op, size_t given) {
  NUMEST_USER_CHECK(accepts_inputs(op, given), TypeError,
                    "{}: wrong number of arrays: got {}, expected {}", op.name,
                    given, op.num_array_params());
}

// A shape may be given as ints, ints as one int.
Attr convert(Attr value, Kind kind) {
  if (const auto* one = std::get_if<int64_t>(&value)) {
    if (kind == Kind::kInts) return std::vector<int64_t>{*one};
    if (kind == Kind::kShape) return Shape{*one};
    if (kind == Kind::kFloat) return double(*one);
  }
  if (const auto* ints = std::get_if<std::vector<int64_t>>(&value))
    if (kind == Kind::kShape) return Shape(std::span<const int64_t>(*ints));
  return value;
}

struct Expected {
  bool is_held;
  std::string_view text;
};

// Whether `value` is what an attribute of this kind holds, and what that is.
Expected expected_of(const Attr& value, Kind kind) {
  const auto held = [&]<class... T>(std::string_view text, T...) {
    return Expected{(std::holds_alternative<T>(value) || ...), text};
  };
  switch (kind) {
    case Kind::kBool:
      return held("a bool", bool{});
    case Kind::kInt:
      return held("an int", int64_t{});
    case Kind::kFloat:
      return held("a number", double{});
    case Kind::kString:
      return held("a text", std::string());
    case Kind::kInts:
      return held("ints", std::vector<int64_t>());
    case Kind::kAxes:
      return held("an int or ints", int64_t{}, std::vector<int64_t>());
    case Kind::kShape:
      return held("a shape", Shape());
    case Kind::kDType:
      return held("a dtype", DType{});
    default:
      return {true, ""};
  }
}

void check_kind(const OpDef& op, const ParamDef& p, const Attr& value) {
  if (std::holds_alternative<std::monostate>(value)) return;
  const auto [is_held, text] = expected_of(value, p.kind);
  NUMEST_USER_CHECK(is_held, TypeError, "{}: {}: got {}, expected {}{}",
                    op.name, p.name, to_string(value), text,
                    p.default_value == "None" ? " or None" : "");
}

Attrs complete(const OpDef& op, const Attrs& given) {
  Attrs attrs;
  size_t used = 0;
  for (const ParamDef& p : op.params) {
    if (is_array_kind(p.kind)) continue;
    const Attr* value = given.find(p.name);
    used += value ? 1 : 0;
    NUMEST_USER_CHECK(value || !p.default_value.empty(), TypeError,
                      "{}: missing argument '{}'", op.name, p.name);
    // None of a C++ caller (an empty Dims) is "not given".
    const bool is_given =
        value && (p.default_value.empty() || p.default_value == "None" ||
                  !std::holds_alternative<std::monostate>(*value));
    Attr found = is_given ? convert(*value, p.kind)
                          : parse_literal(p.default_value, p.kind);
    check_kind(op, p, found);
    attrs.set(p.name, std::move(found));
  }
  if (used == given.items().size()) return attrs;
  for (const auto& [key, value] : given.items())
    NUMEST_USER_CHECK(attrs.has(key), TypeError,
                      "{}: unknown argument '{}': got {}", op.name, key,
                      to_string(value));
  return attrs;
}

Tensor cast_to(const Tensor& t, DType dtype) {
  if (t.dtype() == dtype && !t.is_weak()) return t;
  if (!t.is_symbolic()) return Tensor(t.numpy().astype(dtype));
  static const OpDef& astype = op_named("astype");
  return call_one(astype, {t}, {{"dtype", dtype}});
}

// A number of Python that an integer dtype does not hold.
bool is_outside(const Tensor& t, DType dtype) {
  if (!t.is_weak() || t.is_symbolic() || !is_integer(t.dtype()) ||
      !is_integer(dtype) || dtype == DType::kUInt64)
    return false;
  const auto value = t.numpy().item<int64_t>();
  return t.numpy().astype(dtype).item<int64_t>() != value;
}

bool is_comparison(const OpDef& op) {
  static const std::unordered_set<std::string_view> names = {
      "equal",         "not_equal",   "less",       "less_equal", "greater",
      "greater_equal", "logical_and", "logical_or", "logical_xor"};
  return names.count(op.name) > 0;
}

// The lowest or highest integer of a dtype of at most 63 bits of value.
Tensor limit_of(DType dtype, bool is_lowest) {
  const bool is_signed = promote(dtype, DType::kInt8) == dtype;
  const int64_t bits = 8 * itemsize(dtype) - (is_signed ? 1 : 0);
  const int64_t highest = (int64_t{1} << bits) - 1;
  const int64_t limit = !is_lowest  ? highest
                        : is_signed ? -highest - 1
                                    : int64_t{0};
  return Array::scalar(limit).astype(dtype);
}

// Comparing with 300 is no matter of uint8: the numbers are compared. Bounds
// of a clip that lie outside are the dtype's own.
DType fitted(const OpDef& op, std::vector<Tensor>& inputs, DType dtype) {
  for (Tensor& t : inputs)
    if (is_outside(t, dtype)) {
      if (is_comparison(op)) return DType::kInt64;
      if (op.name == "clip") t = limit_of(dtype, t.numpy().item<int64_t>() < 0);
    }
  return dtype;
}

void promote_inputs(const OpDef& op, std::vector<Tensor>& inputs) {
  const DType dtype = fitted(op, inputs, result_dtype(op, inputs));
  if (op.is(kKeepsFirst)) inputs[0] = cast_to(inputs[0], DType::kBool);
  for (size_t i = op.is(kKeepsFirst) ? 1 : 0; i < inputs.size(); ++i)
    inputs[i] = cast_to(inputs[i], dtype);
}

// A shape with a symbol that the inputs do not settle makes even constants
// wait for the run time.
bool waits_for_extents(const OpDef& op, const std::vector<Tensor>& inputs,
                       const Attrs& attrs) {
  if (!has_symbols(attrs)) return false;
  std::vector<TensorSpec> types;
  for (const Tensor& t : inputs) types.push_back(t.spec());
  for (const TensorSpec& out : op.type(TypeContext{op, types, attrs}))
    if (!out.shape.is_known()) return true;
  return false;
}

using Values = ShortList<Array, 3>;

Values values_of(const std::vector<Tensor>& inputs) {
  Values values;
  for (const Tensor& t : inputs) values.push_back(t.numpy());
  return values;
}

void check_values(const OpDef& op, std::span<const Tensor> inputs) {
  for (size_t i = 0; i < inputs.size(); ++i)
    NUMEST_USER_CHECK(!inputs[i].is_empty(), ValueError,
                      "{}: input {} is a Tensor without a value; give it one, "
                      "or an Array or number",
                      op.name, i);
}

// Checks, completes and promotes. Returns whether the call makes a node.
bool prepare(const OpDef& op, std::vector<Tensor>& inputs, Attrs& attrs) {
  check_inputs(op, inputs.size());
  check_values(op, inputs);
  attrs = complete(op, attrs);
  if (op.is(kPromotes)) promote_inputs(op, inputs);
  if (!op.harmless.empty() && is_guarded())
    inputs = harmless_inputs(op, std::move(inputs), attrs);
  return std::any_of(inputs.begin(), inputs.end(),
                     [](const Tensor& t) { return t.is_symbolic(); }) ||
         waits_for_extents(op, inputs, attrs);
}

// Whether inputs of this dtype are computed as they are.
bool is_computed_as(const OpDef& op, DType dtype) {
  if (op.is(kBoolsAsInts) && dtype == DType::kBool) return false;
  return !op.is(kInexact) || to_inexact(dtype) == dtype;
}

// Whether these are the arrays that the op's kernel takes: all there, on data,
// and of one dtype if the op promotes.
bool are_ready(const OpDef& op, std::span<const Tensor* const> inputs) {
  if (op.params.size() != inputs.size() || inputs.empty()) return false;
  for (const ParamDef& p : op.params)
    if (p.kind != Kind::kArray) return false;
  for (const Tensor* t : inputs)
    if (t->is_empty() || t->is_symbolic()) return false;
  if (!op.is(kPromotes)) return true;
  const DType dtype = inputs.back()->dtype();
  const size_t first = op.is(kKeepsFirst) ? 1 : 0;
  for (const Tensor* t : inputs.subspan(first))
    if (t->is_weak() || t->dtype() != dtype) return false;
  return is_computed_as(op, dtype) &&
         (first == 0 || inputs[0]->dtype() == DType::kBool);
}

// Only views share the memory of what they are given.
Array borrowed(const Array& a) {
  return Array(a.dtype(), a.shape(), a.strides(), a.raw(), nullptr);
}

std::vector<int64_t> parse_ints(std::string_view text) {
  std::vector<int64_t> values;
  std::string digits;
  for (char c : text) {
    if (c == '-' || (c >= '0' && c <= '9')) {
      digits += c;
    } else if (!digits.empty()) {
      values.push_back(std::stoll(digits));
      digits.clear();
    }
  }
  if (!digits.empty()) values.push_back(std::stoll(digits));
  return values;
}

}  // namespace

const OpDef* find_op(std::string_view name) {
  auto it = op_index().find(name);
  return it == op_index().end() ? nullptr : it->second;
}

const OpDef& op_named(std::string_view name) {
  const OpDef* op = find_op(name);
  NUMEST_USER_CHECK(op, KeyError, "no op is named '{}'; did you mean '{}'?",
                    name, nearest_name(name));
  return *op;
}

DType result_dtype(const OpDef& op, std::span<const Tensor> inputs) {
  const auto promoted = inputs.subspan(op.is(kKeepsFirst) ? 1 : 0);
  NUMEST_USER_CHECK(!promoted.empty(), ValueError,
                    "{}: need at least one array: got none", op.name);
  std::optional<DType> strong;
  for (const Tensor& t : promoted)
    if (!t.is_weak()) strong = strong ? promote(*strong, t.dtype()) : t.dtype();
  if (!strong) {
    DType all = promoted[0].dtype();
    for (const Tensor& t : promoted) all = promote(all, t.dtype());
    strong = all;
  } else {
    for (const Tensor& t : promoted)
      if (t.is_weak()) strong = promote_weak(*strong, t.dtype());
  }
  // NumPy divides narrow integers in float64, unlike its other functions.
  if (op.name == "divide" && !is_inexact(*strong)) return DType::kFloat64;
  if (op.is(kBoolsAsInts) && *strong == DType::kBool) return DType::kInt8;
  return op.is(kInexact) ? to_inexact(*strong) : *strong;
}

std::vector<Tensor> call(const OpDef& op, std::vector<Tensor> inputs,
                         Attrs attrs) {
  if (prepare(op, inputs, attrs))
    return make_node(op, std::move(inputs), std::move(attrs));
  std::vector<Tensor> result;
  for (Array& a : compute(op, values_of(inputs), attrs))
    result.emplace_back(std::move(a));
  return result;
}

Tensor call_one(const OpDef& op, std::vector<Tensor> inputs, Attrs attrs) {
  if (!prepare(op, inputs, attrs))
    return compute_one(op, values_of(inputs), attrs);
  auto out = make_node(op, std::move(inputs), std::move(attrs));
  NUMEST_CHECK(out.size() == 1, "{} has {} outputs", op.name, out.size());
  return std::move(out[0]);
}

Tensor call_arrays(const OpDef& op, std::span<const Tensor* const> inputs) {
  if (!are_ready(op, inputs)) {
    std::vector<Tensor> all;
    for (const Tensor* t : inputs) all.push_back(*t);
    return call_one(op, std::move(all));
  }
  Values values;
  for (const Tensor* t : inputs)
    values.push_back(op.is(kElementwise) ? borrowed(t->numpy()) : t->numpy());
  return compute_one(op, values, {});
}

Attr parse_literal(std::string_view text, Kind kind) {
  if (text == "None") return std::monostate{};
  if (kind == Kind::kBool) return text == "True";
  if (kind == Kind::kInt) return int64_t{std::stoll(std::string(text))};
  if (kind == Kind::kFloat) return std::stod(std::string(text));
  if (kind == Kind::kDType) return dtype_named(text);
  if (kind == Kind::kString)
    return std::string(text.substr(1, text.size() - 2));
  if (kind == Kind::kAxes && text.find('(') == text.npos)
    return int64_t{std::stoll(std::string(text))};
  if (kind == Kind::kShape) {
    const auto ints = parse_ints(text);
    return Shape(std::span<const int64_t>(ints));
  }
  return parse_ints(text);
}

}  // namespace numest
