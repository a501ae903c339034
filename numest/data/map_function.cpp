// Defaults of MapFunction, C++ functions as one, and the context of errors.
#include "numest/data/map_function.h"

#include <map>
#include <utility>

#include "numest/base/error.h"
#include "numest/base/key_scope.h"

namespace numest::data {

MapFunction::~MapFunction() = default;

MapReport MapFunction::report() const { return {}; }

std::shared_ptr<const MapFunction> MapFunction::current(bool) const {
  return nullptr;
}

std::shared_ptr<const MapFunction> current(
    const std::shared_ptr<const MapFunction>& function, const Place& place) {
  auto other = function->current(place.is_repeat);
  return other ? other : function;
}

Block with_place_keys(const MapFunction& function, const Block& block,
                      const Place& place, std::span<const int64_t> positions) {
  if (!function.takes_place_key()) return block;
  const Key base = place.random_key(0, true);
  const Array keys = place.pool->take(DType::kUInt64, Shape{block.count()});
  for (size_t i = 0; i < positions.size(); ++i)
    keys.data<uint64_t>()[i] = fold(base, uint64_t(positions[i])).value;
  if (block.has_columns()) {
    std::vector<Array> columns = block.columns();
    columns.push_back(keys);
    return Block::of_columns(block.count(), std::move(columns));
  }
  std::vector<Leaves> rows;
  for (int64_t i = 0; i < block.count(); ++i) {
    rows.push_back(block.element(i));
    rows.back().push_back(keys.index(0, i));
  }
  return Block::of_rows(std::move(rows));
}

std::vector<Array> MapFunction::call_into(const std::vector<Array>& leaves,
                                          Key key,
                                          const std::vector<Array>&) const {
  return call(leaves, key);
}

void MapFunction::call_many(std::span<ElementCall>) const {
  NUMEST_UNREACHABLE();
}

void MapFunction::with_entry(const std::function<void()>& calls) const {
  calls();
}

std::vector<Array> MapFunction::call_block(const std::vector<Array>& leaves,
                                           std::span<const Key> keys) const {
  const auto count = static_cast<int64_t>(keys.size());
  const Block block = Block::of_columns(count, leaves);
  std::vector<Leaves> rows;
  with_entry([&] {
    for (int64_t i = 0; i < count; ++i)
      rows.push_back(call(block.element(i), keys[size_t(i)]));
  });
  ArrayPool pool;
  const Block results[] = {Block::of_rows(std::move(rows))};
  return stack(results, pool, "map");
}

std::optional<size_t> MapFunction::handed_on(size_t) const {
  return std::nullopt;
}

void MapFunction::call_block_into(const std::vector<Array>& leaves,
                                  std::span<const Key> keys,
                                  std::span<const Array> out) const {
  const std::vector<Array> results = call_block(leaves, keys);
  for (size_t i = 0; i < results.size(); ++i) copy_values(results[i], out[i]);
}

namespace {

void flatten_as(const ElementSpec& spec, const Element& element, const char* op,
                std::vector<Array>& out) {
  NUMEST_USER_CHECK(
      static_cast<int>(spec.kind) == static_cast<int>(element.kind) &&
          spec.children.size() == element.children.size(),
      TypeError,
      "{}: an element has another structure: got {} components, expected "
      "element_spec {}",
      op, element.num_leaves(), to_string(spec));
  if (spec.is_leaf()) return out.push_back(element.leaf);
  for (size_t i = 0; i < spec.children.size(); ++i) {
    const Element* child =
        spec.is_dict() ? element.find(spec.keys[i]) : &element.children[i];
    NUMEST_USER_CHECK(child != nullptr, TypeError,
                      "{}: an element lacks the key '{}', expected "
                      "element_spec {}",
                      op, spec.keys[i], to_string(spec));
    flatten_as(spec.children[i], *child, op, out);
  }
}

// Values for the symbols of a spec, distinct for distinct symbols.
using Extents = std::map<int64_t, int64_t>;

Element zeros_of(const ElementSpec& spec, const Extents& extents) {
  return spec.map([&](const TensorSpec& leaf) {
    Shape shape = leaf.shape;
    for (int64_t& extent : shape)
      if (is_symbol(extent)) extent = extents.at(extent);
    return Array::zeros(leaf.dtype, shape);
  });
}

Extents number_symbols(const ElementSpec& spec, int64_t first) {
  Extents out;
  for (const TensorSpec& leaf : spec.flatten())
    for (const int64_t extent : leaf.shape)
      if (is_symbol(extent) && !out.contains(extent))
        out[extent] = first + 2 * static_cast<int64_t>(out.size());
  return out;
}

int64_t merge_extent(int64_t a, int64_t b, const Extents& first,
                     const Extents& second) {
  for (const auto& [symbol, value] : first)
    if (value == a && second.at(symbol) == b) return symbol;
  return a == b ? a : fresh_extent();
}

// Runs the function at two sets of extents: what stays equal is known.
ElementSpec infer_spec(const std::function<Element(const Element&)>& function,
                       const ElementSpec& input) {
  const Extents first = number_symbols(input, 5);
  const Extents second = number_symbols(input, 1006);
  const Element a = function(zeros_of(input, first));
  if (first.empty())
    return a.map([](const Array& x) {
      return TensorSpec{x.dtype(), x.shape()};
    });
  const std::vector<Array> b = function(zeros_of(input, second)).flatten();
  size_t next = 0;
  return a.map([&](const Array& x) {
    const Shape& other = b.at(next++).shape();
    NUMEST_USER_CHECK(other.ndim() == x.ndim(), ValueError,
                      "map: the number of axes of a result depends on unknown "
                      "extents; give output_spec");
    Shape shape = x.shape();
    for (int axis = 0; axis < shape.ndim(); ++axis)
      shape[axis] = merge_extent(shape[axis], other[axis], first, second);
    return TensorSpec{x.dtype(), shape};
  });
}

class ElementFunction : public MapFunction {
 public:
  ElementFunction(std::function<Element(const Element&)> function,
                  ElementSpec input, ElementSpec output)
      : function_(std::move(function)),
        input_(std::move(input)),
        output_(std::move(output)) {}
  MapReport report() const override {
    return {"a function over arrays", false, "it takes arrays, not tensors"};
  }
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    const KeyScope draws(key);
    return data::flatten_as(output_, function_(input_.unflatten(leaves)),
                            "map");
  }

 private:
  std::function<Element(const Element&)> function_;
  ElementSpec input_, output_;
};

}  // namespace

std::shared_ptr<const MapFunction> map_function(
    std::function<Element(const Element&)> function, const ElementSpec& input,
    std::optional<ElementSpec> output_spec) {
  NUMEST_USER_CHECK(function != nullptr, TypeError,
                    "map: got an empty function, expected a callable");
  if (!output_spec) {
    const KeyScope draws(Key{});  // trying the function draws nothing outside
    output_spec = infer_spec(function, input);
  }
  return std::make_shared<ElementFunction>(std::move(function), input,
                                           std::move(*output_spec));
}

std::vector<Array> flatten_as(const ElementSpec& spec, const Element& element,
                              const char* op) {
  std::vector<Array> out;
  flatten_as(spec, element, op, out);
  return out;
}

std::string to_string(const ElementSpec& spec) {
  if (spec.is_leaf())
    return fmt::format("{} {}", name(spec.leaf.dtype),
                       spec.leaf.shape.to_string());
  std::string out = spec.is_dict() ? "{" : "(";
  for (size_t i = 0; i < spec.children.size(); ++i) {
    if (i > 0) out += ", ";
    if (spec.is_dict()) out += spec.keys[i] + ": ";
    out += to_string(spec.children[i]);
  }
  return out + (spec.is_dict() ? "}" : ")");
}

namespace {

thread_local int64_t last_element = -1;
thread_local int64_t running_element = -1;

// Sets running_element while it lives.
class Running {
 public:
  explicit Running(int64_t index) : outer_(running_element) {
    running_element = index;
  }
  ~Running() { running_element = outer_; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  int64_t outer_;
};

}  // namespace

void throw_again(const UserError& error, const std::string& message) {
  switch (error.code()) {
#define NUMEST_THROW_AGAIN(name, python, cause) \
  case ErrorCode::k##name:                      \
    throw name(message);
    NUMEST_ERROR_TABLE(NUMEST_THROW_AGAIN)
#undef NUMEST_THROW_AGAIN
  }
  NUMEST_UNREACHABLE();
}

int64_t current_element() { return running_element; }
int64_t last_error_element() { return last_element; }
void set_last_error_element(int64_t index) { last_element = index; }

void with_element_context(const char* op, int64_t index,
                          const std::function<void()>& body) {
  const Running running(index);
  try {
    body();
  } catch (const UserError& error) {
    last_element = index;
    throw_again(error,
                fmt::format("{} (element {} of {})", error.what(), index, op));
  } catch (...) {
    last_element = index;
    throw;
  }
}

}  // namespace numest::data
