// The derivative of every op's derivative, against central differences: for a
// sample x and fixed numbers g, u the scalar s(x) = <u, vjp(op)(x, g)> is
// differentiated by x and by g.
#include <gtest/gtest.h>

#include <cmath>

#include "numest/graph/evaluate.h"
#include "numest/ops/table_samples.h"
#include "numest/transforms/vjp.h"

namespace numest {
namespace {

bool is_real(const TensorSpec& spec) { return spec.dtype == DType::kFloat64; }

// s as a program of the op's inputs and the cotangents of its outputs.
struct Slope {
  Graph graph;
  std::vector<Array> at;
  std::vector<size_t> wrt;  // real inputs of the program

  double value() const { return evaluate(graph, at)[0].item<double>(); }
};

void add_input(Slope& s, const Array& value) {
  s.graph.inputs.push_back(parameter({value.dtype(), value.shape()}));
  if (is_real(s.graph.inputs.back().spec())) s.wrt.push_back(s.at.size());
  s.at.push_back(value.copy());
}

std::vector<Tensor> add_cotangents(Slope& s, const OpSample& sample,
                                   const std::vector<Tensor>& outputs,
                                   std::mt19937& random) {
  std::vector<Tensor> cotangents(outputs.size());
  const auto values = compute(*sample.op, sample.inputs, sample.attrs);
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!is_real(outputs[i].spec())) continue;
    add_input(s, random_array(*sample.op, DType::kFloat64, values[i].shape(),
                              random));
    cotangents[i] = s.graph.inputs.back();
  }
  return cotangents;
}

// False if the op's derivative does not reach a real input.
bool make_slope(const OpSample& sample, Slope& s) {
  std::mt19937 random(5);
  for (const Array& a : sample.inputs) add_input(s, a);
  const std::vector<Tensor> inputs = s.graph.inputs;
  const auto outputs = make_node(*sample.op, inputs, sample.attrs);
  const auto cotangents = add_cotangents(s, sample, outputs, random);
  const auto first = sample.op->vjp(
      VjpContext{*sample.op, inputs, outputs, cotangents, sample.attrs});
  Tensor total;
  for (size_t i = 0; i < first.size(); ++i) {
    if (first[i].is_empty() || !is_real(inputs[i].spec())) continue;
    const Array u = random_array(*sample.op, DType::kFloat64,
                                 sample.inputs[i].shape(), random);
    const Tensor product = call_one(op_named("multiply"), {first[i], u});
    const Tensor sum = call_one(op_named("sum"), {product});
    total = total.is_empty() ? sum : call_one(op_named("add"), {total, sum});
  }
  if (total.is_empty()) return false;
  s.graph.outputs = {total};
  return true;
}

Graph derivative_of(const Slope& s) {
  std::vector<Tensor> wrt;
  for (size_t i : s.wrt) wrt.push_back(s.graph.inputs[i]);
  Graph graph = s.graph;
  graph.outputs = gradients(s.graph.outputs[0], wrt);
  return graph;
}

double difference(Slope& s, size_t input, int64_t element) {
  constexpr double kStep = 1e-6;
  double& x = s.at[input].data<double>()[element];
  const double before = x;
  x = before + kStep;
  const double above = s.value();
  x = before - kStep;
  const double below = s.value();
  x = before;
  return (above - below) / (2 * kStep);
}

// Ops of sub-graphs and functions have their own tests.
bool is_tested_here(const OpDef& op) {
  if (op.vjp == kNoGradient) return false;
  for (const ParamDef& p : op.params)
    if (p.kind == Kind::kGraph || p.kind == Kind::kFunction) return false;
  return true;
}

bool has_real_output(const OpSample& sample) {
  for (const Array& a : compute(*sample.op, sample.inputs, sample.attrs))
    if (a.dtype() == DType::kFloat64) return true;
  return false;
}

void check(const OpSample& sample) {
  Slope s;
  if (!make_slope(sample, s)) return;
  const std::vector<Array> got = evaluate(derivative_of(s), s.at);
  for (size_t i = 0; i < s.wrt.size(); ++i) {
    const auto values = got[i].contiguous().to_vector<double>();
    for (size_t k = 0; k < values.size(); ++k) {
      const double want = difference(s, s.wrt[i], int64_t(k));
      EXPECT_NEAR(values[k], want, 2e-4 * (1 + std::abs(want)))
          << "input " << s.wrt[i] << ", element " << k;
    }
  }
}

// Ops whose vjp refuses a second derivative, with a message.
bool says_that_there_is_none(const std::exception& e) {
  return std::string(e.what()).find("second derivative") != std::string::npos;
}

TEST(OpTable, SecondDerivativesAgreeWithCentralDifferences) {
  int checked = 0;
  for (const OpDef* op : all_ops()) {
    if (!is_tested_here(*op)) continue;
    for (const OpSample& sample : float64_samples_of(*op)) {
      if (!has_real_output(sample)) continue;
      SCOPED_TRACE(sample.to_string());
      try {
        check(sample);
        ++checked;
      } catch (const std::exception& e) {
        if (!says_that_there_is_none(e)) ADD_FAILURE() << e.what();
      }
    }
  }
  EXPECT_GT(checked, 200);
}

}  // namespace
}  // namespace numest
