// Datasets and iterators; Python functions as map functions.
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <atomic>

#include "convert.h"
#include "numest/base/counters.h"
#include "numest/data/array_pool.h"
#include "numest/data/dataset.h"
#include "numest/runtime/executable.h"
#include "numest/runtime/profile.h"

namespace numest::python {

namespace {

using data::Dataset;
using data::MapFunction;

Element to_element(nb::handle object) {
  return to_nest<Array>(object, [](nb::handle h) { return to_array(h); });
}

nb::object from_element(const Element& element) {
  return from_nest(element, [](const Array& a) { return to_ndarray(a, true); });
}

// A spec as nests of (dtype name, shape); negative extents are symbols.
ElementSpec to_spec(nb::handle object) {
  if (nb::isinstance<nb::dict>(object)) {
    std::vector<std::pair<std::string, ElementSpec>> items;
    for (auto [key, value] : nb::cast<nb::dict>(object))
      items.emplace_back(nb::cast<std::string>(nb::str(key)), to_spec(value));
    return ElementSpec::dict(std::move(items));
  }
  if (nb::isinstance<nb::list>(object)) {  // of children
    std::vector<ElementSpec> children;
    for (nb::handle child : nb::cast<nb::list>(object))
      children.push_back(to_spec(child));
    return ElementSpec::tuple(std::move(children));
  }
  const auto pair = nb::cast<nb::tuple>(object);
  return TensorSpec{to_dtype(pair[0]), to_shape(pair[1])};
}

nb::object from_spec(const ElementSpec& spec) {
  return from_nest(spec, [](const TensorSpec& s) -> nb::object {
    return nb::make_tuple(nb::str(std::string(name(s.dtype)).c_str()),
                          shape_tuple(s.shape));
  });
}

// Adds a line to the exception that is being raised. One that C made may be
// a class and a text still: Python 3.11 makes the object when it is asked to.
void add_note(const std::string& note) {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback) PyException_SetTraceback(value, traceback);
  nb::handle(value).attr("add_note")(note);
  PyErr_Restore(type, value, traceback);
}

// Says at which element an exception of Python code arose; the exception
// and its traceback stay the user's.
template <class F>
auto noting(const char* op, const F& index, const auto& body) {
  try {
    return body();
  } catch (nb::python_error& e) {
    const int64_t i = index();
    if (i < 0) throw;
    e.restore();
    add_note(fmt::format("numest: raised at element {} of {}", i, op));
    nb::raise_python_error();
  }
}

// Counts an entry only if this thread did not hold the lock already.
class CountedLock {
 public:
  CountedLock() {
    if (!PyGILState_Check()) count(Counter::gil_acquisitions);
    lock_.emplace();
  }

 private:
  std::optional<nb::gil_scoped_acquire> lock_;
};

// What the calls of one function cost so far.
struct CallCosts {
  std::atomic<int64_t> calls{0}, nanoseconds{0}, num_bytes{0};

  void add(int64_t count, int64_t start, int64_t copied) {
    calls.fetch_add(count, std::memory_order_relaxed);
    nanoseconds.fetch_add(now_ns() - start, std::memory_order_relaxed);
    num_bytes.fetch_add(copied, std::memory_order_relaxed);
  }
};

// A map function that knows its costs: (calls or elements, nanoseconds, bytes
// copied), and for a program those of its steps.
class CostedMap : public MapFunction {
 public:
  nb::tuple costs() const {
    return nb::make_tuple(costs_.calls.load(), costs_.nanoseconds.load(),
                          costs_.num_bytes.load());
  }
  virtual std::vector<ProfileRow> profile_rows() const { return {}; }

 protected:
  static CompileOptions timed() {
    CompileOptions options;
    options.profile = true;
    options.profile_every = 16;
    return options;
  }
  mutable CallCosts costs_;
};

// A Python function called once per element with views of its arrays, under
// one lock for a block.
class PythonMap : public CostedMap {
 public:
  PythonMap(nb::handle function, ElementSpec output)
      : function_(function),
        output_(std::move(output)),
        leaves_(output_.flatten()) {}
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
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
            out.push_back(kept(to_array(results[i]), i, rows));
            copied += out.back().nbytes();
          }
          return out;
        });
    costs_.add(1, start, copied);
    return values;
  }

 private:
  // A result is copied: the function may hand out one buffer again and again.
  Array kept(const Array& given, size_t leaf,
             const std::vector<Array>& rows) const {
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
  static bool is_number(DType dtype) { return dtype != DType::kBytes; }
  void check(const Array& result, size_t leaf) const {
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

  Callable function_;
  ElementSpec output_;
  std::vector<TensorSpec> leaves_;
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
    return latest_;
  }

 private:
  ElementSpec output_;
  Callable refresh_;
  mutable std::atomic<std::shared_ptr<const MapFunction>> latest_;
};

// A traced function, vectorized: leaves and keys with a block axis in.
class ProgramMap : public CostedMap {
 public:
  // `block` is the program over blocks; its last input are the keys.
  ProgramMap(const Graph& block, ElementSpec output)
      : output_(std::move(output)),
        program_(compile(computed_part(block), timed())) {}
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
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
    costs_.add(int64_t(keys.size()), start, 0);
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
    costs_.add(int64_t(keys.size()), start, 0);
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
  std::vector<std::optional<size_t>> handed_on_;  // by output
  Executable program_;
};

// A traced function whose results differ in extent by element: the program
// of one element, run on each, without Python.
class ElementProgramMap : public CostedMap {
 public:
  // The last input of the program is the key.
  ElementProgramMap(const Graph& element, ElementSpec output)
      : output_(std::move(output)), program_(compile(element, timed())) {}
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    std::vector<Array> inputs = leaves;
    inputs.push_back(Array::scalar(key.value));
    const int64_t start = now_ns();
    std::vector<Array> out = program_.run(inputs);
    costs_.add(1, start, 0);
    return out;
  }
  std::vector<ProfileRow> profile_rows() const override {
    return program_.profile_rows();
  }

 private:
  ElementSpec output_;
  Executable program_;
};

data::GeneratorFactory python_generator(nb::handle factory) {
  Callable make(factory);
  return [make]() {
    nb::gil_scoped_acquire lock;
    Callable iterator(nb::iter(make.get()()));
    return [iterator, index = int64_t{-1}]() mutable -> std::optional<Element> {
      count(Counter::python_calls);
      nb::gil_scoped_acquire inner;
      ++index;
      return noting(
          "from_generator", [&] { return index; },
          [&]() -> std::optional<Element> {
            PyObject* next = PyIter_Next(iterator.get().ptr());
            if (!next && PyErr_Occurred()) nb::raise_python_error();
            if (!next) return std::nullopt;
            return to_element(nb::steal(next));
          });
    };
  };
}

nb::object next_element(data::Iterator& iterator) {
  std::optional<Element> element;
  {
    nb::gil_scoped_release unlocked;
    element = iterator.next();
  }
  if (!element) throw nb::stop_iteration();
  return from_element(*element);
}

Dataset flat(const Dataset& d, const nb::callable& function,
             std::optional<int64_t> cycle, int64_t block) {
  Callable f(function);
  auto call = [f](const Element& e) {
    nb::gil_scoped_acquire lock;
    return nb::cast<Dataset>(f.get()(from_element(e)));
  };
  return cycle ? d.interleave(call, *cycle, block) : d.flat_map(call);
}

void bind_sources(nb::class_<Dataset>& c) {
  c.def_static(
       "from_tensor_slices",
       [](nb::handle e) { return Dataset::from_tensor_slices(to_element(e)); })
      .def_static(
          "from_tensors",
          [](nb::handle e) { return Dataset::from_tensors(to_element(e)); })
      .def_static(
          "range",
          [](int64_t start, int64_t stop, int64_t step, nb::handle dtype) {
            return Dataset::range(start, stop, step, to_dtype(dtype));
          })
      .def_static("from_generator",
                  [](nb::handle factory, nb::handle spec) {
                    return Dataset::from_generator(python_generator(factory),
                                                   to_spec(spec));
                  })
      .def_static(
          "zip",
          [](nb::handle datasets) {
            return Dataset::zip(to_nest<Dataset>(
                datasets, [](nb::handle h) { return nb::cast<Dataset>(h); }));
          })
      .def_static("choose_from_datasets", &Dataset::choose_from_datasets)
      .def("map", [](const Dataset& d, std::shared_ptr<MapFunction> f,
                     int64_t parallel) { return d.map(f, parallel); })
      .def("filter", [](const Dataset& d,
                        std::shared_ptr<MapFunction> f) { return d.filter(f); })
      .def("batch", &Dataset::batch)
      .def(
          "padded_batch",
          [](const Dataset& d, int64_t size, nb::handle shapes,
             nb::handle values, bool drop) {
            std::optional<Nest<Shape>> to;
            if (!shapes.is_none()) {
              to = to_spec(shapes).map(
                  [](const TensorSpec& s) { return s.shape; });
            }
            std::optional<Element> fill;
            if (!values.is_none()) fill = to_element(values);
            return d.padded_batch(size, to, fill, drop);
          },
          nb::arg("batch_size"), nb::arg("shapes").none(),
          nb::arg("values").none(), nb::arg("drop_remainder"));
}

void bind_transformations(nb::class_<Dataset>& c) {
  c.def("unbatch", &Dataset::unbatch)
      .def("shuffle", &Dataset::shuffle, nb::arg("buffer_size"),
           nb::arg("seed").none(), nb::arg("reshuffle"))
      .def("repeat", &Dataset::repeat)
      .def("take", &Dataset::take)
      .def("skip", &Dataset::skip)
      .def("shard", &Dataset::shard)
      .def("concatenate", &Dataset::concatenate)
      .def("cache", &Dataset::cache)
      .def("prefetch", &Dataset::prefetch)
      .def("enumerate", &Dataset::enumerate)
      .def("flat_map", &flat, nb::arg("function"), nb::arg("cycle").none(),
           nb::arg("block"))
      .def("cardinality", &Dataset::cardinality)
      .def_prop_ro("spec",
                   [](const Dataset& d) { return from_spec(d.element_spec()); })
      .def(
          "make_iterator",
          [](const Dataset& d, std::optional<uint64_t> entropy) {
            return d.make_iterator({.entropy = entropy});
          },
          nb::arg("entropy") = nb::none());
}

void bind_dataset(nb::module_& m) {
  nb::class_<Dataset> c(m, "Dataset");
  bind_sources(c);
  bind_transformations(c);
}

}  // namespace

void bind_data(nb::module_& m) {
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
  m.def("program_map", [](const Graph& block, nb::handle output) {
    return std::shared_ptr<MapFunction>(
        std::make_shared<ProgramMap>(block, to_spec(output)));
  });
  m.def("element_map", [](const Graph& element, nb::handle output) {
    return std::shared_ptr<MapFunction>(
        std::make_shared<ElementProgramMap>(element, to_spec(output)));
  });
  nb::class_<data::Iterator>(m, "Iterator")
      .def("__next__", &next_element)
      .def("__iter__", [](nb::handle self) { return nb::borrow(self); })
      .def("get_state",
           [](const data::Iterator& i) {
             const std::string s = i.get_state();
             return nb::bytes(s.data(), s.size());
           })
      .def("set_state", [](data::Iterator& i, const nb::bytes& state) {
        i.set_state(std::string(state.c_str(), state.size()));
      });
  bind_dataset(m);
}

}  // namespace numest::python
