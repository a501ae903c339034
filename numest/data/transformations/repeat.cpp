// Every pass is a new iterator of the input at the place of that epoch.
#include "numest/data/transformations/repeat.h"

#include <utility>

namespace numest::data {

namespace {

int64_t repeat_cardinality(int64_t cardinality, int64_t count) {
  if (count == 0 || cardinality == 0) return 0;
  if (count < 0 || cardinality == kInfiniteCardinality)
    return kInfiniteCardinality;
  if (cardinality == kUnknownCardinality) return kUnknownCardinality;
  return cardinality * count;
}

class RepeatIterator : public IteratorNode {
 public:
  RepeatIterator(DatasetNodePtr input, Place place, int64_t count)
      : input_node_(std::move(input)), place_(place), count_(count) {
    start_epoch(0);
  }

  bool next_block(int64_t max_elements, Block& out) override {
    while (count_ < 0 || epoch_ < count_) {
      if (input_->next_block(max_elements, out)) {
        is_empty_ = false;
        return true;
      }
      if (is_empty_ && count_ < 0) return false;
      // What the last pass holds, workers say, is there for the next one.
      const auto last = std::move(input_);
      start_epoch(epoch_ + 1);
    }
    return false;
  }
  void get_state(StateWriter& out) const override {
    out.tag("repeat");
    out.position(epoch_);
    out.number(is_empty_ ? 1 : 0);
    input_->get_state(out);
  }
  void set_state(StateReader& in) override {
    in.expect("repeat");
    start_epoch(in.position());
    is_empty_ = in.number() != 0;
    input_->set_state(in);
  }

 private:
  void start_epoch(int64_t epoch) {
    epoch_ = epoch;
    is_empty_ = true;
    input_.reset();
    input_ = input_node_->make_iterator(
        place_.at_epoch(static_cast<uint64_t>(epoch)));
  }

  DatasetNodePtr input_node_;
  Place place_;
  int64_t count_;
  int64_t epoch_ = 0;
  bool is_empty_ = true;  // nothing yet in this epoch
  std::unique_ptr<IteratorNode> input_;
};

class RepeatNode : public DatasetNode {
 public:
  RepeatNode(DatasetNodePtr input, int64_t count)
      : DatasetNode("repeat", input->element_spec(),
                    repeat_cardinality(input->cardinality(), count)),
        input_(std::move(input)),
        count_(count) {}
  bool is_plain() const override { return input_->is_plain(); }
  Epochs epochs() const override {
    Epochs e = input_->epochs();
    e.count = repeat_cardinality(e.count, count_);
    return e;
  }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<RepeatIterator>(input_, place, count_);
  }

 private:
  DatasetNodePtr input_;
  int64_t count_;
};

}  // namespace

DatasetNodePtr make_repeat(DatasetNodePtr input, int64_t count) {
  NUMEST_USER_CHECK(count >= -1, ValueError,
                    "repeat: count must be -1 (for ever) or more: got {}",
                    count);
  return std::make_shared<RepeatNode>(std::move(input), count);
}

}  // namespace numest::data
