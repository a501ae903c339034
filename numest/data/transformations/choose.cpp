// One element per choice; the inputs are streams that wait for theirs.
#include "numest/data/transformations/choose.h"

#include <utility>

#include "numest/data/map_function.h"
#include "numest/data/transformations/zip.h"

namespace numest::data {

namespace {

class ChooseIterator : public IteratorNode {
 public:
  ChooseIterator(std::vector<std::unique_ptr<IteratorNode>> inputs,
                 std::unique_ptr<IteratorNode> choices, bool stops_on_empty)
      : inputs_(std::move(inputs)),
        choices_(std::move(choices)),
        stops_on_empty_(stops_on_empty) {}

  bool next_block(int64_t, Block& out) override {
    Block choice;
    while (!is_over_ && choices_->next_block(1, choice)) {
      const int64_t index = choice.element(0).at(0).item<int64_t>();
      NUMEST_USER_CHECK(index >= 0 && index < int64_t(inputs_.size()),
                        ValueError,
                        "choose_from_datasets: got choice {}, expected 0 to {}",
                        index, inputs_.size() - 1);
      if (inputs_[size_t(index)]->next_block(1, out)) return true;
      is_over_ = stops_on_empty_;
      choice = Block();
    }
    is_over_ = true;
    out = Block();
    return false;
  }
  void get_state(StateWriter& out) const override {
    out.tag("choose");
    out.number(is_over_);
    choices_->get_state(out);
    for (const auto& input : inputs_) input->get_state(out);
  }
  void set_state(StateReader& in) override {
    in.expect("choose");
    is_over_ = in.number() != 0;
    choices_->set_state(in);
    for (auto& input : inputs_) input->set_state(in);
  }

 private:
  std::vector<std::unique_ptr<IteratorNode>> inputs_;
  std::unique_ptr<IteratorNode> choices_;
  bool stops_on_empty_, is_over_ = false;
};

class ChooseNode : public DatasetNode {
 public:
  ChooseNode(ElementSpec spec, std::vector<DatasetNodePtr> inputs,
             DatasetNodePtr choices, bool stops_on_empty)
      : DatasetNode("choose", std::move(spec), kUnknownCardinality),
        inputs_(std::move(inputs)),
        choices_(std::move(choices)),
        stops_on_empty_(stops_on_empty) {}

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    std::vector<std::unique_ptr<IteratorNode>> iterators;
    for (size_t i = 0; i < inputs_.size(); ++i)
      iterators.push_back(inputs_[i]->make_iterator(place.child(i)));
    return std::make_unique<ChooseIterator>(
        std::move(iterators),
        choices_->make_iterator(place.child(inputs_.size())), stops_on_empty_);
  }

 private:
  std::vector<DatasetNodePtr> inputs_;
  DatasetNodePtr choices_;
  bool stops_on_empty_;
};

}  // namespace

DatasetNodePtr make_choose(std::vector<DatasetNodePtr> inputs,
                           DatasetNodePtr choices, bool stops_on_empty) {
  NUMEST_USER_CHECK(!inputs.empty(), ValueError,
                    "choose_from_datasets: got no datasets, expected one or "
                    "more");
  const ElementSpec& choice = choices->element_spec();
  NUMEST_USER_CHECK(
      choice.is_leaf() && choice.leaf.dtype == DType::kInt64 &&
          choice.leaf.shape.empty(),
      TypeError,
      "choose_from_datasets: choice_dataset: got elements {}, expected int64 "
      "scalars",
      to_string(choice));
  // One after the other they have the spec that fits all.
  DatasetNodePtr all = inputs[0];
  for (size_t i = 1; i < inputs.size(); ++i)
    all = make_concatenate(all, inputs[i]);
  return std::make_shared<ChooseNode>(all->element_spec(), std::move(inputs),
                                      std::move(choices), stops_on_empty);
}

}  // namespace numest::data
