// The cache belongs to the dataset and is shared by its iterators. It keeps
// the place it was filled at, so a state taken from it can be restored by a
// process whose cache is still empty: the same place gives the same elements.
#include "numest/data/transformations/cache.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace numest::data {

namespace {

struct Content {
  Place place;
  Block elements;
};
using ContentPtr = std::shared_ptr<const Content>;

// The slot of one dataset; any thread.
class Slot {
 public:
  ContentPtr content() const {
    const std::lock_guard lock(mutex_);
    return content_;
  }
  // The first to finish wins.
  void fill(ContentPtr content) {
    const std::lock_guard lock(mutex_);
    if (!content_) content_ = std::move(content);
  }

 private:
  mutable std::mutex mutex_;
  ContentPtr content_;
};

// Joins the blocks to columns if all shapes are equal.
Block join(const std::vector<Block>& blocks) {
  std::vector<Leaves> rows;
  for (const Block& block : blocks)
    for (int64_t i = 0; i < block.count(); ++i)
      rows.push_back(block.element(i));
  Block all = Block::of_rows(std::move(rows));
  if (all.count() == 0 || !is_uniform(all)) return all;
  ArrayPool pool;
  const int64_t count = all.count();
  return Block::of_columns(count, stack({&all, 1}, pool, "cache"));
}

// A block whose arrays no pool will write again.
Block keep(const Block& block) {
  std::vector<Leaves> rows;
  for (int64_t i = 0; i < block.count(); ++i) rows.push_back(block.element(i));
  return Block::of_rows(std::move(rows));
}

bool same_place(const Place& a, const Place& b) {
  StateWriter x, y;
  a.write(x);
  b.write(y);
  return x.bytes() == y.bytes();
}

class CacheIterator : public IteratorNode {
 public:
  CacheIterator(DatasetNodePtr input, std::shared_ptr<Slot> slot,
                const Place& place)
      : input_node_(std::move(input)), slot_(std::move(slot)), place_(place) {
    content_ = slot_->content();
    if (content_) adopt(content_->place);
  }

  bool next_block(int64_t max_elements, Block& out) override {
    out = Block();
    if (content_) return read(max_elements, out);
    if (!input_) input_ = input_node_->make_iterator(place_);
    if (!input_->next_block(max_elements, out)) {
      content_ = std::make_shared<Content>(Content{place_, join(filling_)});
      slot_->fill(content_);
      filling_.clear();
      return false;
    }
    position_ += out.count();
    filling_.push_back(keep(out));
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("cache");
    place_.write(out);
    out.position(position_);
  }
  void set_state(StateReader& in) override {
    in.expect("cache");
    const Place place = Place::read(in);
    const int64_t position = in.position();
    restart(place);
    Block skipped;
    while (position_ < position && next_block(position - position_, skipped)) {
    }
  }

 private:
  bool read(int64_t max_elements, Block& out) {
    const Block& all = content_->elements;
    const int64_t end = std::min(all.count(), position_ + max_elements);
    if (position_ >= end) return false;
    out = all.between(position_, end);
    position_ = end;
    return true;
  }
  // Takes the seeds of `place`, but keeps the arrays of this iterator.
  void adopt(const Place& place) {
    std::shared_ptr<ArrayPool> pool = std::move(place_.pool);
    place_ = place;
    place_.pool = std::move(pool);
  }
  void restart(const Place& place) {
    adopt(place);
    content_ = slot_->content();
    if (content_ && !same_place(content_->place, place)) content_.reset();
    input_.reset();
    filling_.clear();
    position_ = 0;
  }

  DatasetNodePtr input_node_;
  std::shared_ptr<Slot> slot_;
  Place place_;
  ContentPtr content_;
  std::unique_ptr<IteratorNode> input_;  // null when reading the cache
  std::vector<Block> filling_;
  int64_t position_ = 0;
};

class CacheNode : public DatasetNode {
 public:
  explicit CacheNode(DatasetNodePtr input)
      : DatasetNode("cache", input->element_spec(), input->cardinality()),
        input_(std::move(input)) {}
  Epochs epochs() const override { return input_->epochs(); }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<CacheIterator>(input_, slot_,
                                           place.without_epoch());
  }

 private:
  DatasetNodePtr input_;
  std::shared_ptr<Slot> slot_ = std::make_shared<Slot>();
};

}  // namespace

DatasetNodePtr make_cache(DatasetNodePtr input) {
  return std::make_shared<CacheNode>(std::move(input));
}

}  // namespace numest::data
