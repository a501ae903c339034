// Blocks and their joining to batches.
#include "numest/data/block.h"

#include <utility>

namespace numest::data {

Block Block::of_columns(int64_t count, std::vector<Array> columns) {
  Block out;
  out.count_ = count;
  out.columns_ = std::move(columns);
  return out;
}

Block Block::of_rows(std::vector<Leaves> rows) {
  Block out;
  out.count_ = static_cast<int64_t>(rows.size());
  out.has_columns_ = false;
  out.rows_ = std::move(rows);
  return out;
}

Block Block::of_element(const Leaves& element) {
  std::vector<Leaves> rows;
  rows.push_back(element);
  return of_rows(std::move(rows));
}

Leaves Block::element(int64_t index) const {
  if (!has_columns_) return rows_[size_t(index)];
  Leaves out;
  out.reserve(columns_.size());
  for (const Array& column : columns_) out.push_back(column.index(0, index));
  return out;
}

Array Block::leaf(int64_t index, size_t leaf) const {
  if (has_columns_) return columns_[leaf].index(0, index);
  return rows_[size_t(index)][leaf];
}

size_t Block::num_leaves() const {
  if (has_columns_) return columns_.size();
  return rows_.empty() ? 0 : rows_.front().size();
}

Block Block::between(int64_t begin, int64_t end) const {
  if (begin == 0 && end == count_) return *this;
  if (!has_columns_)
    return of_rows({rows_.begin() + begin, rows_.begin() + end});
  std::vector<Array> columns;
  columns.reserve(columns_.size());
  for (const Array& column : columns_)
    columns.push_back(column.rows(begin, end));
  return of_columns(end - begin, std::move(columns));
}

Block Block::select(std::span<const int64_t> positions) const {
  if (static_cast<int64_t>(positions.size()) == count_) {
    bool is_all = true;
    for (size_t i = 0; i < positions.size(); ++i)
      is_all = is_all && positions[i] == static_cast<int64_t>(i);
    if (is_all) return *this;
  }
  std::vector<Leaves> rows;
  rows.reserve(positions.size());
  for (const int64_t position : positions) rows.push_back(element(position));
  return of_rows(std::move(rows));
}

namespace {

const Shape& row_shape(const Block& block, int64_t index, size_t leaf,
                       Shape& scratch) {
  scratch = block.leaf(index, leaf).shape();
  return scratch;
}

void check_row(const Shape& got, const Shape& expected, int64_t index,
               size_t leaf, const char* op) {
  NUMEST_USER_CHECK(
      got == expected, ValueError,
      "{0}: elements of one batch have unequal shapes: component {1} of "
      "element {2} has shape {3}, expected {4} as in the first element; use "
      "padded_batch, or map the elements to one shape",
      op, leaf, index, got.to_string(), expected.to_string());
}

void check_dtype(DType got, DType expected, size_t leaf, const char* op) {
  NUMEST_USER_CHECK(got == expected, TypeError,
                    "{}: elements of one batch have unequal dtypes: component "
                    "{} has dtype {}, expected {}",
                    op, leaf, name(got), name(expected));
}

Shape with_leading(const Shape& shape, int64_t extent) {
  Shape out = shape;
  out.insert(0, extent);
  return out;
}

// Writes all elements of `block` from row `first` of `out`.
void write_leaf(const Block& block, size_t leaf, int64_t first,
                const Array& out, const char* op) {
  Shape expected = out.shape();
  expected.erase(0);
  if (block.has_columns()) {
    const Array& column = block.columns()[leaf];
    Shape got = column.shape();
    got.erase(0);
    check_row(got, expected, first, leaf, op);
    check_dtype(column.dtype(), out.dtype(), leaf, op);
    return copy_values(column, out.rows(first, first + block.count()));
  }
  for (int64_t i = 0; i < block.count(); ++i) {
    const Array value = block.leaf(i, leaf);
    check_row(value.shape(), expected, first + i, leaf, op);
    check_dtype(value.dtype(), out.dtype(), leaf, op);
    copy_values(value, out.index(0, first + i));
  }
}

}  // namespace

std::vector<Array> stack(std::span<const Block> blocks, ArrayPool& pool,
                         const char* op) {
  NUMEST_CHECK(!blocks.empty());
  if (blocks.size() == 1 && blocks[0].has_columns()) return blocks[0].columns();
  int64_t count = 0;
  for (const Block& block : blocks) count += block.count();
  std::vector<Array> out;
  for (size_t leaf = 0; leaf < blocks[0].num_leaves(); ++leaf) {
    const Array first = blocks[0].leaf(0, leaf);
    const Array column =
        pool.take(first.dtype(), with_leading(first.shape(), count));
    int64_t row = 0;
    for (const Block& block : blocks) {
      write_leaf(block, leaf, row, column, op);
      row += block.count();
    }
    out.push_back(column);
  }
  return out;
}

bool is_uniform(const Block& block) {
  if (block.has_columns()) return true;
  Shape a, b;
  for (size_t leaf = 0; leaf < block.num_leaves(); ++leaf)
    for (int64_t i = 1; i < block.count(); ++i)
      if (row_shape(block, i, leaf, a) != row_shape(block, 0, leaf, b))
        return false;
  return true;
}

}  // namespace numest::data
