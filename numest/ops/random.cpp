// Random functions composed of the keyed ops.
#include "numest/ops/random.h"

#include <utility>

#include "numest/ops/distributions.h"
#include "numest/ops/emit.h"

namespace numest::random {

namespace {

Tensor times(const Tensor& a, double b) { return emit("multiply", {a, b}); }
Tensor plus(const Tensor& a, double b) { return emit("add", {a, b}); }

Tensor draw(const char* op, const Tensor& key, const Shape& shape,
            double offset, double scale, DType dtype) {
  const Tensor values = emit(op, {key}, {{"shape", shape}, {"dtype", dtype}});
  return plus(scale == 1 ? values : times(values, scale), offset);
}

}  // namespace

Tensor key(uint64_t seed) { return Array::scalar(seed); }

Tensor split(const Tensor& key, int64_t num) {
  const Tensor numbers =
      emit("arange", {},
           {{"start", 0.0}, {"stop", double(num)}, {"dtype", DType::kInt64}});
  return emit("fold_in", {insert_ones(key, key.ndim(), 1), numbers});
}

Tensor uniform(const Tensor& key, const Shape& shape, double low, double high,
               DType dtype) {
  return draw("random_uniform", key, shape, low, high - low, dtype);
}

Tensor normal(const Tensor& key, const Shape& shape, double mean, double stddev,
              DType dtype) {
  return draw("random_normal", key, shape, mean, stddev, dtype);
}

Tensor truncated_normal(const Tensor& key, const Shape& shape, double mean,
                        double stddev, DType dtype) {
  return draw("random_truncated_normal", key, shape, mean, stddev, dtype);
}

namespace {

class OneKey : public Distributions {
 public:
  explicit OneKey(Tensor key) : key_(std::move(key)) {}

 protected:
  Tensor next_key() override { return key_; }

 private:
  Tensor key_;
};

}  // namespace

Tensor permutation(const Tensor& key, const Tensor& a) {
  return OneKey(key).permutation(a);
}

Tensor choice(const Tensor& key, const Tensor& a, const Shape& shape,
              bool replace, const std::optional<Tensor>& p) {
  return OneKey(key).choice(a, shape, replace, p);
}

Tensor dropout(const Tensor& x, const Tensor& key, double rate) {
  NUMEST_USER_CHECK(rate >= 0 && rate < 1, ValueError,
                    "dropout: got rate {}, expected 0 <= rate < 1", rate);
  if (rate == 0) return x;
  const Tensor u = emit("random_uniform", {key},
                        {{"shape", x.shape()}, {"dtype", DType::kFloat32}});
  const Tensor keep = emit("greater_equal", {u, Tensor(rate)});
  const Tensor zero(Array::zeros(x.dtype(), Shape{}));
  return emit("where", {keep, times(x, 1 / (1 - rate)), zero});
}

}  // namespace numest::random
