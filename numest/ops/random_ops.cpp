// Keyed draws. Equal keys give equal values; an array of keys gives one block
// of values for each, equal to what the key alone would give: element j of a
// key's block depends on (key, j) only.
#include <cstring>

#include "numest/kernels/random.h"
#include "numest/ops/families.h"
#include "numest/ops/keyed.h"
#include "numest/ops/positions.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kFloatDraw[] = {
    {"key"}, {"shape", Kind::kShape, "()"}, {"dtype", Kind::kDType, "float32"}};
constexpr ParamDef kBits[] = {
    {"key"}, {"shape", Kind::kShape, "()"}, {"dtype", Kind::kDType, "uint32"}};
constexpr ParamDef kIntegers[] = {{"key"},
                                  {"low"},
                                  {"high"},
                                  {"shape", Kind::kShape, "()"},
                                  {"dtype", Kind::kDType, "int64"}};
constexpr ParamDef kPermutation[] = {{"key"}, {"n", Kind::kShape}};
constexpr ParamDef kFoldIn[] = {{"key"}, {"data"}};

// The j-th 64-bit word of a key's stream.
uint64_t word64(Key key, uint64_t j) {
  const auto block = philox(key, j / 2);
  const size_t at = j % 2 * 2;
  return (uint64_t{block[at]} << 32) | block[at + 1];
}

// Maps 64 random bits to [0, range); the bias is below range / 2^64.
uint64_t below(uint64_t bits, uint64_t range) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<uint64_t>((Wide{bits} * range) >> 64);
}

// Words of an input that is as large as the output, or one for all: such
// inputs are read where they lie.
class Words {
 public:
  Words(const Array& a, const Shape& shape) {
    const bool is_word =
        a.dtype() == DType::kUInt64 || a.dtype() == DType::kInt64;
    is_one_ = a.size() == 1;
    array_ = is_one_ || a.shape() == shape ? a : a.broadcast_to(shape);
    if (!is_word) array_ = array_.astype(DType::kUInt64);
    array_ = array_.contiguous();
  }
  uint64_t operator[](int64_t i) const {
    uint64_t word;
    std::memcpy(&word, array_.raw() + (is_one_ ? 0 : i) * 8, sizeof word);
    return word;
  }

 private:
  Array array_;
  bool is_one_;
};

Types draw_type(const TypeContext& c) {
  return TensorSpec{c.attrs.get<DType>("dtype"),
                    keyed_shape(c, c.attrs.get<Shape>("shape"))};
}

Types float_draw_type(const TypeContext& c) {
  const DType dtype = c.attrs.get<DType>("dtype");
  NUMEST_USER_CHECK(is_float(dtype), TypeError,
                    "{}: got dtype {}, expected a floating dtype", c.op.name,
                    name(dtype));
  return draw_type(c);
}

using FloatFill = void (*)(Key, DType, uint64_t, void*, int64_t);

// One block for each key.
template <FloatFill kFill>
void float_draw_kernel(const KernelContext& c) {
  const auto keys = c.in(0).to_vector<uint64_t>();
  if (c.out().size() == 0) return;
  const int64_t n = c.out().size() / int64_t(keys.size());
  std::byte* out = c.out().raw();
  for (uint64_t key : keys) {
    kFill(Key{key}, c.out().dtype(), 0, out, n);
    out += n * c.out().itemsize();
  }
}

template <class F>
void fill_uint64(const KernelContext& c, F&& value) {
  const auto keys = c.in(0).to_vector<uint64_t>();
  if (keys.empty() || c.out().size() == 0) return;
  const Array values(DType::kUInt64, c.out().shape());
  uint64_t* out = values.data<uint64_t>();
  const auto n = uint64_t(values.size()) / keys.size();
  for (uint64_t key : keys)
    for (uint64_t j = 0; j < n; ++j) *out++ = value(Key{key}, j);
  c.out().assign(values);
}

void bits_kernel(const KernelContext& c) {
  fill_uint64(c, [](Key key, uint64_t j) { return word64(key, j); });
}

Tensors draw_vmap(const VmapContext& c) {
  return call(c.op, Tensors(c.inputs.begin(), c.inputs.end()), c.attrs);
}

// --- random_integers ---
Types integers_type(const TypeContext& c) {
  check_integers(c.op, c.in(1).dtype);
  check_integers(c.op, c.in(2).dtype);
  const Types types = draw_type(c);
  check_integers(c.op, types[0].dtype);
  for (size_t i : {size_t{1}, size_t{2}})
    broadcast_shapes(types[0].shape, c.in(i).shape, "random_integers");
  return types;
}

void draw_integers(const KernelContext& c, int64_t* out) {
  const auto keys = c.in(0).contiguous();
  const Shape& shape = c.out().shape();
  const Words low(c.in(1), shape), high(c.in(2), shape);
  const int64_t n = c.out().size() / keys.size();
  for (int64_t i = 0; i < c.out().size(); ++i) {
    const auto from = int64_t(low[i]), to = int64_t(high[i]);
    NUMEST_USER_CHECK(from < to, ValueError,
                      "random_integers: low >= high: got {} and {}", from, to);
    const Key key{keys.data<uint64_t>()[i / n]};
    out[i] =
        int64_t(low[i] + below(word64(key, uint64_t(i % n)), high[i] - low[i]));
  }
}

void integers_kernel(const KernelContext& c) {
  if (c.out().size() == 0) return;
  if (c.out().dtype() == DType::kInt64 && c.out().is_contiguous())
    return draw_integers(c, c.out().data<int64_t>());
  const Array values(DType::kInt64, c.out().shape());
  draw_integers(c, values.data<int64_t>());
  c.out().assign(values);
}

// --- random_permutation ---
Types permutation_type(const TypeContext& c) {
  const Shape& n = c.attrs.get<Shape>("n");
  NUMEST_USER_CHECK(n.ndim() == 1, ValueError,
                    "random_permutation: got n {}, expected one extent",
                    n.to_string());
  return TensorSpec{DType::kInt64, keyed_shape(c, n)};
}

void permutation_kernel(const KernelContext& c) {
  const auto n = uint64_t(c.attrs.get<Shape>("n")[0]);
  fill_uint64(c,
              [n](Key key, uint64_t j) { return permuted_index(key, n, j); });
}

// --- fold_in ---
Types fold_in_type(const TypeContext& c) {
  check_key(c);
  check_integers(c.op, c.in(1).dtype);
  return broadcast_type(c);
}

void fold_in_kernel(const KernelContext& c) {
  const Shape& shape = c.out().shape();
  const Words keys(c.in(0), shape), data(c.in(1), shape);
  uint64_t* out = c.out().data<uint64_t>();
  for (int64_t i = 0; i < c.out().size(); ++i)
    out[i] = fold(Key{keys[i]}, data[i]).value;
}

// Operations for each number drawn, most of them those of the generator.
template <int64_t count>
int64_t draw_flops(const KernelContext& c) {
  return count * c.out().size();
}

constexpr OpDef kOps[] = {
    {.name = "random_uniform",
     .doc = "Draws from [0, 1).",
     .params = kFloatDraw,
     .type = float_draw_type,
     .kernel = float_draw_kernel<kernels::random_uniform>,
     .vjp = kNoGradient,
     .vmap = draw_vmap,
     .samples = {.shapes = "2",
                 .attrs = "shape=(3, 5); shape=(7,), dtype=float64",
                 .dtypes = "uint64"},
     .traits = kDear,
     .flops = draw_flops<25>},
    {.name = "random_normal",
     .doc = "Draws from the standard normal distribution.",
     .params = kFloatDraw,
     .type = float_draw_type,
     .kernel = float_draw_kernel<kernels::random_normal>,
     .vjp = kNoGradient,
     .vmap = draw_vmap,
     .samples = {.shapes = "2",
                 .attrs = "shape=(3, 5); shape=(7,), dtype=float64",
                 .dtypes = "uint64"},
     .traits = kDear,
     .flops = draw_flops<35>},
    {.name = "random_truncated_normal",
     .doc = "Standard normal draws, redrawn until they lie in (-2, 2).",
     .params = kFloatDraw,
     .type = float_draw_type,
     .kernel = float_draw_kernel<kernels::random_truncated_normal>,
     .vjp = kNoGradient,
     .vmap = draw_vmap,
     .samples = {.shapes = "2", .attrs = "shape=(3, 5)", .dtypes = "uint64"},
     .traits = kDear,
     .flops = draw_flops<50>},
    {.name = "random_integers",
     .doc = "Integers drawn from [low, high), which broadcast.",
     .params = kIntegers,
     .type = integers_type,
     .kernel = integers_kernel,
     .vjp = kNoGradient,
     .vmap = keyed_vmap,
     // int32 gives negative numbers, uint64 positive ones.
     .samples = {.low = -5,
                 .high = -1,
                 .shapes = "2;3;1",
                 .attrs = "shape=(3,)",
                 .dtypes = "uint64,int32,uint64"},
     .traits = kDear,
     .flops = draw_flops<70>,
     .harmless = ",=0,=1"},
    {.name = "random_bits",
     .doc = "Integers of random bits.",
     .params = kBits,
     .type = draw_type,
     .kernel = bits_kernel,
     .vjp = kNoGradient,
     .vmap = draw_vmap,
     .samples = {.shapes = "2", .attrs = "shape=(5,)", .dtypes = "uint64"},
     .traits = kDear,
     .flops = draw_flops<10>},
    {.name = "random_permutation",
     .doc = "The numbers from 0 to n - 1 in random order.",
     .params = kPermutation,
     .type = permutation_type,
     .kernel = permutation_kernel,
     .vjp = kNoGradient,
     .vmap = draw_vmap,
     .samples = {.shapes = "2", .attrs = "n=9", .dtypes = "uint64"},
     .traits = kDear,
     .flops = draw_flops<200>},
    {.name = "fold_in",
     .doc = "Keys derived from a key and integers.",
     .params = kFoldIn,
     .type = fold_in_type,
     .kernel = fold_in_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.shapes = "3;2,3", .dtypes = "uint64,int64"}},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> random_ops() { return kOps; }

}  // namespace numest
