// Arrays to ndarrays and back through NumPy's C functions: the conversions
// that every prediction pays for.
#pragma once

#include <optional>

#include "convert.h"

namespace numest::python {

/// An ndarray that shares memory with `array` of a dtype that NumPy has.
nb::object view_as_ndarray(const Array& array);
/// An object array of new bytes objects for `array` of dtype bytes.
nb::object bytes_as_ndarray(const Array& array);
/// A new ndarray that owns a copy of `array`, for small results; a NumPy
/// scalar if it is 0-d.
nb::object copy_as_ndarray(const Array& array);
/// Row `i` of an ndarray as `ndarray[i]` gives it: a view, or an item if it
/// is 1-d. `ndarray` has that row.
nb::object row_of_ndarray(nb::handle ndarray, int64_t i);
/// If `object` is an ndarray laid out as `array`, points `array` at its
/// memory without keeping it alive.
bool lend_ndarray(nb::handle object, Array& array);
/// The memory of an ndarray, kept alive; nullopt if `object` is none, or its
/// dtype, byte order or alignment is not ours.
std::optional<Array> borrow_ndarray(nb::handle object);

}  // namespace numest::python
