// A node that only passes through; the handle keeps the options themselves.
#include "numest/data/transformations/with_options.h"

#include <utility>

namespace numest::data {

namespace {

class OptionsNode : public DatasetNode {
 public:
  explicit OptionsNode(DatasetNodePtr input)
      : DatasetNode("with_options", input->element_spec(),
                    input->cardinality()),
        input_(std::move(input)) {}
  bool is_plain() const override { return input_->is_plain(); }
  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    return input_->random_access(place);
  }
  Epochs epochs() const override { return input_->epochs(); }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return input_->make_iterator(place);
  }

 private:
  DatasetNodePtr input_;
};

}  // namespace

Options Options::merged(const Options& later) const {
  Options out = *this;
  if (later.deterministic) out.deterministic = later.deterministic;
  if (later.autotune) out.autotune = later.autotune;
  if (later.private_threadpool_size)
    out.private_threadpool_size = later.private_threadpool_size;
  if (later.auto_shard) out.auto_shard = later.auto_shard;
  return out;
}

DatasetNodePtr make_with_options(DatasetNodePtr input, const Options& options) {
  NUMEST_USER_CHECK(options.private_threadpool_size.value_or(0) >= 0,
                    ValueError,
                    "with_options: private_threadpool_size must be 0 or more: "
                    "got {}",
                    options.private_threadpool_size.value_or(0));
  return std::make_shared<OptionsNode>(std::move(input));
}

}  // namespace numest::data
