// TensorFlow's summary histogram (lib/histogram/histogram.cc): limits grow by
// 1.1 from 1e-12 to 1e20 on both sides of 0; the last is the largest double.
#pragma once

#include <vector>

#include "numest/array/array.h"

namespace numest {

/// bucket[i] counts the values in [bucket_limit[i-1], bucket_limit[i]).
/// Runs of empty buckets are left out but for their last limit.
struct SummaryHistogram {
  double min = 0, max = 0, num = 0, sum = 0, sum_squares = 0;
  std::vector<double> bucket_limit, bucket;
};

/// Throws TypeError unless the array is real, ValueError if a value is not
/// finite.
SummaryHistogram histogram_of(const Array& values);

}  // namespace numest
