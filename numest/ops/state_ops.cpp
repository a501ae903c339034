// Ops that mark state: the graph stays pure, whoever compiles a step turns
// the marks into outputs (see numest/train/program.h).
#include <algorithm>

#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

constexpr ParamDef kAssign[] = {{"value"}, {"variable", Kind::kString, "''"}};
constexpr ParamDef kGroup[] = {{"inputs", Kind::kArrays}};

void first_input_kernel(const KernelContext& c) { c.out() = c.in(0); }

constexpr ParamDef kCheck[] = {{"x"},
                               {"low", Kind::kFloat},
                               {"high", Kind::kFloat},
                               {"what", Kind::kString, "'value'"}};

// Reads every element once; NaN lies outside of every range. No view: views
// are laid out without looking at the data.
template <class T>
void check_values(const KernelContext& c, const Array& values) {
  const double low = c.attrs.real("low"), high = c.attrs.real("high");
  for (const T& value : values.span<T>()) {
    const auto v = static_cast<double>(value);
    NUMEST_USER_CHECK(v >= low && v <= high, ValueError,
                      "{} out of range: got {}, expected {} to {}",
                      c.attrs.text("what"), v, low, high);
  }
}

// Labels of training steps come here: no copy of the usual types.
void check_range_kernel(const KernelContext& c) {
  const Array values = c.in(0).contiguous();
  switch (values.dtype()) {
    case DType::kInt32:
      check_values<int32_t>(c, values);
      break;
    case DType::kInt64:
      check_values<int64_t>(c, values);
      break;
    case DType::kFloat32:
      check_values<float>(c, values);
      break;
    default:
      check_values<double>(c, values.astype(DType::kFloat64));
  }
  c.out().assign(c.in(0));
}

constexpr ParamDef kRefuse[] = {{"x"}, {"why", Kind::kString}};

void refuse_kernel(const KernelContext& c) {
  const Array values = c.in(0).contiguous();
  for (const bool refused : values.span<bool>())
    NUMEST_USER_CHECK(!refused, ValueError, "raised by {}",
                      c.attrs.text("why"));
  c.out().assign(c.in(0));
}

constexpr ParamDef kVocabulary[] = {
    {"x"}, {"vocabulary", Kind::kValue}, {"what", Kind::kString, "'value'"}};

void vocabulary_index_kernel(const KernelContext& c) {
  const auto words = c.attrs.get<std::shared_ptr<const Array>>("vocabulary")
                         ->to_vector<Bytes>();
  const Array x = c.in(0).contiguous();
  int64_t* out = c.out().data<int64_t>();
  for (int64_t i = 0; i < x.size(); ++i) {
    const Bytes& word = x.data<Bytes>()[i];
    const auto it = std::find(words.begin(), words.end(), word);
    NUMEST_USER_CHECK(it != words.end(), ValueError,
                      "{} not in vocabulary: got '{}', expected one of {} "
                      "entries from '{}' to '{}'",
                      c.attrs.text("what"), word, words.size(), words.front(),
                      words.back());
    out[i] = it - words.begin();
  }
}

void group_kernel(const KernelContext& c) { *c.out().data<bool>() = true; }

// All elements wait for what any of them depends on.
std::vector<Tensor> vmap_dependencies(const VmapContext& c) {
  std::vector<Tensor> inputs(c.inputs.begin(), c.inputs.end());
  inputs[0] = batched_input(c, 0);
  return call(c.op, std::move(inputs), c.attrs);
}

// Only the first input takes part in the value.
std::vector<Tensor> first_input_vjp(const VjpContext& c) {
  std::vector<Tensor> result(c.inputs.size());
  result[0] = c.cotangent();
  return result;
}

constexpr OpDef kOps[] = {
    {.name = "assign",
     .doc = "The value, marked as the next value of a variable.",
     .params = kAssign,
     .type = same_type,
     .kernel = first_input_kernel,
     .vjp = first_input_vjp,
     .vmap = vmap_elementwise,
     .samples = {.attrs = "variable='v'"},
     .traits = kView | kImpure},
    {.name = "group",
     .doc = "True, once all inputs are computed.",
     .params = kGroup,
     .type = [](const TypeContext&) -> Types {
       return TensorSpec{DType::kBool, Shape{}};
     },
     .kernel = group_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_loop,
     .traits = kImpure},
    {.name = "check_range",
     .doc = "The input; an element outside of [low, high] is an error.",
     .params = kCheck,
     .type = same_type,
     .kernel = check_range_kernel,
     .vjp = first_input_vjp,
     .vmap = vmap_elementwise,
     .samples = {.attrs = "low=-100.0, high=100.0"},
     .traits = kImpure,
     .harmless = "0"},
    {.name = "refuse",
     .doc = "The input, bools; a true one is an error that says why.",
     .params = kRefuse,
     .type = [](const TypeContext& c) -> Types {
       NUMEST_USER_CHECK(c.in(0).dtype == DType::kBool, TypeError,
                         "refuse: x: got dtype {}, expected bool",
                         name(c.in(0).dtype));
       return c.in(0);
     },
     .kernel = refuse_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_same,
     .samples =
         {.low = 0, .high = 0.5, .attrs = "why='x > 1'", .dtypes = "bool"},
     .traits = kImpure},
    {.name = "vocabulary_index",
     .doc = "Position of each string in a vocabulary; others are an error.",
     .params = kVocabulary,
     .type = [](const TypeContext& c) -> Types {
       NUMEST_USER_CHECK(c.in(0).dtype == DType::kBytes, TypeError,
                         "vocabulary_index: got dtype {}, expected strings",
                         name(c.in(0).dtype));
       return TensorSpec{DType::kInt64, c.in(0).shape};
     },
     .kernel = vocabulary_index_kernel,
     .vjp = kNoGradient,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = "bytes"}},
    {.name = "with_dependencies",
     .doc = "The first input, once all others are computed.",
     .params = kGroup,
     .type = same_type,
     .kernel = first_input_kernel,
     .vjp = first_input_vjp,
     .vmap = vmap_dependencies,
     .samples = {.shapes = "3,4"},
     .traits = kView | kImpure},
};
static_assert(documented(kOps), "every op has a sentence");

}  // namespace

std::span<const OpDef> state_ops() { return kOps; }

}  // namespace numest
