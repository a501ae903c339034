// Generators that come from others.
#include "numest/ops/random_state.h"

#include "numest/base/error.h"

namespace numest::random {

std::vector<Generator> Generator::spawn(int64_t n_children) {
  NUMEST_USER_CHECK(n_children >= 0, ValueError,
                    "spawn: n_children: got {}, expected 0 or more",
                    n_children);
  std::vector<Generator> children;
  for (int64_t i = 0; i < n_children; ++i)
    children.push_back(Generator(keys_->next_child(), keys_->follows_scope()));
  return children;
}

}  // namespace numest::random
