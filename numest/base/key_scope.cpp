// The innermost scope of each thread; scopes nest as blocks do.
#include "numest/base/key_scope.h"

namespace numest {

namespace {
thread_local KeyScope* innermost_scope = nullptr;
}  // namespace

KeyScope::KeyScope(Key key) : key_(key), outer_(innermost_scope) {
  innermost_scope = this;
}
KeyScope::~KeyScope() { innermost_scope = outer_; }

const KeyScope* KeyScope::innermost() { return innermost_scope; }

std::optional<Key> KeyScope::next_key() {
  if (!innermost_scope) return std::nullopt;
  return fold(innermost_scope->key_, innermost_scope->num_draws_++);
}

}  // namespace numest
