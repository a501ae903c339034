// The innermost scope of each thread; scopes nest as blocks do.
#include "numest/base/key_scope.h"

namespace numest {

namespace {
thread_local KeyScope* innermost = nullptr;
}  // namespace

KeyScope::KeyScope(Key key) : key_(key), outer_(innermost) { innermost = this; }
KeyScope::~KeyScope() { innermost = outer_; }

std::optional<Key> KeyScope::next_key() {
  if (!innermost) return std::nullopt;
  return fold(innermost->key_, innermost->num_draws_++);
}

}  // namespace numest
