// Heads on data, against formulas in double.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "numest/estimator/head.h"

namespace numest::estimator {
namespace {

using testing::HasSubstr;

Tensor matrix(std::vector<float> values, Shape shape) {
  return Tensor(Array::from(values, shape));
}

double loss_of(const HeadPtr& head, const Tensor& logits,
               const Features& labels) {
  return head->loss({.labels = labels, .logits = logits})
      .numpy()
      .item<double>();
}

std::string message_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

double cross_entropy(double z, double y) {
  return std::log1p(std::exp(z)) - z * y;
}

TEST(MultiLabelHead, AveragesOverClassesAndExamples) {
  const Tensor z = matrix({0.5f, -1, 2, 1, 0, -2}, {2, 3});
  const Tensor y = matrix({1, 0, 1, 0, 0, 1}, {2, 3});
  double expected = 0;
  for (int i = 0; i < 6; ++i)
    expected +=
        cross_entropy(z.numpy().data<float>()[i], y.numpy().data<float>()[i]) /
        6;
  EXPECT_NEAR(loss_of(multi_label_head(3), z, y), expected, 1e-6);
}

TEST(PoissonHead, AddsStirlingsTermAboveOne) {
  const Tensor z = matrix({0.2f, 1.1f}, {2, 1}), y = matrix({1, 4}, {2, 1});
  const double plain = (std::exp(0.2) - 0.2 + std::exp(1.1) - 4 * 1.1) / 2;
  const double stirling = 4 * std::log(4) - 4 + 0.5 * std::log(2 * M_PI * 4);
  EXPECT_NEAR(loss_of(poisson_regression_head(1, false), z, y), plain, 1e-6);
  EXPECT_NEAR(loss_of(poisson_regression_head(1, true), z, y),
              plain + stirling / 2, 1e-6);
}

TEST(LogisticHead, TakesLabelsBetweenZeroAndOneOnly) {
  const Tensor z = matrix({0.4f}, {1, 1});
  EXPECT_NEAR(loss_of(logistic_regression_head(), z, matrix({0.9f}, {1, 1})),
              cross_entropy(0.4, 0.9), 1e-6);
  EXPECT_THAT(message_of([&] {
                loss_of(logistic_regression_head(), z, matrix({1.5f}, {1, 1}));
              }),
              HasSubstr("got 1.5"));
}

TEST(MultiHead, SplitsLogitsAndWeighsLosses) {
  HeadOptions a, b;
  a.name = "a";
  b.name = "b";
  const HeadPtr both =
      multi_head({regression_head(1, a), regression_head(2, b)}, {1, 3});
  const Tensor logits = matrix({1, 2, 3}, {1, 3});
  const Features labels = Features::dict(
      {{"a", matrix({0}, {1, 1})}, {"b", matrix({0, 0}, {1, 2})}});
  EXPECT_NEAR(loss_of(both, logits, labels), 1.0 + 3 * (4.0 + 9.0) / 2, 1e-5);
  EXPECT_EQ(both->predictions(logits)[1].first, "b/predictions");
  EXPECT_EQ(both->logits_dimension(), 3);
}

TEST(MultiHead, NamesWhatIsMissing) {
  HeadOptions named;
  named.name = "a";
  EXPECT_THAT(message_of([] { multi_head({}); }), HasSubstr("heads"));
  EXPECT_THAT(message_of([] { multi_head({regression_head()}); }),
              HasSubstr("name specified"));
  EXPECT_THAT(message_of([&] {
                multi_head({regression_head(1, named)}, {1, 2});
              }),
              HasSubstr("got 1 and 2"));
  EXPECT_THAT(message_of([&] {
                loss_of(multi_head({regression_head(1, named)}),
                        matrix({1}, {1, 1}), matrix({1}, {1, 1}));
              }),
              HasSubstr("labels must be a dict"));
}

TEST(EstimatorSpec, SaysThatPredictionsAreMissing) {
  EXPECT_THROW(EstimatorSpec{.mode = Mode::kPredict}.validate(), ValueError);
  EstimatorSpec none{.mode = Mode::kPredict, .predictions = Tensor()};
  EXPECT_THROW(none.validate(), ValueError);
  none.predictions = Tensor(1.0);
  EXPECT_NO_THROW(none.validate());
}

}  // namespace
}  // namespace numest::estimator
