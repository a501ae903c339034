// The iterator of every dataset with random access is one counter.
#include "numest/data/dataset_node.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "numest/base/recording.h"

namespace numest::data {

int64_t groups_at_once(const ElementSpec& spec, int64_t group) {
  constexpr int64_t kMostBytes = 64 * 1024, kMostGroups = 64;
  int64_t num_bytes = 1;
  for (const TensorSpec& leaf : spec.flatten()) {
    if (!leaf.shape.is_known()) return 1;
    num_bytes += leaf.shape.size() * itemsize(leaf.dtype);
  }
  return std::clamp<int64_t>(kMostBytes / num_bytes / group, 1, kMostGroups);
}

Block RandomAccess::slice(int64_t begin, int64_t end) {
  std::vector<int64_t> positions(size_t(end - begin));
  std::iota(positions.begin(), positions.end(), begin);
  return gather(positions);
}

namespace {

class PositionIterator : public IteratorNode {
 public:
  PositionIterator(std::string name, std::unique_ptr<RandomAccess> rows)
      : name_(std::move(name)), rows_(std::move(rows)) {}

  bool next_block(int64_t max_elements, Block& out) override {
    const int64_t left = rows_->size() - position_;
    if (left <= 0) return false;
    out = Block();  // lets go of buffers before they are wanted again
    out = rows_->slice(position_, position_ + std::min(left, max_elements));
    position_ += out.count();
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag(name_);
    out.position(position_);
  }
  void set_state(StateReader& in) override {
    in.expect(name_);
    position_ = in.position();
  }

 private:
  std::string name_;
  std::unique_ptr<RandomAccess> rows_;
  int64_t position_ = 0;
};

// A dataset's own work as a row of profiles; made while one runs.
class RecordedIterator : public IteratorNode {
 public:
  RecordedIterator(const std::string& name, std::unique_ptr<IteratorNode> inner)
      : label_{SpanKind::kCall, "dataset: " + name}, inner_(std::move(inner)) {}

  bool next_block(int64_t max_elements, Block& out) override {
    const uint64_t recording = current_recording();
    if (recording == 0) return inner_->next_block(max_elements, out);
    if (recording != known_) {
      id_ = span_label_id(recording, label_);
      known_ = recording;
    }
    const Span span(recording, id_);
    return inner_->next_block(max_elements, out);
  }
  void get_state(StateWriter& out) const override { inner_->get_state(out); }
  void set_state(StateReader& in) override { inner_->set_state(in); }

 private:
  const SpanLabel label_;
  const std::unique_ptr<IteratorNode> inner_;
  uint64_t known_ = 0;  // recording that `id_` is of
  uint32_t id_ = 0;
};

}  // namespace

uint64_t DatasetNode::entropy(uint64_t first) const {
  std::call_once(has_entropy_, [&] { entropy_ = first; });
  return entropy_;
}

std::unique_ptr<IteratorNode> DatasetNode::make_iterator(
    const Place& place) const {
  auto rows = random_access(place);
  std::unique_ptr<IteratorNode> iterator =
      rows ? std::make_unique<PositionIterator>(name_, std::move(rows))
           : make_stream(place);
  if (current_recording() == 0) return iterator;
  return std::make_unique<RecordedIterator>(name_, std::move(iterator));
}

std::unique_ptr<IteratorNode> DatasetNode::make_stream(const Place&) const {
  NUMEST_UNREACHABLE();
}

}  // namespace numest::data
