// Expected values are NumPy's, of the same calls.
#include "numest/ops/composite_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/graph/evaluate.h"
#include "numest/np.h"

namespace numest {
namespace {

using testing::ElementsAre;

std::vector<double> values(const Tensor& t) {
  return t.numpy().to_vector<double>();
}

const Tensor kA = np::array({{0.0, 1.0, 2.0}, {3.0, 4.0, 5.0}});
const Tensor kMask =
    np::array({{1, 0, 1}, {0, 1, 1}}).numpy().astype(DType::kBool);

TEST(Places, CopytoCastsByItsRuleAndBroadcasts) {
  const Tensor row = np::array({7, 8, 9}, DType::kInt32);
  EXPECT_THAT(values(copyto(kA, row)), ElementsAre(7, 8, 9, 7, 8, 9));
  EXPECT_THAT(values(copyto(kA, row, {.where = kMask})),
              ElementsAre(7, 1, 9, 3, 8, 9));
  EXPECT_EQ(copyto(kA, row).dtype(), DType::kFloat64);
  EXPECT_EQ(copyto(row, 3).dtype(), DType::kInt32);
  EXPECT_THROW(copyto(row, 3.5), TypeError);
  EXPECT_THROW(copyto(row, kA), TypeError);
  EXPECT_THROW(copyto(row, kA, {.casting = "unsafe"}), ValueError);
  EXPECT_THAT(values(copyto(row, 2.5, {.casting = "unsafe"})),
              ElementsAre(2, 2, 2));
}

TEST(Places, CopiesDifferWhereNumpyWrites) {
  EXPECT_THAT(values(putmask(kA, kMask, np::array({10, 20}))),
              ElementsAre(10, 1, 10, 3, 10, 20));
  EXPECT_THAT(values(place(kA, kMask, np::array({10, 20, 30}))),
              ElementsAre(10, 1, 20, 3, 30, 10));
  EXPECT_THAT(values(put(kA, np::array({4, 0, -1}), np::array({7, 8}))),
              ElementsAre(8, 1, 2, 3, 7, 7));
  EXPECT_THAT(values(put_along_axis(kA, np::array({{1}, {2}}), 9, 1)),
              ElementsAre(0, 9, 2, 3, 4, 9));
  EXPECT_THAT(values(put_along_axis(kA, np::array({{1, 0, 1}}),
                                    np::array({{7, 8, 9}}), 0)),
              ElementsAre(0, 8, 2, 7, 4, 9));
  EXPECT_THAT(values(fill_diagonal(zeros({3, 2}), 5)),
              ElementsAre(5, 0, 0, 5, 0, 0));
  EXPECT_THAT(values(fill_diagonal(zeros({2, 2, 2}), np::array({1, 2}))),
              ElementsAre(1, 0, 0, 0, 0, 0, 0, 2));
  EXPECT_THROW(fill_diagonal(zeros({3}), 1), ValueError);
  EXPECT_THROW(putmask(kA, kMask, zeros({0})), ValueError);
  EXPECT_THROW(put(kA, np::array({9}), 1), IndexError);
  EXPECT_THAT(values(put(kA, np::array({7, -9}), 9, "clip")),
              ElementsAre(9, 1, 2, 3, 4, 9));
  EXPECT_THAT(values(put(kA, np::array({7, -2}), 9, "wrap")),
              ElementsAre(0, 9, 2, 3, 9, 5));
}

TEST(Places, IndicesAreNumpys) {
  EXPECT_THAT(
      values(ravel_multi_index({np::array({1, 0}), np::array({2, 1})}, {2, 3})),
      ElementsAre(5, 1));
  EXPECT_THROW(ravel_multi_index({2, 0}, {2, 3}), ValueError);
  EXPECT_THROW(ravel_multi_index({1, 0}, {2, 3}, "mend"), ValueError);
  EXPECT_THROW(ravel_multi_index({1, 0}, {2, 3}, "raise", "K"), ValueError);
  EXPECT_THROW(ravel_multi_index({1}, {2, 3}), ValueError);
  const std::vector<Tensor> at{np::array({3, -1}), np::array({1, 4})};
  EXPECT_THAT(values(ravel_multi_index(at, {2, 3}, "clip")), ElementsAre(4, 2));
  EXPECT_THAT(values(ravel_multi_index(at, {2, 3}, "wrap")), ElementsAre(4, 4));
  EXPECT_THAT(values(ravel_multi_index(at, {2, 3}, "wrap", "F")),
              ElementsAre(3, 3));
  const auto open = ix_(
      {np::array({0, 2}), np::array({1, 0, 1}).numpy().astype(DType::kBool)});
  EXPECT_EQ(open[0].shape(), (Shape{2, 1}));
  EXPECT_THAT(values(open[1]), ElementsAre(0, 2));
  EXPECT_EQ(open[1].shape(), (Shape{1, 2}));
  EXPECT_THAT(values(tril_indices_from(kA)[0]), ElementsAre(0, 1, 1));
  EXPECT_THAT(values(triu_indices_from(kA, 1)[1]), ElementsAre(1, 2, 2));
  EXPECT_EQ(diag_indices(3).size(), 2u);
  EXPECT_THROW(diag_indices_from(kA), ValueError);
  EXPECT_THAT(values(in1d(kA, np::array({1.0, 5.0}))),
              ElementsAre(0, 1, 0, 0, 0, 1));
  EXPECT_THAT(values(diagflat(np::array({1, 2}), -1)),
              ElementsAre(0, 0, 0, 1, 0, 0, 0, 2, 0));
}

TEST(Places, TotalsMayBeginWithTheEmptyOne) {
  EXPECT_THAT(values(cumulative_sum(kA, 1, {}, true)),
              ElementsAre(0, 0, 1, 3, 0, 3, 7, 12));
  EXPECT_EQ(cumulative_sum(kA, 0, DType::kInt8).dtype(), DType::kInt8);
  EXPECT_THAT(values(cumulative_prod(zeros({0}), 0, {}, true)), ElementsAre(1));
  EXPECT_THAT(values(cumulative_prod(np::array({2, 3, 4}))),
              ElementsAre(2, 6, 24));
  EXPECT_THROW(cumulative_sum(kA), ValueError);
}

TEST(Places, PolynomialsHaveTheirDerivativesAndIntegrals) {
  EXPECT_THAT(values(poly(np::array({1.0, 2.0, 3.0}))),
              ElementsAre(1, -6, 11, -6));
  EXPECT_THAT(values(poly(np::array({2, 2}))), ElementsAre(1, -4, 4));
  EXPECT_THAT(values(polyder(np::array({1.0, 2.0, 3.0, 4.0}))),
              ElementsAre(3, 4, 3));
  EXPECT_THAT(values(polyder(np::array({1, 2, 3, 4}), 2)), ElementsAre(6, 4));
  EXPECT_TRUE(values(polyder(np::array({5}))).empty());
  EXPECT_THAT(values(polyint(np::array({3.0, 2.0, 1.0}), 1, 5)),
              ElementsAre(1, 1, 1, 5));
  EXPECT_THAT(values(polyint(np::array({6, 4}), 2)), ElementsAre(1, 2, 0, 0));
  EXPECT_THAT(values(polyint(np::array({6, 4}), 2, np::array({1, 2}))),
              ElementsAre(1, 2, 1, 2));
  EXPECT_THROW(polyint(kA, 1), ValueError);
  EXPECT_THROW(polyint(np::array({6, 4}), 2, zeros({3})), ValueError);
}

TEST(Places, TensorsAreSolvedAsMatrices) {
  const Tensor e = reshape(np::eye(6), Shape{2, 3, 6}) * 2.0;
  EXPECT_EQ(tensorinv(e).shape(), (Shape{6, 2, 3}));
  EXPECT_THAT(values(tensorsolve(e, kA)), ElementsAre(0, 0.5, 1, 1.5, 2, 2.5));
  EXPECT_THROW(tensorsolve(kA, kA), ValueError);
}

// They are programs, too.
TEST(Places, AreTraced) {
  const Tensor x = parameter({DType::kFloat64, {2, 3}});
  const Graph graph{"f",
                    {x},
                    {fill_diagonal(put(x, np::array({5}), 8.0), 7.0),
                     cumulative_sum(x, 0, {}, true)}};
  const Array inputs[] = {kA.numpy()};
  EXPECT_THAT(evaluate(graph, inputs)[0].to_vector<double>(),
              ElementsAre(7, 1, 2, 3, 7, 8));
}

// As in a program of batches of any size.
TEST(Places, ExtentsNeedNotBeKnown) {
  const Tensor x = parameter({DType::kFloat64, {-7}});
  const Graph graph{"f", {x}, {diagflat(x), cumulative_sum(x, 0, {}, true)}};
  EXPECT_THROW(diag(x, 1), NotSupportedError);
  const Array two[] = {Array::from<double>({3, 4})};
  EXPECT_THAT(evaluate(graph, two)[0].to_vector<double>(),
              ElementsAre(3, 0, 0, 4));
  EXPECT_THAT(evaluate(graph, two)[1].to_vector<double>(),
              ElementsAre(0, 3, 7));
  const Array none[] = {Array(DType::kFloat64, Shape{0})};
  EXPECT_THAT(evaluate(graph, none)[1].to_vector<double>(), ElementsAre(0));
}

}  // namespace
}  // namespace numest
