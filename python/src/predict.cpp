// Predictions for Python: rows as dictionaries, and requests of one example
// without a detour.
#include "predict.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "ndarray.h"
#include "numest/base/recording.h"
#include "numest/estimator/row_predictor.h"

namespace numest::python {

namespace {

using namespace estimator;

using Objects = std::vector<nb::object>;

nb::object interned(const std::string& text) {
  PyObject* made = PyUnicode_InternFromString(text.c_str());
  if (!made) throw nb::python_error();
  return nb::steal(made);
}

void set_item(nb::handle dict, nb::handle key, nb::handle value) {
  if (PyDict_SetItem(dict.ptr(), key.ptr(), value.ptr()) != 0)
    throw nb::python_error();
}

// Keys as Python spells them; none if the predictions are one tensor.
Objects python_keys(const std::vector<std::string>& keys,
                    nb::handle key_function) {
  Objects result;
  if (keys.size() == 1 && keys[0].empty()) return result;
  for (const std::string& key : keys)
    result.push_back(key_function.is_none()
                         ? interned(key)
                         : nb::object(key_function(interned(key))));
  return result;
}

// Whatever is not a dictionary is one array.
Element element_of(nb::handle features) {
  if (nb::isinstance<nb::dict>(features))
    return to_nest<Array>(features, to_array);
  return Element(to_array(features));
}

bool has_same_keys(const Element& a, const Element& b) {
  if (a.is_leaf() || b.is_leaf()) return a.is_leaf() && b.is_leaf();
  return a.keys == b.keys &&
         std::equal(a.children.begin(), a.children.end(), b.children.begin(),
                    b.children.end(), has_same_keys);
}

/// A predictor with what Python gives it and gets from it.
class Request {
 public:
  Request(const Estimator& estimator, nb::handle features,
          nb::handle key_function)
      : example_(element_of(features)),
        leaves_(example_.flatten()),
        predictor_(predictor_of(estimator, example_)) {
    if (nb::isinstance<nb::dict>(features)) add_feature_keys(features);
    value_keys_ = python_keys(predictor_.keys(), key_function);
  }

  /// False if `features` are not of the layout of this request.
  bool read(nb::handle features) {
    kept_.clear();
    if (example_.is_leaf()) return read_leaf(features, leaves_[0]);
    if (is_flat_ && PyDict_CheckExact(features.ptr()))
      return read_dict(features);
    return read_nest(features);
  }

  nb::object run() {
    if (!predictor_.is_light() || !predictor_.try_run(leaves_)) {
      nb::gil_scoped_release unlocked;
      predictor_.run(leaves_);
    }
    kept_.clear();
    return result();
  }

 private:
  // Without the lock: another thread may hold the estimator and wait for it.
  static RowPredictor predictor_of(const Estimator& estimator,
                                   const Element& example) {
    const nb::gil_scoped_release unlocked;
    return RowPredictor(estimator, example);
  }

  // A dictionary of arrays takes the short way.
  void add_feature_keys(nb::handle features) {
    is_flat_ = true;
    for (const auto& child : example_.children)
      is_flat_ = is_flat_ && child.is_leaf();
    for (auto [key, value] : nb::borrow<nb::dict>(features)) {
      is_flat_ = is_flat_ && nb::isinstance<nb::str>(key);
      feature_keys_.push_back(nb::borrow(key));
    }
  }

  bool read_dict(nb::handle features) {
    if (size_t(PyDict_GET_SIZE(features.ptr())) != feature_keys_.size())
      return false;
    PyObject *key, *value;
    Py_ssize_t position = 0;
    for (size_t i = 0; PyDict_Next(features.ptr(), &position, &key, &value);
         ++i) {
      if (key != feature_keys_[i].ptr() &&
          !feature_keys_[i].equal(nb::handle(key)))
        return false;
      if (!read_leaf(value, leaves_[i])) return false;
    }
    return true;
  }

  // Lists and numbers become arrays of their own.
  bool read_leaf(nb::handle value, Array& leaf) {
    if (lend_ndarray(value, leaf)) return true;
    if (nb::isinstance<nb::dict>(value)) return false;
    Array given = to_array(value);
    if (given.dtype() != leaf.dtype() || given.shape() != leaf.shape() ||
        given.strides() != leaf.strides())
      return false;
    leaf.rebind(given.raw(), nullptr);
    kept_.push_back(std::move(given));
    return true;
  }

  bool read_nest(nb::handle features) {
    if (!nb::isinstance<nb::dict>(features)) return false;
    const Element given = element_of(features);
    if (!has_same_keys(given, example_)) return false;
    kept_ = given.flatten();
    for (size_t i = 0; i < kept_.size(); ++i) {
      if (kept_[i].dtype() != leaves_[i].dtype() ||
          kept_[i].shape() != leaves_[i].shape() ||
          kept_[i].strides() != leaves_[i].strides())
        return false;
      leaves_[i].rebind(kept_[i].raw(), nullptr);
    }
    return true;
  }

  nb::object result() const {
    const std::span<const Array> values = predictor_.values();
    if (value_keys_.empty()) return copy_as_ndarray(values[0]);
    nb::dict dict;
    for (size_t i = 0; i < values.size(); ++i)
      set_item(dict, value_keys_[i], copy_as_ndarray(values[i]));
    return dict;
  }

  Element example_;
  std::vector<Array> leaves_;  // point at the features of the run
  RowPredictor predictor_;
  Objects feature_keys_, value_keys_;
  bool is_flat_ = false;
  std::vector<Array> kept_;  // arrays made of the features of the run
};

/// Predictions of one example: requests by layout, and one for each thread.
/// The interpreter lock guards the list.
class RowRequests {
 public:
  RowRequests(nb::object estimator, nb::object key_function)
      : owner_(std::move(estimator)),
        estimator_(nb::cast<const Estimator&>(owner_)),
        key_function_(std::move(key_function)) {}
  RowRequests(const RowRequests&) = delete;
  RowRequests& operator=(const RowRequests&) = delete;

  nb::object run(nb::handle features) {
    std::unique_ptr<Request> request = take(features);
    nb::object result = request->run();
    constexpr size_t kMaxIdle = 16;
    if (idle_.size() == kMaxIdle) idle_.erase(idle_.begin());
    idle_.push_back(std::move(request));
    return result;
  }

 private:
  // The one used last is tried first.
  std::unique_ptr<Request> take(nb::handle features) {
    for (size_t i = idle_.size(); i-- > 0;) {
      std::unique_ptr<Request> request = std::move(idle_[i]);
      idle_.erase(idle_.begin() + std::ptrdiff_t(i));
      if (request->read(features)) return request;
      idle_.insert(idle_.begin() + std::ptrdiff_t(std::min(i, idle_.size())),
                   std::move(request));
    }
    auto request =
        std::make_unique<Request>(estimator_, features, key_function_);
    NUMEST_CHECK(request->read(features), "features do not fit themselves");
    return request;
  }

  nb::object owner_;
  const Estimator& estimator_;
  nb::object key_function_;
  std::vector<std::unique_ptr<Request>> idle_;
};

// A dictionary for each of `count` rows; the rows themselves without keys.
nb::list rows_of(const Objects& keys, const Objects& columns, int64_t count) {
  nb::list rows;
  for (int64_t i = 0; i < count; ++i) {
    if (keys.empty()) {
      rows.append(row_of_ndarray(columns[0], i));
      continue;
    }
    nb::dict row;
    for (size_t k = 0; k < keys.size(); ++k)
      set_item(row, keys[k], row_of_ndarray(columns[k], i));
    rows.append(row);
  }
  return rows;
}

nb::object whole_batch(const Objects& keys, const Objects& columns) {
  if (keys.empty()) return columns[0];
  nb::dict batch;
  for (size_t k = 0; k < keys.size(); ++k) set_item(batch, keys[k], columns[k]);
  return batch;
}

constinit SpanSite rows_site{SpanKind::kCall, "predict, as Python objects"};

// A list of what a generator yields next; None at the end.
nb::object next_of(Predictor& predictor, nb::handle key_function) {
  const Span span(rows_site);
  constexpr int64_t kMaxRows = 1024;
  std::optional<Prediction> block;
  {
    nb::gil_scoped_release unlocked;
    block = predictor.next_rows(kMaxRows);
  }
  if (!block) return nb::none();
  std::vector<std::string> names;
  Objects columns;
  for (const auto& [name, value] : *block) {
    names.push_back(name);
    columns.push_back(to_ndarray(value));
  }
  const Objects keys = python_keys(names, key_function);
  if (predictor.yields_rows())
    return rows_of(keys, columns, (*block)[0].second.shape()[0]);
  nb::list one;
  one.append(whole_batch(keys, columns));
  return one;
}

}  // namespace

void bind_predict(nb::module_& m) {
  nb::class_<Predictor>(m, "Predictor")
      .def("next", &next_of, nb::arg("key_function").none());
  nb::class_<RowRequests>(m, "RowRequests")
      .def(nb::init<nb::object, nb::object>(), nb::arg("estimator"),
           nb::arg("key_function").none())
      .def("__call__", &RowRequests::run, nb::arg("features"));
}

}  // namespace numest::python
