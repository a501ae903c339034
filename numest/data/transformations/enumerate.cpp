// The index of an element is its position, so enumerate is random access
// where its input is.
#include <numeric>
#include <utility>
#include <vector>

#include "numest/data/transformations/zip.h"

namespace numest::data {

namespace {

// Puts start + positions[i] before the leaves of element i.
Block with_index(const Block& block, std::span<const int64_t> positions,
                 int64_t start) {
  if (block.has_columns()) {
    const Array index(DType::kInt64, Shape{block.count()});
    for (size_t i = 0; i < positions.size(); ++i)
      index.data<int64_t>()[i] = start + positions[i];
    std::vector<Array> columns = {index};
    columns.insert(columns.end(), block.columns().begin(),
                   block.columns().end());
    return Block::of_columns(block.count(), std::move(columns));
  }
  std::vector<Leaves> rows;
  for (int64_t i = 0; i < block.count(); ++i) {
    Leaves row = {Array::scalar<int64_t>(start + positions[size_t(i)])};
    const Leaves rest = block.element(i);
    row.insert(row.end(), rest.begin(), rest.end());
    rows.push_back(std::move(row));
  }
  return Block::of_rows(std::move(rows));
}

Block with_index_from(const Block& block, int64_t begin, int64_t start) {
  std::vector<int64_t> positions(static_cast<size_t>(block.count()));
  std::iota(positions.begin(), positions.end(), begin);
  return with_index(block, positions, start);
}

class EnumerateAccess : public RandomAccess {
 public:
  EnumerateAccess(std::unique_ptr<RandomAccess> input, int64_t start)
      : input_(std::move(input)), start_(start) {}
  int64_t size() const override { return input_->size(); }
  Block gather(std::span<const int64_t> positions) override {
    return with_index(input_->gather(positions), positions, start_);
  }
  Block slice(int64_t begin, int64_t end) override {
    return with_index_from(input_->slice(begin, end), begin, start_);
  }

 private:
  std::unique_ptr<RandomAccess> input_;
  int64_t start_;
};

class EnumerateIterator : public IteratorNode {
 public:
  EnumerateIterator(std::unique_ptr<IteratorNode> input, int64_t start)
      : input_(std::move(input)), start_(start) {}
  bool next_block(int64_t max_elements, Block& out) override {
    out = Block();
    Block block;
    if (!input_->next_block(max_elements, block)) return false;
    out = with_index_from(block, position_, start_);
    position_ += block.count();
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("enumerate");
    out.position(position_);
    input_->get_state(out);
  }
  void set_state(StateReader& in) override {
    in.expect("enumerate");
    position_ = in.position();
    input_->set_state(in);
  }

 private:
  std::unique_ptr<IteratorNode> input_;
  int64_t start_;
  int64_t position_ = 0;
};

class EnumerateNode : public DatasetNode {
 public:
  EnumerateNode(DatasetNodePtr input, int64_t start)
      : DatasetNode("enumerate",
                    ElementSpec::tuple({TensorSpec{DType::kInt64, Shape{}},
                                        input->element_spec()}),
                    input->cardinality()),
        input_(std::move(input)),
        start_(start) {}
  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    auto rows = input_->random_access(place);
    if (!rows) return nullptr;
    return std::make_unique<EnumerateAccess>(std::move(rows), start_);
  }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<EnumerateIterator>(input_->make_iterator(place),
                                               start_);
  }

 private:
  DatasetNodePtr input_;
  int64_t start_;
};

}  // namespace

DatasetNodePtr make_enumerate(DatasetNodePtr input, int64_t start) {
  return std::make_shared<EnumerateNode>(std::move(input), start);
}

}  // namespace numest::data
