// The list of all op tables: the only place that names every family.
#include "numest/ops/call.h"
#include "numest/ops/families.h"

namespace numest {

std::vector<std::span<const OpDef>> op_families() {
  return {elementwise_ops(),  math_ops(),
          trig_ops(),         rounding_ops(),
          compare_ops(),      bit_ops(),
          reduce_ops(),       creation_ops(),
          shape_ops(),        rearrange_ops(),
          diagonal_ops(),     slice_ops(),
          index_ops(),        advanced_index_ops(),
          at_ops(),           histogram_ops(),
          linalg_ops(),       factor_ops(),
          fourier_ops(),      nn_ops(),
          activation_ops(),   conv_ops(),
          pool_ops(),         sort_ops(),
          sliding_ops(),      random_ops(),
          distribution_ops(), control_ops(),
          branch_ops(),       scan_ops(),
          foreign_ops(),      state_ops()};
}

}  // namespace numest
