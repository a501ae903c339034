// Numeric columns and the dense input layer.
#include <algorithm>

#include "numest/base/log.h"
#include "numest/feature/feature_column.h"
#include "numest/ops/functions.h"

namespace numest::feature_column {

namespace {

// More values per example than any memory holds.
constexpr int64_t kMaxElements = int64_t{1} << 40;

class NumericColumn : public FeatureColumn {
 public:
  NumericColumn(std::string key, NumericOptions options)
      : key_(std::move(key)), options_(std::move(options)) {}

  std::string name() const override { return key_; }
  std::vector<std::string> keys() const override { return {key_}; }
  int64_t num_elements() const override {
    int64_t size = 1;
    for (int64_t extent : options_.shape) size *= extent;
    return size;
  }

  Tensor dense(const Features& features) const override {
    Tensor x = feature(features, key_);
    NUMEST_USER_CHECK(x.dtype() != DType::kBytes, TypeError,
                      "numeric_column '{}': got a feature of strings, "
                      "expected numbers",
                      key_);
    x = astype(x, DType::kFloat32);
    if (options_.normalizer_fn) {
      x = options_.normalizer_fn(x);
      NUMEST_USER_CHECK(!x.is_empty(), ValueError,
                        "numeric_column '{}': normalizer_fn returned nothing",
                        key_);
      x = astype(x, DType::kFloat32);
    }
    return reshape(x, Shape{x.ndim() ? batch(x) : 1, num_elements()});
  }

 private:
  // A batch of scalars fits shape (1,).
  int64_t batch(const Tensor& x) const {
    int64_t size = 1;
    for (int i = 1; i < x.ndim(); ++i) size *= x.shape()[i];
    NUMEST_USER_CHECK(size == num_elements() || size < 0, ValueError,
                      "numeric_column '{}': got a feature of shape {}, "
                      "expected (batch, {}); set shape= of the column or "
                      "batch the dataset",
                      key_, x.shape().to_string(), num_elements());
    return x.shape()[0];
  }

  std::string key_;
  NumericOptions options_;
};

std::string key_list(const Features& features) {
  std::string text;
  for (const std::string& key : features.keys)
    text += (text.empty() ? "'" : ", '") + key + "'";
  return text.empty() ? "none" : text;
}

}  // namespace

Tensor feature(const Features& features, const std::string& key) {
  if (features.is_leaf()) {
    static const bool said = [&] {
      log_info("features are a bare array: they go to the column '{}'", key);
      return true;
    }();
    static_cast<void>(said);
    return features.leaf;
  }
  const Features* found = features.find(key);
  NUMEST_USER_CHECK(found && found->is_leaf(), ValueError,
                    "feature '{}' is missing: got {}, expected it among the "
                    "features of input_fn",
                    key, key_list(features));
  return found->leaf;
}

ColumnPtr numeric_column(const std::string& key,
                         const NumericOptions& options) {
  NUMEST_USER_CHECK(!key.empty(), ValueError,
                    "numeric_column: key must not be empty");
  for (int64_t extent : options.shape)
    NUMEST_USER_CHECK(extent > 0, ValueError,
                      "numeric_column '{}': shape must be positive integers: "
                      "got extent {}",
                      key, extent);
  NUMEST_USER_CHECK(is_integer(options.dtype) || is_float(options.dtype),
                    ValueError,
                    "numeric_column '{}': dtype must be convertible to float: "
                    "got {}",
                    key, name(options.dtype));
  double size = 1;
  for (int64_t extent : options.shape) size *= double(extent);
  NUMEST_USER_CHECK(size <= double(kMaxElements), ValueError,
                    "numeric_column '{}': shape has {:.3g} elements per "
                    "example, expected at most {}",
                    key, size, kMaxElements);
  return std::make_shared<NumericColumn>(key, options);
}

void check_columns(const Columns& columns, const std::string& what) {
  NUMEST_USER_CHECK(!columns.empty(), ValueError,
                    "{}: got no columns, expected at least one", what);
  std::vector<std::string> names;
  for (const ColumnPtr& c : columns) names.push_back(c->name());
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  NUMEST_USER_CHECK(twice == names.end(), ValueError,
                    "{}: two columns are named '{}'", what, *twice);
}

Tensor input_layer(const Features& features, const Columns& columns) {
  check_columns(columns, "feature_columns");
  NUMEST_USER_CHECK(!features.is_leaf() || columns.size() == 1, ValueError,
                    "features must be a dictionary when there are several "
                    "columns: got a bare array for {} columns",
                    columns.size());
  Columns sorted = columns;
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a->name() < b->name(); });
  std::vector<Tensor> parts;
  for (const ColumnPtr& c : sorted) parts.push_back(c->dense(features));
  return parts.size() == 1 ? parts[0] : concatenate(parts, 1);
}

}  // namespace numest::feature_column
