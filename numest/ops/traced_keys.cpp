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
    : TracedKeyScope([key = std::move(key), num_draws = int64_t{0}]() mutable {
        return fold_in(key, num_draws++);
      }) {
  number_ = ++num_scopes;
}
TracedKeyScope::TracedKeyScope(std::function<Tensor()> next_key)
    : next_(std::move(next_key)), number_(0), outer_(innermost) {
  innermost = this;
}
TracedKeyScope::~TracedKeyScope() { innermost = outer_; }

const TracedKeyScope* TracedKeyScope::counting() {
  const bool counts = innermost && KeyScope::innermost() == &innermost->place_;
  return counts ? innermost : nullptr;
}

uint64_t TracedKeyScope::current() {
  const TracedKeyScope* scope = counting();
  return scope ? scope->number_ : 0;
}

std::optional<Tensor> TracedKeyScope::next_key() {
  const TracedKeyScope* scope = counting();
  if (!scope) return std::nullopt;
  return scope->next_();
}

}  // namespace numest
