// Initial values; float64 draws, then cast.
#include "numest/train/initializers.h"

#include <cmath>
#include <map>
#include <utility>

namespace numest::initializers {

namespace {

using Draw = std::function<double(Stream&)>;

Array draw(const Shape& shape, DType dtype, Key key, const Draw& next) {
  Array values(DType::kFloat64, shape);
  Stream stream(key);
  double* out = values.data<double>();
  for (int64_t i = 0, n = values.size(); i < n; ++i) out[i] = next(stream);
  return values.astype(dtype);
}

double next_truncated(Stream& stream) {
  for (;;) {
    const double x = stream.next_normal();
    if (std::abs(x) <= 2.0) return x;
  }
}

// The last two axes are inputs and outputs; the others are a receptive field.
std::pair<double, double> fans(const Shape& shape) {
  if (shape.ndim() == 0) return {1, 1};
  if (shape.ndim() == 1) return {double(shape[0]), double(shape[0])};
  double field = 1;
  for (int i = 0; i < shape.ndim() - 2; ++i) field *= double(shape[i]);
  return {field * double(shape[shape.ndim() - 2]),
          field * double(shape.back())};
}

// Standard deviation of a standard normal cut at two deviations.
constexpr double kTruncatedStddev = 0.87962566103423978;

}  // namespace

Initializer constant(double value) {
  return {"constant", [value](const Shape& shape, DType dtype, Key) {
            Array a(dtype, shape);
            a.assign(Array::scalar(value));
            return a;
          }};
}
Initializer zeros() {
  return {"zeros", [](const Shape& shape, DType dtype, Key) {
            return Array::zeros(dtype, shape);
          }};
}
Initializer ones() {
  Initializer one = constant(1.0);
  one.name = "ones";
  return one;
}

Initializer value(Array array) {
  return {"value", [array](const Shape& shape, DType dtype, Key) {
            NUMEST_USER_CHECK(array.shape() == shape, ValueError,
                              "initializer: got a value of shape {}, expected "
                              "{}",
                              array.shape().to_string(), shape.to_string());
            return array.astype(dtype).copy();
          }};
}

Initializer random_uniform(double low, double high) {
  return {"random_uniform", [=](const Shape& shape, DType dtype, Key key) {
            return draw(shape, dtype, key, [=](Stream& s) {
              return low + (high - low) * s.next_double();
            });
          }};
}

Initializer random_normal(double mean, double stddev) {
  return {"random_normal", [=](const Shape& shape, DType dtype, Key key) {
            return draw(shape, dtype, key, [=](Stream& s) {
              return mean + stddev * s.next_normal();
            });
          }};
}

Initializer truncated_normal(double mean, double stddev) {
  return {"truncated_normal", [=](const Shape& shape, DType dtype, Key key) {
            return draw(shape, dtype, key, [=](Stream& s) {
              return mean + stddev * next_truncated(s);
            });
          }};
}

Initializer variance_scaling(double scale, const std::string& mode,
                             const std::string& distribution) {
  NUMEST_USER_CHECK(
      mode == "fan_in" || mode == "fan_out" || mode == "fan_avg", ValueError,
      "variance_scaling: unknown mode: got '{}', expected 'fan_in', "
      "'fan_out' or 'fan_avg'",
      mode);
  NUMEST_USER_CHECK(
      distribution == "uniform" || distribution == "untruncated_normal" ||
          distribution == "truncated_normal" || distribution == "normal",
      ValueError,
      "variance_scaling: unknown distribution: got '{}', expected 'uniform', "
      "'truncated_normal' ('normal') or 'untruncated_normal'",
      distribution);
  return {"variance_scaling", [=](const Shape& shape, DType dtype, Key key) {
            const auto [fan_in, fan_out] = fans(shape);
            const double fan = mode == "fan_in"    ? fan_in
                               : mode == "fan_out" ? fan_out
                                                   : (fan_in + fan_out) / 2;
            const double variance = scale / std::max(1.0, fan);
            if (distribution == "uniform") {
              const double limit = std::sqrt(3.0 * variance);
              return random_uniform(-limit, limit).make(shape, dtype, key);
            }
            const double stddev = std::sqrt(variance);
            if (distribution == "untruncated_normal")
              return random_normal(0, stddev).make(shape, dtype, key);
            return truncated_normal(0, stddev / kTruncatedStddev)
                .make(shape, dtype, key);
          }};
}

Initializer glorot_uniform() {
  return variance_scaling(1.0, "fan_avg", "uniform");
}
Initializer glorot_normal() {
  return variance_scaling(1.0, "fan_avg", "truncated_normal");
}
Initializer he_uniform() { return variance_scaling(2.0, "fan_in", "uniform"); }
Initializer he_normal() { return variance_scaling(2.0, "fan_in"); }
Initializer lecun_uniform() {
  return variance_scaling(1.0, "fan_in", "uniform");
}
Initializer lecun_normal() { return variance_scaling(1.0, "fan_in"); }

Initializer by_name(std::string_view name) {
  static const std::map<std::string_view, Initializer (*)()> table = {
      {"zeros", zeros},
      {"ones", ones},
      {"glorot_uniform", glorot_uniform},
      {"glorot_normal", glorot_normal},
      {"he_uniform", he_uniform},
      {"he_normal", he_normal},
      {"lecun_uniform", lecun_uniform},
      {"lecun_normal", lecun_normal},
  };
  auto it = table.find(name);
  if (it != table.end()) return it->second();
  std::string known;
  for (const auto& [key, make] : table)
    known += (known.empty() ? "" : ", ") + std::string(key);
  fail<ValueError>("initializer: got '{}', expected one of {}", name, known);
}

}  // namespace numest::initializers
