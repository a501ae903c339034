#include "numest/ops/operators.h"

#include "numest/ops/dtypes.h"

namespace numest {

Tensor in_place(const Tensor& x, const Tensor& result, std::string_view op) {
  if (x.is_weak()) return result;
  NUMEST_USER_CHECK(can_cast(result.dtype(), x.dtype(), "same_kind"), TypeError,
                    "{}: got a result of dtype {}, expected one that casts to "
                    "{}, which is written to",
                    op, name(result.dtype()), name(x.dtype()));
  NUMEST_USER_CHECK(result.ndim() == x.ndim() &&
                        (result.shape() == x.shape() ||
                         !result.shape().is_known() || !x.shape().is_known()),
                    ValueError,
                    "{}: got a result of shape {}, expected {}, which is "
                    "written to",
                    op, result.shape().to_string(), x.shape().to_string());
  return astype(result, x.dtype());
}

}  // namespace numest
