// Calls of functions outside of the program, and derivatives that are given
// beside it.
#include <algorithm>

#include "numest/ops/control.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/graph_rules.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kPythonCall[] = {{"operands", Kind::kArrays},
                                    {"function", Kind::kFunction}};

constexpr ParamDef kCustomGradient[] = {{"operands", Kind::kArrays},
                                        {"num_values", Kind::kInt},
                                        {"gradient", Kind::kGraph}};

// --- python_call ---
Types python_type(const TypeContext& c) {
  const auto& f =
      c.attrs.get<std::shared_ptr<const ForeignFunction>>("function");
  Types types;
  for (TensorSpec& t : f->output_types(c.inputs)) types.push_back(std::move(t));
  return types;
}

void python_kernel(const KernelContext& c) {
  const auto& f =
      c.attrs.get<std::shared_ptr<const ForeignFunction>>("function");
  const auto values = f->call(c.inputs);
  NUMEST_USER_CHECK(values.size() == c.outputs.size(), ValueError,
                    "{}: the function gave {} arrays, expected {}", f->name(),
                    values.size(), c.outputs.size());
  deliver_all(c, values);
}

// --- custom_gradient ---
// Operands: the values, the arguments, what the derivative captured.
size_t num_values(const Attrs& attrs) {
  return size_t(attrs.get<int64_t>("num_values"));
}

Types custom_gradient_type(const TypeContext& c) {
  Types types;
  for (size_t i = 0; i < num_values(c.attrs); ++i) types.push_back(c.in(i));
  return types;
}

void custom_gradient_kernel(const KernelContext& c) {
  for (size_t i = 0; i < num_values(c.attrs); ++i) deliver(c, i, c.in(i));
}

Tensors custom_gradient_vjp(const VjpContext& c) {
  const Graph& gradient = *graph_of(c.attrs, "gradient");
  const size_t first = num_values(c.attrs), count = gradient.outputs.size();
  Tensors inputs = with_cotangents(c, {});
  const auto captured = c.inputs.subspan(first + count);
  inputs.insert(inputs.end(), captured.begin(), captured.end());
  const Tensors found = only_inexact(c.inputs.subspan(first, count),
                                     inline_graph(gradient, inputs));
  Tensors result(c.inputs.size());
  std::copy(found.begin(), found.end(), result.begin() + int64_t(first));
  return result;
}

Tensors custom_gradient_vmap(const VmapContext& c) {
  const Graph& gradient = *graph_of(c.attrs, "gradient");
  const std::vector<bool> all(gradient.inputs.size(), true);
  return call(c.op, batched_inputs(c),
              with(c.attrs, "gradient", graph_vmap(gradient, all)));
}

constexpr OpDef kOps[] = {
    {.name = "python_call",
     .doc = "Calls a function outside of the program.",
     .params = kPythonCall,
     .type = python_type,
     .kernel = python_kernel,
     .vjp = unknown_gradient,
     .vmap = vmap_rows,
     .traits = kImpure},
    {.name = "custom_gradient",
     .doc = "The first operands, with a graph as their derivative.",
     .params = kCustomGradient,
     .type = custom_gradient_type,
     .kernel = custom_gradient_kernel,
     .vjp = custom_gradient_vjp,
     .vmap = custom_gradient_vmap},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> foreign_ops() { return kOps; }

}  // namespace numest
