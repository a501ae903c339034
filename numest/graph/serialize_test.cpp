#include "numest/graph/serialize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/base/crc32c.h"
#include "numest/base/random.h"

namespace numest {
namespace {

constexpr ParamDef kParams[] = {{"x"},
                                {"y"},
                                {"flag", Kind::kBool, "True"},
                                {"number", Kind::kInt, "3"},
                                {"real", Kind::kFloat, "2.5"},
                                {"text", Kind::kString, "''"},
                                {"ints", Kind::kInts, "(1, 2)"},
                                {"shape", Kind::kShape, "()"},
                                {"dtype", Kind::kDType, "None"},
                                {"value", Kind::kValue, "None"},
                                {"graph", Kind::kGraph, "None"},
                                {"function", Kind::kFunction, "None"}};

std::vector<Tensor> no_vmap(const VmapContext&) { return {}; }

constexpr OpDef kEverything = {
    .name = "everything",
    .doc = "Has attributes of all kinds.",
    .params = kParams,
    .type = [](const TypeContext& c) -> Types { return c.in(0); },
    .kernel = [](const KernelContext&) {},
    .vjp = kNoGradient,
    .vmap = no_vmap,
};

const OpDef* find(std::string_view name) {
  return name == kEverything.name ? &kEverything : nullptr;
}

Tensor add(const Tensor& x, const Tensor& y, Attrs attrs = {}) {
  return make_node(kEverything, {x, y}, std::move(attrs))[0];
}

Graph inner() {
  const Tensor x = parameter({DType::kInt64, {}}, "i");
  return {"inner", {x}, {add(x, Tensor(Array::scalar(int64_t{7})))}};
}

Graph example() {
  const Shape shape{fresh_extent(), 3};
  const Tensor x = parameter({DType::kFloat32, shape}, "x");
  const Tensor unused = parameter({DType::kBytes, {}}, "unused");
  const Array words = Array::from<Bytes>({"a", std::string("b\0c", 3), ""});
  LocationScope scope("model.py:12");
  const Tensor y =
      add(x, Tensor(words),
          {{"flag", true},
           {"number", int64_t{-5}},
           {"real", 0.1},
           {"text", std::string("é")},
           {"ints", std::vector<int64_t>{-1, 1LL << 40}},
           {"shape", Shape{shape[0], -1, 2}},
           {"dtype", DType::kBFloat16},
           {"value", std::make_shared<const Array>(
                         Array::from<double>({1, 2, 3, 4}, {2, 2}))},
           {"graph", std::make_shared<const Graph>(inner())},
           {"function", std::monostate{}}});
  return {"outer", {x, unused}, {add(y, Tensor(2.0)), y, Tensor(words)}};
}

const Node& inner_node(const Graph& graph) { return *graph.outputs[1].node(); }

TEST(Serialize, RoundTripPrintsTheSame) {
  const Graph graph = example();
  const Graph copy = deserialize(serialize(graph), find);
  EXPECT_EQ(to_string(copy), to_string(graph));
  EXPECT_EQ(to_string(inner_node(copy).attrs),
            to_string(inner_node(graph).attrs));
  const auto& sub =
      inner_node(copy).attrs.get<std::shared_ptr<const Graph>>("graph");
  EXPECT_EQ(to_string(*sub), to_string(inner()));
  EXPECT_EQ(inner_node(copy).location, "model.py:12");
  EXPECT_TRUE(copy.outputs[0].node()->inputs[1].is_weak());
  EXPECT_TRUE(array_equal(copy.outputs[2].numpy(), graph.outputs[2].numpy()));
  EXPECT_EQ(copy.inputs[1].node()->name, "unused");
}

TEST(Serialize, SymbolsStayEqualAndBecomeFresh) {
  const Graph graph = example();
  const Graph copy = deserialize(serialize(graph), find);
  const int64_t symbol = copy.inputs[0].shape()[0];
  EXPECT_TRUE(is_symbol(symbol));
  EXPECT_NE(symbol, graph.inputs[0].shape()[0]);
  EXPECT_EQ(copy.outputs[0].shape()[0], symbol);
  EXPECT_EQ(inner_node(copy).attrs.get<Shape>("shape"), (Shape{symbol, -1, 2}));
}

class Outside : public ForeignFunction {
  std::string name() const override { return "my_function"; }
  std::vector<TensorSpec> output_types(
      std::span<const TensorSpec>) const override {
    return {};
  }
  std::vector<Array> call(std::span<const Array>) const override { return {}; }
};

TEST(Serialize, RefusesForeignFunctions) {
  const Tensor x = parameter({DType::kFloat32, {}}, "x");
  const std::shared_ptr<const ForeignFunction> f = std::make_shared<Outside>();
  const Graph graph{"f", {x}, {add(x, x, {{"function", f}})}};
  try {
    serialize(graph);
    FAIL();
  } catch (const NotSupportedError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("my_function"));
  }
}

void expect_data_loss(const std::string& bytes) {
  EXPECT_THROW(deserialize(bytes, find), DataLossError);
}

TEST(Serialize, EveryTruncationIsDataLoss) {
  const std::string bytes = serialize(example());
  for (size_t size = 0; size < bytes.size(); ++size)
    expect_data_loss(bytes.substr(0, size));
  expect_data_loss(bytes + "x");
}

TEST(Serialize, ANewerVersionIsDataLoss) {
  std::string bytes = serialize(example());
  bytes[4] = 9;
  expect_data_loss(bytes);
}

// Changes behind the checksum: no crash, DataLossError or another graph.
TEST(Serialize, DamageBehindTheChecksumNeverCrashes) {
  const std::string bytes = serialize(example());
  Stream random(Key{3});
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = bytes;
    for (uint64_t n = 1 + random.next_below(3); n > 0; --n)
      damaged[12 + random.next_below(bytes.size() - 12)] =
          char(random.next_below(256));
    const uint32_t crc = masked_crc32c(std::string_view(damaged).substr(12));
    for (size_t i = 0; i < 4; ++i) damaged[8 + i] = char(crc >> (8 * i));
    try {
      deserialize(damaged, find);
    } catch (const DataLossError&) {
    }
  }
}

}  // namespace
}  // namespace numest
