// The standard rules where the loops over the tables do not reach: tiles of
// large arrays, unbroadcasting of symbolic extents.
#include "numest/ops/rules.h"

#include <gtest/gtest.h>

#include <cmath>

#include "numest/graph/evaluate.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

const Attrs kNoAttrs;

Array counting(const Shape& shape) {
  Array a(DType::kFloat64, shape);
  for (int64_t i = 0; i < a.size(); ++i) a.data<double>()[i] = double(i % 977);
  return a;
}

// x[i, j, k] + y[j] computed by index, on arrays larger than one tile and one
// parallel piece.
TEST(ElementwiseKernel, CoversAllPiecesOfStridedInputs) {
  const int axes[] = {2, 0, 1};
  const Array x = counting({50, 7, 301}).transpose(axes);  // (301, 50, 7)
  const Array y = counting({50, 1});
  const Array sum = add(x, y).numpy();
  ASSERT_EQ(sum.shape(), (Shape{301, 50, 7}));
  const double* out = sum.data<double>();
  for (int64_t i = 0; i < 301; ++i)
    for (int64_t j = 0; j < 50; ++j)
      for (int64_t k = 0; k < 7; ++k) {
        const double want =
            double((j * 7 * 301 + k * 301 + i) % 977) + double(j);
        ASSERT_EQ(*out++, want) << i << " " << j << " " << k;
      }
}

TEST(ElementwiseKernel, SplatsScalarsAndReadsBackwards) {
  const Array x = counting({9000});
  const Slice backwards[] = {{{}, {}, -1}};
  const Array y = (Tensor(x.slice(backwards)) * 2).numpy();
  EXPECT_EQ(y.data<double>()[0], 2 * double(8999 % 977));
  EXPECT_EQ(y.data<double>()[8999], 0);
}

TEST(ElementwiseType, NamesTheOpAndDtypeItRefuses) {
  try {
    sqrt(Array::from<Bytes>({"a"}));
    FAIL();
  } catch (const TypeError& e) {
    EXPECT_NE(std::string(e.what()).find("bytes"), std::string::npos);
  }
}

TEST(ElementwiseType, RefusesShapesThatDoNotBroadcast) {
  EXPECT_THROW(add(counting({2}), counting({3})), ValueError);
}

TEST(Unbroadcast, SumsOverAxesThatWereAddedOrStretched) {
  const Tensor g = counting({2, 3, 4});
  const Tensor to = Array::zeros(DType::kFloat64, {3, 1});
  const Tensor got = unbroadcast(g, to);
  EXPECT_EQ(got.shape(), (Shape{3, 1}));
  EXPECT_EQ(got.numpy().to_vector<double>()[0],
            0 + 1 + 2 + 3 + 12 + 13 + 14 + 15);
}

TEST(Unbroadcast, OfEqualSymbolsIsTheCotangentItself) {
  const Shape shape{fresh_extent(), 3};
  const Tensor g = parameter({DType::kFloat64, shape});
  const Tensor to = parameter({DType::kFloat64, shape});
  EXPECT_TRUE(unbroadcast(g, to).is_same(g));
}

// Whether the symbol is 1 is known only when the program runs.
TEST(Unbroadcast, OfAnUnknownExtentDecidesAtRunTime) {
  const Tensor g = parameter({DType::kFloat64, Shape{4, 2}});
  const Tensor to = parameter({DType::kFloat64, Shape{fresh_extent(), 2}});
  const Graph graph{"f", {g, to}, {unbroadcast(g, to)}};
  const Array wide[] = {counting({4, 2}), counting({4, 2})};
  EXPECT_EQ(evaluate(graph, wide)[0].shape(), (Shape{4, 2}));
  const Array narrow[] = {counting({4, 2}), counting({1, 2})};
  EXPECT_EQ(evaluate(graph, narrow)[0].to_vector<double>(),
            (std::vector<double>{0 + 2 + 4 + 6, 1 + 3 + 5 + 7}));
}

TEST(VmapElementwise, AlignsBatchesOfDifferentNdim) {
  const Tensor x = counting({5, 3}), y = counting({5, 2, 3});
  const Tensor inputs[] = {x, y};
  const bool batched[] = {true, true};
  const auto got =
      vmap_elementwise({op_named("add"), inputs, batched, kNoAttrs});
  EXPECT_EQ(got[0].shape(), (Shape{5, 2, 3}));
  EXPECT_EQ(got[0].numpy().index(0, 4).to_vector<double>()[3], 12 + 27.0);
}

TEST(VmapLoop, ServesBlocksWhoseExtentIsKnownAtRunTime) {
  const Tensor x = parameter({DType::kFloat64, Shape{fresh_extent(), 3}});
  const Tensor inputs[] = {x};
  const bool batched[] = {true};
  const Graph graph{
      "f", {x}, vmap_loop({op_named("square"), inputs, batched, kNoAttrs})};
  const Array in[] = {counting({2, 3})};
  EXPECT_EQ(evaluate(graph, in)[0].to_vector<double>(),
            (std::vector<double>{0, 1, 4, 9, 16, 25}));
}

TEST(PowerVjp, IsFiniteAtZeroBase) {
  const Tensor x = parameter({DType::kFloat64, Shape{}});
  const Tensor p = parameter({DType::kFloat64, Shape{}});
  const Tensor inputs[] = {x, p};
  const Tensor outputs[] = {power(x, p)};
  const Tensor cotangents[] = {Tensor(1.0)};
  const OpDef& op = op_named("power");
  const auto grads =
      op.vjp(VjpContext{op, inputs, outputs, cotangents, kNoAttrs});
  const Graph graph{"f", {x, p}, grads};
  const Array at[] = {Array::scalar(0.0), Array::scalar(0.0)};
  for (const Array& g : evaluate(graph, at)) EXPECT_EQ(g.item<double>(), 0);
}

}  // namespace
}  // namespace numest
