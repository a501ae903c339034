// The limits are made by repeated multiplication, as TensorFlow makes them, so
// that they are equal to the last bit.
#include "numest/formats/histogram.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "numest/base/error.h"

namespace numest {
namespace {

std::vector<double> make_limits() {
  std::vector<double> positive;
  for (double v = 1e-12; v < 1e20; v *= 1.1) positive.push_back(v);
  positive.push_back(DBL_MAX);
  std::vector<double> limits;
  for (auto it = positive.rbegin(); it != positive.rend(); ++it)
    limits.push_back(-*it);
  limits.push_back(0);
  limits.insert(limits.end(), positive.begin(), positive.end());
  return limits;
}

const std::vector<double>& all_limits() {
  static const std::vector<double> limits = make_limits();
  return limits;
}

// A run of empty buckets becomes one, which ends where the next begins.
void keep_filled(const std::vector<double>& counts, SummaryHistogram& out) {
  const std::vector<double>& limits = all_limits();
  for (size_t i = 0; i < counts.size();) {
    double limit = limits[i];
    double count = counts[i++];
    if (count == 0)
      while (i < counts.size() && counts[i] == 0) limit = limits[i++];
    out.bucket_limit.push_back(limit);
    out.bucket.push_back(count);
  }
}

}  // namespace

SummaryHistogram histogram_of(const Array& values) {
  NUMEST_USER_CHECK(
      !is_complex(values.dtype()) && values.dtype() != DType::kBytes, TypeError,
      "histogram: got dtype {}, expected real numbers", name(values.dtype()));
  SummaryHistogram out;
  std::vector<double> counts(all_limits().size());
  out.min = DBL_MAX;
  out.max = -DBL_MAX;
  for (const double v : values.to_vector<double>()) {
    NUMEST_USER_CHECK(std::isfinite(v), ValueError,
                      "histogram: a value is {}, expected finite numbers", v);
    const auto above =
        std::upper_bound(all_limits().begin(), all_limits().end(), v);
    const auto bucket = size_t(above - all_limits().begin());
    counts[std::min(bucket, counts.size() - 1)] += 1;
    out.min = std::min(out.min, v);
    out.max = std::max(out.max, v);
    out.num += 1;
    out.sum += v;
    out.sum_squares += v * v;
  }
  keep_filled(counts, out);
  return out;
}

}  // namespace numest
