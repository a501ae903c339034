// Python functions and traced programs as map functions of the pipeline.
#include "map_functions.h"

#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include "numest/data/array_pool.h"
#include "numest/runtime/executable.h"

namespace numest::python {

using data::MapFunction;

// One that C made may be a class and a text still: Python 3.11 makes the
// object when it is asked to.
void add_note(const std::string& note) {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback) PyException_SetTraceback(value, traceback);
  nb::handle(value).attr("add_note")(note);
  PyErr_Restore(type, value, traceback);
}

Array ResultTypes::kept(const Array& given, size_t leaf,
                        const std::vector<Array>& rows) const {
  const auto is_number = [](DType d) { return d != DType::kBytes; };
  const DType expected = leaves_[leaf].dtype;
  const bool is_converted = given.dtype() != expected &&
                            is_number(given.dtype()) && is_number(expected) &&
                            promote(given.dtype(), expected) == expected;
  const Array result = is_converted ? given.astype(expected) : given;
  check(result, leaf);
  if (rows.empty() || result.shape() != rows[leaf].shape())
    return is_converted ? result : result.copy();
  data::copy_values(result, rows[leaf]);
  return rows[leaf];
}

void ResultTypes::check(const Array& result, size_t leaf) const {
  const TensorSpec& expected = leaves_[leaf];
  NUMEST_USER_CHECK(
      result.dtype() == expected.dtype &&
          result.ndim() == expected.shape.ndim(),
      TypeError,
      "map: component {} of the result has another type than for the "
      "element that the function was tried on: got {} of shape {}, expected "
      "{} of shape {}; return the same dtype and number of axes always",
      leaf, name(result.dtype()), result.shape().to_string(),
      name(expected.dtype), expected.shape.to_string());
}

namespace {

constinit SpanSite python_site{SpanKind::kCall, "function in Python"};

// A Python function called once per element with views of its arrays, under
// one lock for a block.
class PythonMap : public CostedMap {
 public:
  PythonMap(nb::handle function, ElementSpec output)
      : function_(function), output_(std::move(output)), types_(output_) {}
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
  bool takes_place_key() const override { return true; }
  bool has_entry() const override { return true; }
  void with_entry(const std::function<void()>& calls) const override {
    const CountedLock lock;
    calls();
  }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    return call_into(leaves, key, {});
  }
  bool writes_rows() const override { return true; }
  std::vector<Array> call_into(const std::vector<Array>& leaves, Key key,
                               const std::vector<Array>& rows) const override {
    const CountedLock lock;
    const Span span(python_site);
    count(Counter::python_calls);
    const int64_t start = now_ns();
    int64_t copied = 0;
    nb::list arguments;
    for (const Array& a : leaves) arguments.append(to_ndarray(a, true));
    std::vector<Array> values =
        noting("the mapped function", data::current_element, [&] {
          const nb::list results =
              nb::cast<nb::list>(function_.get()(arguments, key.value));
          std::vector<Array> out;
          for (size_t i = 0; i < results.size(); ++i) {
            out.push_back(types_.kept(to_array(results[i]), i, rows));
            copied += out.back().nbytes();
          }
          return out;
        });
    costs_->add(1, start, copied);
    return values;
  }

 private:
  Callable function_;
  ElementSpec output_;
  ResultTypes types_;
};

// A mapped function that is made anew when what it was made of has changed:
// `refresh` gives the MapFunction to use from now on.
class FollowingMap : public MapFunction {
 public:
  FollowingMap(std::shared_ptr<const MapFunction> first, nb::handle refresh)
      : output_(first->output_spec({})),
        refresh_(refresh),
        latest_(std::move(first)) {}
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    return latest_.load()->call(leaves, key);
  }
  std::shared_ptr<const MapFunction> current(bool is_repeat) const override {
    if (!is_repeat) {
      const CountedLock lock;
      latest_ = nb::cast<std::shared_ptr<MapFunction>>(refresh_.get()());
    }
    const std::shared_ptr<const MapFunction> latest = latest_;
    const auto of_iterator = latest->current(is_repeat);
    return of_iterator ? of_iterator : latest;
  }

 private:
  ElementSpec output_;
  Callable refresh_;
  mutable std::atomic<std::shared_ptr<const MapFunction>> latest_;
};

CompileOptions timed() {
  CompileOptions options;
  options.profile = true;
  options.profile_every = 16;
  return options;
}

// A traced function, vectorized: leaves and keys with a block axis in.
class ProgramMap : public CostedMap {
 public:
  // `block` is the program over blocks; its last input are the keys.
  ProgramMap(const Graph& block, ElementSpec output, bool takes_place_key)
      : output_(std::move(output)),
        takes_place_key_(takes_place_key),
        program_(compile(computed_part(block), timed())) {}
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
  bool takes_place_key() const override { return takes_place_key_; }
  bool is_vectorized() const override { return true; }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    std::vector<Array> block;
    for (const Array& a : leaves) block.push_back(a.expand_dims(0));
    std::vector<Array> out = call_block(block, std::span<const Key>(&key, 1));
    for (Array& a : out) a = a.index(0, 0);
    return out;
  }
  std::vector<Array> call_block(const std::vector<Array>& leaves,
                                std::span<const Key> keys) const override {
    const int64_t start = now_ns();
    std::vector<Array> computed = program_.run(inputs_of(leaves, keys));
    costs_->add(int64_t(keys.size()), start, 0);
    std::vector<Array> out;
    for (size_t i = 0, next = 0; i < handed_on_.size(); ++i)
      out.push_back(handed_on_[i] ? leaves[*handed_on_[i]]
                                  : std::move(computed[next++]));
    return out;
  }
  std::vector<ProfileRow> profile_rows() const override {
    return program_.profile_rows();
  }
  bool writes_into() const override { return true; }
  std::optional<size_t> handed_on(size_t output) const override {
    return handed_on_[output];
  }
  void call_block_into(const std::vector<Array>& leaves,
                       std::span<const Key> keys,
                       std::span<const Array> out) const override {
    std::vector<Array> computed;
    for (size_t i = 0; i < out.size(); ++i)
      if (!handed_on_[i]) computed.push_back(out[i]);
    const int64_t start = now_ns();
    if (!computed.empty()) program_.run(inputs_of(leaves, keys), computed);
    costs_->add(int64_t(keys.size()), start, 0);
  }

 private:
  // Outputs that are inputs, as of `lambda image, label: ..., label`, are not
  // copied; the program keeps the others.
  Graph computed_part(Graph graph) {
    const std::vector<Tensor> outputs = std::move(graph.outputs);
    graph.outputs.clear();
    for (const Tensor& t : outputs) {
      handed_on_.push_back(input_of(graph, t));
      if (!handed_on_.back()) graph.outputs.push_back(t);
    }
    return graph;
  }
  static std::optional<size_t> input_of(const Graph& graph, const Tensor& t) {
    for (size_t i = 0; i + 1 < graph.inputs.size(); ++i)
      if (t.is_same(graph.inputs[i])) return i;
    return std::nullopt;
  }

  // The keys are read where they are: they outlive the run.
  std::vector<Array> inputs_of(const std::vector<Array>& leaves,
                               std::span<const Key> keys) const {
    static_assert(sizeof(Key) == sizeof(uint64_t));
    std::vector<Array> inputs = leaves;
    auto* data = reinterpret_cast<std::byte*>(const_cast<Key*>(keys.data()));
    const Shape shape{int64_t(keys.size())};
    inputs.emplace_back(
        DType::kUInt64, shape, contiguous_strides(shape, sizeof(Key)), data,
        Buffer::borrow(data, int64_t(keys.size_bytes()), nullptr, false));
    return inputs;
  }

  ElementSpec output_;
  bool takes_place_key_;
  std::vector<std::optional<size_t>> handed_on_;  // by output
  Executable program_;
};

// A traced function whose results differ in extent by element: the program
// of one element, run on each, without Python.
class ElementProgramMap : public CostedMap {
 public:
  // The last input of the program is the key.
  ElementProgramMap(const Graph& element, ElementSpec output,
                    bool takes_place_key)
      : output_(std::move(output)),
        takes_place_key_(takes_place_key),
        program_(compile(element, timed())) {}
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
  bool takes_place_key() const override { return takes_place_key_; }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    std::vector<Array> inputs = leaves;
    inputs.push_back(Array::scalar(key.value));
    const int64_t start = now_ns();
    std::vector<Array> out = program_.run(inputs);
    costs_->add(1, start, 0);
    return out;
  }
  std::vector<ProfileRow> profile_rows() const override {
    return program_.profile_rows();
  }

 private:
  ElementSpec output_;
  bool takes_place_key_;
  Executable program_;
};

}  // namespace

void bind_map_functions(nb::module_& m) {
  nb::class_<MapFunction>(m, "MapFunction")
      .def("costs",
           [](const MapFunction& f) {
             return dynamic_cast<const CostedMap&>(f).costs();
           })
      .def("profile", [](const MapFunction& f) {
        return profile_list(dynamic_cast<const CostedMap&>(f).profile_rows());
      });
  m.def("python_map", [](nb::handle function, nb::handle output) {
    return std::shared_ptr<MapFunction>(
        std::make_shared<PythonMap>(function, to_spec(output)));
  });
  m.def("following_map",
        [](std::shared_ptr<MapFunction> first, nb::handle refresh) {
          return std::shared_ptr<MapFunction>(
              std::make_shared<FollowingMap>(std::move(first), refresh));
        });
  m.def("program_map",
        [](const Graph& block, nb::handle output, bool takes_place_key) {
          return std::shared_ptr<MapFunction>(std::make_shared<ProgramMap>(
              block, to_spec(output), takes_place_key));
        });
  m.def("element_map", [](const Graph& element, nb::handle output,
                          bool takes_place_key) {
    return std::shared_ptr<MapFunction>(std::make_shared<ElementProgramMap>(
        element, to_spec(output), takes_place_key));
  });
}

}  // namespace numest::python
