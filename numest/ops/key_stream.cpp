// Keys of draws by number.
#include "numest/ops/key_stream.h"

#include <random>

#include "numest/base/error.h"
#include "numest/base/key_scope.h"
#include "numest/base/random.h"

namespace numest::random {

namespace {

// Keeps the seeds of children apart from the keys of draws.
constexpr uint64_t kChildren = 0x6368696c6472656eULL;

}  // namespace

void KeyStream::seed(uint64_t seed) {
  seed_ = seed;
  num_draws_ = 0;
  num_children_ = 0;
}

Tensor KeyStream::next() {
  if (follows_scope_) {
    if (const auto key = TracedKeyScope::next_key()) return *key;
    if (const auto key = KeyScope::next_key()) return Array::scalar(key->value);
  }
  const uint64_t trace = TracedKeyScope::current();
  NUMEST_USER_CHECK(
      trace == 0 || trace == made_in_, NotSupportedError,
      "np::random: a function that is traced draws from a Generator or a "
      "RandomState that was made outside of it: its draws go by the order of "
      "calls; draw with the functions of np::random, which are keyed by the "
      "element");
  return Array::scalar(fold(Key{seed_}, num_draws_++).value);
}

uint64_t KeyStream::next_child() {
  return fold(Key{seed_}, {kChildren, num_children_++}).value;
}

uint64_t entropy() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

}  // namespace numest::random
