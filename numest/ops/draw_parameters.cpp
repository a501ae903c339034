// Checks of the parameters of draws.
#include "numest/ops/draw_parameters.h"

#include <fmt/format.h>

namespace numest::random {

void check(const char* draw, const char* name, const Tensor& t,
           const Rule& rule) {
  if (t.is_symbolic()) return;
  for (const double v : t.numpy().to_vector<double>())
    NUMEST_USER_CHECK(rule.holds(v), ValueError, "{}: {}: got {}, expected {}",
                      draw, fmt::format(fmt::runtime(rule.broken), name), v,
                      rule.expected);
}

}  // namespace numest::random
