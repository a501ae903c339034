// Paths are folded into two keys: one sees epochs, one does not.
#include "numest/data/place.h"

#include <random>

namespace numest::data {

namespace {
// Keeps the fold of an epoch number apart from that of an input index.
constexpr uint64_t kEpochMark = 0x65706f6368;  // "epoch"
}  // namespace

Place Place::child(uint64_t index) const {
  Place out = *this;
  out.epoch = fold(epoch, index);
  out.fixed = fold(fixed, index);
  return out;
}

Place Place::at_epoch(uint64_t number) const {
  Place out = *this;
  out.epoch = fold(epoch, {kEpochMark, number});
  out.is_repeat = is_repeat || number > 0;
  return out;
}

Place Place::without_epoch() const {
  Place out = *this;
  out.epoch = fixed;
  return out;
}

Key Place::random_key(std::optional<uint64_t> node_seed,
                      bool each_iteration) const {
  Key base;
  if (has_seed)
    base = fold(Key{seed}, node_seed.value_or(0));
  else if (node_seed)
    base = fold(Key{*node_seed}, each_iteration ? iteration : 0);
  else
    base = Key{each_iteration ? entropy : dataset_entropy};
  return fold(base, each_iteration ? epoch.value : fixed.value);
}

void Place::write(StateWriter& out) const {
  out.number((has_seed ? 1u : 0u) + (keeps_order ? 2u : 0u));
  for (const uint64_t value :
       {seed, entropy, dataset_entropy, iteration, epoch.value, fixed.value})
    out.number(value);
}

Place Place::read(StateReader& in) {
  Place out;
  const uint64_t flags = in.number();
  out.has_seed = (flags & 1) != 0;
  out.keeps_order = (flags & 2) != 0;
  for (uint64_t* value : {&out.seed, &out.entropy, &out.dataset_entropy,
                          &out.iteration, &out.epoch.value, &out.fixed.value})
    *value = in.number();
  return out;
}

uint64_t fresh_entropy() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

}  // namespace numest::data
