// A block: some elements on their way through the pipeline. Elements of one
// shape travel as columns (one array per leaf with a leading axis, often a
// view of the source); others as rows (the leaves of each element).
#pragma once

#include <span>
#include <vector>

#include "numest/array/nest.h"
#include "numest/data/array_pool.h"

namespace numest::data {

/// The leaves of one element, flattened as its spec is.
using Leaves = std::vector<Array>;

class Block {
 public:
  Block() = default;
  /// `columns` have a leading axis of extent `count`.
  static Block of_columns(int64_t count, std::vector<Array> columns);
  static Block of_rows(std::vector<Leaves> rows);
  /// One element, as columns with a leading axis of extent 1.
  static Block of_element(const Leaves& element);

  int64_t count() const { return count_; }
  bool has_columns() const { return has_columns_; }
  const std::vector<Array>& columns() const { return columns_; }
  /// Leaves of element `index`; views.
  Leaves element(int64_t index) const;
  /// Leaf `leaf` of element `index`; a view.
  Array leaf(int64_t index, size_t leaf) const;
  size_t num_leaves() const;
  /// Elements [begin, end); views.
  Block between(int64_t begin, int64_t end) const;
  /// Elements at `positions`, as rows unless they are all.
  Block select(std::span<const int64_t> positions) const;

 private:
  int64_t count_ = 0;
  bool has_columns_ = true;
  std::vector<Array> columns_;
  std::vector<Leaves> rows_;
};

/// Joins blocks to one array per leaf with a leading axis of all elements.
/// A single block of columns passes without a copy. Throws ValueError naming
/// `op` if shapes of elements differ.
std::vector<Array> stack(std::span<const Block> blocks, ArrayPool& pool,
                         const char* op);

/// True if all elements of the block have equal shapes, leaf by leaf.
bool is_uniform(const Block& block);

}  // namespace numest::data
