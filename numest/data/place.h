// Where the randomness of a node comes from. A place is derived on the way
// from the root of the pipeline to the node; nothing random is ever drawn
// from a shared generator, so equal places give equal elements.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "numest/base/random.h"
#include "numest/data/array_pool.h"
#include "numest/data/state.h"

namespace numest::data {

/// The seeds of one iterator and the path to one node and epoch, and the
/// arrays that its nodes share over all epochs.
struct Place {
  bool has_seed = false;     // the maker of the iterator gave `seed`
  bool keeps_order = false;  // shuffles pass their input through
  uint64_t seed = 0;
  uint64_t entropy = 0;          // fresh for every iterator
  uint64_t dataset_entropy = 0;  // that of the dataset's first iterator
  uint64_t iteration = 0;        // iterators the dataset made before
  bool is_repeat = false;        // a later pass of a repeat
  Key epoch;                     // path of nodes and epochs
  Key fixed;                     // path of nodes only
  std::shared_ptr<ArrayPool> pool = std::make_shared<ArrayPool>();

  /// The place of input `index` of this node.
  Place child(uint64_t index) const;
  /// The place of the same input in pass `number` of a repeat.
  Place at_epoch(uint64_t number) const;
  /// The place that all epochs share.
  Place without_epoch() const;
  /// Key of a random node. `node_seed` is the seed the user gave that node;
  /// `each_iteration` tells whether epochs and iterators differ.
  Key random_key(std::optional<uint64_t> node_seed, bool each_iteration) const;

  void write(StateWriter& out) const;
  static Place read(StateReader& in);
};

/// Returns 64 bits of the machine's entropy.
uint64_t fresh_entropy();

}  // namespace numest::data
