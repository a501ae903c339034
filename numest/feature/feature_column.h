// Feature columns: how raw features become the dense input of a model.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "numest/array/nest.h"
#include "numest/graph/tensor.h"

namespace numest::feature_column {

using Features = Nest<Tensor>;

/// Describes one column. Immutable, shared.
class FeatureColumn {
 public:
  virtual ~FeatureColumn() = default;
  virtual std::string name() const = 0;
  /// Keys of the features it reads.
  virtual std::vector<std::string> keys() const = 0;
  /// Number of values per example in the dense layer.
  virtual int64_t num_elements() const = 0;
  /// (batch, num_elements) float32. Throws KeyError-like ValueError naming
  /// the missing feature and those that are there.
  virtual Tensor dense(const Features& features) const = 0;
};
using ColumnPtr = std::shared_ptr<const FeatureColumn>;
using Columns = std::vector<ColumnPtr>;

struct NumericOptions {
  std::vector<int64_t> shape{1};
  std::optional<Array> default_value = {};
  DType dtype = DType::kFloat32;
  std::function<Tensor(const Tensor&)> normalizer_fn = {};
};

/// Real values of `shape` per example under `key`. Throws ValueError for an
/// extent below 1, TypeError for a dtype that is not numeric.
ColumnPtr numeric_column(const std::string& key,
                         const NumericOptions& options = {});

/// Columns side by side, sorted by name: (batch, sum of num_elements).
Tensor input_layer(const Features& features, const Columns& columns);

/// A feature by key. A bare tensor stands for the only column's key (said in
/// a log line once per process).
Tensor feature(const Features& features, const std::string& key);

/// Throws ValueError unless `columns` is non-empty and names are unique.
void check_columns(const Columns& columns, const std::string& what);

}  // namespace numest::feature_column
