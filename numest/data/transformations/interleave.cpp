// The cycle is a row of slots. A slot keeps the state of the input before
// its element and the element's index: restoring makes the inner dataset
// again and sets its state.
#include "numest/data/transformations/interleave.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "numest/data/map_function.h"
#include "numest/data/sources/generator.h"

namespace numest::data {

namespace {

struct Slot {
  std::string input_state;              // before the element
  int64_t index = 0;                    // of the element in the input
  std::unique_ptr<IteratorNode> inner;  // null: the slot is free
};

class InterleaveIterator : public IteratorNode {
 public:
  InterleaveIterator(DatasetNodePtr input, NodeFunction function,
                     ElementSpec output, const Place& place,
                     int64_t cycle_length, int64_t block_length)
      : input_node_(std::move(input)),
        function_(std::move(function)),
        output_(output.flatten()),
        place_(place),
        block_length_(block_length),
        input_(input_node_->make_iterator(place.child(0))),
        slots_(static_cast<size_t>(cycle_length)) {}

  bool next_block(int64_t max_elements, Block& out) override {
    out = Block();
    for (;;) {
      Slot& slot = slots_[turn_];
      if (!slot.inner && !open(slot) && !any_open()) return false;
      if (!slot.inner) {
        advance();
        continue;
      }
      const int64_t wanted = std::min(max_elements, block_length_ - given_);
      if (slot.inner->next_block(slots_.size() == 1 ? max_elements : wanted,
                                 out)) {
        check_element(output_, out.element(0), "interleave");
        given_ += out.count();
        if (given_ >= block_length_) advance();
        return true;
      }
      slot.inner.reset();
      advance();  // its slot is filled when its turn comes again
    }
  }
  void get_state(StateWriter& out) const override {
    out.tag("interleave");
    out.number(is_over_ ? 1 : 0);
    out.position(read_);
    out.position(given_);
    out.number(turn_);
    input_->get_state(out);
    for (const Slot& slot : slots_) {
      out.number(slot.inner ? 1 : 0);
      if (!slot.inner) continue;
      out.text(slot.input_state);
      out.position(slot.index);
      slot.inner->get_state(out);
    }
  }
  void set_state(StateReader& in) override {
    in.expect("interleave");
    is_over_ = in.number() != 0;
    read_ = in.position();
    given_ = in.position();
    turn_ = in.number() % slots_.size();
    input_->set_state(in);
    for (Slot& slot : slots_) {
      slot.inner.reset();
      if (in.number() == 0) continue;
      slot.input_state = in.text();
      slot.index = in.position();
      reopen(slot);
      slot.inner->set_state(in);
    }
  }

 private:
  void advance() {
    turn_ = (turn_ + 1) % slots_.size();
    given_ = 0;
  }
  bool any_open() const {
    for (const Slot& slot : slots_)
      if (slot.inner) return true;
    return false;
  }
  std::unique_ptr<IteratorNode> make_inner(const Leaves& leaves,
                                           int64_t index) const {
    std::unique_ptr<IteratorNode> inner;
    with_element_context("interleave", index, [&] {
      const DatasetNodePtr made =
          function_(input_node_->element_spec().unflatten(leaves));
      inner = made->make_iterator(
          place_.child(1).child(static_cast<uint64_t>(index)));
    });
    return inner;
  }
  bool open(Slot& slot) {
    if (is_over_) return false;
    StateWriter before;
    input_->get_state(before);
    Block block;
    is_over_ = !input_->next_block(1, block);
    if (is_over_) return false;
    slot.input_state = before.bytes();
    slot.index = read_++;
    slot.inner = make_inner(block.element(0), slot.index);
    return true;
  }
  void reopen(Slot& slot) const {
    const auto input = input_node_->make_iterator(place_.child(0));
    StateReader reader(slot.input_state);
    input->set_state(reader);
    Block block;
    NUMEST_USER_CHECK(input->next_block(1, block), ValueError,
                      "set_state: the dataset has become shorter: got no "
                      "element {}",
                      slot.index);
    slot.inner = make_inner(block.element(0), slot.index);
  }

  DatasetNodePtr input_node_;
  NodeFunction function_;
  std::vector<TensorSpec> output_;
  Place place_;
  int64_t block_length_;
  std::unique_ptr<IteratorNode> input_;
  std::vector<Slot> slots_;
  size_t turn_ = 0;
  int64_t given_ = 0;  // by the slot whose turn it is
  int64_t read_ = 0;
  bool is_over_ = false;
};

class InterleaveNode : public DatasetNode {
 public:
  InterleaveNode(DatasetNodePtr input, NodeFunction function, ElementSpec spec,
                 int64_t cycle_length, int64_t block_length)
      : DatasetNode("interleave", std::move(spec),
                    input->cardinality() == 0 ? 0 : kUnknownCardinality),
        input_(std::move(input)),
        function_(std::move(function)),
        cycle_length_(cycle_length),
        block_length_(block_length) {}

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<InterleaveIterator>(
        input_, function_, element_spec(), place, cycle_length_, block_length_);
  }

 private:
  DatasetNodePtr input_;
  NodeFunction function_;
  int64_t cycle_length_, block_length_;
};

ElementSpec infer_spec(const NodeFunction& function, const ElementSpec& input) {
  const Element zeros = input.map([](const TensorSpec& leaf) {
    Shape shape = leaf.shape;
    for (int64_t& extent : shape)
      if (is_symbol(extent)) extent = 1;
    return Array::zeros(leaf.dtype, shape);
  });
  return function(zeros)->element_spec();
}

}  // namespace

DatasetNodePtr make_interleave(DatasetNodePtr input, NodeFunction function,
                               int64_t cycle_length, int64_t block_length,
                               std::optional<ElementSpec> output_spec) {
  NUMEST_USER_CHECK(cycle_length > 0, ValueError,
                    "interleave: cycle_length must be greater than zero: got "
                    "{}",
                    cycle_length);
  NUMEST_USER_CHECK(block_length > 0, ValueError,
                    "interleave: block_length must be greater than zero: got "
                    "{}",
                    block_length);
  if (!output_spec) output_spec = infer_spec(function, input->element_spec());
  return std::make_shared<InterleaveNode>(std::move(input), std::move(function),
                                          std::move(*output_spec), cycle_length,
                                          block_length);
}

}  // namespace numest::data
