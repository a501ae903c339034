// Three ways to the same promise. Full: position i holds input
// permuted_index(key, n, i). Window over random access: the window holds
// positions only. Window over a stream: the window holds elements. A window
// draws by (key, output index), so its state is the number of outputs.
#include "numest/data/transformations/shuffle.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "numest/data/element_store.h"

namespace numest::data {

namespace {

class PermutedAccess : public RandomAccess {
 public:
  PermutedAccess(std::unique_ptr<RandomAccess> input, Key key)
      : input_(std::move(input)), key_(key) {}
  int64_t size() const override { return input_->size(); }
  Block gather(std::span<const int64_t> positions) override {
    const auto size = static_cast<uint64_t>(input_->size());
    std::vector<int64_t> inner;
    inner.reserve(positions.size());
    for (const int64_t position : positions)
      inner.push_back(static_cast<int64_t>(
          permuted_index(key_, size, static_cast<uint64_t>(position))));
    return input_->gather(inner);
  }

 private:
  std::unique_ptr<RandomAccess> input_;
  Key key_;
};

// Takes a random value out of the window; `index` is that of the output.
template <class T>
T draw(std::vector<T>& window, Key key, int64_t index) {
  Stream stream(fold(key, static_cast<uint64_t>(index)));
  const size_t slot = stream.next_below(window.size());
  T value = std::move(window[slot]);
  if (slot + 1 < window.size()) window[slot] = std::move(window.back());
  window.pop_back();
  return value;
}

class PositionWindow : public IteratorNode {
 public:
  PositionWindow(std::unique_ptr<RandomAccess> input, int64_t buffer_size,
                 Key key)
      : input_(std::move(input)), buffer_size_(buffer_size), key_(key) {}

  bool next_block(int64_t max_elements, Block& out) override {
    out = Block();
    std::vector<int64_t> chosen;
    while (static_cast<int64_t>(chosen.size()) < max_elements && fill())
      chosen.push_back(draw(window_, key_, given_++));
    if (chosen.empty()) return false;
    out = input_->gather(chosen);
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("shuffle");
    out.position(given_);
  }
  void set_state(StateReader& in) override {
    in.expect("shuffle");
    const int64_t given = in.position();
    window_.clear();
    read_ = given_ = 0;
    while (given_ < given && fill()) draw(window_, key_, given_++);
  }

 private:
  bool fill() {
    while (static_cast<int64_t>(window_.size()) < buffer_size_ &&
           read_ < input_->size())
      window_.push_back(read_++);
    return !window_.empty();
  }

  std::unique_ptr<RandomAccess> input_;
  int64_t buffer_size_;
  Key key_;
  std::vector<int64_t> window_;
  int64_t read_ = 0, given_ = 0;
};

// The window holds slots of a store. Elements are read in blocks, but none
// before the output that needs it was asked for.
class ElementWindow : public IteratorNode {
 public:
  ElementWindow(DatasetNodePtr input, const Place& place, int64_t buffer_size,
                Key key)
      : input_node_(std::move(input)),
        place_(place),
        buffer_size_(buffer_size),
        key_(key) {
    start();
  }

  bool next_block(int64_t max_elements, Block& out) override {
    out = Block();
    const std::vector<int64_t> slots = draw_slots(max_elements);
    if (slots.empty()) return false;
    out = store_->take(slots, *place_.pool);
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("shuffle");
    out.position(given_);
  }
  void set_state(StateReader& in) override {
    constexpr int64_t kPiece = 256;
    in.expect("shuffle");
    const int64_t given = in.position();
    start();
    while (given_ < given) {
      const auto slots = draw_slots(std::min(given - given_, kPiece));
      if (slots.empty()) break;
      store_->take(slots, *place_.pool);
    }
  }

 private:
  void start() {
    input_ = input_node_->make_iterator(place_);
    store_.emplace(input_node_->element_spec());
    window_.clear();
    waiting_ = Block();
    next_ = given_ = 0;
    is_over_ = false;
  }
  std::vector<int64_t> draw_slots(int64_t count) {
    std::vector<int64_t> slots;
    for (; count > 0 && fill(count); --count)
      slots.push_back(draw(window_, key_, given_++));
    return slots;
  }
  // Fills the window for the first of `count` outputs; false at the end.
  bool fill(int64_t count) {
    constexpr int64_t kMaxRead = 1024;  // bounds the memory of a block
    while (static_cast<int64_t>(window_.size()) < buffer_size_) {
      if (next_ < waiting_.count()) {
        window_.push_back(store_->put(waiting_, next_++));
        continue;
      }
      if (is_over_) break;
      const int64_t room = buffer_size_ - static_cast<int64_t>(window_.size());
      const int64_t wanted = std::min(room, kMaxRead) + count - 1;
      next_ = 0;
      waiting_ = Block();
      is_over_ = !input_->next_block(std::min(wanted, kMaxRead), waiting_);
    }
    return !window_.empty();
  }

  DatasetNodePtr input_node_;
  Place place_;
  int64_t buffer_size_;
  Key key_;
  std::unique_ptr<IteratorNode> input_;
  std::optional<ElementStore> store_;
  std::vector<int64_t> window_;  // slots
  Block waiting_;                // was read, from element `next_` on
  int64_t next_ = 0;
  int64_t given_ = 0;
  bool is_over_ = false;
};

class ShuffleNode : public DatasetNode {
 public:
  ShuffleNode(DatasetNodePtr input, int64_t buffer_size,
              std::optional<uint64_t> seed, bool reshuffle)
      : DatasetNode("shuffle", input->element_spec(), input->cardinality()),
        input_(std::move(input)),
        buffer_size_(buffer_size),
        seed_(seed),
        reshuffle_(reshuffle) {}

  bool is_plain() const override { return input_->is_plain(); }
  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    auto rows = input_->random_access(place.child(0));
    if (place.keeps_order) return rows;
    if (!rows || buffer_size_ < rows->size()) return nullptr;
    return std::make_unique<PermutedAccess>(std::move(rows), key(place));
  }
  Epochs epochs() const override { return input_->epochs(); }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    if (place.keeps_order) return input_->make_iterator(place.child(0));
    if (auto rows = input_->random_access(place.child(0)))
      return std::make_unique<PositionWindow>(std::move(rows), buffer_size_,
                                              key(place));
    return std::make_unique<ElementWindow>(input_, place.child(0), buffer_size_,
                                           key(place));
  }

 private:
  Key key(const Place& place) const {
    return place.random_key(seed_, reshuffle_);
  }

  DatasetNodePtr input_;
  int64_t buffer_size_;
  std::optional<uint64_t> seed_;
  bool reshuffle_;
};

}  // namespace

DatasetNodePtr make_shuffle(DatasetNodePtr input, int64_t buffer_size,
                            std::optional<uint64_t> seed,
                            bool reshuffle_each_iteration) {
  NUMEST_USER_CHECK(buffer_size > 0 || buffer_size == kUnknownCardinality,
                    ValueError,
                    "shuffle: buffer_size must be greater than zero or "
                    "UNKNOWN_CARDINALITY: got {}",
                    buffer_size);
  if (buffer_size == kUnknownCardinality)
    buffer_size = std::numeric_limits<int64_t>::max();
  NUMEST_USER_CHECK(buffer_size != std::numeric_limits<int64_t>::max() ||
                        input->cardinality() != kInfiniteCardinality,
                    ValueError,
                    "shuffle: buffer_size is that of the whole dataset, which "
                    "is infinite; give a number or shuffle before repeat");
  return std::make_shared<ShuffleNode>(std::move(input), buffer_size, seed,
                                       reshuffle_each_iteration);
}

}  // namespace numest::data
