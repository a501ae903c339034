// One example at a time against whole batches.
#include "numest/estimator/row_predictor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/base/counters.h"
#include "numest/base/file.h"
#include "numest/estimator/canned.h"

namespace numest::estimator {
namespace {

ModelFn dnn() {
  DnnOptions options;
  options.hidden_units = {8};
  options.feature_columns = {
      feature_column::numeric_column("x", {.shape = {4}})};
  options.head = multi_class_head(3);
  return dnn_model_fn(options);
}

Array row(float first) {
  return Array::from<float>({first, -1.0f, 0.5f, 2.0f});
}
Element features(const Array& x) { return Element::dict({{"x", Element(x)}}); }

InputFn training_data() {
  return [] {
    return data::Dataset::from_tensors(Element::tuple(
        {features(row(3).expand_dims(0)), Element(Array::from<int64_t>({2}))}));
  };
}

class RowPredictorTest : public testing::Test {
 protected:
  void expect_equal_to_batch(RowPredictor& predictor, float first) {
    const Array x = row(first);
    const auto values = predictor.run({&x, 1});
    const Prediction batch =
        estimator_.predict_batch(features(x.expand_dims(0)));
    ASSERT_EQ(values.size(), batch.size());
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(predictor.keys()[i], batch[i].first);
      EXPECT_TRUE(array_equal(values[i], batch[i].second.index(0, 0)))
          << batch[i].first;
    }
  }

  TemporaryDirectory folder_;
  Estimator estimator_{dnn(),
                       {.model_dir = folder_.path(), .tf_random_seed = 1}};
};

TEST_F(RowPredictorTest, EqualsABatchOfOneBeforeAndAfterTraining) {
  RowPredictor predictor(estimator_, features(row(1)));
  EXPECT_TRUE(predictor.is_light());
  expect_equal_to_batch(predictor, 1);
  for (int i = 0; i < 2; ++i) {
    estimator_.train(training_data(), 1);
    expect_equal_to_batch(predictor, 2);
    expect_equal_to_batch(predictor, 7);
  }
}

TEST_F(RowPredictorTest, ARunAllocatesNothing) {
  RowPredictor predictor(estimator_, features(row(1)));
  const Array x = row(2);
  predictor.run({&x, 1});
  const int64_t before = counter_value(Counter::array_allocations);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(predictor.try_run({&x, 1}));
  EXPECT_EQ(counter_value(Counter::array_allocations), before);
}

TEST_F(RowPredictorTest, FeaturesOfAnotherLayoutAreRefused) {
  RowPredictor predictor(estimator_, features(row(1)));
  const Array wide = Array::zeros(DType::kFloat32, Shape{5});
  const Array x = row(2), strided = Array::zeros(DType::kFloat32, Shape{4, 2});
  const Slice all;
  Slice first;
  first.stop = 1;
  const std::vector<Slice> column{all, first};
  const Array view = strided.slice(column).squeeze(1);
  for (const Array* bad : {&wide, &view})
    EXPECT_THROW(predictor.run({bad, 1}), ValueError);
  EXPECT_THROW(predictor.run({}), ValueError);
  try {
    predictor.run({&wide, 1});
  } catch (const ValueError& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr("array 0: got float32 (5,), strides (4), "
                                   "expected float32 (4,), strides (4)"));
  }
  EXPECT_NO_THROW(predictor.run({&x, 1}));
}

}  // namespace
}  // namespace numest::estimator
