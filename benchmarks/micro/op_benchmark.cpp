// One row per op and size, from the op tables: what the tests' samples say an
// op accepts is what is timed. Rows are named BM_<op>/<size or call>.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "numest/ops/table_samples.h"

namespace numest {
namespace {

constexpr int64_t kSizes[] = {10, 1000, 1000000};

struct Row {
  std::string name;
  const OpDef* op;
  std::vector<Tensor> inputs;
  Attrs attrs;
};

/// An op that takes vectors of any size gets one row per size.
std::vector<Row> sized_rows(const OpDef& op, const Attrs& attrs) {
  std::vector<Row> rows;
  std::mt19937 random(0);
  for (int64_t size : kSizes) {
    Row row{std::to_string(size), &op, {}, attrs};
    for (size_t i = 0; i < op.num_array_params(); ++i) {
      row.inputs.push_back(
          random_array(op, DType::kFloat32, Shape{size}, random));
    }
    rows.push_back(row);
  }
  return rows;
}

/// Bodies of loops and branches have no samples.
bool takes_code(const OpDef& op) {
  return std::any_of(op.params.begin(), op.params.end(), [](const ParamDef& p) {
    return p.kind == Kind::kGraph || p.kind == Kind::kFunction;
  });
}

std::vector<Row> rows_of(const OpDef& op) {
  if (takes_code(op)) return {};
  const std::vector<OpSample> samples = samples_of(op);
  if (samples.empty()) return {};
  if (op.samples.shapes.empty() && op.num_array_params() > 0) {
    return sized_rows(op, samples[0].attrs);
  }
  Row row{samples[0].to_string(), &op, {}, samples[0].attrs};
  for (const Array& input : samples[0].inputs) row.inputs.push_back(input);
  return {row};
}

/// As the generated functions call it (numest/ops/functions.cpp): those of
/// arrays only keep the caller's tensors.
void run(const Row& row, benchmark::State& state) {
  std::vector<const Tensor*> inputs;
  for (const Tensor& input : row.inputs) inputs.push_back(&input);
  const bool is_plain = row.attrs.items().empty() && !inputs.empty() &&
                        row.op->params.size() == inputs.size() &&
                        !row.op->is(kManyOutputs);
  for (auto _ : state) {
    if (is_plain)
      benchmark::DoNotOptimize(call_arrays(*row.op, inputs));
    else
      benchmark::DoNotOptimize(call(*row.op, row.inputs, row.attrs));
  }
}

void register_row(const Row& row) {
  const std::string name = "BM_" + std::string(row.op->name) + "/" + row.name;
  benchmark::RegisterBenchmark(
      name.c_str(), [row](benchmark::State& state) { run(row, state); });
}

/// Whether the op takes these inputs: some refuse float32 vectors.
bool is_accepted(const Row& row) {
  try {
    call(*row.op, row.inputs, row.attrs);
    return true;
  } catch (const UserError&) {
    return false;
  }
}

/// Returns how many ops have no row.
int register_all() {
  int num_without = 0;
  for (const OpDef* op : all_ops()) {
    int num_rows = 0;
    for (const Row& row : rows_of(*op)) {
      if (!is_accepted(row)) continue;
      register_row(row);
      ++num_rows;
    }
    num_without += num_rows == 0;
  }
  return num_without;
}

}  // namespace
}  // namespace numest

int main(int argc, char** argv) {
  const int num_without = numest::register_all();
  benchmark::Initialize(&argc, argv);
  benchmark::AddCustomContext("ops_without_row", std::to_string(num_without));
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
