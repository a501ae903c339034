// One producer, one consumer, a bounded queue. Each item carries the state
// of the input after it, so the state seen outside is the consumer's.
#include "numest/data/transformations/prefetch.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "numest/base/thread_pool.h"
#include "numest/data/map_function.h"

namespace numest::data {

namespace {

// Two let the producer work while the consumer holds one.
constexpr int64_t kDefaultDepth = 2;

struct Item {
  Block block;
  std::string state;         // of the input, after the block
  std::exception_ptr error;  // instead of a block
  int64_t error_element = -1;
  bool is_end = false;
};

class PrefetchIterator : public IteratorNode {
 public:
  PrefetchIterator(std::unique_ptr<IteratorNode> input, int64_t depth)
      : input_(std::move(input)), depth_(static_cast<size_t>(depth)) {
    state_ = state_of_input();
  }
  ~PrefetchIterator() override { stop(); }

  bool next_block(int64_t, Block& out) override {
    out = Block();
    if (is_over_) return false;
    if (!thread_.joinable())
      thread_ = start_thread("prefetch",
                             [this](std::stop_token token) { produce(token); });
    Item item = pop();
    if (item.error || item.is_end) stop();
    if (item.error) {
      set_last_error_element(item.error_element);
      std::rethrow_exception(item.error);
    }
    state_ = std::move(item.state);
    is_over_ = item.is_end;
    out = std::move(item.block);
    return !is_over_;
  }
  void get_state(StateWriter& out) const override {
    out.tag("prefetch");
    out.text(state_);
  }
  void set_state(StateReader& in) override {
    in.expect("prefetch");
    stop();
    is_over_ = false;
    state_ = in.text();
    StateReader reader(state_);
    input_->set_state(reader);
  }

 private:
  void produce(const std::stop_token& token) {
    for (bool goes_on = true; goes_on;) {
      Item item = make_item();
      goes_on = !item.is_end && !item.error;
      std::unique_lock lock(mutex_);
      const bool has_room = not_full_.wait(
          lock, token, [this] { return queue_.size() < depth_; });
      if (!has_room) return;
      queue_.push_back(std::move(item));
      not_empty_.notify_one();
    }
  }
  Item make_item() {
    Item item;
    try {
      item.is_end = !input_->next_block(1, item.block);
      item.state = state_of_input();
    } catch (...) {
      item.error = std::current_exception();
      item.error_element = last_error_element();
    }
    return item;
  }
  Item pop() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return !queue_.empty(); });
    Item item = std::move(queue_.front());
    queue_.pop_front();
    not_full_.notify_one();
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
  size_t depth_;
  std::string state_;
  bool is_over_ = false;
  std::mutex mutex_;
  std::condition_variable_any not_full_, not_empty_;
  std::deque<Item> queue_;
  std::jthread thread_;
};

class PrefetchNode : public DatasetNode {
 public:
  PrefetchNode(DatasetNodePtr input, int64_t depth)
      : DatasetNode("prefetch", input->element_spec(), input->cardinality()),
        input_(std::move(input)),
        depth_(depth) {}
  Epochs epochs() const override { return input_->epochs(); }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<PrefetchIterator>(input_->make_iterator(place),
                                              depth_);
  }

 private:
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
  const int64_t depth = buffer_size == kAutotune ? kDefaultDepth : buffer_size;
  return std::make_shared<PrefetchNode>(std::move(input), depth);
}

}  // namespace numest::data
