// Python functions as map functions of the pipeline.
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

}  // namespace

void bind_map_functions(nb::module_& m) {
  nb::class_<MapFunction>(m, "MapFunction")
      .def("costs",
           [](const MapFunction& f) {
             const auto& costs = *dynamic_cast<const CostedMap&>(f).costs();
             return nb::make_tuple(costs.calls.load(), costs.nanoseconds.load(),
                                   costs.num_bytes.load());
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
        [](const Graph& element, nb::handle output, bool takes_place_key) {
          return std::shared_ptr<MapFunction>(
              train::program_map(element, to_spec(output), takes_place_key));
        });
}

}  // namespace numest::python
