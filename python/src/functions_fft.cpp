// numpy.fft for Python, `_fft` of the core's functions.
#include "arguments.h"
#include "numest/ops/composite_fft.h"

namespace numest::python {

namespace {

using T = TensorArgument;
using Ints = std::vector<int64_t>;
using OneAxis = Tensor (*)(const Tensor&, const fft::Options&);
using ManyAxes = Tensor (*)(const Tensor&, const fft::ManyOptions&);

// Positional only: numest/numpy_forms/fourier.py gives names and defaults.
void bind_one(nb::module_& m, const char* name, OneAxis function) {
  m.def(
      name,
      [function](const T& a, std::optional<int64_t> n, int axis,
                 const std::string& norm) {
        return function(a.tensor, {.n = n, .axis = axis, .norm = norm});
      },
      nb::arg("a"), nb::arg("n").none(), nb::arg("axis"), nb::arg("norm"));
}

void bind_many(nb::module_& m, const char* name, ManyAxes function) {
  m.def(
      name,
      [function](const T& a, const std::optional<Ints>& s,
                 const std::optional<Ints>& axes, const std::string& norm) {
        return function(a.tensor, {.s = s, .axes = axes, .norm = norm});
      },
      nb::arg("a"), nb::arg("s").none(), nb::arg("axes").none(),
      nb::arg("norm"));
}

}  // namespace

void bind_fft(nb::module_& m) {
  bind_one(m, "_fft", fft::fft);
  bind_one(m, "_ifft", fft::ifft);
  bind_one(m, "_rfft", fft::rfft);
  bind_one(m, "_irfft", fft::irfft);
  bind_one(m, "_hfft", fft::hfft);
  bind_one(m, "_ihfft", fft::ihfft);
  bind_many(m, "_fftn", fft::fftn);
  bind_many(m, "_ifftn", fft::ifftn);
  bind_many(m, "_rfftn", fft::rfftn);
  bind_many(m, "_irfftn", fft::irfftn);
}

}  // namespace numest::python
