// One producer, one consumer, a bounded queue. Each item carries the state of
// the input before it; with the number of elements given of it, that is the
// state seen outside, the consumer's.
#include "numest/data/transformations/prefetch.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "numest/base/recording.h"
#include "numest/base/thread_pool.h"
#include "numest/data/map_function.h"

namespace numest::data {

namespace {

// Two let the producer work while the consumer holds one; more of them are
// made ahead while they are small, since a wake-up costs as much as many.
constexpr size_t kLeastDepth = 2, kMostDepth = 64;
constexpr int64_t kAheadBytes = 1 << 20;

constinit SpanSite prefetch_site{SpanKind::kCall, "prefetch"};
constinit SpanSite room_site{SpanKind::kWait, "wait: room in the queue"};
constinit SpanSite batch_site{SpanKind::kWait, "wait: next batch"};

struct Item {
  Block block;
  std::string state;         // of the input, before the block
  std::exception_ptr error;  // instead of a block
  int64_t error_element = -1;
  bool is_end = false;
  int64_t num_bytes = 0;

  bool is_last() const { return is_end || error != nullptr; }
};

bool spec_is_known(const ElementSpec& spec) {
  const std::vector<TensorSpec> leaves = spec.flatten();
  return std::all_of(leaves.begin(), leaves.end(), [](const TensorSpec& leaf) {
    return leaf.shape.is_known();
  });
}

int64_t num_bytes_of(const Block& block) {
  int64_t sum = 0;
  for (size_t leaf = 0; leaf < block.num_leaves(); ++leaf)
    sum += block.leaf(0, leaf).nbytes() * block.count();
  return sum;
}

/// A bounded queue between two threads. A full one wakes its producer when
/// it is half empty, so that small items cost few wake-ups.
class Queue {
 public:
  /// `depth` items at most, or what kAheadBytes allow if it is kAutotune.
  explicit Queue(int64_t depth) : depth_(depth) {}

  /// Waits for room; false if a stop was requested.
  bool push(Item item, const std::stop_token& token) {
    std::unique_lock lock(mutex_);
    if (is_full()) {
      const Span wait(room_site);
      wake_at_ = items_.size() / 2;
      const bool has_room = not_full_.wait(
          lock, token, [this] { return items_.size() <= wake_at_; });
      if (!has_room) return false;
    }
    num_bytes_ += item.num_bytes;
    items_.push_back(std::move(item));
    if (is_awaited_) not_empty_.notify_one();
    return true;
  }
  Item pop() {
    std::unique_lock lock(mutex_);
    if (items_.empty()) {
      const Span wait(batch_site);
      is_awaited_ = true;
      not_empty_.wait(lock, [this] { return !items_.empty(); });
      is_awaited_ = false;
    }
    Item item = std::move(items_.front());
    items_.pop_front();
    num_bytes_ -= item.num_bytes;
    if (items_.size() == wake_at_) not_full_.notify_one();
    return item;
  }
  /// True while the consumer waits.
  bool is_awaited() const { return is_awaited_; }
  /// Not to be called while another thread uses the queue.
  void clear() {
    items_.clear();
    num_bytes_ = 0;
  }

 private:
  bool is_full() const {
    if (depth_ != kAutotune) return items_.size() >= size_t(depth_);
    return items_.size() >= kMostDepth ||
           (items_.size() >= kLeastDepth && num_bytes_ >= kAheadBytes);
  }

  const int64_t depth_;
  std::mutex mutex_;
  std::condition_variable_any not_full_;
  std::condition_variable not_empty_;
  std::deque<Item> items_;
  int64_t num_bytes_ = 0;
  size_t wake_at_ = 0;
  std::atomic<bool> is_awaited_{false};
};

class PrefetchIterator : public IteratorNode {
 public:
  /// `at_once` elements at most make an item of the queue.
  PrefetchIterator(std::unique_ptr<IteratorNode> input, int64_t depth,
                   int64_t at_once)
      : input_(std::move(input)), at_once_(at_once), queue_(depth) {
    state_ = state_of_input();
  }
  ~PrefetchIterator() override { stop(); }

  bool next_block(int64_t max_elements, Block& out) override {
    out = Block();
    if (given_ == size_ && !next_item()) return false;
    const int64_t end = std::min(size_, given_ + max_elements);
    out = block_.between(given_, end);
    given_ = end;
    if (given_ == size_) block_ = Block();  // its buffers are used again
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("prefetch");
    out.text(state_);
    out.position(given_);
  }
  void set_state(StateReader& in) override {
    in.expect("prefetch");
    stop();
    is_over_ = false;
    block_ = Block();
    state_ = in.text();
    given_ = size_ = in.position();
    StateReader reader(state_);
    input_->set_state(reader);
    Block skipped;
    for (int64_t left = given_; left > 0; left -= skipped.count())
      NUMEST_USER_CHECK(input_->next_block(left, skipped), ValueError,
                        "set_state: the state is of another dataset: got "
                        "{} elements fewer than it says",
                        left);
  }

 private:
  bool next_item() {
    if (is_over_) return false;
    if (!thread_.joinable())
      thread_ = start_thread("prefetch",
                             [this](std::stop_token token) { produce(token); });
    Item item = queue_.pop();
    if (item.is_last()) stop();
    if (item.error) {
      set_last_error_element(item.error_element);
      std::rethrow_exception(item.error);
    }
    state_ = std::move(item.state);
    is_over_ = item.is_end;
    block_ = std::move(item.block);
    size_ = block_.count();
    given_ = 0;
    return !is_over_;
  }
  void produce(const std::stop_token& token) {
    for (bool goes_on = true; goes_on;) {
      const Span span(prefetch_site);
      Item item = make_item();
      goes_on = !item.is_last() && !token.stop_requested();
      if (!queue_.push(std::move(item), token)) return;
    }
  }
  Item make_item() {
    // The pool is the consumer's, unless it waits for this item.
    const InlineLoops inline_loops(!queue_.is_awaited());
    Item item;
    try {
      item.state = state_of_input();
      item.is_end = !input_->next_block(at_once_, item.block);
      item.num_bytes = num_bytes_of(item.block);
    } catch (...) {
      item.error = std::current_exception();
      item.error_element = last_error_element();
    }
    return item;
  }
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    queue_.clear();
  }
  std::string state_of_input() const {
    StateWriter writer;
    input_->get_state(writer);
    return writer.bytes();
  }

  std::unique_ptr<IteratorNode> input_;  // the thread's while it runs
  const int64_t at_once_;
  Block block_;                   // the item that is given out
  int64_t size_ = 0, given_ = 0;  // of its elements
  std::string state_;             // of the input, before the item
  bool is_over_ = false;
  Queue queue_;
  std::jthread thread_;
};

class PrefetchNode : public DatasetNode {
 public:
  PrefetchNode(DatasetNodePtr input, int64_t depth)
      : DatasetNode("prefetch", input->element_spec(), input->cardinality()),
        input_(std::move(input)),
        depth_(depth) {}
  Epochs epochs() const override { return input_->epochs(); }
  bool is_plain() const override { return input_->is_plain(); }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<PrefetchIterator>(input_->make_iterator(place),
                                              depth_, at_once());
  }

 private:
  // Batches know best how many of them to make; their extents are unknown.
  int64_t at_once() const {
    if (depth_ != kAutotune || !input_->is_plain()) return 1;
    const bool is_known = spec_is_known(input_->element_spec());
    return is_known ? groups_at_once(input_->element_spec(), 1)
                    : int64_t{kMostDepth};
  }

  DatasetNodePtr input_;
  int64_t depth_;
};

}  // namespace

DatasetNodePtr make_prefetch(DatasetNodePtr input, int64_t buffer_size) {
  NUMEST_USER_CHECK(buffer_size >= 0 || buffer_size == kAutotune, ValueError,
                    "prefetch: buffer_size must be 0 or more, or AUTOTUNE: "
                    "got {}",
                    buffer_size);
  if (buffer_size == 0) return input;
  return std::make_shared<PrefetchNode>(std::move(input), buffer_size);
}

}  // namespace numest::data
