// Between Python objects and the core's values. All functions need the
// interpreter lock.
#pragma once

#include <nanobind/nanobind.h>

#include <string>
#include <vector>

#include "numest/array/nest.h"
#include "numest/graph/node.h"
#include "numest/runtime/profile_row.h"

namespace numest::python {

namespace nb = nanobind;

/// An ndarray (borrowed, not copied, if its dtype is ours and it is aligned),
/// a Tensor's data, or anything np.asarray takes; strings become bytes.
Array to_array(nb::handle object);
/// A NumPy array that shares memory with `array`; 0-d gives a NumPy scalar
/// if `as_scalar`. Bytes become an object array.
nb::object to_ndarray(const Array& array, bool as_scalar = false);

/// A Tensor as it is; Python numbers as weak scalars; arrays as constants.
Tensor to_tensor(nb::handle object);

/// An attribute of the given kind from a Python value.
Attr to_attr(nb::handle object, Kind kind);
Shape to_shape(nb::handle object);
DType to_dtype(nb::handle object);
nb::object numpy_dtype(DType dtype);
/// A tuple with None for unknown extents.
nb::tuple shape_tuple(const Shape& shape);

/// Dictionaries (insertion order), tuples and lists become nests.
template <class T, class F>
Nest<T> to_nest(nb::handle object, const F& leaf) {
  if (nb::isinstance<nb::dict>(object)) {
    std::vector<std::pair<std::string, Nest<T>>> items;
    for (auto [key, value] : nb::cast<nb::dict>(object))
      items.emplace_back(nb::cast<std::string>(nb::str(key)),
                         to_nest<T>(value, leaf));
    return Nest<T>::dict(std::move(items));
  }
  if (nb::isinstance<nb::tuple>(object)) {
    std::vector<Nest<T>> children;
    for (nb::handle child : nb::cast<nb::tuple>(object))
      children.push_back(to_nest<T>(child, leaf));
    return Nest<T>::tuple(std::move(children));
  }
  return Nest<T>(leaf(object));
}

template <class T, class F>
nb::object from_nest(const Nest<T>& nest, const F& leaf) {
  if (nest.is_leaf()) return leaf(nest.leaf);
  if (nest.is_dict()) {
    nb::dict result;
    for (size_t i = 0; i < nest.keys.size(); ++i)
      result[nb::str(nest.keys[i].c_str())] = from_nest(nest.children[i], leaf);
    return result;
  }
  nb::list result;
  for (const auto& child : nest.children) result.append(from_nest(child, leaf));
  return nb::tuple(result);
}

/// A spec as nests of (dtype name, shape); negative extents are symbols.
ElementSpec to_spec(nb::handle object);
nb::object from_spec(const ElementSpec& spec);

/// (ops, calls, nanoseconds, bytes) of each step.
nb::list profile_list(const std::vector<ProfileRow>& rows);

/// Keeps a Python object alive from C++ threads: it is released with the lock
/// held, and not at all once the interpreter is gone.
std::shared_ptr<const void> keep_alive(nb::handle object);
/// A callable that any thread may copy and destroy.
class Callable {
 public:
  explicit Callable(nb::handle function)
      : object_(function.ptr()), owner_(keep_alive(function)) {}
  nb::handle get() const { return object_; }

 private:
  PyObject* object_;
  std::shared_ptr<const void> owner_;
};

// Parts of the module, one source each.
void bind_errors(nb::module_& m);
void bind_tensor(nb::module_& m);
void bind_functions(nb::module_& m);
void bind_draws(nb::module_& m);
void bind_samples(nb::module_& m);
void bind_data(nb::module_& m);
void bind_formats(nb::module_& m);
void bind_train(nb::module_& m);
void bind_estimator(nb::module_& m);

}  // namespace numest::python
