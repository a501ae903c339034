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

// The batch as a block of one element.
Block one_batch(std::span<const Block> blocks, ArrayPool& pool) {
  std::vector<Array> columns = stack(blocks, pool, "batch");
  for (Array& column : columns) column = column.expand_dims(0);
  return Block::of_columns(1, std::move(columns));
}

class BatchAccess : public RandomAccess {
 public:
  BatchAccess(std::unique_ptr<RandomAccess> input, int64_t batch_size,
              int64_t size, std::shared_ptr<ArrayPool> pool)
      : input_(std::move(input)),
        batch_size_(batch_size),
        size_(size),
        pool_(std::move(pool)) {}
  int64_t size() const override { return size_; }

  Block slice(int64_t begin, int64_t) override {
    int64_t row = begin * batch_size_;
    const int64_t end = std::min(row + batch_size_, input_->size());
    std::vector<Block> blocks;
    while (row < end) {
      blocks.push_back(input_->slice(row, end));
      row += blocks.back().count();
    }
    return one_batch(blocks, *pool_);
  }
  Block gather(std::span<const int64_t> positions) override {
    std::vector<Leaves> rows;
    for (const int64_t position : positions)
      rows.push_back(slice(position, position + 1).element(0));
    return Block::of_rows(std::move(rows));
  }

 private:
  std::unique_ptr<RandomAccess> input_;
  int64_t batch_size_, size_;
  std::shared_ptr<ArrayPool> pool_;
};

class BatchIterator : public IteratorNode {
 public:
  BatchIterator(std::unique_ptr<IteratorNode> input, int64_t batch_size,
                bool drop_remainder, std::shared_ptr<ArrayPool> pool)
      : input_(std::move(input)),
        batch_size_(batch_size),
        drop_remainder_(drop_remainder),
        pool_(std::move(pool)) {}

  bool next_block(int64_t, Block& out) override {
    out = Block();
    std::vector<Block> blocks;
    int64_t count = 0;
    while (count < batch_size_) {
      Block block;
      if (!input_->next_block(batch_size_ - count, block)) break;
      count += block.count();
      blocks.push_back(std::move(block));
    }
    if (count == 0 || (drop_remainder_ && count < batch_size_)) return false;
    out = one_batch(blocks, *pool_);
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
  std::unique_ptr<IteratorNode> input_;
  int64_t batch_size_;
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

  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    auto rows = input_->random_access(place);
    if (!rows) return nullptr;
    return std::make_unique<BatchAccess>(std::move(rows), batch_size_,
                                         cardinality(), place.pool);
  }
  Epochs epochs() const override {
    Epochs e = input_->epochs();
    e.length = batch_cardinality(e.length, batch_size_, drop_remainder_);
    return e;
  }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<BatchIterator>(
        input_->make_iterator(place), batch_size_, drop_remainder_, place.pool);
  }

 private:
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
