// Files that examples and users read and write: IDX in, PNG out.
#include <nanobind/stl/string.h>

#include "convert.h"
#include "numest/formats/idx.h"
#include "numest/formats/png.h"

namespace numest::python {

void bind_formats(nb::module_& m) {
  m.def("read_idx",
        [](const std::string& path) { return to_ndarray(read_idx(path)); });
  m.def("write_png", [](const std::string& path, nb::handle image) {
    write_png(path, to_array(image));
  });
}

}  // namespace numest::python
