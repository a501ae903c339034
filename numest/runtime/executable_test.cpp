#include "numest/runtime/executable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "numest/base/counters.h"
#include "numest/graph/evaluate.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"
#include "numest/runtime/allocation_counter.h"

namespace numest {
namespace {

using testing::ElementsAre;

constexpr DType kF = DType::kFloat32;

Array floats(const std::vector<float>& values, const Shape& shape) {
  return Array::from(values, shape);
}

Array counted(const Shape& shape, float step = 1) {
  Array a(kF, shape);
  float next = 0;
  for (float& v : a.span<float>()) v = (next += step);
  return a;
}

Tensor input(const Shape& shape, const std::string& name = "x") {
  return parameter({kF, shape}, name);
}

CompileOptions verified() {
  CompileOptions options;
  options.passes.verify = true;
  return options;
}

TEST(Executable, EqualsTheInterpreter) {
  const Tensor x = input({3, 4}), b = input({4}, "b");
  const Tensor h = relu(x * 2.0 + b);
  const Graph graph{"f", {x, b}, {h, sum(h, {0}), transpose(h)}};
  const std::vector<Array> inputs{counted({3, 4}), counted({4}, -2)};
  const auto expected = evaluate(graph, inputs);
  const auto actual = compile(graph, verified()).run(inputs);
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(allclose(actual[i], expected[i])) << i;
}

TEST(Executable, ReturnsInputsConstantsAndDoubles) {
  const Tensor x = input({2});
  const Tensor y = x + x;
  const Tensor c(floats({5, 6}, {2}));
  const Graph graph{"f", {x}, {x, c, y, y, reshape(y, {2, 1})}};
  const Array given = floats({1, 2}, {2});
  const auto out = compile(graph, verified()).run({{given}});
  EXPECT_THAT(out[0].to_vector<float>(), ElementsAre(1, 2));
  EXPECT_THAT(out[1].to_vector<float>(), ElementsAre(5, 6));
  EXPECT_THAT(out[3].to_vector<float>(), ElementsAre(2, 4));
  EXPECT_EQ(out[4].shape(), (Shape{2, 1}));
  EXPECT_NE(out[0].raw(), given.raw());
  EXPECT_NE(out[2].raw(), out[3].raw());
}

TEST(Executable, ServesAllBatchSizesWithOneCompilation) {
  const Tensor x = input({fresh_extent(), 2});
  const Graph graph{"f", {x}, {sum(x * x, {0}), x * 3.0}};
  const int64_t compilations = counter_value(Counter::compilations);
  const Executable program = compile(graph, verified());
  for (int64_t batch : {1, 5, 0, 5, 1, 7}) {
    const std::vector<Array> inputs{counted({batch, 2})};
    const auto expected = evaluate(graph, inputs);
    const auto actual = program.run(inputs);
    EXPECT_TRUE(allclose(actual[0], expected[0])) << batch;
    EXPECT_TRUE(allclose(actual[1], expected[1])) << batch;
  }
  EXPECT_EQ(counter_value(Counter::compilations), compilations + 1);
}

TEST(Executable, PlansOnceForEachLayout) {
  const Tensor x = input({fresh_extent()});
  const Executable program = compile({"f", {x}, {x * 2.0}});
  const int64_t plans = counter_value(Counter::memory_plans);
  for (int64_t size : {3, 4, 3, 4, 3}) program.run({{counted({size})}});
  EXPECT_EQ(counter_value(Counter::memory_plans), plans + 2);
}

TEST(Executable, TakesStridedInputs) {
  const Tensor x = input({3, 2}), y = input({3, 2}, "y");
  const Executable program = compile({"f", {x, y}, {x + y * 10.0}});
  const Array a = counted({2, 3}).transpose();
  const Array b = floats({1}, {1, 1}).broadcast_to({3, 2});
  EXPECT_THAT(program.run({{a, b}})[0].to_vector<float>(),
              ElementsAre(11, 14, 12, 15, 13, 16));
}

TEST(Executable, RefusesWrongInputs) {
  const Tensor x = input({2, 2}, "features");
  const Executable program = compile({"f", {x}, {x + x}});
  EXPECT_THROW(program.run({{counted({2, 3})}}), ValueError);
  EXPECT_THROW(program.run({{Array::zeros(DType::kInt32, {2, 2})}}), TypeError);
  EXPECT_THROW(program.run({{counted({2, 2}), counted({2, 2})}}), ValueError);
  EXPECT_NO_THROW(program.run({{counted({2, 2})}}));
}

TEST(Executable, WritesIntoGivenOutputs) {
  const Tensor x = input({2});
  const Executable program = compile({"f", {x}, {x + x, x * x}});
  std::vector<Array> outputs{Array(kF, {2}), Array(kF, {2})};
  const std::byte* memory = outputs[1].raw();
  program.run({{counted({2})}}, outputs);
  EXPECT_EQ(outputs[1].raw(), memory);
  EXPECT_THAT(outputs[0].to_vector<float>(), ElementsAre(2, 4));
  EXPECT_THAT(outputs[1].to_vector<float>(), ElementsAre(1, 4));
  outputs[0] = Array(kF, {3});
  EXPECT_THROW(program.run({{counted({2})}}, outputs), ValueError);
}

TEST(Executable, AllocatesNoArrayAfterTheFirstRun) {
  const Tensor x = input({fresh_extent(), 8}), w = input({8}, "w");
  const Tensor h = tanh(x * w + 1.0);
  const Tensor centred = h - sum(h, {0}) * 0.25;
  const Executable program =
      compile({"f", {x, w}, {centred * centred, sum(centred)}});
  const std::vector<Array> inputs{counted({64, 8}), counted({8})};
  std::vector<Array> outputs{Array(kF, {64, 8}), Array(kF, {})};
  program.run(inputs, outputs);
  const int64_t buffers = counter_value(Counter::array_allocations);
  for (int i = 0; i < 3; ++i) program.run(inputs, outputs);
  EXPECT_EQ(counter_value(Counter::array_allocations), buffers);
}

TEST(Executable, AllocatesNothingAfterTheFirstRun) {
  const Tensor x = input({fresh_extent(), 8}), w = input({8}, "w");
  const Tensor h = tanh(x * w + 1.0);
  CompileOptions options;
  options.alias = {{0, 1}};
  const Executable program =
      compile({"f", {x, w}, {w * 0.5, reshape(h, {8, -1}), h + w}}, options);
  const std::vector<Array> inputs{counted({64, 8}), counted({8})};
  std::vector<Array> outputs{inputs[1], Array(kF, {8, 64}), Array(kF, {64, 8})};
  program.run(inputs, outputs);
  const int64_t allocations = num_allocations();
  for (int i = 0; i < 3; ++i) program.run(inputs, outputs);
  EXPECT_EQ(num_allocations(), allocations);
}

TEST(Executable, UsesReleasedOutputsAgain) {
  const Tensor x = input({4});
  const Executable program = compile({"f", {x}, {x + x}});
  const std::vector<Array> inputs{counted({4})};
  auto kept = program.run(inputs);
  const std::byte* memory = program.run(inputs)[0].raw();
  EXPECT_NE(memory, kept[0].raw());
  EXPECT_EQ(program.run(inputs)[0].raw(), memory);
  EXPECT_THAT(kept[0].to_vector<float>(), ElementsAre(2, 4, 6, 8));
}

TEST(Alias, UpdatesInPlace) {
  const Tensor a = input({4}, "a"), w = input({4}, "w"), g = input({4}, "g");
  const Tensor next_a = a + g * g;
  const Tensor next_w = w - 0.5 * g / sqrt(next_a);
  const Graph graph{"adagrad", {a, w, g}, {next_w, next_a}};
  CompileOptions options = verified();
  options.donated = {0, 1};
  options.alias = {{0, 1}, {1, 0}};
  const Executable program = compile(graph, options);
  std::vector<Array> inputs{counted({4}), counted({4}, 3), counted({4}, -1)};
  const std::vector<Array> copies{inputs[0].copy(), inputs[1].copy(),
                                  inputs[2]};
  const auto expected = evaluate(graph, copies);
  const auto out = program.run(inputs);
  EXPECT_EQ(out[0].raw(), inputs[1].raw());
  EXPECT_EQ(out[1].raw(), inputs[0].raw());
  EXPECT_TRUE(allclose(inputs[1], expected[0]));
  EXPECT_TRUE(allclose(inputs[0], expected[1]));
}

TEST(Alias, SwapsTwoInputs) {
  const Tensor a = input({2}, "a"), b = input({2}, "b");
  CompileOptions options = verified();
  options.alias = {{0, 1}, {1, 0}};
  const Executable program = compile({"swap", {a, b}, {a, b}}, options);
  std::vector<Array> inputs{floats({1, 2}, {2}), floats({3, 4}, {2})};
  program.run(inputs);
  EXPECT_THAT(inputs[0].to_vector<float>(), ElementsAre(3, 4));
  EXPECT_THAT(inputs[1].to_vector<float>(), ElementsAre(1, 2));
}

TEST(Alias, ReadsTheOldValueEverywhere) {
  const Tensor v = input({3}, "v"), x = input({3});
  const Tensor next = v + x;
  const Tensor late = sum(v * sum(next));  // reads v after `next` is known
  CompileOptions options = verified();
  options.alias = {{0, 0}};
  const Graph graph{"f", {v, x}, {next, late}};
  const Executable program = compile(graph, options);
  std::vector<Array> inputs{counted({3}), counted({3}, 10)};
  const std::vector<Array> copies{inputs[0].copy(), inputs[1]};
  const auto expected = evaluate(graph, copies);
  const auto out = program.run(inputs);
  EXPECT_TRUE(allclose(inputs[0], expected[0]));
  EXPECT_TRUE(allclose(out[1], expected[1]));
}

TEST(Alias, LeavesUnchangedInputsAlone) {
  const Tensor v = input({2}, "v"), x = input({2});
  CompileOptions options = verified();
  options.alias = {{0, 0}};
  const Executable program = compile({"f", {v, x}, {v, v + x}}, options);
  std::vector<Array> inputs{counted({2}), counted({2})};
  const auto out = program.run(inputs);
  EXPECT_EQ(out[0].raw(), inputs[0].raw());
  EXPECT_THAT(out[1].to_vector<float>(), ElementsAre(2, 4));
}

TEST(Alias, CopiesAnInputThatSharesTheBuffer) {
  const Tensor v = input({3}, "v"), x = input({3});
  const Tensor next = v + x;
  CompileOptions options = verified();
  options.alias = {{0, 0}};
  const Executable program = compile({"f", {v, x}, {next, next * x}}, options);
  const Array shared = counted({3});
  program.run({{shared, shared}});
  const auto out = program.run({{shared, shared}});
  EXPECT_THAT(shared.to_vector<float>(), ElementsAre(4, 8, 12));
  EXPECT_THAT(out[1].to_vector<float>(), ElementsAre(8, 32, 72));
}

TEST(Alias, RefusesReadOnlyInputs) {
  const Tensor v = input({2}, "v");
  CompileOptions options;
  options.alias = {{0, 0}};
  const Executable program = compile({"f", {v}, {v + v}}, options);
  auto memory = std::make_shared<std::vector<float>>(2);
  const Array fixed(kF, {2}, contiguous_strides({2}, 4), nullptr,
                    Buffer::borrow(reinterpret_cast<std::byte*>(memory->data()),
                                   8, memory, false));
  EXPECT_THROW(program.run({{fixed}}), ValueError);
}

TEST(Alias, RefusesWrongPairs) {
  const Tensor v = input({2}, "v");
  CompileOptions options;
  options.alias = {{0, 3}};
  EXPECT_THROW(compile({"f", {v}, {v + v}}, options), IndexError);
  options.alias = {{0, 0}, {1, 0}};
  EXPECT_THROW(compile({"f", {v}, {v + v, v * v}}, options), ValueError);
}

TEST(Donated, OutputsTakeTheInputsPlace) {
  const Tensor x = input({3}), y = input({3}, "y");
  CompileOptions options = verified();
  options.donated = {0};
  const Executable program = compile({"f", {x, y}, {x * y}}, options);
  std::vector<Array> inputs{counted({3}), counted({3})};
  const auto out = program.run(inputs);
  EXPECT_EQ(out[0].raw(), inputs[0].raw());
  EXPECT_THAT(out[0].to_vector<float>(), ElementsAre(1, 4, 9));
}

TEST(Executable, RunsInFourThreadsAtOnce) {
  const Tensor x = input({fresh_extent(), 16});
  const Tensor h = tanh(x * 0.01) + x;
  const Graph graph{"f", {x}, {h * h, sum(h, {1})}};
  const Executable program = compile(graph);
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      const std::vector<Array> inputs{counted({8 + t % 2, 16}, float(t))};
      const auto expected = evaluate(graph, inputs);
      for (int i = 0; i < 50; ++i) {
        const auto out = program.run(inputs);
        if (!allclose(out[0], expected[0]) || !allclose(out[1], expected[1]))
          ++failures;
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(failures, 0);
}

TEST(Executable, ExtrapolatesAProfileOfSomeRunsAndNamesFusedLines) {
  const Tensor x = parameter({DType::kFloat32, Shape{4}});
  const auto at = [](const char* line, const auto& make) {
    const LocationScope scope(line);
    return make();
  };
  const Tensor y = at("f.py:1", [&] { return x * 2.0f; });
  const Tensor z = at("f.py:2", [&] { return exp(y); });
  CompileOptions options;
  options.profile = true;
  options.profile_every = 4;
  const Executable program = compile({"f", {x}, {z}}, options);
  const Array ones = Array::from(std::vector<float>(4, 1.0f));
  for (int i = 0; i < 8; ++i) program.run(std::vector<Array>{ones});
  const std::vector<ProfileRow> rows = program.profile_rows();
  ASSERT_EQ(rows.size(), 1u);
  using Op = std::pair<std::string, std::string>;
  EXPECT_THAT(rows[0].ops, testing::ElementsAre(Op("multiply", "f.py:1"),
                                                Op("exp", "f.py:2")));
  EXPECT_EQ(rows[0].calls, 8);
  EXPECT_GT(rows[0].nanoseconds, 0);
  EXPECT_EQ(rows[0].num_bytes, 8 * 32);
}

TEST(Executable, ProfilesEachStep) {
  const Tensor x = input({3});
  CompileOptions options;
  options.profile = true;
  const Executable program = compile({"f", {x}, {sum(x)}}, options);
  program.run({{counted({3})}});
  EXPECT_THAT(program.profile(), testing::HasSubstr("sum"));
  EXPECT_EQ(compile({"f", {x}, {sum(x)}}).profile(), "");
  EXPECT_THAT(compile({"f", {x}, {sum(x)}}).profile_rows(), testing::IsEmpty());
}

TEST(BoundProgram, FollowsItsInputsAndKeepsItsOutputs) {
  const Tensor x = input({fresh_extent(), 3}), w = input({3, 2}, "w");
  const Tensor b = input({2}, "b");
  const Tensor h = tanh(add(matmul(x, w), b));
  const Graph graph{
      "f", {x, w, b}, {sum(h), sum(h * ones_like(h), {0}), transpose(x) * 2}};
  const Executable program = compile(graph, verified());
  const Array all = counted({12, 3}, 0.25f);
  const Array weights = counted({3, 2}, 0.1f), bias = counted({2});
  auto bound = program.bind({all.rows(0, 4), weights, bias});
  ASSERT_TRUE(bound);
  const std::byte* where = bound->outputs()[0].raw();
  for (int64_t row : {0, 4, 8, 4}) {
    const Array rows = all.rows(row, row + 4);
    bound->move_input(0, rows.raw(), rows.buffer());
    bound->run();
    const auto expected = program.run({{rows, weights, bias}});
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_TRUE(array_equal(bound->outputs()[i], expected[i])) << i;
  }
  EXPECT_EQ(bound->outputs()[0].raw(), where);
}

TEST(BoundProgram, AllocatesNothing) {
  const Tensor x = input({8, 3}), w = input({3, 2}, "w");
  const Tensor h = relu(matmul(x, w));
  CompileOptions options = verified();
  options.alias = {{1, 1}};
  const Graph graph{"f", {x, w}, {sum(h * h), w - matmul(transpose(x), h)}};
  auto bound =
      compile(graph, options).bind({counted({8, 3}), counted({3, 2}, 0.1f)});
  ASSERT_TRUE(bound);
  bound->run();
  const int64_t before = num_allocations();
  for (int i = 0; i < 100; ++i) bound->run();
  EXPECT_EQ(num_allocations(), before);
}

TEST(BoundProgram, KeepsOutputsThatNothingDecides) {
  const Tensor x = input({fresh_extent(), 3});
  const Tensor weights = broadcast_to(counted({3}), x.shape());
  const Graph graph{"f", {x}, {weights * 1.0f, x + weights}};
  const Executable program = compile(graph, verified());
  const Array all = counted({4, 3});
  const auto expect_equal = [&](std::span<const Array> out, const Array& rows) {
    const auto expected = evaluate(graph, {{rows}});
    EXPECT_TRUE(array_equal(out[0], expected[0]));
    EXPECT_TRUE(array_equal(out[1], expected[1]));
  };
  {
    auto bound = program.bind({all.rows(0, 2)});
    ASSERT_TRUE(bound);
    for (int64_t row : {0, 2, 1}) {
      const Array rows = all.rows(row, row + 2);
      bound->move_input(0, rows.raw(), rows.buffer());
      bound->run();
      expect_equal(bound->outputs(), rows);
    }
  }
  // The same frame, other outputs: they need what the first ones had.
  for (int i = 0; i < 2; ++i) {
    std::vector<Array> out{Array(DType::kFloat32, {2, 3}),
                           Array(DType::kFloat32, {2, 3})};
    program.run({{all.rows(0, 2)}}, out);
    expect_equal(out, all.rows(0, 2));
  }
}

TEST(BoundProgram, TakesByIndicesOfEachRun) {
  const Tensor i = parameter({DType::kInt64, Shape{2}});
  const Array words = Array::from<Bytes>({"a", "b", "c"});
  const Array table = counted({2, 3, 2});
  const auto at = [](const char* mode) {
    return Attrs{{"axis", int64_t{1}}, {"mode", std::string(mode)}};
  };
  const Graph graph{"f",
                    {i},
                    {emit("take", {words, i}, {{"axis", int64_t{0}}}),
                     emit("take", {table, i}, at("wrap")),
                     emit("take", {table, i}, at("clip"))}};
  auto bound = compile(graph, verified()).bind({Array::from<int64_t>({0, 0})});
  ASSERT_TRUE(bound);
  for (const auto& given : {std::vector<int64_t>{2, -1}, {0, 1}, {-3, 2}}) {
    const Array indices = Array::from(given);
    bound->move_input(0, indices.raw(), indices.buffer());
    bound->run();
    const auto expected = evaluate(graph, {{indices}});
    for (size_t o = 0; o < expected.size(); ++o)
      EXPECT_TRUE(array_equal(bound->outputs()[o], expected[o])) << o;
  }
  const Array outside = Array::from<int64_t>({0, 3});
  bound->move_input(0, outside.raw(), outside.buffer());
  EXPECT_THROW(bound->run(), IndexError);
}

TEST(BoundProgram, WritesAliasedOutputsInPlace) {
  const Tensor x = input({2}), v = input({2}, "v");
  CompileOptions options = verified();
  options.alias = {{0, 1}};
  const Array given = floats({1, 2}, {2}), variable = floats({0, 0}, {2});
  auto bound =
      compile(Graph{"f", {x, v}, {v + x}}, options).bind({given, variable});
  ASSERT_TRUE(bound);
  for (int i = 0; i < 3; ++i) bound->run();
  EXPECT_THAT(variable.to_vector<float>(), ElementsAre(3, 6));
  EXPECT_FALSE(bound->may_read(variable.buffer()));
  EXPECT_TRUE(bound->may_read(given.buffer()));
}

TEST(BoundProgram, IsRefusedWhereARunWouldCopyOrShapesDependOnData) {
  const Tensor x = input({2}), v = input({2}, "v");
  CompileOptions options = verified();
  options.alias = {{0, 1}};
  const Array both = floats({1, 2}, {2});
  EXPECT_FALSE(
      compile(Graph{"f", {x, v}, {v + x}}, options).bind({both, both}));
  EXPECT_FALSE(compile(Graph{"f", {x}, {nonzero(x)}}).bind({both}));
}

TEST(Executable, ComputesOnceWhatOnlyExtentsDecide) {
  const Tensor x = input({fresh_extent()});
  const Tensor count = sum(ones_like(x));
  const Graph graph{"f", {x}, {sum(x) / count, count}};
  CompileOptions options;
  options.profile = true;
  const Executable program = compile(graph, options);
  for (int64_t n : {3, 5, 3}) {
    const auto out = program.run({{counted({n})}});
    EXPECT_EQ(out[0].item<float>(), float(n + 1) / 2);
    EXPECT_EQ(out[1].item<float>(), float(n));
  }
  EXPECT_EQ(program.profile().find("ones_like"), std::string::npos);
}

}  // namespace
}  // namespace numest
