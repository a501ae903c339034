#include "numest/ops/guard.h"

#include <algorithm>
#include <utility>

#include "numest/ops/control.h"
#include "numest/ops/emit.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

thread_local Tensor current_guard;

// No guard while the guard is applied: these ops do not refuse anything.
class Unguarded {
 public:
  Unguarded() : guard(set_guard(Tensor())) {}
  ~Unguarded() { set_guard(guard); }
  Unguarded(const Unguarded&) = delete;
  Unguarded& operator=(const Unguarded&) = delete;

  const Tensor guard;
};

// The identity, for each of the matrices.
Tensor identities(const Tensor& like) {
  const int n = like.ndim();
  const Tensor eye = emit("eye", {},
                          {{"N", like.shape()[n - 2]},
                           {"M", like.shape()[n - 1]},
                           {"dtype", like.dtype()}});
  return emit("broadcast_to", {eye}, {{"shape", like.shape()}});
}

// Axes that `attrs` reduces whose extent may be 0.
std::vector<int> open_axes(const Tensor& t, const Attrs& attrs) {
  std::vector<int> axes;
  const Attr* axis = attrs.find("axis");
  const auto* one = axis ? std::get_if<int64_t>(axis) : nullptr;
  const auto* some = axis ? std::get_if<std::vector<int64_t>>(axis) : nullptr;
  for (int i = 0; i < t.ndim(); ++i) {
    const auto is_same = [&](int64_t a) { return a == i || a == i - t.ndim(); };
    const bool is_reduced =
        some  ? std::any_of(some->begin(), some->end(), is_same)
        : one ? is_same(*one)
              : true;
    if (is_reduced && (is_symbol(t.shape()[i]) || t.shape()[i] == 0))
      axes.push_back(i);
  }
  return axes;
}

// How many elements a position from the front or from the end needs.
int64_t elements_for(const Attrs& attrs) {
  const Attr* index = attrs.find("index");
  if (index == nullptr) return 1;
  const auto i = std::get<int64_t>(*index);
  return i < 0 ? -i : i + 1;
}

// `t`, but with `count` more elements along the axes where the guard does not
// hold.
Tensor with_elements(const Tensor& guard, const Tensor& t,
                     const std::vector<int>& axes, int64_t count) {
  if (axes.empty()) return t;
  std::vector<int64_t> margins(size_t(2 * t.ndim()), 0);
  for (int axis : axes) margins[size_t(2 * axis + 1)] = count;
  const auto as_it_is = [](std::span<const Tensor> v) { return Tensors{v[0]}; };
  const auto longer = [&](std::span<const Tensor> v) {
    return Tensors{emit("pad", {v[0]}, {{"pad_width", margins}})};
  };
  return cond(guard, as_it_is, longer, {t})[0];
}

bool is_chosen_by(const Tensor& guard, const Tensor& t) {
  return t.is_symbolic() && t.node()->op != nullptr &&
         t.node()->op->name == "where" && t.node()->inputs[0].is_same(guard);
}

// In place of what only the elements of a branch have.
Tensor harmless(const Tensor& guard, const Tensor& t, std::string_view value,
                const Attrs& attrs) {
  const bool with_constants = value.starts_with('=');
  if (with_constants) value.remove_prefix(1);
  if (value.empty() || is_chosen_by(guard, t)) return t;
  if (!with_constants && !t.is_symbolic()) return t;
  if (value == "longer")
    return with_elements(guard, t, open_axes(t, attrs), elements_for(attrs));
  const bool is_matrix = value == "eye";
  if (is_matrix && !t.shape().is_known()) return t;
  const Tensor other =
      is_matrix
          ? identities(t)
          : Tensor(
                Array::scalar(std::stod(std::string(value))).astype(t.dtype()));
  return emit("where", {guard, t, other});
}

// The next item of a list with commas; one with dots is the last, and stays.
std::string_view next_item(std::string_view& list) {
  constexpr std::string_view kDots = "...";
  const size_t end = std::min(list.find(','), list.size());
  const std::string_view item = list.substr(0, end);
  if (item.ends_with(kDots)) return item.substr(0, end - kDots.size());
  list.remove_prefix(std::min(end + 1, list.size()));
  return item;
}

}  // namespace

Tensor set_guard(Tensor condition) {
  return std::exchange(current_guard, std::move(condition));
}

GuardScope::GuardScope(const Tensor& condition) : outer_(current_guard) {
  set_guard(outer_.is_empty() ? condition
                              : emit("logical_and", {outer_, condition}));
}

bool is_guarded() {
  return !current_guard.is_empty() && current_guard.is_symbolic();
}

Tensors harmless_inputs(const OpDef& op, Tensors inputs, const Attrs& attrs) {
  if (std::none_of(inputs.begin(), inputs.end(),
                   [](const Tensor& t) { return t.is_symbolic(); }))
    return inputs;
  const Unguarded outer;
  std::string_view values = op.harmless;
  for (Tensor& t : inputs)
    t = harmless(outer.guard, t, next_item(values), attrs);
  return inputs;
}

}  // namespace numest
