// All three choose positions offset, offset + step, … below a limit, so one
// node serves them; on a source with random access nothing else is read.
#include "numest/data/transformations/take.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace numest::data {

namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

// Positions offset + i * step, i < limit.
struct Part {
  int64_t offset = 0;
  int64_t step = 1;
  int64_t limit = kNoLimit;
};

int64_t part_cardinality(int64_t cardinality, const Part& part) {
  if (part.limit == 0 || part.offset == kNoLimit) return 0;
  if (cardinality == kInfiniteCardinality)
    return part.limit == kNoLimit ? kInfiniteCardinality : part.limit;
  if (cardinality == kUnknownCardinality) return kUnknownCardinality;
  const int64_t left = std::max<int64_t>(0, cardinality - part.offset);
  const int64_t count = left == 0 ? 0 : (left - 1) / part.step + 1;
  return std::min(count, part.limit);
}

class PartAccess : public RandomAccess {
 public:
  PartAccess(std::unique_ptr<RandomAccess> input, Part part, int64_t size)
      : input_(std::move(input)), part_(part), size_(size) {}
  int64_t size() const override { return size_; }
  Block gather(std::span<const int64_t> positions) override {
    std::vector<int64_t> inner;
    inner.reserve(positions.size());
    for (const int64_t position : positions)
      inner.push_back(part_.offset + position * part_.step);
    return input_->gather(inner);
  }
  Block slice(int64_t begin, int64_t end) override {
    if (part_.step != 1) return RandomAccess::slice(begin, end);
    return input_->slice(part_.offset + begin, part_.offset + end);
  }

 private:
  std::unique_ptr<RandomAccess> input_;
  Part part_;
  int64_t size_;
};

class PartIterator : public IteratorNode {
 public:
  PartIterator(std::string name, std::unique_ptr<IteratorNode> input, Part part)
      : name_(std::move(name)), input_(std::move(input)), part_(part) {}

  bool next_block(int64_t max_elements, Block& out) override {
    if (given_ >= part_.limit) return false;
    if (!drop_until(part_.offset + given_ * part_.step)) return false;
    const int64_t wanted =
        part_.step == 1 ? std::min(max_elements, part_.limit - given_) : 1;
    if (!input_->next_block(wanted, out)) return false;
    read_ += out.count();
    given_ += out.count();
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag(name_);
    out.position(read_);
    out.position(given_);
    input_->get_state(out);
  }
  void set_state(StateReader& in) override {
    in.expect(name_);
    read_ = in.position();
    given_ = in.position();
    input_->set_state(in);
  }

 private:
  bool drop_until(int64_t target) {
    constexpr int64_t kMaxDropped = 1024;  // bounds the memory of a block
    while (read_ < target) {
      Block dropped;
      if (!input_->next_block(std::min(target - read_, kMaxDropped), dropped))
        return false;
      read_ += dropped.count();
    }
    return true;
  }

  std::string name_;
  std::unique_ptr<IteratorNode> input_;
  Part part_;
  int64_t read_ = 0;   // elements of the input so far
  int64_t given_ = 0;  // elements returned so far
};

class PartNode : public DatasetNode {
 public:
  PartNode(std::string name, DatasetNodePtr input, Part part)
      : DatasetNode(std::move(name), input->element_spec(),
                    part_cardinality(input->cardinality(), part)),
        input_(std::move(input)),
        part_(part) {}

  bool is_plain() const override { return input_->is_plain(); }
  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    auto rows = input_->random_access(place);
    if (!rows) return nullptr;
    return std::make_unique<PartAccess>(std::move(rows), part_, cardinality());
  }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    Part part = part_;
    if (part.offset == kNoLimit) part = Part{0, 1, 0};
    return std::make_unique<PartIterator>(name(), input_->make_iterator(place),
                                          part);
  }

 private:
  DatasetNodePtr input_;
  Part part_;
};

}  // namespace

DatasetNodePtr make_take(DatasetNodePtr input, int64_t count) {
  NUMEST_USER_CHECK(count >= -1, ValueError,
                    "take: count must be -1 (all) or more: got {}", count);
  const int64_t limit = count < 0 ? kNoLimit : count;
  return std::make_shared<PartNode>("take", std::move(input),
                                    Part{0, 1, limit});
}

DatasetNodePtr make_skip(DatasetNodePtr input, int64_t count) {
  NUMEST_USER_CHECK(count >= -1, ValueError,
                    "skip: count must be -1 (all) or more: got {}", count);
  const int64_t offset = count < 0 ? kNoLimit : count;
  return std::make_shared<PartNode>("skip", std::move(input),
                                    Part{offset, 1, kNoLimit});
}

DatasetNodePtr make_shard(DatasetNodePtr input, int64_t num_shards,
                          int64_t index) {
  NUMEST_USER_CHECK(num_shards > 0, ValueError,
                    "shard: number of shards must be greater than zero: got "
                    "num_shards {}",
                    num_shards);
  NUMEST_USER_CHECK(index >= 0 && index < num_shards, ValueError,
                    "shard: index must be between 0 and {}: got index {}",
                    num_shards - 1, index);
  return std::make_shared<PartNode>("shard", std::move(input),
                                    Part{index, num_shards, kNoLimit});
}

}  // namespace numest::data
