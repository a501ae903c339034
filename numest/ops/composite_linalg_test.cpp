// Linear algebra and curves in C++: values worked out by hand, extents that
// are not known, and what is refused. NumPy's values: numpy_table.py.
#include "numest/ops/composite_linalg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "numest/graph/evaluate.h"
#include "numest/ops/composite_signal.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

using Doubles = std::vector<double>;
using testing::AllOf;
using testing::HasSubstr;

Tensor matrix() { return Array::from<double>({1, 2, 3, 4, 5, 7}, {2, 3}); }
Tensor vector() { return Array::from<double>({1, 2, 4}); }

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

TEST(Einsum, SumsProductsOfNamedAxes) {
  EXPECT_EQ(values(einsum("ij,j->i", {matrix(), vector()})), (Doubles{17, 42}));
  EXPECT_EQ(values(einsum("ij, j", {matrix(), vector()})), (Doubles{17, 42}));
  EXPECT_EQ(values(einsum("ba", {matrix()})), values(transpose(matrix())));
  EXPECT_EQ(values(einsum("ij,ij,j->", {matrix(), matrix(), vector()})),
            (Doubles{1 + 8 + 36 + 16 + 50 + 196}));
}

TEST(Einsum, KeepsAnExtentThatIsNotKnown) {
  const Tensor x = parameter({DType::kFloat64, Shape{fresh_extent(), 3}});
  const Graph graph{"einsum", {x}, {einsum("ij,kj->ik", {x, matrix()})}};
  const Array in[] = {matrix().numpy()};
  const auto out = evaluate(graph, in);
  EXPECT_EQ(out[0].to_vector<double>(), (Doubles{14, 35, 35, 90}));
}

TEST(Einsum, JoinsAnExtentThatIsNotKnownWithOthers) {
  const Tensor x = parameter({DType::kFloat64, Shape{fresh_extent(), 1, 3}});
  const Graph graph{"einsum", {x}, {einsum("nij,kj->nik", {x, matrix()})}};
  const Array in[] = {matrix().numpy().expand_dims(1)};
  const auto out = evaluate(graph, in);
  EXPECT_EQ(out[0].shape(), (Shape{2, 1, 2}));
  EXPECT_EQ(out[0].to_vector<double>(), (Doubles{14, 35, 35, 90}));
}

TEST(Einsum, SaysWhenTwoGroupsAreNotKnown) {
  const Tensor x =
      parameter({DType::kFloat64, Shape{fresh_extent(), 2, fresh_extent(), 3}});
  const Tensor y =
      parameter({DType::kFloat64, Shape{x.shape()[2], 3, fresh_extent(), 2}});
  EXPECT_THAT(error_of([&] {
                einsum("abcd,cdef->abef", {x, y});
              }),
              AllOf(HasSubstr("two groups of axes of"),
                    HasSubstr("have extents that are not known")));
}

TEST(Einsum, SaysWhichLettersDoNotFit) {
  EXPECT_THAT(error_of([] { einsum("i->i", {matrix()}); }),
              HasSubstr("'i' for an operand of 2 axes"));
  EXPECT_THAT(error_of([] { einsum("ij->k", {matrix()}); }),
              HasSubstr("got 'k' in the result"));
  EXPECT_THAT(error_of([] { einsum("ij,j->i", {matrix()}); }),
              HasSubstr("got 1 operands, expected 2"));
}

TEST(Tensordot, NamesExtentsThatDiffer) {
  EXPECT_THAT(error_of([] { tensordot(matrix(), matrix(), {1}, {0}); }),
              HasSubstr("shape-mismatch for sum: got extents 3 and 2"));
}

TEST(Kron, OfEmptyIsEmpty) {
  EXPECT_EQ(kron(zeros({0, 2}), matrix()).shape(), (Shape{0, 6}));
}

TEST(Cross, TakesVectorsOfThree) {
  const Tensor x = Array::from<double>({1, 0, 0});
  EXPECT_EQ(values(cross(x, vector())), (Doubles{0, -4, 2}));
  EXPECT_THAT(error_of([] { cross(matrix(), zeros({2})); }),
              HasSubstr("expected vectors of three elements"));
}

TEST(MatrixPower, OfZeroIsTheIdentityAndBelowInverts) {
  const Tensor a = Array::from<double>({2, 0, 0, 4}, {2, 2});
  EXPECT_EQ(values(matrix_power(a, 0)), (Doubles{1, 0, 0, 1}));
  EXPECT_EQ(values(matrix_power(a, -1)), (Doubles{0.5, 0, 0, 0.25}));
}

TEST(Factorizations, SayWhatIsWrongWithTheMatrix) {
  const Tensor singular = zeros({2, 2});
  EXPECT_THAT(error_of([&] { inv(singular); }), HasSubstr("Singular matrix"));
  EXPECT_THAT(error_of([&] {
                solve(singular, zeros({2, 1}));
              }),
              HasSubstr("Singular matrix"));
  EXPECT_THAT(error_of([&] { cholesky(singular); }),
              HasSubstr("Matrix is not positive definite"));
  EXPECT_THAT(error_of([] { inv(matrix()); }),
              HasSubstr("must be square: got a of shape (2, 3)"));
  EXPECT_THAT(error_of([] { svd(vector()); }),
              HasSubstr("expected at least two axes"));
  EXPECT_THAT(error_of([] {
                solve(zeros({2, 2}), zeros({3, 1}));
              }),
              HasSubstr("got shapes (2, 2) and (3, 1)"));
}

TEST(Factorizations, TakeEmptyMatrices) {
  EXPECT_EQ(inv(zeros({0, 0})).shape(), (Shape{0, 0}));
  EXPECT_EQ(values(det(zeros({0, 0}))), (Doubles{1}));
  EXPECT_EQ(values(svd(zeros({2, 0}))[0]), (Doubles{1, 0, 0, 1}));
  EXPECT_EQ(qr(zeros({3, 0}))[1].shape(), (Shape{0, 0}));
}

TEST(Factorizations, GiveNanForNan) {
  const Tensor a = Array::from<double>({NAN, 1, 1, 2}, {2, 2});
  EXPECT_TRUE(std::isnan(values(inv(a))[0]));
}

TEST(Det, OfASingularMatrixIsZero) {
  EXPECT_EQ(values(det(ones({2, 2}))), (Doubles{0}));
}

TEST(Norm, RefusesOrdersThatMatricesDoNotHave) {
  EXPECT_THAT(error_of([] { matrix_norm(matrix(), 3); }),
              HasSubstr("Invalid norm order for matrices: got 3"));
}

TEST(Curves, SayWhatTheyNeed) {
  EXPECT_THAT(error_of([] { convolve(matrix(), vector()); }),
              HasSubstr("convolve: object too deep"));
  EXPECT_THAT(error_of([] { convolve(vector(), vector(), "wide"); }),
              HasSubstr("mode must be one of"));
  EXPECT_THAT(error_of([] { gradient(zeros({1})); }),
              HasSubstr("got 1 samples, expected at least 2"));
}

TEST(Gradient, IsAListOfOneArrayAnAxis) {
  const Tensor a = matrix();
  const auto slopes = gradient(a, {1.0, 2.0});
  EXPECT_EQ(values(slopes[0]), (Doubles{3, 3, 4, 3, 3, 4}));
  EXPECT_EQ(values(slopes[1]), (Doubles{0.5, 0.5, 0.5, 0.5, 0.75, 1}));
  EXPECT_EQ(gradient(a, std::vector<Tensor>{}).size(), 2u);
  const auto last = gradient(a, std::vector<Tensor>{2.0}, -1);
  EXPECT_EQ(values(last.at(0)), values(slopes[1]));
  EXPECT_EQ(values(gradient(a, 2, 1)), values(slopes[1]));
  EXPECT_THAT(error_of([&] {
                gradient(a, {1.0, 1.0, 1.0});
              }),
              HasSubstr("invalid number of arguments: got 3 spacings for 2"));
}

TEST(Gradient, OfPositionsFollowsParabolas) {
  const Tensor x = Array::from<double>({0, 1, 3, 4, 7});
  const Tensor f = square(x) * 2.0 - x;
  const Tensor wanted = x * 4.0 - 1.0;
  EXPECT_TRUE(allclose(gradient(f, x, 0, 2), wanted).numpy().item<bool>());
  const Tensor first = gradient(f, x);
  EXPECT_EQ(values(first)[0], 1);  // of one-sided differences
  EXPECT_EQ(values(first)[4], 21);
  EXPECT_THAT(error_of([&] { gradient(f, vector()); }),
              HasSubstr("distances must match the length"));
  EXPECT_THAT(error_of([&] {
                gradient(f, zeros({5, 1}));
              }),
              HasSubstr("distances must be either scalars or 1d"));
}

TEST(NanMax, IsNanWhereAllAre) {
  const Tensor x = Array::from<double>({NAN, NAN, 1, NAN}, {2, 2});
  const Doubles found = values(nanmax(x, 1));
  EXPECT_TRUE(std::isnan(found[0]));
  EXPECT_EQ(found[1], 1);
}

}  // namespace
}  // namespace numest
