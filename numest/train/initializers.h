// Initial values of variables, with TensorFlow's names, defaults and
// distributions; keyed by the variable's place, never by time.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "numest/array/array.h"
#include "numest/base/random.h"

namespace numest {

/// Makes the initial value of a variable of this shape and dtype.
struct Initializer {
  std::string name;
  std::function<Array(const Shape&, DType, Key)> make;
  explicit operator bool() const { return bool(make); }
};

namespace initializers {

Initializer zeros();
Initializer ones();
Initializer constant(double value);
/// A fixed array; throws ValueError if the variable has another shape.
Initializer value(Array array);
/// Uniform in [low, high).
Initializer random_uniform(double low = -0.05, double high = 0.05);
Initializer random_normal(double mean = 0.0, double stddev = 1.0);
/// Normal, redrawn beyond two standard deviations.
Initializer truncated_normal(double mean = 0.0, double stddev = 1.0);
/// U(-l, l) with l = sqrt(6 / (fan_in + fan_out)) (Glorot, Bengio 2010).
Initializer glorot_uniform();
Initializer glorot_normal();
/// sqrt(2 / fan_in) (He, Zhang, Ren, Sun 2015).
Initializer he_uniform();
Initializer he_normal();
Initializer lecun_uniform();
Initializer lecun_normal();
/// Scales by `mode` ("fan_in", "fan_out", "fan_avg") and `distribution`
/// ("uniform", "truncated_normal", "untruncated_normal").
Initializer variance_scaling(
    double scale = 1.0, const std::string& mode = "fan_in",
    const std::string& distribution = "truncated_normal");
/// Looks up by name; throws ValueError listing the names.
Initializer by_name(std::string_view name);

}  // namespace initializers
}  // namespace numest
