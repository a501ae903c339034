// The table entry of `fused`.
#include "numest/passes/fused.h"

#include "numest/ops/rules.h"

namespace numest {

namespace {

using Program = std::shared_ptr<const ForeignFunction>;

constexpr ParamDef kFused[] = {{"inputs", Kind::kArrays},
                               {"graph", Kind::kGraph},
                               {"program", Kind::kFunction}};

Types fused_type(const TypeContext& c) {
  Types types;
  for (TensorSpec& spec : fused_program(c.attrs).output_types(c.inputs))
    types.push_back(std::move(spec));
  return types;
}

std::vector<Tensor> fused_vjp(const VjpContext&) {
  NUMEST_CHECK(false, "derivatives are taken before fusing");
  return {};
}

constexpr OpDef kFusedOp = {
    .name = "fused",
    .doc = "A chain of elementwise ops, computed tile by tile.",
    .params = kFused,
    .type = fused_type,
    .kernel = {[](const KernelContext& c) {
                 fused_program(c.attrs).run(c.inputs, c.outputs);
               },
               [](const KernelContext& c) {
                 return fused_program(c.attrs).bind(c.inputs, c.outputs);
               }},
    .vjp = fused_vjp,
    .vmap = vmap_elementwise,
    .flops =
        [](const KernelContext& c) {
          return int64_t(fused_program(c.attrs).num_steps()) * c.out().size();
        },
};

}  // namespace

const OpDef& fused_op() { return kFusedOp; }

const TileProgram& fused_program(const Attrs& attrs) {
  return static_cast<const TileProgram&>(*attrs.get<Program>("program"));
}

std::vector<Tensor> make_fused(std::shared_ptr<const Graph> body,
                               std::vector<Tensor> inputs) {
  Program program = std::make_shared<const TileProgram>(*body);
  return make_node(kFusedOp, std::move(inputs),
                   {{"graph", std::move(body)}, {"program", program}});
}

}  // namespace numest
