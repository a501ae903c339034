// Datasets and iterators.
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "convert.h"
#include "map_functions.h"
#include "numest/base/counters.h"
#include "numest/data/dataset.h"

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

// Leaves of the first element, or None if none can be had by its position
// alone, without running anything of the user's.
nb::object first_if_plain(const Dataset& d) {
  if (!d.node()->is_plain()) return nb::none();
  const auto rows = d.node()->random_access(data::Place());
  if (!rows || rows->size() == 0) return nb::none();
  nb::list leaves;
  for (const Array& leaf : rows->slice(0, 1).element(0))
    leaves.append(to_ndarray(leaf, false));
  return leaves;
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
      .def("first_if_plain", &first_if_plain)
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
  bind_map_functions(m);
  bind_rescued_maps(m);
  bind_isolated_maps(m);
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
