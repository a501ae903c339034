// Zip asks all inputs for the same number of elements; the first one that
// has fewer ends it, and what the others gave beyond that is dropped.
#include "numest/data/transformations/zip.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace numest::data {

namespace {

Block join(const std::vector<Block>& blocks) {
  bool has_columns = true;
  for (const Block& block : blocks)
    has_columns = has_columns && block.has_columns();
  const int64_t count = blocks[0].count();
  if (has_columns) {
    std::vector<Array> columns;
    for (const Block& block : blocks)
      columns.insert(columns.end(), block.columns().begin(),
                     block.columns().end());
    return Block::of_columns(count, std::move(columns));
  }
  std::vector<Leaves> rows(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i)
    for (const Block& block : blocks) {
      const Leaves part = block.element(i);
      Leaves& row = rows[size_t(i)];
      row.insert(row.end(), part.begin(), part.end());
    }
  return Block::of_rows(std::move(rows));
}

class ZipAccess : public RandomAccess {
 public:
  ZipAccess(std::vector<std::unique_ptr<RandomAccess>> inputs, int64_t size)
      : inputs_(std::move(inputs)), size_(size) {}
  int64_t size() const override { return size_; }
  Block gather(std::span<const int64_t> positions) override {
    std::vector<Block> blocks;
    for (const auto& input : inputs_)
      blocks.push_back(input->gather(positions));
    return join(blocks);
  }
  Block slice(int64_t begin, int64_t end) override {
    std::vector<Block> blocks;
    for (const auto& input : inputs_) {
      blocks.push_back(input->slice(begin, end));
      end = begin + blocks.back().count();
    }
    for (Block& block : blocks) block = block.between(0, end - begin);
    return join(blocks);
  }

 private:
  std::vector<std::unique_ptr<RandomAccess>> inputs_;
  int64_t size_;
};

class ZipIterator : public IteratorNode {
 public:
  explicit ZipIterator(std::vector<std::unique_ptr<IteratorNode>> inputs)
      : inputs_(std::move(inputs)) {}

  bool next_block(int64_t max_elements, Block& out) override {
    out = Block();
    if (is_over_) return false;
    std::vector<Block> blocks;
    for (const auto& input : inputs_) {
      blocks.push_back(collect(*input, max_elements));
      if (blocks.back().count() < max_elements) {
        is_over_ = true;
        max_elements = blocks.back().count();
      }
      if (max_elements == 0) return false;
    }
    for (Block& block : blocks) block = block.between(0, max_elements);
    out = join(blocks);
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("zip");
    out.number(is_over_ ? 1 : 0);
    for (const auto& input : inputs_) input->get_state(out);
  }
  void set_state(StateReader& in) override {
    in.expect("zip");
    is_over_ = in.number() != 0;
    for (const auto& input : inputs_) input->set_state(in);
  }

 private:
  // `wanted` elements, fewer only at the end of the input.
  static Block collect(IteratorNode& input, int64_t wanted) {
    Block block;
    if (!input.next_block(wanted, block) || block.count() == wanted)
      return block;
    std::vector<Leaves> rows;
    do {
      for (int64_t i = 0; i < block.count(); ++i)
        rows.push_back(block.element(i));
      block = Block();
      const int64_t missing = wanted - static_cast<int64_t>(rows.size());
      if (missing == 0 || !input.next_block(missing, block)) break;
    } while (true);
    return Block::of_rows(std::move(rows));
  }

  std::vector<std::unique_ptr<IteratorNode>> inputs_;
  bool is_over_ = false;
};

ElementSpec zip_spec(const Nest<DatasetNodePtr>& inputs) {
  if (inputs.is_leaf()) return inputs.leaf->element_spec();
  ElementSpec out;
  out.kind =
      inputs.is_dict() ? ElementSpec::Kind::kDict : ElementSpec::Kind::kTuple;
  out.keys = inputs.keys;
  for (const auto& child : inputs.children)
    out.children.push_back(zip_spec(child));
  return out;
}

int64_t zip_cardinality(const std::vector<DatasetNodePtr>& inputs) {
  int64_t shortest = std::numeric_limits<int64_t>::max();
  bool is_unknown = false, is_infinite = true;
  for (const DatasetNodePtr& input : inputs) {
    const int64_t n = input->cardinality();
    if (n == 0) return 0;
    if (n != kInfiniteCardinality) is_infinite = false;
    if (n == kUnknownCardinality) is_unknown = true;
    if (n >= 0) shortest = std::min(shortest, n);
  }
  if (is_infinite) return kInfiniteCardinality;
  return is_unknown ? kUnknownCardinality : shortest;
}

class ZipNode : public DatasetNode {
 public:
  ZipNode(ElementSpec spec, std::vector<DatasetNodePtr> inputs)
      : DatasetNode("zip", std::move(spec), zip_cardinality(inputs)),
        inputs_(std::move(inputs)) {}

  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    std::vector<std::unique_ptr<RandomAccess>> rows;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      rows.push_back(inputs_[i]->random_access(place.child(i)));
      if (!rows.back()) return nullptr;
    }
    return std::make_unique<ZipAccess>(std::move(rows), cardinality());
  }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    std::vector<std::unique_ptr<IteratorNode>> iterators;
    for (size_t i = 0; i < inputs_.size(); ++i)
      iterators.push_back(inputs_[i]->make_iterator(place.child(i)));
    return std::make_unique<ZipIterator>(std::move(iterators));
  }

 private:
  std::vector<DatasetNodePtr> inputs_;
};

}  // namespace

DatasetNodePtr make_zip(const Nest<DatasetNodePtr>& inputs) {
  std::vector<DatasetNodePtr> flat = inputs.flatten();
  NUMEST_USER_CHECK(!flat.empty(), ValueError,
                    "zip: got no datasets, expected one or more");
  return std::make_shared<ZipNode>(zip_spec(inputs), std::move(flat));
}

}  // namespace numest::data
