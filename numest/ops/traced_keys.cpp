// A traced scope is a KeyScope too, so that the two kinds nest in one order.
#include "numest/ops/traced_keys.h"

#include <atomic>
#include <utility>

#include "numest/ops/functions.h"

namespace numest {

namespace {

thread_local TracedKeyScope* innermost = nullptr;
std::atomic<uint64_t> num_scopes = 0;

}  // namespace

TracedKeyScope::TracedKeyScope(Tensor key)
    : key_(std::move(key)), number_(++num_scopes), outer_(innermost) {
  innermost = this;
}
TracedKeyScope::~TracedKeyScope() { innermost = outer_; }

uint64_t TracedKeyScope::current() {
  const bool counts = innermost && KeyScope::innermost() == &innermost->place_;
  return counts ? innermost->number_ : 0;
}

std::optional<Tensor> TracedKeyScope::next_key() {
  if (current() == 0) return std::nullopt;
  return fold_in(innermost->key_, innermost->num_draws_++);
}

}  // namespace numest
