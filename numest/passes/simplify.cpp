// Algebra: a table of rows, each a pattern at one node and its replacement.
// A row must keep dtype, shape and every value, nan and -0.0 included; the
// pass checks types, the tests check values.
#include <algorithm>
#include <cmath>
#include <limits>

#include "numest/ops/call.h"
#include "numest/passes/passes.h"

namespace numest {

namespace {

struct Row {
  std::string_view op;  // "*": any elementwise op
  std::string_view doc;
  /// The replacement, or an empty tensor if the pattern does not match.
  Tensor (*apply)(const Node&);
};

// --- Patterns ---

const Tensor& in(const Node& node, size_t i) { return node.inputs[i]; }

bool is_op(const Tensor& t, std::string_view name) {
  return t.is_symbolic() && t.node()->op->name == name;
}

// A constant whose elements are all `value` (few elements are looked at).
bool is_constant(const Tensor& t, double value) {
  constexpr int64_t kMaxSize = 16;
  if (t.is_symbolic() || t.dtype() == DType::kBytes || is_complex(t.dtype()))
    return false;
  if (t.shape().size() == 0 || t.shape().size() > kMaxSize) return false;
  const auto values = t.numpy().to_vector<double>();
  return std::all_of(values.begin(), values.end(),
                     [&](double v) { return v == value; });
}

bool is_exact(const Tensor& t) {
  return is_integer(t.dtype()) || t.dtype() == DType::kBool;
}

Tensor first_if(const Node& node, bool condition) {
  return condition ? in(node, 0) : Tensor();
}

Tensor make(std::string_view op, std::vector<Tensor> inputs, Attrs attrs = {}) {
  return call_one(op_named(op), std::move(inputs), std::move(attrs));
}

// --- Rows ---

// x + 0.0 would turn -0.0 to 0.0.
Tensor add_zero(const Node& n) {
  return first_if(n, is_exact(in(n, 0)) && is_constant(in(n, 1), 0));
}

bool is_positive_zero(const Tensor& t) {
  if (!is_constant(t, 0)) return false;
  const auto values = t.numpy().to_vector<double>();
  return std::none_of(values.begin(), values.end(),
                      [](double v) { return std::signbit(v); });
}

Tensor subtract_zero(const Node& n) {
  return first_if(n, is_positive_zero(in(n, 1)));
}

Tensor by_one(const Node& n) { return first_if(n, is_constant(in(n, 1), 1)); }

Tensor times_zero(const Node& n) {
  if (!is_exact(in(n, 0)) || !is_constant(in(n, 1), 0)) return {};
  return make("zeros_like", {in(n, 0)});
}

Tensor times_minus_one(const Node& n) {
  if (is_unsigned(in(n, 0).dtype()) || !is_constant(in(n, 1), -1)) return {};
  return make("negative", {in(n, 0)});
}

// Exact for powers of two only.
Tensor divide_by_power_of_two(const Node& n) {
  const Tensor& divisor = in(n, 1);
  if (divisor.is_symbolic() || divisor.shape().size() != 1) return {};
  if (divisor.dtype() != DType::kFloat32 && divisor.dtype() != DType::kFloat64)
    return {};
  const double value = divisor.numpy().item<double>();
  int exponent = 0;
  if (std::abs(std::frexp(value, &exponent)) != 0.5 || value == 1) return {};
  if (std::abs(exponent) > 100) return {};
  Array inverse(DType::kFloat64, divisor.shape());
  inverse.assign(Array::scalar(1 / value));
  return make("multiply", {in(n, 0), Tensor(inverse.astype(divisor.dtype()))});
}

Tensor square_of(const Node& n) {
  if (!is_constant(in(n, 1), 2)) return {};
  return make("square", {in(n, 0)});
}

Tensor twice(const Node& n) {
  return is_op(in(n, 0), n.op->name) ? in(*in(n, 0).node(), 0) : Tensor();
}

Tensor not_twice(const Node& n) {
  return n.outputs[0].dtype == in(n, 0).dtype() ? twice(n) : Tensor();
}

Tensor of_itself(const Node& n) {
  return first_if(n, in(n, 0).is_same(in(n, 1)));
}

Tensor where_constant(const Node& n) {
  if (in(n, 1).is_same(in(n, 2))) return in(n, 1);
  if (is_constant(in(n, 0), 1)) return in(n, 1);
  return is_constant(in(n, 0), 0) ? in(n, 2) : Tensor();
}

// A cast through a dtype that holds every value of the first.
Tensor cast_of_cast(const Node& n) {
  if (!is_op(in(n, 0), "astype")) return {};
  const Tensor& source = in(*in(n, 0).node(), 0);
  const DType middle = in(n, 0).dtype();
  if (source.dtype() == DType::kBytes || middle == DType::kBytes) return {};
  const bool is_rounded = is_integer(source.dtype()) && !is_integer(middle);
  const bool is_lossless =
      promote(source.dtype(), middle) == middle && !is_rounded;
  if (!is_lossless) return {};
  return make("astype", {source}, {{"dtype", n.outputs[0].dtype}});
}

std::vector<int64_t> permutation(const Node& n) {
  const int ndim = in(n, 0).ndim();
  std::vector<int64_t> axes;
  if (n.attrs.is_none("axes")) {
    for (int i = ndim; i-- > 0;) axes.push_back(i);
  } else {
    for (int64_t a : n.attrs.get<std::vector<int64_t>>("axes"))
      axes.push_back(a < 0 ? a + ndim : a);
  }
  return axes;
}

Tensor transpose_twice(const Node& n) {
  if (!is_op(in(n, 0), "transpose")) return {};
  const Node& inner = *in(n, 0).node();
  const auto first = permutation(inner);
  std::vector<int64_t> axes;
  for (int64_t a : permutation(n)) axes.push_back(first[size_t(a)]);
  return make("transpose", {in(inner, 0)}, {{"axes", axes}});
}

Tensor reshape_of_reshape(const Node& n) {
  const Tensor& x = in(n, 0);
  if (!is_op(x, "reshape") && !is_op(x, "expand_dims") && !is_op(x, "squeeze"))
    return {};
  return make("reshape", {in(*x.node(), 0)}, n.attrs);
}

Tensor broadcast_twice(const Node& n) {
  if (!is_op(in(n, 0), "broadcast_to")) return {};
  return make("broadcast_to", {in(*in(n, 0).node(), 0)}, n.attrs);
}

// What an elementwise op may read in place of `t`: its value before it was
// broadcast or filled.
Tensor unbroadcast_source(const Tensor& t) {
  if (is_op(t, "broadcast_to")) return in(*t.node(), 0);
  const bool is_zeros = is_op(t, "zeros_like");
  if (!is_zeros && !is_op(t, "ones_like")) return {};
  return Tensor(Array::scalar(is_zeros ? 0.0 : 1.0).astype(t.dtype()));
}

// x * broadcast_to(y) is x * y if x alone has the shape.
Tensor drop_broadcasts(const Node& n) {
  std::vector<Tensor> inputs = n.inputs;
  bool is_changed = false;
  for (Tensor& t : inputs) {
    Tensor source = unbroadcast_source(t);
    if (source.is_empty()) continue;
    std::swap(t, source);
    Shape shape = inputs[0].shape();
    for (const Tensor& other : inputs)
      shape = broadcast_shapes(shape, other.shape(), "simplify");
    if (shape == n.outputs[0].shape)
      is_changed = true;
    else
      std::swap(t, source);
  }
  if (!is_changed) return {};
  return make_node(*n.op, std::move(inputs), n.attrs)[0];
}

// The transposition of the last two axes only.
bool swaps_last(const Tensor& t) {
  if (!is_op(t, "transpose")) return false;
  const auto axes = permutation(*t.node());
  const size_t ndim = axes.size();
  if (ndim < 2) return false;
  for (size_t i = 0; i + 2 < ndim; ++i)
    if (axes[i] != int64_t(i)) return false;
  return axes[ndim - 2] == int64_t(ndim) - 1;
}

Tensor product_of_transposed(const Node& n) {
  if (!n.attrs.has("transpose_a") || !n.attrs.has("transpose_b")) return {};
  const std::string_view keys[] = {"transpose_a", "transpose_b"};
  std::vector<Tensor> inputs = n.inputs;
  Attrs attrs = n.attrs;
  bool is_changed = false;
  for (size_t i = 0; i < 2; ++i) {
    if (!swaps_last(inputs[i])) continue;
    inputs[i] = in(*inputs[i].node(), 0);
    attrs.set(keys[i], !attrs.flag(keys[i]));
    is_changed = true;
  }
  if (!is_changed) return {};
  return make_node(*n.op, std::move(inputs), std::move(attrs))[0];
}

// Windows of rows padded by a constant; the rows themselves are not.
Tensor windows_of_padded(const Node& n) {
  const Tensor& padded = in(n, 0);
  const auto& own = n.attrs.get<std::vector<int64_t>>("pad_width");
  if (!is_op(padded, "pad") || !own.empty()) return {};
  const Node& pad = *padded.node();
  auto widths = pad.attrs.get<std::vector<int64_t>>("pad_width");
  if (pad.attrs.text("mode") != "constant" ||
      widths.size() != 2 * size_t(padded.ndim()) || widths[0] != 0 ||
      widths[1] != 0)
    return {};
  widths.erase(widths.begin(), widths.begin() + 2);
  return make("dynamic_slice_rows", {in(pad, 0), in(n, 1)},
              {{"sizes", *n.attrs.find("sizes")},
               {"pad_width", widths},
               {"constant_values", *pad.attrs.find("constant_values")}});
}

// x[:] = y, of all axes.
Tensor update_of_all(const Node& n) {
  const auto& starts = n.attrs.get<std::vector<int64_t>>("starts");
  const auto& stops = n.attrs.get<std::vector<int64_t>>("stops");
  const auto& steps = n.attrs.get<std::vector<int64_t>>("steps");
  for (size_t i = 0; i < starts.size(); ++i) {
    const int64_t extent = in(n, 0).shape()[int(i)];
    const bool is_end = stops[i] == std::numeric_limits<int64_t>::max() ||
                        (!is_symbol(extent) && stops[i] >= extent);
    const bool is_each = steps.empty() || steps[i] == 1;
    if (starts[i] != 0 || !is_each || !is_end) return {};
  }
  return in(n, 1);
}

constexpr Row kRows[] = {
    {"*", "x * broadcast_to(y) -> x * y", drop_broadcasts},
    {"add", "x + 0 -> x for integers", add_zero},
    {"subtract", "x - 0 -> x", subtract_zero},
    {"multiply", "x * 1 -> x", by_one},
    {"multiply", "x * 0 -> 0 for integers", times_zero},
    {"multiply", "x * -1 -> -x", times_minus_one},
    {"divide", "x / 1 -> x", by_one},
    {"divide", "x / 2**k -> x * 2**-k", divide_by_power_of_two},
    {"power", "x ** 1 -> x", by_one},
    {"power", "x ** 2 -> square(x)", square_of},
    {"negative", "-(-x) -> x", twice},
    {"logical_not", "not not x -> x for bool", not_twice},
    {"maximum", "maximum(x, x) -> x", of_itself},
    {"minimum", "minimum(x, x) -> x", of_itself},
    {"where", "where(True, x, y) -> x", where_constant},
    {"astype", "a cast of a lossless cast -> one cast", cast_of_cast},
    {"transpose", "a transposed transpose -> one", transpose_twice},
    {"reshape", "a reshaped reshape -> one", reshape_of_reshape},
    {"broadcast_to", "a broadcast of a broadcast -> one", broadcast_twice},
    {"slice_update", "x[:] = y -> y", update_of_all},
    {"dynamic_slice_rows", "windows of padded rows -> padded windows",
     windows_of_padded},
    {"matmul", "matmul(x.T, y) -> matmul(x, y, transpose_a)",
     product_of_transposed},
};

bool is_same_type(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape();
}

bool fits(const Row& row, const Node& node) {
  return row.op == node.op->name ||
         (row.op == "*" && node.op->is(kElementwise) && node.inputs.size() > 1);
}

// Applies rows until none matches; each one removes or shortens something.
Tensor simplified(Tensor t) {
  for (bool is_changed = true; is_changed && t.is_symbolic();) {
    is_changed = false;
    for (const Row& row : kRows) {
      if (!fits(row, *t.node())) continue;
      LocationScope scope(t.node()->location);
      const Tensor next = row.apply(*t.node());
      if (next.is_empty() || !is_same_type(next, t)) continue;
      t = next;
      is_changed = true;
      break;
    }
  }
  return t;
}

}  // namespace

Graph simplify(const Graph& graph) {
  return rewrite(graph, [](const std::shared_ptr<const Node>& node,
                           std::vector<Tensor> inputs) {
    if (node->op->name == "custom_gradient") {  // its derivative was taken
      inputs.resize(node->outputs.size());
      return inputs;
    }
    std::vector<Tensor> result = with_inputs(node, std::move(inputs));
    if (result.size() == 1) result[0] = simplified(result[0]);
    return result;
  });
}

}  // namespace numest
