// A Jacobian is the VJP of the function, over the rows of an identity matrix.
#include "numest/transforms/functional.h"

#include <memory>

#include "numest/ops/composite.h"
#include "numest/ops/control.h"

namespace numest {

namespace {

// The rows of the identity, each of the shape of the value.
Tensor unit_cotangents(const TensorSpec& value) {
  NUMEST_USER_CHECK(value.shape.is_known(), ValueError,
                    "jacobian: got a value of shape {}, expected extents that "
                    "are known while tracing",
                    value.shape.to_string());
  const int64_t n = value.shape.size();
  Shape shape{n};
  for (int64_t extent : value.shape) shape.push_back(extent);
  return reshape(eye(n, {}, 0, value.dtype), shape);
}

int position(int argnum, size_t count) {
  const int n = int(count);
  NUMEST_USER_CHECK(argnum >= -n && argnum < n, ValueError,
                    "jacobian: got argnum {}, expected one of the {} arguments",
                    argnum, n);
  return argnum < 0 ? argnum + n : argnum;
}

}  // namespace

Tensor jacobian_at(const ScalarFunction& function,
                   std::span<const Tensor> arguments, int argnum) {
  const size_t at = size_t(position(argnum, arguments.size()));
  std::vector<TensorSpec> specs;
  for (const Tensor& t : arguments) specs.push_back(t.spec());
  const Traced traced = trace_with_captures(
      [&](std::span<const Tensor> in) { return std::vector{function(in)}; },
      specs, "jacobian");
  const TensorSpec value = traced.graph->outputs[0].spec();
  NUMEST_USER_CHECK(is_inexact(value.dtype), ValueError,
                    "jacobian: got a value of dtype {}, expected a floating "
                    "one",
                    name(value.dtype));
  Graph back = vjp_graph(*traced.graph);
  back.outputs = {back.outputs[at]};
  std::vector<Tensor> inputs(arguments.begin(), arguments.end());
  inputs.insert(inputs.end(), traced.captures.begin(), traced.captures.end());
  inputs.push_back(unit_cotangents(value));
  const auto is_batched = std::make_unique<bool[]>(inputs.size());
  is_batched[inputs.size() - 1] = true;
  const Tensor rows = vmap(back, inputs, {is_batched.get(), inputs.size()})[0];
  Shape shape = value.shape;
  for (int64_t extent : arguments[at].shape()) shape.push_back(extent);
  return reshape(rows, shape);
}

}  // namespace numest
