// Metrics of all rows, and metrics on top of an estimator's own.
#include "numest/estimator/add_metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "numest/estimator/canned.h"

namespace numest::estimator {
namespace {

constexpr int64_t kRows = 21;

InputFn rows_in_batches_of(int64_t batch) {
  return [batch] {
    std::vector<float> values(kRows);
    std::iota(values.begin(), values.end(), 0.0f);
    const Array x = Array::from(values), y = x;
    return data::Dataset::from_tensor_slices(
               Element::tuple({Element::dict({{"x", x}}), y}))
        .batch(batch);
  };
}

// The middle label: no mean of batches gives it.
Metrics median_of_labels(const ModelInputs& inputs, const Predictions&) {
  return {{"median", metrics::of_all_rows(
                         {inputs.labels->leaf}, [](std::span<const Array> in) {
                           std::vector<float> values(
                               in[0].data<float>(),
                               in[0].data<float>() + in[0].size());
                           std::sort(values.begin(), values.end());
                           return Array::scalar(values[values.size() / 2]);
                         })}};
}

TEST(AddMetrics, AMetricOfAllRowsDoesNotDependOnTheBatch) {
  LinearRegressor plain(
      {.feature_columns = {feature_column::numeric_column("x")}});
  for (const int64_t batch : {1, 4, 21, 50}) {
    const auto made = add_metrics(plain, median_of_labels);
    const EvalResult result = made->evaluate(rows_in_batches_of(batch));
    EXPECT_EQ(result.at("median").item<float>(), 10.0f);
    EXPECT_TRUE(result.contains("average_loss"));
    EXPECT_EQ(made->model_dir(), plain.model_dir());
  }
  EXPECT_FALSE(plain.evaluate(rows_in_batches_of(7)).contains("median"));
}

TEST(AddMetrics, NeedsInputsAndFunctions) {
  EXPECT_THROW(metrics::of_all_rows({}, [](auto) { return Array(); }),
               TypeError);
  EXPECT_THROW(metrics::of_all_rows({Tensor(1.0)}, {}), TypeError);
  LinearRegressor plain(
      {.feature_columns = {feature_column::numeric_column("x")}});
  EXPECT_THROW(add_metrics(plain, {}), TypeError);
}

}  // namespace
}  // namespace numest::estimator
