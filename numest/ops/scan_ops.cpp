// Scans: a graph on the rows of arrays, one after the other. Derivatives of
// loops are made of them; their own is a scan in the other direction.
#include <algorithm>

#include "numest/ops/control.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/graph_rules.h"
#include "numest/ops/loop_gradient.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kScan[] = {{"operands", Kind::kArrays},
                              {"body", Kind::kGraph},
                              {"num_shared", Kind::kInt},
                              {"num_carried", Kind::kInt},
                              {"reverse", Kind::kBool, "False"}};

struct Scan {
  const std::shared_ptr<const Graph>& body;
  size_t num_shared, num_carried;
  bool reverse;
  explicit Scan(const Attrs& attrs)
      : body(graph_of(attrs, "body")),
        num_shared(size_t(attrs.integer("num_shared"))),
        num_carried(size_t(attrs.integer("num_carried"))),
        reverse(attrs.flag("reverse")) {}
  /// Position of the first operand that has rows; all behind have, too.
  size_t first_rows() const { return num_shared + num_carried; }
};

Types scan_type(const TypeContext& c) {
  const Scan scan(c.attrs);
  NUMEST_CHECK(scan.first_rows() < c.inputs.size(), "a scan over nothing");
  std::vector<TensorSpec> specs(c.inputs.begin(), c.inputs.end());
  const int64_t extent = specs.back().shape[0];
  for (size_t i = scan.first_rows(); i < specs.size(); ++i)
    specs[i].shape.erase(0);
  Types types;
  for (TensorSpec& spec : graph_types(*scan.body, specs, "scan")) {
    if (types.size() < scan.num_carried)
      spec = c.in(scan.num_shared + types.size());
    else
      spec.shape.insert(0, extent);
    types.push_back(std::move(spec));
  }
  return types;
}

void scan_kernel(const KernelContext& c) {
  const Scan scan(c.attrs);
  const auto carried = int64_t(scan.num_carried);
  const int64_t extent = c.inputs.back().shape()[0];
  const Tensors& results = scan.body->outputs;
  std::vector<Array> inputs(c.inputs.begin(), c.inputs.end()), blocks;
  for (int64_t k = 0; k < extent; ++k) {
    const int64_t at = scan.reverse ? extent - 1 - k : k;
    for (size_t i = scan.first_rows(); i < inputs.size(); ++i)
      inputs[i] = c.in(i).index(0, at);
    const auto values = evaluate_graph(scan.body, inputs);
    std::copy_n(values.begin(), carried,
                inputs.begin() + int64_t(scan.num_shared));
    for (size_t i = scan.num_carried; i < values.size(); ++i) {
      if (k == 0)
        blocks.push_back(block_of_rows(results[i].spec(), extent, &values[i]));
      const Array& block = blocks[i - scan.num_carried];
      check_row(c, block, values[i], at);
      block.index(0, at).assign(values[i]);
    }
  }
  for (size_t i = scan.num_carried; extent == 0 && i < results.size(); ++i)
    blocks.push_back(block_of_rows(results[i].spec(), 0, nullptr));
  std::vector<Array> all(inputs.begin() + int64_t(scan.num_shared),
                         inputs.begin() + int64_t(scan.first_rows()));
  all.insert(all.end(), blocks.begin(), blocks.end());
  deliver_all(c, all);
}

// The body, which also gives what was carried before.
Graph with_states(const Scan& s) {
  Graph graph = with_inputs_like(*s.body, "record");
  graph.outputs = inline_graph(*s.body, graph.inputs);
  graph.outputs.resize(s.num_carried);
  for (size_t i = s.num_shared; i < s.first_rows(); ++i)
    graph.outputs.push_back(graph.inputs[i]);
  return graph;
}

// Shared operands; cotangents of what is carried, sums of those of shared
// operands; rows: what was carried, of operands, of cotangents of results.
Graph scan_back(const Scan& s) {
  const Graph vjp = *graph_vjp(*s.body);
  Graph graph = with_inputs_like(vjp, "back");
  const Tensors inputs = graph.inputs;
  const auto part = [&](const Tensors& all, size_t begin, size_t count) {
    return Tensors(all.begin() + int64_t(begin),
                   all.begin() + int64_t(begin + count));
  };
  const size_t num_operands = s.body->inputs.size(), carried = s.num_carried;
  const Tensors found = inline_graph(vjp, inputs);
  graph.inputs = part(inputs, 0, s.num_shared);
  graph.outputs = part(found, s.num_shared, carried);
  for (const Tensor& t : part(inputs, num_operands, carried))
    graph.inputs.push_back(t);
  for (size_t i = 0; i < s.num_shared; ++i) {
    const Tensor sum = parameter(inputs[i].spec(), "sum");
    graph.inputs.push_back(sum);
    graph.outputs.push_back(
        is_inexact(sum.dtype()) ? emit("add", {sum, found[i]}) : sum);
  }
  for (size_t i = s.num_shared; i < inputs.size(); ++i)
    if (i < num_operands || i >= num_operands + carried)
      graph.inputs.push_back(inputs[i]);
  for (size_t i = s.first_rows(); i < num_operands; ++i)
    graph.outputs.push_back(found[i]);
  return graph;
}

Tensors scan_vjp(const VjpContext& c) {
  const Scan s(c.attrs);
  const auto shared = c.inputs.begin() + int64_t(s.num_shared);
  const auto rows = c.inputs.begin() + int64_t(s.first_rows());
  const Tensors constants(c.inputs.begin(), shared),
      operands(rows, c.inputs.end());
  const Tensors states =
      scan(constants, {shared, rows}, operands, with_states(s), s.reverse);
  const Tensors given = with_cotangents(c, {});
  const auto split = given.begin() + int64_t(s.num_carried);
  Tensors carried(given.begin(), split);
  for (const Tensor& t : constants)
    carried.push_back(is_inexact(t.dtype()) ? emit("zeros_like", {t}) : t);
  Tensors all_rows(states.begin() + int64_t(s.num_carried), states.end());
  all_rows.insert(all_rows.end(), operands.begin(), operands.end());
  all_rows.insert(all_rows.end(), split, given.end());
  Tensors found = scan(constants, carried, all_rows, scan_back(s), !s.reverse);
  std::rotate(found.begin(), found.begin() + int64_t(s.num_carried),
              found.begin() + int64_t(s.first_rows()));
  return only_inexact(c.inputs, std::move(found));
}

constexpr OpDef kOps[] = {
    {.name = "scan",
     .doc = "Runs a graph on each row of the last operands, one after the "
            "other, with variables that it carries from row to row.",
     .params = kScan,
     .type = scan_type,
     .kernel = scan_kernel,
     .vjp = scan_vjp,
     .vmap = vmap_rows,
     .traits = kDear},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> scan_ops() { return kOps; }

}  // namespace numest
