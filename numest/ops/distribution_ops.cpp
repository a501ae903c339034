// Keyed draws whose parameters are arrays. Element j of a key's block has the
// stream of (key, j), which a rejection reads as far as it needs.
#include "numest/kernels/distributions.h"
#include "numest/ops/families.h"
#include "numest/ops/keyed.h"

namespace numest {

namespace {

constexpr ParamDef kGamma[] = {
    {"key"}, {"alpha"}, {"shape", Kind::kShape, "()"}};
constexpr ParamDef kPoisson[] = {
    {"key"}, {"lam"}, {"shape", Kind::kShape, "()"}};
constexpr ParamDef kBinomial[] = {
    {"key"}, {"n"}, {"p"}, {"shape", Kind::kShape, "()"}};
constexpr ParamDef kZipf[] = {{"key"}, {"a"}, {"shape", Kind::kShape, "()"}};
constexpr ParamDef kVonMises[] = {
    {"key"}, {"kappa"}, {"shape", Kind::kShape, "()"}};
constexpr ParamDef kHypergeometric[] = {
    {"key"}, {"ngood"}, {"nbad"}, {"nsample"}, {"shape", Kind::kShape, "()"}};

// The shape of the keys, then that of a block; parameters broadcast to it.
template <DType kDType>
Types distribution_type(const TypeContext& c) {
  const Shape shape = keyed_shape(c, c.attrs.get<Shape>("shape"));
  for (size_t i = 1; i < c.inputs.size(); ++i) {
    NUMEST_USER_CHECK(is_float(c.in(i).dtype) || is_integer(c.in(i).dtype),
                      TypeError,
                      "{}: got a parameter of dtype {}, expected "
                      "numbers",
                      c.op.name, name(c.in(i).dtype));
    broadcast_shapes(shape, c.in(i).shape, c.op.name);
  }
  return TensorSpec{kDType, shape};
}

template <class T>
std::vector<T> parameter(const KernelContext& c, size_t i) {
  return c.in(i).broadcast_to(c.out().shape()).to_vector<T>();
}

// out[i] = draw(stream, i).
template <class T, class F>
void fill(const KernelContext& c, F&& draw) {
  if (c.out().size() == 0) return;
  const auto keys = c.in(0).to_vector<uint64_t>();
  const Array values(c.out().dtype(), c.out().shape());
  T* out = values.data<T>();
  const auto n = size_t(values.size()) / keys.size();
  for (size_t i = 0; i < size_t(values.size()); ++i) {
    Stream stream(fold(Key{keys[i / n]}, i % n));
    out[i] = draw(stream, i);
  }
  c.out().assign(values);
}

void gamma_kernel(const KernelContext& c) {
  const auto alpha = parameter<double>(c, 1);
  fill<double>(c, [&](Stream& stream, size_t i) {
    return kernels::gamma_draw(stream, alpha[i]);
  });
}

void poisson_kernel(const KernelContext& c) {
  const auto lam = parameter<double>(c, 1);
  fill<int64_t>(c, [&](Stream& stream, size_t i) {
    return kernels::poisson_draw(stream, lam[i]);
  });
}

void binomial_kernel(const KernelContext& c) {
  const auto n = parameter<int64_t>(c, 1);
  const auto p = parameter<double>(c, 2);
  fill<int64_t>(c, [&](Stream& stream, size_t i) {
    return kernels::binomial_draw(stream, n[i], p[i]);
  });
}

void zipf_kernel(const KernelContext& c) {
  const auto a = parameter<double>(c, 1);
  fill<int64_t>(c, [&](Stream& stream, size_t i) {
    return kernels::zipf_draw(stream, a[i]);
  });
}

void von_mises_kernel(const KernelContext& c) {
  const auto kappa = parameter<double>(c, 1);
  fill<double>(c, [&](Stream& stream, size_t i) {
    return kernels::von_mises_draw(stream, kappa[i]);
  });
}

void hypergeometric_kernel(const KernelContext& c) {
  const auto good = parameter<int64_t>(c, 1);
  const auto bad = parameter<int64_t>(c, 2);
  const auto sample = parameter<int64_t>(c, 3);
  fill<int64_t>(c, [&](Stream& stream, size_t i) {
    return kernels::hypergeometric_draw(stream, good[i], bad[i], sample[i]);
  });
}

// A draw that may be rejected takes some hundred operations.
int64_t draw_flops(const KernelContext& c) { return 100 * c.out().size(); }

constexpr OpDef kOps[] = {
    {.name = "random_gamma",
     .doc = "Gamma draws of scale 1; alpha broadcasts.",
     .params = kGamma,
     .type = distribution_type<DType::kFloat64>,
     .kernel = gamma_kernel,
     .vjp = kNoGradient,
     .vmap = keyed_vmap,
     .samples = {.low = 0.2,
                 .high = 3,
                 .shapes = "2;3",
                 .attrs = "shape=(3,)",
                 .dtypes = "uint64,float64"},
     .traits = kDear,
     .flops = draw_flops,
     .harmless = ",1"},
    {.name = "random_poisson",
     .doc = "Poisson draws of rate lam, which broadcasts.",
     .params = kPoisson,
     .type = distribution_type<DType::kInt64>,
     .kernel = poisson_kernel,
     .vjp = kNoGradient,
     .vmap = keyed_vmap,
     .samples = {.low = 0.2,
                 .high = 30,
                 .shapes = "2;3",
                 .attrs = "shape=(3,)",
                 .dtypes = "uint64,float64"},
     .traits = kDear,
     .flops = draw_flops,
     .harmless = ",1"},
    {.name = "random_binomial",
     .doc = "Successes of n trials of probability p, which broadcast.",
     .params = kBinomial,
     .type = distribution_type<DType::kInt64>,
     .kernel = binomial_kernel,
     .vjp = kNoGradient,
     .vmap = keyed_vmap,
     .samples = {.low = 0.1,
                 .high = 0.9,
                 .shapes = "2;1;3",
                 .attrs = "shape=(3,)",
                 .dtypes = "uint64,int64,float64"},
     .traits = kDear,
     .flops = draw_flops,
     .harmless = ",1,0.5"},
    {.name = "random_zipf",
     .doc = "Zipf draws of exponent a, which broadcasts.",
     .params = kZipf,
     .type = distribution_type<DType::kInt64>,
     .kernel = zipf_kernel,
     .vjp = kNoGradient,
     .vmap = keyed_vmap,
     .samples = {.low = 1.5,
                 .high = 4,
                 .shapes = "2;3",
                 .attrs = "shape=(3,)",
                 .dtypes = "uint64,float64"},
     .traits = kDear,
     .flops = draw_flops,
     .harmless = ",2"},
    {.name = "random_vonmises",
     .doc = "Von Mises draws of mean 0 and dispersion kappa, which broadcasts.",
     .params = kVonMises,
     .type = distribution_type<DType::kFloat64>,
     .kernel = von_mises_kernel,
     .vjp = kNoGradient,
     .vmap = keyed_vmap,
     .samples = {.low = 0.2,
                 .high = 9,
                 .shapes = "2;3",
                 .attrs = "shape=(3,)",
                 .dtypes = "uint64,float64"},
     .traits = kDear,
     .flops = draw_flops,
     .harmless = ",1"},
    {.name = "random_hypergeometric",
     .doc = "Good ones of nsample draws from ngood and nbad, all broadcast.",
     .params = kHypergeometric,
     .type = distribution_type<DType::kInt64>,
     .kernel = hypergeometric_kernel,
     .vjp = kNoGradient,
     .vmap = keyed_vmap,
     .samples = {.low = 9,
                 .high = 15,
                 .shapes = "2;3;3;3",
                 .attrs = "shape=(3,)",
                 .dtypes = "uint64,int64,int64,int64"},
     .traits = kDear,
     .flops = draw_flops,
     .harmless = ",=1,=1,=1"},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> distribution_ops() { return kOps; }

}  // namespace numest
