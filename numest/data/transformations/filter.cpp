// A filter is a map to bool beside its input; blocks keep their columns if
// every element passes.
#include "numest/data/transformations/filter.h"

#include <numeric>
#include <utility>
#include <vector>

namespace numest::data {

namespace {

class FilterIterator : public IteratorNode {
 public:
  FilterIterator(std::unique_ptr<IteratorNode> input,
                 std::shared_ptr<const MapFunction> predicate,
                 const Place& place)
      : input_(std::move(input)),
        predicate_(std::move(predicate)),
        place_(place),
        key_(place.random_key(std::nullopt, true)) {}

  bool next_block(int64_t max_elements, Block& out) override {
    for (;;) {
      out = Block();
      Block block;
      if (!input_->next_block(max_elements, block)) return false;
      const std::vector<int64_t> kept = passing(block);
      position_ += block.count();
      if (kept.empty()) continue;
      out = block.select(kept);
      return true;
    }
  }
  void get_state(StateWriter& out) const override {
    out.tag("filter");
    out.position(position_);
    input_->get_state(out);
  }
  void set_state(StateReader& in) override {
    in.expect("filter");
    position_ = in.position();
    input_->set_state(in);
  }

 private:
  std::vector<int64_t> passing(const Block& input) const {
    std::vector<int64_t> positions(size_t(input.count()));
    std::iota(positions.begin(), positions.end(), position_);
    const Block block = with_place_keys(*predicate_, input, place_, positions);
    if (predicate_->is_vectorized() && block.has_columns() && block.count() > 1)
      return passing_vectorized(block);
    std::vector<int64_t> kept;
    predicate_->with_entry([&] {
      for (int64_t i = 0; i < block.count(); ++i)
        with_element_context("filter", position_ + i, [&] {
          if (predicate_->call(block.element(i), key_at(i)).at(0).item<bool>())
            kept.push_back(i);
        });
    });
    return kept;
  }
  std::vector<int64_t> passing_vectorized(const Block& block) const {
    std::vector<Key> keys;
    for (int64_t i = 0; i < block.count(); ++i) keys.push_back(key_at(i));
    const Array mask = predicate_->call_block(block.columns(), keys).at(0);
    std::vector<int64_t> kept;
    for (int64_t i = 0; i < block.count(); ++i)
      if (mask.index(0, i).item<bool>()) kept.push_back(i);
    return kept;
  }
  Key key_at(int64_t i) const {
    return fold(key_, static_cast<uint64_t>(position_ + i));
  }

  std::unique_ptr<IteratorNode> input_;
  std::shared_ptr<const MapFunction> predicate_;
  Place place_;
  Key key_;
  int64_t position_ = 0;  // in the input
};

class FilterNode : public DatasetNode {
 public:
  FilterNode(DatasetNodePtr input, std::shared_ptr<const MapFunction> predicate)
      : DatasetNode("filter", input->element_spec(),
                    input->cardinality() == 0 ? 0 : kUnknownCardinality),
        input_(std::move(input)),
        predicate_(std::move(predicate)) {}

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<FilterIterator>(
        input_->make_iterator(place.child(0)), current(predicate_, place),
        place);
  }

 private:
  DatasetNodePtr input_;
  std::shared_ptr<const MapFunction> predicate_;
};

}  // namespace

DatasetNodePtr make_filter(DatasetNodePtr input,
                           std::shared_ptr<const MapFunction> predicate) {
  NUMEST_USER_CHECK(predicate != nullptr, TypeError,
                    "filter: got an empty predicate, expected a callable");
  const ElementSpec spec = predicate->output_spec(input->element_spec());
  NUMEST_USER_CHECK(spec.is_leaf() && spec.leaf.dtype == DType::kBool &&
                        spec.leaf.shape.empty(),
                    ValueError,
                    "filter: `predicate` must return a bool scalar: got {}",
                    to_string(spec));
  return std::make_shared<FilterNode>(std::move(input), std::move(predicate));
}

}  // namespace numest::data
