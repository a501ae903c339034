// Tracing, the comparison with a call on elements that are made up, and the
// function that is called where there is no program.
#include "numest/train/traced_map.h"

#include <map>
#include <optional>

#include "numest/base/error.h"
#include "numest/base/key_scope.h"
#include "numest/base/random.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/traced_keys.h"
#include "numest/train/program_map.h"
#include "numest/transforms/branches.h"
#include "numest/transforms/trace.h"

namespace numest::train {

using data::MapFunction;
using data::MapOptions;
using data::MapReport;

Component::operator const Tensor&() const {
  NUMEST_USER_CHECK(value_.is_leaf(), TypeError,
                    "map: the function takes a Tensor where the element has "
                    "a structure of {} tensors; take a Nest<Tensor>",
                    value_.num_leaves());
  return value_.leaf;
}

std::vector<Component> components_of(const Nest<Tensor>& element,
                                     size_t count) {
  const bool is_whole = count == 1 && !element.is_tuple();
  const size_t given = element.is_tuple() ? element.children.size() : 1;
  NUMEST_USER_CHECK(given == count, TypeError,
                    "map: the function takes {} arguments, but elements have "
                    "{} components; take one for each, or a Nest<Tensor>",
                    count, given);
  if (is_whole) return {Component(element)};
  return {element.children.begin(), element.children.end()};
}

std::string name_of_function(const std::source_location& place) {
  const std::string path = place.file_name();
  return fmt::format("the function mapped at {}:{}",
                     path.substr(path.find_last_of('/') + 1), place.line());
}

namespace {

Element called(const MappedFunction& function, const Element& element) {
  const Nest<Tensor> result =
      function(element.map([](const Array& a) { return Tensor(a); }));
  return result.map([](const Tensor& t) { return t.numpy(); });
}

// A program over one element and what it gives.
struct Traced {
  Graph graph;
  ElementSpec output;
};

Traced traced(const MappedFunction& function, const ElementSpec& input,
              const std::string& name) {
  std::vector<TensorSpec> specs = input.flatten();
  specs.push_back({DType::kUInt64, Shape{}});
  Traced out;
  const auto body = [&](std::span<const Tensor> inputs) {
    const TracedKeyScope draws(inputs.back());
    const Nest<Tensor> result = function(
        input.unflatten(std::vector<Tensor>(inputs.begin(), inputs.end() - 1)));
    out.output = result.map([](const Tensor& t) { return t.spec(); });
    return result.flatten();
  };
  out.graph = sink_branches(trace(body, specs, name), BranchUse::kElement);
  return out;
}

// `expected` with what it leaves open filled in; throws if it does not fit.
ElementSpec fitted(const ElementSpec& found, const ElementSpec& expected,
                   const std::string& name) {
  const std::vector<TensorSpec> given = expected.flatten();
  size_t next = 0;
  const auto check = [&](bool fits) {
    NUMEST_USER_CHECK(fits, TypeError,
                      "map: output_spec: got {}, but {} gives {}",
                      data::to_string(expected), name, data::to_string(found));
  };
  check(given.size() == found.num_leaves());
  check(
      data::to_string(found.map([](const auto&) { return TensorSpec(); })) ==
      data::to_string(expected.map([](const auto&) { return TensorSpec(); })));
  return found.map([&](TensorSpec leaf) {
    const TensorSpec& other = given[next++];
    check(leaf.dtype == other.dtype && leaf.shape.ndim() == other.shape.ndim());
    for (int i = 0; i < leaf.shape.ndim(); ++i) {
      check(is_symbol(leaf.shape[i]) || is_symbol(other.shape[i]) ||
            leaf.shape[i] == other.shape[i]);
      if (is_symbol(leaf.shape[i])) leaf.shape[i] = other.shape[i];
    }
    return leaf;
  });
}

// --- Elements that are made up ---

// Numbers of [0, 1), ones and true: what most functions take.
Array made_up(const TensorSpec& spec, const Shape& shape, Stream& random) {
  if (spec.dtype == DType::kBytes) return Array::zeros(spec.dtype, shape);
  Array values(DType::kFloat64, shape);
  for (double& v : values.span<double>())
    v = is_inexact(spec.dtype) ? random.next_double() : 1;
  return values.astype(spec.dtype);
}

Element made_up(const ElementSpec& spec, int64_t first_extent) {
  std::map<int64_t, int64_t> extents;
  Stream random(Key{1});
  return spec.map([&](const TensorSpec& leaf) {
    Shape shape = leaf.shape;
    for (int64_t& extent : shape)
      if (is_symbol(extent))
        extent =
            extents
                .try_emplace(extent, first_extent + 2 * int64_t(extents.size()))
                .first->second;
    return made_up(leaf, shape, random);
  });
}

bool is_known(const ElementSpec& spec) {
  for (const TensorSpec& leaf : spec.flatten())
    if (!leaf.shape.is_known()) return false;
  return true;
}

// The order of a sum may turn a comparison, and so a few of many values.
bool is_close(const Array& a, const Array& b) {
  if (a.dtype() != b.dtype() || a.shape() != b.shape()) return false;
  if (a.size() == 0 || array_equal(a, b)) return true;
  if (a.size() == 1 && !is_inexact(a.dtype())) return false;
  if (a.dtype() == DType::kBytes) return false;
  const double tolerance = itemsize(a.dtype()) < 4 ? 1e-2 : 1e-4;
  const Tensor near = is_inexact(a.dtype())
                          ? isclose(a, b, tolerance, tolerance, true)
                          : equal(a, b);
  const double share = mean(near).numpy().item<double>();
  return share >= (a.size() == 1 ? 1 : 0.99);
}

// Why the program is not the function, at extents of `first_extent` and more
// where these are not known; empty if it is.
std::string difference(const MappedFunction& function,
                       const MapFunction& program, const ElementSpec& input,
                       int64_t first_extent) {
  constexpr Key kKey{7};
  const Element element = made_up(input, first_extent);
  std::vector<Array> expected;
  try {
    const KeyScope draws(kKey);
    expected = called(function, element).flatten();
  } catch (const std::exception& error) {
    if (is_known(input)) return "";  // values that it does not take
    return fmt::format("it fails at extents that are made up: {}",
                       error.what());
  }
  const std::vector<Array> found = program.call(element.flatten(), kKey);
  for (size_t i = 0; i < found.size(); ++i)
    if (i >= expected.size() || !is_close(found[i], expected[i]))
      return fmt::format(
          "traced, component {} of its result is another than when it is "
          "called: it changes what it reads, or computes in C++ with an "
          "extent that is not known",
          i);
  return "";
}

// --- The map function ---

// The function in one of its forms, under its name.
class TracedMap : public MapFunction {
 public:
  TracedMap(std::shared_ptr<const MapFunction> form, ElementSpec output,
            MapReport report)
      : form_(std::move(form)),
        output_(std::move(output)),
        report_(std::move(report)) {}
  MapReport report() const override { return report_; }
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    try {
      return form_->call(leaves, key);
    } catch (const UserError& error) {
      data::throw_again(
          error, fmt::format("{} (in {})", error.what(), report_.function));
    }
  }
  bool is_vectorized() const override { return form_->is_vectorized(); }
  std::vector<Array> call_block(const std::vector<Array>& leaves,
                                std::span<const Key> keys) const override {
    return form_->call_block(leaves, keys);
  }
  bool writes_into() const override { return form_->writes_into(); }
  std::optional<size_t> handed_on(size_t output) const override {
    return form_->handed_on(output);
  }
  void call_block_into(const std::vector<Array>& leaves,
                       std::span<const Key> keys,
                       std::span<const Array> out) const override {
    form_->call_block_into(leaves, keys, out);
  }

 private:
  std::shared_ptr<const MapFunction> form_;
  ElementSpec output_;
  MapReport report_;
};

// The program of `function`, or null and in `why` the reason.
std::shared_ptr<const MapFunction> program_of(const MappedFunction& function,
                                              const ElementSpec& input,
                                              const std::string& name,
                                              std::string& why) {
  try {
    const Traced found = traced(function, input, name);
    const auto program = program_map(found.graph, found.output, false);
    why = difference(function, *program, input, 37);
    if (why.empty() && !is_known(input))
      why = difference(function, *program, input, 64);
    if (why.empty()) return program;
  } catch (const std::exception& error) {
    why = error.what();
  } catch (...) {
    why = "it threw something that is no std::exception";
  }
  return nullptr;
}

std::shared_ptr<const MapFunction> called_map(MappedFunction function,
                                              const ElementSpec& input,
                                              const MapOptions& options,
                                              const MapReport& report) {
  try {
    return data::map_function(
        [f = std::move(function)](const Element& e) { return called(f, e); },
        input, options.output_spec);
  } catch (const UserError& error) {
    const bool is_said = report.why_called == error.what();
    data::throw_again(
        error,
        fmt::format("{} (in {}, on an element of zeros{}{})", error.what(),
                    report.function, is_said ? "" : "; it is called, as: ",
                    is_said ? "" : report.why_called));
  }
}

}  // namespace

std::shared_ptr<const MapFunction> traced_map(MappedFunction function,
                                              const ElementSpec& input,
                                              const MapOptions& options,
                                              const std::string& name) {
  MapReport report{name, false, "traced = false was given"};
  std::shared_ptr<const MapFunction> form;
  if (options.traced)
    form = program_of(function, input, name, report.why_called);
  report.is_traced = form != nullptr;
  if (!form) form = called_map(std::move(function), input, options, report);
  ElementSpec output = form->output_spec(input);
  if (report.is_traced && options.output_spec)
    output = fitted(output, *options.output_spec, name);
  return std::make_shared<TracedMap>(std::move(form), std::move(output),
                                     std::move(report));
}

}  // namespace numest::train
