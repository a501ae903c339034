// Random graphs: passes on = off, compiled = interpreted, fused = unfused,
// updated in place = computed anew. NUMEST_FUZZ_GRAPHS sets how many,
// NUMEST_FUZZ_SEED the first. A graph that fails is written to a file, which
// belongs into tests/golden/graphs: those are checked in every run.
#include <gtest/gtest.h>

#include <cstdlib>

#include "numest/base/file.h"
#include "numest/base/soak_for_test.h"
#include "numest/graph/evaluate.h"
#include "numest/graph/serialize.h"
#include "numest/ops/call.h"
#include "numest/runtime/random_graph_for_test.h"

namespace numest {
namespace {

int64_t from_environment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoll(text) : otherwise;
}

std::vector<Array> copies(const std::vector<Array>& arrays) {
  std::vector<Array> result;
  for (const Array& a : arrays) result.push_back(a.copy());
  return result;
}

void expect_close(const std::vector<Array>& actual,
                  const std::vector<Array>& expected, const Graph& graph,
                  const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].shape(), expected[i].shape()) << what;
    ASSERT_TRUE(allclose(actual[i], expected[i], 1e-4, 1e-4))
        << what << ", output " << i << ":\n"
        << actual[i].to_string() << "\nexpected\n"
        << expected[i].to_string() << "\n"
        << to_string(graph);
  }
}

void check_variant(const Graph& graph, const std::vector<Array>& inputs,
                   const std::vector<Array>& expected,
                   const CompileOptions& aliases, const std::string& disabled) {
  CompileOptions options = aliases;
  if (!disabled.empty()) options.passes.disabled = {disabled};
  options.passes.verify = true;
  const Executable program = compile(graph, options);
  const std::string what = fmt::format(
      "without '{}'{}", disabled, options.alias.empty() ? "" : ", in place");
  for (int run = 0; run < 2; ++run) {
    const auto given = copies(inputs);
    expect_close(program.run(given), expected, program.graph(), what);
  }
}

void check(const Graph& graph, const std::vector<Array>& inputs,
           const CompileOptions& aliases) {
  const auto expected = evaluate(graph, copies(inputs));
  check_variant(graph, inputs, expected, {}, "all");
  check_variant(graph, inputs, expected, {}, "");
  check_variant(graph, inputs, expected, aliases, "all");
  check_variant(graph, inputs, expected, aliases, "");
  check_variant(graph, inputs, expected, aliases, "fuse_elementwise");
}

std::string keep(const Graph& graph, int64_t seed) {
  const std::string path = fmt::format("found-{}.graph", seed);
  write_file_atomically(path, serialize(graph));
  return path;
}

TEST(Fuzz, CompiledGraphsGiveWhatTheInterpreterGives) {
  const int64_t count =
      from_environment("NUMEST_FUZZ_GRAPHS", rounds(10'000, 1'000'000));
  const int64_t first = from_environment("NUMEST_FUZZ_SEED", 0);
  for (int64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomGraph random{uint64_t(seed)};
    check(random.graph, random.inputs(), random.options);
    if (!testing::Test::HasFailure()) continue;
    FAIL() << "the graph is in " << keep(random.graph, seed)
           << ": it belongs into tests/golden/graphs";
  }
}

// Each output takes the place of the first free input of its type.
CompileOptions all_aliases(const Graph& graph) {
  CompileOptions options;
  std::vector<bool> taken(graph.inputs.size());
  for (size_t o = 0; o < graph.outputs.size(); ++o)
    for (size_t i = 0; i < taken.size(); ++i) {
      const TensorSpec& in = graph.inputs[i].spec();
      if (taken[i] || !(in == graph.outputs[o].spec())) continue;
      taken[i] = true;
      options.alias.emplace_back(int(o), int(i));
      break;
    }
  return options;
}

TEST(Fuzz, KeptGraphsGiveWhatTheInterpreterGives) {
  const std::string folder = join_path(NUMEST_TEST_DATA, "graphs");
  int num_graphs = 0;
  for (const std::string& name : list_directory(folder)) {
    if (!name.ends_with(".graph")) continue;
    SCOPED_TRACE(name);
    ++num_graphs;
    const Graph graph =
        deserialize(read_file(join_path(folder, name)), find_op);
    for (const int64_t extent : {0, 1, 2, 7, 300}) {
      Stream random(Key{uint64_t(extent)});
      check(graph, random_inputs(graph, extent, random), all_aliases(graph));
    }
  }
  EXPECT_GT(num_graphs, 0);
}

}  // namespace
}  // namespace numest
