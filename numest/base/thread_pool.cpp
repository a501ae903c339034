// The pool: one loop at a time, whose pieces are claimed in order from an
// atomic counter. Who runs a piece varies, the pieces never do. Workers spin
// shortly for the next loop before they sleep, since training steps follow
// each other within microseconds.
#include "numest/base/thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <limits>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "numest/base/error.h"
#include "numest/base/recording.h"

namespace numest {
namespace {

// Some 50 microseconds: the order of a wake-up, so that spinning costs at
// most twice the best choice.
constexpr int kSpins = 4000;

thread_local bool inside_loop = false;

constinit SpanSite loop_site{SpanKind::kCall, "loops in threads of the pool"};
constinit SpanSite wait_site{SpanKind::kWait, "wait: other threads of a loop"};

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

template <class T>
void wait_while_equal(const std::atomic<T>& value, T old) {
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    relax();
  }
  value.wait(old, std::memory_order_acquire);
}

class Loop {
 public:
  Loop(int64_t size, int64_t grain, LoopBody body)
      : size_(size),
        grain_(grain),
        num_pieces_((size - 1) / grain + 1),
        body_(body) {}

  int64_t num_pieces() const { return num_pieces_; }

  void run_pieces() {
    const bool outer = std::exchange(inside_loop, true);
    for (;;) {
      const int64_t piece = next_.fetch_add(1, std::memory_order_relaxed);
      if (piece >= num_pieces_) break;
      run(piece);
    }
    inside_loop = outer;
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void run(int64_t piece) {
    const int64_t begin = piece * grain_;
    try {
      body_(begin, begin + std::min(grain_, size_ - begin));
    } catch (...) {
      // Pieces are claimed in order: all lower ones have started, so no
      // more are needed to find the lowest that fails.
      next_.store(num_pieces_, std::memory_order_relaxed);
      const std::lock_guard lock(mutex_);
      if (piece < error_piece_) {
        error_piece_ = piece;
        error_ = std::current_exception();
      }
    }
  }

  const int64_t size_, grain_, num_pieces_;
  const LoopBody body_;
  std::atomic<int64_t> next_{0};
  std::mutex mutex_;
  int64_t error_piece_ = std::numeric_limits<int64_t>::max();
  std::exception_ptr error_;
};

class Pool {
 public:
  explicit Pool(int num_threads) {
    for (int i = 1; i < num_threads; ++i)
      workers_.emplace_back([this] { work(); });
  }
  ~Pool() {
    stopping_ = true;
    generation_.fetch_add(1);
    generation_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  void run(Loop& loop) {
    publish(&loop);
    const auto helpers =
        std::min(workers_.size(), static_cast<size_t>(loop.num_pieces() - 1));
    generation_.fetch_add(1, std::memory_order_release);
    if (helpers == workers_.size())
      generation_.notify_all();
    else
      for (size_t i = 0; i < helpers; ++i) generation_.notify_one();
    loop.run_pieces();
    publish(nullptr);
    if (num_inside_.load(std::memory_order_acquire) == 0) return;
    const Span wait(wait_site);
    for (int n; (n = num_inside_.load(std::memory_order_acquire)) != 0;)
      wait_while_equal(num_inside_, n);
  }

 private:
  void publish(Loop* loop) {
    const std::lock_guard lock(mutex_);
    loop_ = loop;
  }

  // Late workers find no loop; those that found one are waited for, so the
  // loop may live on its caller's stack.
  Loop* enter() {
    const std::lock_guard lock(mutex_);
    if (loop_) num_inside_.fetch_add(1, std::memory_order_relaxed);
    return loop_;
  }

  void work() {
    pthread_setname_np(pthread_self(), "numest-pool");
    uint32_t seen = 0;
    for (;;) {
      wait_while_equal(generation_, seen);
      seen = generation_.load(std::memory_order_acquire);
      if (stopping_) return;
      Loop* loop = enter();
      if (!loop) continue;
      {
        const Span span(loop_site);
        loop->run_pieces();
      }
      num_inside_.fetch_sub(1, std::memory_order_release);
      num_inside_.notify_all();
    }
  }

  std::vector<std::thread> workers_;
  std::atomic<uint32_t> generation_{0};
  std::atomic<int> num_inside_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  Loop* loop_ = nullptr;
};

int cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

int threads_from_environment() {
  const char* text = std::getenv("NUMEST_NUM_THREADS");
  const std::string_view wanted = text ? text : "";
  int count = 0;
  const auto [end, error] =
      std::from_chars(wanted.data(), wanted.data() + wanted.size(), count);
  const bool is_number =
      error == std::errc() && end == wanted.data() + wanted.size();
  return is_number && count >= 1 ? count : cores();
}

// The pool starts with the first loop that needs it. A forked child has none
// of its parent's threads: it drops the pool and makes its own.
struct Runtime {
  std::atomic<int> num_threads{threads_from_environment()};
  std::mutex in_use;
  Pool* pool = nullptr;

  Runtime() { pthread_atfork(nullptr, nullptr, &Runtime::forget_pool); }
  ~Runtime() { delete std::exchange(pool, nullptr); }
  static void forget_pool();
};

Runtime& runtime() {
  static Runtime instance;
  return instance;
}

void Runtime::forget_pool() {
  runtime().pool = nullptr;
  new (&runtime().in_use) std::mutex;
}

}  // namespace

int num_threads() { return runtime().num_threads; }

void set_num_threads(int count) {
  NUMEST_USER_CHECK(count >= 1, ValueError,
                    "set_num_threads: got {}, expected 1 or more", count);
  NUMEST_USER_CHECK(!inside_loop, ValueError,
                    "set_num_threads: got a call from inside a parallel "
                    "loop, expected one between loops");
  Runtime& r = runtime();
  const std::lock_guard lock(r.in_use);
  if (count == r.num_threads) return;
  delete std::exchange(r.pool, nullptr);
  r.num_threads = count;
}

void parallel_for(int64_t size, int64_t grain, LoopBody body) {
  if (size <= 0) return;
  grain = std::max<int64_t>(grain, 1);
  if (size <= grain) return body(0, size);
  Loop loop(size, grain, body);
  Runtime& r = runtime();
  // A loop that finds the pool taken by another thread runs its pieces here.
  std::unique_lock lock(r.in_use, std::defer_lock);
  if (!inside_loop && r.num_threads > 1 && lock.try_lock()) {
    if (!r.pool) r.pool = new Pool(r.num_threads);
    r.pool->run(loop);
  } else {
    loop.run_pieces();
  }
  loop.rethrow();
}

InlineLoops::InlineLoops(bool is_on)
    : was_inside_(std::exchange(inside_loop, inside_loop || is_on)) {}
InlineLoops::~InlineLoops() { inside_loop = was_inside_; }

std::jthread start_thread(const std::string& name,
                          std::function<void(std::stop_token)> body) {
  return std::jthread(
      [label = name.substr(0, 15), run = std::move(body)](std::stop_token s) {
        pthread_setname_np(pthread_self(), label.c_str());
        run(std::move(s));
      });
}

}  // namespace numest
