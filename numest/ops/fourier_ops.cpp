// The discrete Fourier transform of the last axis; numest/ops/composite_fft.h
// makes NumPy's functions of it.
#include <bit>

#include "numest/kernels/fft.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"

namespace numest {

namespace {

constexpr ParamDef kFourier[] = {{"a"}, {"inverse", Kind::kBool, "False"}};

Types fourier_type(const TypeContext& c) {
  const TensorSpec& a = c.in(0);
  NUMEST_USER_CHECK(a.shape.ndim() >= 1, ValueError,
                    "fourier: got a without axes, expected at least one");
  NUMEST_USER_CHECK(is_complex(a.dtype), TypeError,
                    "fourier: got dtype {}, expected complex64 or complex128; "
                    "use astype",
                    name(a.dtype));
  return a;
}

template <class T>
void transform(const KernelContext& c, const Array& a) {
  const int64_t n = a.shape().back();
  kernels::fft(a.data<T>(), c.out().data<T>(), n == 0 ? 0 : a.size() / n, n,
               c.attrs.flag("inverse"));
}

void fourier_kernel(const KernelContext& c) {
  const Array a = c.in(0).contiguous();
  if (a.dtype() == DType::kComplex64)
    transform<Complex64>(c, a);
  else
    transform<Complex128>(c, a);
}

// The matrix of the transform is symmetric, its own transpose.
std::vector<Tensor> fourier_vjp(const VjpContext& c) {
  return {call_one(c.op, {c.cotangent()}, c.attrs)};
}

// A butterfly has ten operations for two numbers, in log2(n) layers.
int64_t fourier_flops(const KernelContext& c) {
  const Shape& shape = c.in(0).shape();
  return 5 * c.in(0).size() * int64_t(std::bit_width(uint64_t(shape.back())));
}

constexpr OpDef kOps[] = {
    {.name = "fourier",
     .doc = "Discrete Fourier transform along the last axis, not scaled.",
     .params = kFourier,
     .type = fourier_type,
     .kernel = fourier_kernel,
     .vjp = fourier_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "5 6 2,3,4 0,3",
                 .attrs = "inverse=False; inverse=True",
                 .dtypes = "complex64 complex128"},
     .reference = "np.fft.ifft(a, norm='forward') if inverse else "
                  "np.fft.fft(a)",
     .traits = kDear,
     .flops = fourier_flops},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> fourier_ops() { return kOps; }

}  // namespace numest
