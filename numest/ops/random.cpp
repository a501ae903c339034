// Random functions composed of the keyed ops.
#include "numest/ops/random.h"

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

Tensor rows(const Tensor& a, const Tensor& indices) {
  return emit("take", {a, indices}, {{"axis", int64_t{0}}});
}

int64_t known_size(const Shape& shape) {
  NUMEST_USER_CHECK(shape.is_known(), ValueError,
                    "choice: the shape must be known: got {}",
                    shape.to_string());
  return shape.size();
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

Tensor permutation(const Tensor& key, const Tensor& a) {
  const Shape n{a.shape()[0]};
  return rows(a, emit("random_permutation", {key}, {{"n", n}}));
}

namespace {

// Inverse of the distribution function.
Tensor weighted_indices(const Tensor& key, const Shape& shape,
                        const Tensor& p) {
  const Tensor edges = emit("cumsum", {p}, {{"axis", int64_t{0}}});
  const Tensor total = emit("select", {edges}, {{"index", int64_t{-1}}});
  const Tensor u = emit("random_uniform", {key},
                        {{"shape", shape}, {"dtype", DType::kFloat64}});
  return emit("searchsorted", {edges, emit("multiply", {u, total})},
              {{"side", std::string("right")}});
}

// The k largest of log(p) + Gumbel noise are a draw without replacement.
Tensor weighted_sample(const Tensor& key, const Shape& shape, const Tensor& p) {
  const Tensor u = emit("random_uniform", {key},
                        {{"shape", p.shape()}, {"dtype", DType::kFloat64}});
  const Tensor exponential =
      emit("negative", {emit("log1p", {emit("negative", {u})})});
  const Tensor score =
      emit("subtract", {emit("log", {p}), emit("log", {exponential})});
  const Tensor order =
      call(op_named("top_k"), {score}, {{"k", known_size(shape)}})[1];
  return emit("reshape", {order}, {{"shape", shape}});
}

Tensor plain_sample(const Tensor& key, const Shape& shape, int64_t n) {
  const int64_t count = known_size(shape);
  NUMEST_USER_CHECK(is_symbol(n) || count <= n, ValueError,
                    "choice: cannot take a larger sample than population when "
                    "replace is False: got {} of {}",
                    count, n);
  const Tensor order = emit("random_permutation", {key}, {{"n", Shape{n}}});
  const Tensor first = emit("slice", {order},
                            {{"starts", std::vector<int64_t>{0}},
                             {"stops", std::vector<int64_t>{count}}});
  return emit("reshape", {first}, {{"shape", shape}});
}

}  // namespace

Tensor choice(const Tensor& key, const Tensor& a, const Shape& shape,
              bool replace, const std::optional<Tensor>& p) {
  if (p)
    return rows(a, replace ? weighted_indices(key, shape, *p)
                           : weighted_sample(key, shape, *p));
  if (!replace) return rows(a, plain_sample(key, shape, a.shape()[0]));
  const Tensor n = emit("extent", {a}, {{"axis", int64_t{0}}});
  const Tensor zero(Array::scalar(int64_t{0}));
  return rows(a, emit("random_integers", {key, zero, n}, {{"shape", shape}}));
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
