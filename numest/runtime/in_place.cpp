// Elementwise steps read an element before they write it; updates begin with
// a copy of their first input, which is nothing if it is there already.
#include "numest/runtime/in_place.h"

#include <algorithm>
#include <string_view>

#include "numest/passes/fused_product.h"

namespace numest {

namespace {

constexpr std::string_view kUpdates[] = {
    "scatter_add", "scatter_set", "slice_update", "dynamic_update_slice"};

}  // namespace

bool may_overwrite(const Step& step, int input, int output) {
  if (step.op == &fused_op())
    return fused_program(*step.attrs).may_overwrite(input, output);
  if (step.op == &fused_product_op())
    return may_overwrite_product(*step.attrs, input, output);
  if (step.outputs.size() != 1) return false;
  if (step.op->is(kElementwise)) return true;
  return input == 0 && std::find(std::begin(kUpdates), std::end(kUpdates),
                                 step.op->name) != std::end(kUpdates);
}

}  // namespace numest
