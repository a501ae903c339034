// Expected values are NumPy's, of the same calls; bins against a search by
// hand.
#include "numest/ops/composite_histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "numest/graph/evaluate.h"
#include "numest/np.h"

namespace numest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Doubles = std::vector<double>;

Doubles values(const Tensor& t) { return t.numpy().to_vector<double>(); }

template <class F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "no error";
}

TEST(Histogram, CountsTheLastEdgeAndNothingOutside) {
  const Tensor x = np::array({-1.0, 0.0, 1.0, 2.0, 2.5, NAN});
  const auto [counts, edges] = np::histogram(x, np::array({0, 1, 2}));
  EXPECT_EQ(counts.dtype(), DType::kInt64);
  EXPECT_THAT(values(counts), ElementsAre(1, 2));
  EXPECT_THAT(values(edges), ElementsAre(0, 1, 2));
}

TEST(Histogram, EdgesAreEqualPartsOfTheRange) {
  const Tensor x = np::array({0.0, 1.0, 1.0, 4.0});
  const auto [counts, edges] = np::histogram(x, 4);
  EXPECT_THAT(values(counts), ElementsAre(1, 2, 0, 1));
  EXPECT_THAT(values(edges), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(np::histogram(x).first.shape(), (Shape{10}));
  const auto given = np::histogram(x, 2, {.range = {1, 5}});
  EXPECT_THAT(values(given.first), ElementsAre(2, 1));
  const auto same = np::histogram(np::array({3.0, 3.0}), 2);
  EXPECT_THAT(values(same.second), ElementsAre(2.5, 3, 3.5));
  EXPECT_THAT(values(same.first), ElementsAre(0, 2));
  const auto none = np::histogram(zeros({0}), 2);
  EXPECT_THAT(values(none.second), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(values(none.first), ElementsAre(0, 0));
}

TEST(Histogram, WeightsAreAddedUpInTheirDtype) {
  const Tensor x = np::array({0.0, 1.0, 1.0, 4.0});
  const auto weighted = [&](const Tensor& w) {
    return np::histogram(x, 2, {.weights = w}).first;
  };
  EXPECT_THAT(values(weighted(np::array({1, 2, 3, 4}))), ElementsAre(6, 4));
  EXPECT_EQ(weighted(np::array({1, 2, 3, 4})).dtype(), DType::kInt64);
  const Tensor narrow = np::astype(np::array({1, 2, 3, 4}), DType::kFloat32);
  EXPECT_EQ(weighted(narrow).dtype(), DType::kFloat32);
  const Tensor flags = np::astype(np::array({1, 0, 1, 0}), DType::kBool);
  EXPECT_EQ(weighted(flags).numpy().to_vector<bool>(),
            (std::vector<bool>{true, false}));
  EXPECT_THAT(error_of([&] {
                weighted(np::array({1, 2}));
              }),
              HasSubstr("weights should have the same shape as a"));
}

TEST(Histogram, DensityIntegratesToOne) {
  const Tensor x = np::array({0.0, 1.0, 1.0, 4.0});
  const auto [density, edges] =
      np::histogram(x, np::array({0.0, 1.0, 5.0}), {.density = true});
  EXPECT_THAT(values(density), ElementsAre(0.25, 3.0 / 16));
}

TEST(Histogram, SaysWhatIsWrong) {
  const Tensor x = np::array({0.0, 1.0});
  EXPECT_THAT(error_of([&] { np::histogram(x, 0); }),
              HasSubstr("`bins` must be positive, when an integer: got 0"));
  EXPECT_THAT(error_of([&] { np::histogram(x, 2.5); }),
              HasSubstr("`bins` must be an integer"));
  EXPECT_THAT(error_of([&] {
                np::histogram(x, zeros({2, 2}));
              }),
              HasSubstr("`bins` must be 1d, when an array"));
  EXPECT_THAT(error_of([&] {
                np::histogram(x, np::array({1, 0}));
              }),
              HasSubstr("`bins` must increase monotonically"));
  EXPECT_THAT(error_of([&] {
                np::histogram(x, 2, {.range = {1, 0}});
              }),
              HasSubstr("max must be larger than min in range parameter"));
  EXPECT_THAT(error_of([&] {
                np::histogram(x, 2, {.range = {0, INFINITY}});
              }),
              HasSubstr("supplied range of [0, inf] is not finite"));
  EXPECT_THAT(error_of([&] {
                np::histogram(np::array({0.0, NAN}), 2);
              }),
              HasSubstr("autodetected range of [nan, nan] is not finite"));
  EXPECT_THAT(error_of([] {
                np::histogram(np::array({1.0, 1.0 + 1e-15}), 100);
              }),
              HasSubstr("Too many bins for data range. Cannot create 100"));
}

// Bins by looking at all edges.
std::vector<int64_t> counted(const Doubles& x, const Doubles& edges) {
  std::vector<int64_t> counts(edges.size() - 1);
  for (const double v : x)
    for (size_t i = 0; i < counts.size(); ++i)
      counts[i] +=
          v >= edges[i] &&
          (v < edges[i + 1] || (i + 1 == counts.size() && v == edges[i + 1]));
  return counts;
}

TEST(Histogram, BinsOfNumbersAtEdgesAreThoseOfTheEdges) {
  std::mt19937 random(3);
  for (const int64_t bins : {1, 3, 7, 10, 100}) {
    const Tensor edges = np::linspace(-0.3, 1.1, bins + 1);
    Doubles x = values(edges);
    for (const double e : values(edges)) {
      x.push_back(std::nextafter(e, -9.0));
      x.push_back(std::nextafter(e, 9.0));
      x.push_back(std::uniform_real_distribution<>(-1, 2)(random));
    }
    const Tensor a = Array::from(x);
    EXPECT_EQ(np::histogram(a, edges).first.numpy().to_vector<int64_t>(),
              counted(x, values(edges)));
    // Uneven, and so searched.
    const Tensor uneven = np::square(edges + 0.3);
    EXPECT_EQ(np::histogram(a, uneven).first.numpy().to_vector<int64_t>(),
              counted(x, values(uneven)));
    // Even but for one that lies almost half a bin off.
    Array moved = edges.numpy().copy();
    if (bins > 2) moved.data<double>()[2] += 0.49 * 1.4 / double(bins);
    EXPECT_EQ(np::histogram(a, moved).first.numpy().to_vector<int64_t>(),
              counted(x, moved.to_vector<double>()));
  }
}

TEST(Histogram, LargeIntegersAreNotRounded) {
  const int64_t big = int64_t{1} << 60;
  const Tensor x = Array::from<int64_t>({big, big + 1, big + 2});
  EXPECT_THAT(values(np::histogram(x, x).first), ElementsAre(1, 2));
}

TEST(Histogram, PiecesOfManyElementsAddUp) {
  const Tensor x = np::linspace(0, 1, 1000000);
  const Doubles counts = values(np::histogram(x, 10).first);
  EXPECT_EQ(counts, Doubles(10, 100000));
}

TEST(Histogram, OfSeveralAxesAreFloats) {
  const Tensor x = np::array({0.0, 1.0, 2.0, 2.0});
  const Tensor y = np::array({0.0, 5.0, 1.0, 9.0});
  const auto [counts, x_edges, y_edges] =
      np::histogram2d(x, y, {2, np::array({0, 4, 6})});
  EXPECT_EQ(counts.dtype(), DType::kFloat64);
  EXPECT_THAT(values(counts), ElementsAre(1, 0, 1, 1));
  EXPECT_THAT(values(x_edges), ElementsAre(0, 1, 2));
  EXPECT_THAT(values(y_edges), ElementsAre(0, 4, 6));
  const auto [all, edges] = np::histogramdd(
      np::stack({x, y}, 1), 2, {.range = {{}, {0, 10}}, .weights = 2 * x});
  EXPECT_THAT(values(all), ElementsAre(0, 0, 4, 6));
  EXPECT_THAT(values(edges[1]), ElementsAre(0, 5, 10));
  const auto density = np::histogramdd(x, 2, {.density = true}).first;
  EXPECT_THAT(values(density), ElementsAre(0.25, 0.75));
  EXPECT_THAT(error_of([&] {
                np::histogram2d(x, y, {2, 2, 2});
              }),
              HasSubstr("The dimension of bins must be equal"));
  EXPECT_THAT(error_of([&] {
                np::histogramdd(x, 2,
                                {.weights = np::astype(y, DType::kComplex128)});
              }),
              HasSubstr("expected real ones"));
  EXPECT_THAT(error_of([&] {
                np::histogramdd(x, 2, {.weights = np::array({1, 2})});
              }),
              HasSubstr("don't have the same length"));
}

// What the graph of a function of one array gives.
template <class F>
Tensor run(F&& function, const Tensor& x, bool is_known = true) {
  Shape shape = x.shape();
  if (!is_known) shape[0] = fresh_extent();
  Graph graph;
  graph.inputs = {parameter({x.dtype(), shape})};
  graph.outputs = {function(graph.inputs[0])};
  return evaluate(graph, std::vector<Array>{x.numpy()})[0];
}

TEST(Histogram, OfTracedValuesChecksThemWhenTheyAreThere) {
  const auto counts = [](const Tensor& x) { return np::histogram(x, 2).first; };
  const Tensor x = np::array({0.0, 1.0, 3.0});
  EXPECT_THAT(values(run(counts, x)), ElementsAre(2, 1));
  EXPECT_THAT(values(run(counts, x, false)), ElementsAre(2, 1));
  EXPECT_THAT(error_of([&] {
                run(counts, np::array({0.0, NAN}));
              }),
              HasSubstr("histogram: autodetected range"));
  const auto between = [&](const Tensor& edges) {
    return np::histogram(x, edges).first;
  };
  EXPECT_THAT(values(run(between, np::array({0, 1, 3}))), ElementsAre(1, 2));
  EXPECT_THAT(error_of([&] {
                run(between, np::array({3, 0}));
              }),
              HasSubstr("`bins` must increase monotonically"));
}

}  // namespace
}  // namespace numest
