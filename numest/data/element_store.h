// Elements that wait, in memory of their own: a view of the block in which an
// element came would keep the whole block alive.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "numest/array/nest.h"
#include "numest/data/block.h"

namespace numest::data {

/// Elements in numbered slots. Those whose dtypes and shapes the spec tells
/// lie in chunks of rows, which are filled again and again; others (byte
/// strings, unknown extents) are kept as they came.
class ElementStore {
 public:
  explicit ElementStore(const ElementSpec& spec);

  /// Number of elements.
  int64_t size() const { return size_; }
  /// Keeps element `index` of `block`; returns its slot.
  int64_t put(const Block& block, int64_t index);
  /// Takes out the elements in `slots`: a block whose order is theirs.
  Block take(std::span<const int64_t> slots, ArrayPool& pool);

 private:
  Array row(size_t leaf, int64_t slot) const;
  void add_chunk();
  void keep_rows();
  int64_t free_slot();
  Block take_columns(std::span<const int64_t> slots, ArrayPool& pool) const;
  Block take_rows(std::span<const int64_t> slots);

  std::vector<TensorSpec> leaves_;
  bool has_chunks_ = true;
  std::vector<std::vector<Array>> chunks_;  // by chunk, then by leaf
  std::vector<Leaves> rows_;                // by slot, without chunks
  std::vector<int64_t> free_;
  int64_t size_ = 0;
};

}  // namespace numest::data
