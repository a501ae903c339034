// Chunks grow one at a time, so that a window far larger than its input costs
// no more memory than the input.
#include "numest/data/element_store.h"

#include <utility>

namespace numest::data {

namespace {

constexpr int64_t kChunkRows = 64;

Shape with_rows(const TensorSpec& leaf, int64_t count) {
  Shape shape = leaf.shape;
  shape.insert(0, count);
  return shape;
}

}  // namespace

ElementStore::ElementStore(const ElementSpec& spec) : leaves_(spec.flatten()) {
  for (const TensorSpec& leaf : leaves_)
    has_chunks_ =
        has_chunks_ && leaf.shape.is_known() && leaf.dtype != DType::kBytes;
}

Array ElementStore::row(size_t leaf, int64_t slot) const {
  return chunks_[size_t(slot / kChunkRows)][leaf].index(0, slot % kChunkRows);
}

void ElementStore::add_chunk() {
  const auto first = static_cast<int64_t>(chunks_.size()) * kChunkRows;
  std::vector<Array> columns;
  for (const TensorSpec& leaf : leaves_)
    columns.emplace_back(leaf.dtype, with_rows(leaf, kChunkRows));
  chunks_.push_back(std::move(columns));
  for (int64_t slot = first + kChunkRows; slot-- > first;)
    free_.push_back(slot);
}

int64_t ElementStore::free_slot() {
  if (free_.empty() && has_chunks_) add_chunk();
  if (free_.empty()) {
    rows_.emplace_back();
    return static_cast<int64_t>(rows_.size()) - 1;
  }
  const int64_t slot = free_.back();
  free_.pop_back();
  return slot;
}

// From now on elements stay as they come; those that are here do not move.
void ElementStore::keep_rows() {
  rows_.resize(chunks_.size() * size_t{kChunkRows});
  for (size_t slot = 0; slot < rows_.size(); ++slot)
    for (size_t leaf = 0; leaf < leaves_.size(); ++leaf)
      rows_[slot].push_back(row(leaf, int64_t(slot)));
  chunks_.clear();
  has_chunks_ = false;
}

int64_t ElementStore::put(const Block& block, int64_t index) {
  // A mapped Python function may give other shapes than its spec says.
  for (size_t leaf = 0; leaf < leaves_.size() && has_chunks_; ++leaf)
    if (block.leaf(index, leaf).shape() != leaves_[leaf].shape) keep_rows();
  const int64_t slot = free_slot();
  ++size_;
  if (has_chunks_)
    for (size_t leaf = 0; leaf < leaves_.size(); ++leaf)
      copy_values(block.leaf(index, leaf), row(leaf, slot));
  else
    rows_[size_t(slot)] = block.element(index);
  return slot;
}

Block ElementStore::take_columns(std::span<const int64_t> slots,
                                 ArrayPool& pool) const {
  const auto count = static_cast<int64_t>(slots.size());
  std::vector<Array> columns;
  for (size_t leaf = 0; leaf < leaves_.size(); ++leaf) {
    const TensorSpec& spec = leaves_[leaf];
    columns.push_back(pool.take(spec.dtype, with_rows(spec, count)));
    for (int64_t i = 0; i < count; ++i)
      copy_values(row(leaf, slots[size_t(i)]), columns.back().index(0, i));
  }
  return Block::of_columns(count, std::move(columns));
}

Block ElementStore::take_rows(std::span<const int64_t> slots) {
  std::vector<Leaves> rows;
  rows.reserve(slots.size());
  for (const int64_t slot : slots)
    rows.push_back(std::move(rows_[size_t(slot)]));
  return Block::of_rows(std::move(rows));
}

Block ElementStore::take(std::span<const int64_t> slots, ArrayPool& pool) {
  Block out = has_chunks_ ? take_columns(slots, pool) : take_rows(slots);
  free_.insert(free_.end(), slots.begin(), slots.end());
  size_ -= static_cast<int64_t>(slots.size());
  return out;
}

}  // namespace numest::data
