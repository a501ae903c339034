// Every op of the table, compiled: alone, and over a batch whose extent the
// compiler does not know.
#include <gtest/gtest.h>

#include "numest/graph/evaluate.h"
#include "numest/ops/table_samples.h"
#include "numest/runtime/executable.h"
#include "numest/transforms/vmap.h"

namespace numest {
namespace {

using Arrays = std::vector<Array>;

bool needs_own_test(const OpDef& op) {
  for (const ParamDef& p : op.params)
    if (p.kind == Kind::kGraph || p.kind == Kind::kFunction ||
        (p.kind == Kind::kValue && p.default_value.empty()))
      return true;
  return false;
}

Graph graph_of_call(const OpSample& s) {
  Graph graph;
  graph.name = std::string(s.op->name);
  for (const Array& a : s.inputs)
    graph.inputs.push_back(parameter({a.dtype(), a.shape()}));
  graph.outputs = make_node(*s.op, graph.inputs, s.attrs);
  return graph;
}

void expect_equal(const Arrays& got, const Arrays& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got[i].dtype(), want[i].dtype());
    ASSERT_EQ(got[i].shape(), want[i].shape());
    EXPECT_TRUE(allclose(got[i], want[i], 1e-6, 1e-6))
        << got[i].to_string() << "\nexpected\n"
        << want[i].to_string();
  }
}

template <class F>
void for_each_sample(F&& check) {
  for (const OpDef* op : all_ops()) {
    if (needs_own_test(*op)) continue;
    for (const OpSample& s : samples_of(*op)) {
      SCOPED_TRACE(s.to_string());
      try {
        check(s);
      } catch (const std::exception& e) {
        ADD_FAILURE() << e.what();
      }
    }
  }
}

TEST(CompiledOp, GivesWhatTheKernelGives) {
  for_each_sample([](const OpSample& s) {
    const Executable program = compile(graph_of_call(s));
    const Arrays want = compute(*s.op, s.inputs, s.attrs);
    for (int run = 0; run < 2; ++run) expect_equal(program.run(s.inputs), want);
  });
}

// Rows repeat the sample: each row of the result is the sample's result.
TEST(CompiledOp, MapsABatchOfUnknownExtent) {
  for_each_sample([](const OpSample& s) {
    if (s.inputs.empty()) return;
    Arrays want = compute(*s.op, s.inputs, s.attrs), blocks;
    if (s.op->is(kDataShape)) return;  // rows of several extents
    const Executable program = compile(vmap_graph(graph_of_call(s)));
    for (const Array& a : s.inputs) {
      Shape shape = a.shape();
      shape.insert(0, 3);
      blocks.push_back(a.broadcast_to(shape).copy());
    }
    for (Array& a : want) {
      Shape shape = a.shape();
      shape.insert(0, 3);
      a = a.broadcast_to(shape);
    }
    expect_equal(program.run(blocks), want);
  });
}

}  // namespace
}  // namespace numest
