// Unbatch holds one element of its input and gives its rows as views.
#include <algorithm>
#include <utility>

#include "numest/data/map_function.h"
#include "numest/data/transformations/batch.h"

namespace numest::data {

namespace {

ElementSpec unbatch_spec(const ElementSpec& spec) {
  return spec.map([&](const TensorSpec& leaf) {
    NUMEST_USER_CHECK(leaf.shape.ndim() > 0, ValueError,
                      "unbatch: got a component that is a scalar, expected "
                      "one or more axes in every component; element_spec is "
                      "{}",
                      to_string(spec));
    TensorSpec out = leaf;
    out.shape.erase(0);
    return out;
  });
}

int64_t unbatch_cardinality(const DatasetNode& input) {
  const int64_t n = input.cardinality();
  if (n == kInfiniteCardinality || n == 0) return n;
  const int64_t rows = input.element_spec().flatten().at(0).shape[0];
  return n < 0 || is_symbol(rows) ? kUnknownCardinality : n * rows;
}

class UnbatchIterator : public IteratorNode {
 public:
  explicit UnbatchIterator(std::unique_ptr<IteratorNode> input)
      : input_(std::move(input)) {
    remember_input();
  }

  bool next_block(int64_t max_elements, Block& out) override {
    while (row_ >= rows_.count()) {
      remember_input();
      row_ = 0;
      if (!load()) return false;
    }
    const int64_t end = std::min(rows_.count(), row_ + max_elements);
    out = rows_.between(row_, end);
    row_ = end;
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("unbatch");
    out.text(input_state_);
    out.position(row_);
  }
  void set_state(StateReader& in) override {
    in.expect("unbatch");
    input_state_ = in.text();
    row_ = in.position();
    StateReader reader(input_state_);
    input_->set_state(reader);
    rows_ = Block();
    if (row_ > 0) load();
  }

 private:
  void remember_input() {
    StateWriter writer;
    input_->get_state(writer);
    input_state_ = writer.bytes();
  }
  bool load() {
    rows_ = Block();
    Block block;
    if (!input_->next_block(1, block)) return false;
    Leaves leaves = block.element(0);
    const int64_t count = leaves.at(0).shape()[0];
    for (const Array& leaf : leaves)
      NUMEST_USER_CHECK(leaf.shape()[0] == count, ValueError,
                        "unbatch: components of an element differ in length: "
                        "got {}, expected {} as in the first component",
                        leaf.shape()[0], count);
    rows_ = Block::of_columns(count, std::move(leaves));
    return true;
  }

  std::unique_ptr<IteratorNode> input_;
  std::string input_state_;  // before the element that rows_ holds
  Block rows_;
  int64_t row_ = 0;
};

class UnbatchNode : public DatasetNode {
 public:
  explicit UnbatchNode(DatasetNodePtr input)
      : DatasetNode("unbatch", unbatch_spec(input->element_spec()),
                    unbatch_cardinality(*input)),
        input_(std::move(input)) {}

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<UnbatchIterator>(input_->make_iterator(place));
  }

 private:
  DatasetNodePtr input_;
};

}  // namespace

DatasetNodePtr make_unbatch(DatasetNodePtr input) {
  return std::make_shared<UnbatchNode>(std::move(input));
}

}  // namespace numest::data
