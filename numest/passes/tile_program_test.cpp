#include "numest/passes/tile_program.h"

#include <gtest/gtest.h>

#include "numest/graph/evaluate.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

constexpr DType kF = DType::kFloat32;

Array ramp(const Shape& shape) {
  Array a(kF, shape);
  int64_t i = 0;
  for (float& v : a.span<float>()) v = float(++i % 97) * 0.03f - 1;
  return a;
}

Graph body() {
  const Tensor x = parameter({kF, {8, 4}}), y = parameter({kF, {8, 4}});
  const Tensor h = x * 2.0 + y;
  return {"body", {x, y}, {h, relu(h - x)}};
}

void expect_equals_interpreter(const std::vector<Array>& inputs) {
  // The interpreter needs parameters of the inputs' shapes.
  const Tensor x = parameter({kF, inputs[0].shape()});
  const Tensor y = parameter({kF, inputs[1].shape()});
  const Tensor h = x * 2.0 + y;
  const auto expected = evaluate({"f", {x, y}, {h, relu(h - x)}}, inputs);
  const auto actual = TileProgram(body()).call(inputs);
  ASSERT_EQ(actual.size(), 2u);
  EXPECT_TRUE(allclose(actual[0], expected[0]));
  EXPECT_TRUE(allclose(actual[1], expected[1]));
}

TEST(TileProgram, TakesEveryLayout) {
  for (int64_t rows : {0, 1, 7, 3000}) {
    const Array x = ramp({rows, 20});
    expect_equals_interpreter({x, ramp({rows, 20})});
    expect_equals_interpreter({x, ramp({20})});       // short row
    expect_equals_interpreter({x, ramp({})});         // scalar
    expect_equals_interpreter({x, ramp({rows, 1})});  // column
    expect_equals_interpreter({x, ramp({20, rows}).transpose()});
    expect_equals_interpreter({ramp({1, 20}), ramp({rows, 1})});
  }
  expect_equals_interpreter({ramp({9, 5000}), ramp({5000})});  // long row
  expect_equals_interpreter({ramp({9, 7, 500}), ramp({7, 1})});
}

TEST(TileProgram, WritesOverItsInputs) {
  const TileProgram program(body());
  EXPECT_FALSE(program.may_overwrite(0, 0));  // x is read after h is written
  EXPECT_TRUE(program.may_overwrite(1, 0));
  EXPECT_TRUE(program.may_overwrite(0, 1));
  std::vector<Array> inputs{ramp({100, 90}), ramp({100, 90})};
  const auto expected =
      program.call(std::vector{inputs[0].copy(), inputs[1].copy()});
  std::vector<Array> outputs{inputs[1], inputs[0]};
  program.run(inputs, outputs);
  EXPECT_TRUE(array_equal(outputs[0], expected[0]));
  EXPECT_TRUE(array_equal(outputs[1], expected[1]));
}

TEST(TileProgram, MixesDTypes) {
  const Tensor x = parameter({kF, {5}}), i = parameter({DType::kInt64, {5}});
  const Tensor y = where(greater(x, 0.0), astype(i, DType::kFloat64),
                         astype(x, DType::kFloat64));
  const Graph graph{"f", {x, i}, {y}};
  const std::vector<Array> inputs{Array::from<float>({-1, 2, 0.5f, -3, 4}),
                                  Array::from<int64_t>({1, 2, 3, 4, 5})};
  EXPECT_TRUE(array_equal(TileProgram(graph).call(inputs)[0],
                          evaluate(graph, inputs)[0]));
}

// Conditions for all, by row (long enough for tiles of its own), by short row,
// and by element, on sides that are inputs, steps and constants.
TEST(TileProgram, SelectsByConditionsOfEveryLayout) {
  for (const Shape& rows : {Shape{}, Shape{6, 1, 1}, Shape{6, 40, 1},
                            Shape{40, 30}, Shape{6, 40, 30}}) {
    const Shape shape{6, 40, 30};
    const Tensor c = parameter({DType::kBool, rows}),
                 x = parameter({kF, shape}), y = parameter({kF, shape}),
                 s = parameter({kF, {6, 1, 1}});
    const Tensor of_inputs = where(c, x, y), doubled = of_inputs * s;
    const Tensor of_steps = where(c, doubled, x + y);
    const Tensor of_numbers = where(c, Tensor(0.5f), of_steps);
    const Graph graph{
        "f", {c, x, y, s}, {where(c, y, x), of_numbers + of_inputs, of_steps}};
    Array conditions(DType::kBool, rows);
    for (int64_t i = 0; i < conditions.size(); ++i)
      conditions.data<bool>()[i] = i % 3 != 1;
    Array mirrored(kF, {6, 30, 40});
    mirrored.assign(ramp({6, 30, 40}));
    const std::vector<Array> inputs{
        conditions, ramp(shape), mirrored.transpose(std::vector<int>{0, 2, 1}),
        ramp({6, 1, 1})};
    const auto expected = evaluate(graph, inputs);
    const auto actual = TileProgram(graph).call(inputs);
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_TRUE(array_equal(actual[i], expected[i])) << rows.to_string();
  }
}

TEST(TileProgram, KeepsInputsThatASelectionHandsOn) {
  const Tensor c = parameter({DType::kBool, {4, 1}}),
               x = parameter({kF, {4, 900}}), y = parameter({kF, {4, 900}});
  const Tensor chosen = where(c, x, y), sum = x + y;
  const Graph graph{"f", {c, x, y}, {sum, chosen * 3.0}};
  const TileProgram program(graph);
  EXPECT_FALSE(program.may_overwrite(1, 0));  // x may be what was chosen
  EXPECT_FALSE(program.may_overwrite(2, 0));
  EXPECT_TRUE(program.may_overwrite(1, 1));
}

TEST(TileProgram, IsNamedAfterItsSteps) {
  EXPECT_EQ(TileProgram(body()).name(), "multiply+add+subtract+relu");
}

}  // namespace
}  // namespace numest
