// The tests of every op: loops over the tables. An op's own facts (values of
// NumPy) are tested from Python by the table's `reference`; here its rules
// are compared with each other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>

#include "numest/graph/evaluate.h"
#include "numest/ops/functions.h"
#include "numest/ops/table_samples.h"

namespace numest {
namespace {

using Arrays = std::vector<Array>;

// Ops of sub-graphs, functions and fixed arrays have their own tests.
bool is_tested_here(const OpDef& op) {
  for (const ParamDef& p : op.params) {
    const bool is_function =
        p.kind == Kind::kGraph || p.kind == Kind::kFunction;
    const bool is_fixed_array =
        p.kind == Kind::kValue && p.default_value.empty();
    if (is_function || is_fixed_array) return false;
  }
  return true;
}

template <class F>
void for_each_sample(F&& check) {
  for (const OpDef* op : all_ops()) {
    if (!is_tested_here(*op)) continue;
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

Arrays run(const OpSample& s) { return compute(*s.op, s.inputs, s.attrs); }

void expect_close(const Arrays& got, const Arrays& want, double tolerance) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].dtype(), want[i].dtype());
    ASSERT_EQ(got[i].shape(), want[i].shape())
        << got[i].shape().to_string() << want[i].shape().to_string();
    EXPECT_TRUE(allclose(got[i], want[i], tolerance, tolerance))
        << got[i].to_string() << "\nexpected\n"
        << want[i].to_string();
  }
}

double tolerance_of(const OpSample& s) {
  double tolerance = 1e-6;
  for (const Array& a : s.inputs)
    if (a.dtype() == DType::kFloat16) tolerance = 1e-2;
  return tolerance;
}

TEST(OpTable, EveryDocIsOneSentence) {
  for (const OpDef* op : all_ops()) {
    ASSERT_FALSE(op->doc.empty()) << op->name;
    EXPECT_EQ(op->doc.back(), '.') << op->name;
    EXPECT_FALSE(std::isspace(op->doc.front())) << op->name;
  }
}

TEST(OpTable, EveryOpHasSamples) {
  for (const OpDef* op : all_ops())
    if (is_tested_here(*op)) {
      EXPECT_FALSE(samples_of(*op).empty()) << op->name;
    }
}

TEST(OpTable, DefaultsParse) {
  for (const OpDef* op : all_ops())
    for (const ParamDef& p : op->params)
      if (!p.default_value.empty()) {
        EXPECT_NO_THROW(parse_literal(p.default_value, p.kind))
            << op->name << " " << p.name;
      }
}

TEST(OpTable, TypeRuleAgreesWithKernel) {
  for_each_sample([](const OpSample& s) {
    std::vector<TensorSpec> specs;
    for (const Array& a : s.inputs) specs.push_back({a.dtype(), a.shape()});
    const Types types = s.op->type(TypeContext{*s.op, specs, s.attrs});
    const Arrays out = run(s);
    ASSERT_EQ(out.size(), types.size());
    for (size_t i = 0; i < out.size(); ++i) {
      EXPECT_EQ(out[i].dtype(), types[i].dtype);
      if (types[i].shape.is_known()) {
        EXPECT_EQ(out[i].shape(), types[i].shape);
      }
    }
  });
}

bool has_only_arrays(const OpDef& op) {
  return std::all_of(op.params.begin(), op.params.end(),
                     [](const ParamDef& p) { return p.kind == Kind::kArray; });
}

// Of copies, which are gone when the result is looked at.
Tensor call_with_copies(const OpSample& s) {
  std::vector<Tensor> inputs;
  for (const Array& a : s.inputs) inputs.push_back(a.copy());
  std::vector<const Tensor*> pointers;
  for (const Tensor& t : inputs) pointers.push_back(&t);
  return call_arrays(*s.op, pointers);
}

TEST(OpTable, CallsOfArraysAloneGiveWhatCallsOfListsGive) {
  int num_compared = 0;
  for_each_sample([&](const OpSample& s) {
    if (!has_only_arrays(*s.op) || s.op->is(kManyOutputs)) return;
    const std::vector<Tensor> inputs(s.inputs.begin(), s.inputs.end());
    const auto want = call(*s.op, inputs);
    if (want.size() != 1) return;
    const Tensor got = call_with_copies(s);
    EXPECT_TRUE(array_equal(got.numpy(), want[0].numpy()));
    ++num_compared;
  });
  EXPECT_GT(num_compared, 500);
}

// The graph of one call whose first extents above 1 are symbols.
Graph symbolic_graph(const OpSample& s) {
  std::vector<std::pair<int64_t, int64_t>> symbols;  // extent, symbol
  auto symbol_of = [&](int64_t extent) {
    for (auto& [known, symbol] : symbols)
      if (known == extent) return symbol;
    symbols.emplace_back(extent, fresh_extent());
    return symbols.back().second;
  };
  Graph graph;
  for (const Array& a : s.inputs) {
    TensorSpec spec{a.dtype(), a.shape()};
    if (a.ndim() > 0 && a.shape()[0] > 1)
      spec.shape[0] = symbol_of(a.shape()[0]);
    graph.inputs.push_back(parameter(spec));
  }
  graph.outputs = make_node(*s.op, graph.inputs, s.attrs);
  return graph;
}

TEST(OpTable, SymbolicExtentsChangeNoValue) {
  for_each_sample([](const OpSample& s) {
    if (s.inputs.empty()) return;
    Graph graph;
    try {
      graph = symbolic_graph(s);
    } catch (const UserError&) {
      return;  // the op says that it needs known extents
    }
    expect_close(evaluate(graph, s.inputs), run(s), 0);
  });
}

// The same values, every second element of a larger buffer, reversed.
Array strided_copy(const Array& a) {
  if (a.ndim() == 0) return a;
  Shape wide = a.shape();
  const int last = a.ndim() - 1;
  wide[last] = 2 * wide[last];
  const Array buffer = Array::zeros(a.dtype(), wide);
  std::vector<Slice> slices(static_cast<size_t>(a.ndim()));
  slices.back() = Slice{{}, {}, -2};
  Array view = buffer.slice(slices);
  view.assign(a);
  return view;
}

TEST(OpTable, StridedInputsChangeNoValue) {
  for_each_sample([](const OpSample& s) {
    OpSample strided = s;
    for (Array& a : strided.inputs) a = strided_copy(a);
    expect_close(run(strided), run(s), tolerance_of(s));
  });
}

TEST(OpTable, BroadcastInputsChangeNoValue) {
  for_each_sample([](const OpSample& s) {
    OpSample repeated = s, copied = s;
    for (size_t i = 0; i < s.inputs.size(); ++i) {
      const Array& a = s.inputs[i];
      if (a.size() == 0 || a.ndim() == 0) continue;
      repeated.inputs[i] = a.rows(0, 1).broadcast_to(a.shape());
      copied.inputs[i] = repeated.inputs[i].copy();
    }
    expect_close(run(repeated), run(copied), tolerance_of(s));
  });
}

TEST(OpTable, NanAndInfinityPassOrAreRefused) {
  const double special[] = {std::nan(""), HUGE_VAL, -HUGE_VAL, -0.0};
  for (const OpDef* op : all_ops()) {
    if (!is_tested_here(*op)) continue;
    for (OpSample s : float64_samples_of(*op)) {
      SCOPED_TRACE(s.to_string());
      for (Array& a : s.inputs) {
        if (a.dtype() != DType::kFloat64) continue;
        a = a.copy();
        double* x = a.data<double>();
        for (int64_t i = 0; i < a.size(); ++i) x[i] = special[i % 4];
      }
      try {
        run(s);
      } catch (const UserError&) {
        // An op may refuse such values with a message.
      } catch (const std::exception& e) {
        ADD_FAILURE() << e.what();
      }
    }
  }
}

// --- Derivatives ---

bool is_differentiable(const TensorSpec& spec) {
  return spec.dtype == DType::kFloat64 || spec.dtype == DType::kComplex128;
}

struct VjpCase {
  Graph graph;  // inputs, then cotangents of differentiable outputs
  Arrays arguments;
  std::vector<size_t> wrt;  // input of each output of `graph`
  Arrays cotangents;        // per output; 0 elements where there is none
};

VjpCase make_vjp_case(const OpSample& s) {
  VjpCase v;
  v.arguments = s.inputs;
  for (const Array& a : s.inputs)
    v.graph.inputs.push_back(parameter({a.dtype(), a.shape()}));
  const std::vector<Tensor> inputs = v.graph.inputs;
  const std::vector<Tensor> outputs = make_node(*s.op, inputs, s.attrs);
  std::vector<Tensor> cotangents(outputs.size());
  std::mt19937 random(11);
  const Arrays values = run(s);
  for (size_t i = 0; i < outputs.size(); ++i) {
    v.cotangents.push_back(Array(DType::kFloat64, Shape{0}));
    if (!is_differentiable(outputs[i].spec())) continue;
    const DType dtype =
        is_complex(values[i].dtype()) ? DType::kComplex128 : DType::kFloat64;
    v.cotangents[i] = random_array(*s.op, dtype, values[i].shape(), random);
    cotangents[i] = parameter({dtype, values[i].shape()});
    v.graph.inputs.push_back(cotangents[i]);
    v.arguments.push_back(v.cotangents[i]);
  }
  const auto grads =
      s.op->vjp(VjpContext{*s.op, inputs, outputs, cotangents, s.attrs});
  EXPECT_EQ(grads.size(), inputs.size());
  for (size_t i = 0; i < grads.size(); ++i) {
    if (grads[i].is_empty() || !is_differentiable(inputs[i].spec())) continue;
    EXPECT_EQ(grads[i].spec(), inputs[i].spec()) << "type of the cotangent";
    v.graph.outputs.push_back(grads[i]);
    v.wrt.push_back(i);
  }
  return v;
}

// Real part of <cotangents, op(inputs)>.
double paired(const OpSample& s, const Arrays& cotangents) {
  const Arrays out = run(s);
  double total = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    if (cotangents[i].size() == 0) continue;
    const auto x = out[i].to_vector<Complex128>();
    const auto g = cotangents[i].to_vector<Complex128>();
    for (size_t k = 0; k < x.size(); ++k) total += (x[k] * g[k]).real();
  }
  return total;
}

// By part k of an input: complex elements have two, real and imaginary.
double slope(const OpSample& s, const VjpCase& v, size_t input, size_t k) {
  const double step = 1e-6;
  OpSample moved = s;
  moved.inputs[input] = s.inputs[input].copy();
  double& x = reinterpret_cast<double*>(moved.inputs[input].raw())[k];
  const double before = x;
  x = before + step;
  const double above = paired(moved, v.cotangents);
  x = before - step;
  return (above - paired(moved, v.cotangents)) / (2 * step);
}

std::vector<OpSample> double_samples_of(const OpDef& op) {
  std::vector<OpSample> result = samples_of(op);
  std::erase_if(result, [](const OpSample& s) {
    return std::ranges::none_of(s.inputs, [](const Array& a) {
      return a.dtype() == DType::kFloat64 || a.dtype() == DType::kComplex128;
    });
  });
  return result;
}

bool has_double_output(const OpSample& s) {
  for (const Array& a : run(s))
    if (a.dtype() == DType::kFloat64 || a.dtype() == DType::kComplex128)
      return true;
  return false;
}

// What `slope` should be: the cotangent g of x + iy pairs as Re(g (x + iy)).
std::vector<double> parts_of(const Array& g) {
  if (!is_complex(g.dtype())) return g.to_vector<double>();
  std::vector<double> parts;
  for (const Complex128& each : g.to_vector<Complex128>()) {
    parts.push_back(each.real());
    parts.push_back(-each.imag());
  }
  return parts;
}

void check_gradient(const OpSample& s) {
  if (!has_double_output(s)) return;
  const VjpCase v = make_vjp_case(s);
  const Arrays grads = evaluate(v.graph, v.arguments);
  for (size_t i = 0; i < grads.size(); ++i) {
    const auto got = parts_of(grads[i]);
    for (size_t k = 0; k < got.size(); ++k) {
      const double want = slope(s, v, v.wrt[i], k);
      EXPECT_NEAR(got[k], want, 1e-4 * (1 + std::abs(want)))
          << "input " << v.wrt[i] << ", element " << k;
    }
  }
}

TEST(OpTable, VjpAgreesWithCentralDifferences) {
  for (const OpDef* op : all_ops()) {
    if (op->vjp == kNoGradient || !is_tested_here(*op)) continue;
    const auto samples = double_samples_of(*op);
    EXPECT_FALSE(samples.empty()) << op->name;
    for (const OpSample& s : samples) {
      SCOPED_TRACE(s.to_string());
      try {
        check_gradient(s);
      } catch (const std::exception& e) {
        ADD_FAILURE() << e.what();
      }
    }
  }
}

// --- Blocks ---

// `count` different arrays like `a` under a new first axis.
Array block_like(const Array& a, int64_t count) {
  Shape shape = a.shape();
  shape.insert(0, count);
  Array block(a.dtype(), shape);
  for (int64_t i = 0; i < count; ++i) {
    const Array row = block.index(0, i);
    row.assign(a);
    if (a.ndim() == 0 || a.size() == 0 || a.dtype() == DType::kBytes) continue;
    std::vector<Slice> reversed(size_t(a.ndim()));
    if (i % 2 == 1) reversed.back().step = -1;
    row.assign(a.slice(reversed));
  }
  return block;
}

void check_vmap(const OpSample& s, uint32_t mask) {
  const int64_t count = 3;
  const size_t n = s.inputs.size();
  auto batched = std::make_unique<bool[]>(n + 1);
  std::vector<Tensor> blocks;
  for (size_t i = 0; i < n; ++i) {
    batched[i] = ((mask >> i) & 1) != 0;
    blocks.push_back(batched[i] ? block_like(s.inputs[i], count) : s.inputs[i]);
  }
  const auto got = s.op->vmap(VmapContext{
      *s.op, blocks, std::span<const bool>(batched.get(), n), s.attrs});
  for (int64_t i = 0; i < count; ++i) {
    OpSample row = s;
    for (size_t k = 0; k < n; ++k)
      if (batched[k]) row.inputs[k] = blocks[k].numpy().index(0, i);
    Arrays rows;
    for (const Tensor& t : got) rows.push_back(t.numpy().index(0, i));
    expect_close(rows, run(row), tolerance_of(s));
  }
}

TEST(OpTable, VmapAgreesWithLoop) {
  for_each_sample([](const OpSample& s) {
    const auto n = static_cast<uint32_t>(s.inputs.size());
    if (n == 0) return;
    try {
      check_vmap(s, (1u << n) - 1);
      for (uint32_t i = 0; n > 1 && i < n; ++i) check_vmap(s, 1u << i);
    } catch (const NotSupportedError&) {  // extents that depend on data
    }
  });
}

}  // namespace
}  // namespace numest
