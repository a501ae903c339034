// A batch that one block covers is that block: a view of the source or the
// buffer of a gather. Only batches over several blocks are copied together.
#include "numest/data/transformations/batch.h"

#include <algorithm>
#include <utility>

namespace numest::data {

namespace {

ElementSpec batch_spec(const ElementSpec& spec, int64_t extent) {
  return spec.map([extent](const TensorSpec& leaf) {
    TensorSpec out = leaf;
    out.shape.insert(0, extent);
    return out;
  });
}

// Columns of whole batches as a block of these; views.
Block whole_batches(const std::vector<Array>& columns, int64_t batch_size) {
  const int64_t count = columns[0].shape()[0] / batch_size;
  std::vector<Array> batches;
  batches.reserve(columns.size());
  for (const Array& column : columns) {
    Shape shape = column.shape();
    Strides strides = column.strides();
    shape[0] = batch_size;
    shape.insert(0, count);
    strides.insert(0, batch_size * strides[0]);
    batches.emplace_back(column.dtype(), shape, strides, column.raw(),
                         column.buffer());
  }
  return Block::of_columns(count, std::move(batches));
}

// All rows of one batch, or of several: the last may lack rows.
Block batches_of(std::span<const Block> blocks, int64_t batch_size,
                 ArrayPool& pool) {
  const std::vector<Array> columns = stack(blocks, pool, "batch");
  const int64_t num_rows = columns[0].shape()[0];
  if (num_rows % batch_size == 0) return whole_batches(columns, batch_size);
  if (num_rows < batch_size) return whole_batches(columns, num_rows);
  std::vector<Leaves> batches;
  for (int64_t row = 0; row < num_rows; row += batch_size) {
    batches.emplace_back();
    for (const Array& column : columns)
      batches.back().push_back(
          column.rows(row, std::min(row + batch_size, num_rows)));
  }
  return Block::of_rows(std::move(batches));
}

class BatchAccess : public RandomAccess {
 public:
  /// Gives up to `at_once` batches in one block.
  BatchAccess(std::unique_ptr<RandomAccess> input, int64_t batch_size,
              int64_t at_once, int64_t size, std::shared_ptr<ArrayPool> pool)
      : input_(std::move(input)),
        batch_size_(batch_size),
        at_once_(at_once),
        size_(size),
        pool_(std::move(pool)) {}
  int64_t size() const override { return size_; }

  Block slice(int64_t begin, int64_t end) override {
    const int64_t count = std::min(end - begin, at_once_);
    int64_t row = begin * batch_size_;
    const int64_t last = std::min(row + count * batch_size_, input_->size());
    std::vector<Block> blocks;
    while (row < last) {
      blocks.push_back(input_->slice(row, last));
      row += blocks.back().count();
    }
    return batches_of(blocks, batch_size_, *pool_);
  }
  Block gather(std::span<const int64_t> positions) override {
    std::vector<Leaves> rows;
    for (const int64_t position : positions)
      rows.push_back(slice(position, position + 1).element(0));
    return Block::of_rows(std::move(rows));
  }

 private:
  std::unique_ptr<RandomAccess> input_;
  int64_t batch_size_, at_once_, size_;
  std::shared_ptr<ArrayPool> pool_;
};

class BatchIterator : public IteratorNode {
 public:
  BatchIterator(std::unique_ptr<IteratorNode> input, int64_t batch_size,
                int64_t at_once, bool drop_remainder,
                std::shared_ptr<ArrayPool> pool)
      : input_(std::move(input)),
        batch_size_(batch_size),
        at_once_(at_once),
        drop_remainder_(drop_remainder),
        pool_(std::move(pool)) {}

  bool next_block(int64_t max_elements, Block& out) override {
    out = Block();
    std::vector<Block> blocks;
    int64_t count = 0;
    int64_t missing = batch_size_ * std::min(max_elements, at_once_);
    while (missing > 0) {
      Block block;
      if (!input_->next_block(missing, block)) break;
      count += block.count();
      blocks.push_back(std::move(block));
      // A batch that was begun is filled; no other is begun.
      missing = (batch_size_ - count % batch_size_) % batch_size_;
    }
    if (drop_remainder_) drop_rows(blocks, count % batch_size_);
    if (blocks.empty()) return false;
    out = batches_of(blocks, batch_size_, *pool_);
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("batch");
    input_->get_state(out);
  }
  void set_state(StateReader& in) override {
    in.expect("batch");
    input_->set_state(in);
  }

 private:
  // The last `count` rows.
  static void drop_rows(std::vector<Block>& blocks, int64_t count) {
    while (count > 0) {
      const int64_t size = blocks.back().count();
      const int64_t kept = std::max<int64_t>(size - count, 0);
      count -= size - kept;
      if (kept > 0)
        blocks.back() = blocks.back().between(0, kept);
      else
        blocks.pop_back();
    }
  }

  std::unique_ptr<IteratorNode> input_;
  int64_t batch_size_, at_once_;
  bool drop_remainder_;
  std::shared_ptr<ArrayPool> pool_;
};

class BatchNode : public DatasetNode {
 public:
  BatchNode(DatasetNodePtr input, int64_t batch_size, bool drop_remainder)
      : DatasetNode("batch",
                    batch_spec(input->element_spec(),
                               drop_remainder ? batch_size : fresh_extent()),
                    batch_cardinality(input->cardinality(), batch_size,
                                      drop_remainder)),
        input_(std::move(input)),
        batch_size_(batch_size),
        drop_remainder_(drop_remainder) {}

  bool is_plain() const override { return input_->is_plain(); }
  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    auto rows = input_->random_access(place);
    if (!rows) return nullptr;
    return std::make_unique<BatchAccess>(std::move(rows), batch_size_,
                                         at_once(), cardinality(), place.pool);
  }
  Epochs epochs() const override {
    Epochs e = input_->epochs();
    e.length = batch_cardinality(e.length, batch_size_, drop_remainder_);
    return e;
  }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<BatchIterator>(input_->make_iterator(place),
                                           batch_size_, at_once(),
                                           drop_remainder_, place.pool);
  }

 private:
  int64_t at_once() const {
    return input_->is_plain()
               ? groups_at_once(input_->element_spec(), batch_size_)
               : 1;
  }

  DatasetNodePtr input_;
  int64_t batch_size_;
  bool drop_remainder_;
};

}  // namespace

int64_t batch_cardinality(int64_t cardinality, int64_t batch_size,
                          bool drop_remainder) {
  if (cardinality < 0) return cardinality;
  const int64_t whole = cardinality / batch_size;
  return whole + (!drop_remainder && cardinality % batch_size != 0 ? 1 : 0);
}

DatasetNodePtr make_batch(DatasetNodePtr input, int64_t batch_size,
                          bool drop_remainder) {
  NUMEST_USER_CHECK(batch_size > 0, ValueError,
                    "batch: batch_size must be greater than zero: got {}",
                    batch_size);
  return std::make_shared<BatchNode>(std::move(input), batch_size,
                                     drop_remainder);
}

}  // namespace numest::data
