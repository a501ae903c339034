// The only place that starts threads. One pool per process, as many workers
// as `num_threads()`; results of users never depend on that number.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>

namespace numest {

/// Returns the number of threads that compute (NUMEST_NUM_THREADS, else the
/// number of cores this process may use). At least 1.
int num_threads();
/// Sets it (1 or more); throws ValueError otherwise. Waits for running loops.
void set_num_threads(int count);

/// A view of a callable `void(begin, end)` that outlives the call it is
/// passed to; unlike std::function it never allocates.
class LoopBody {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, LoopBody>)
      LoopBody(const F& body)  // NOLINT: a lambda converts silently
      : body_(std::addressof(body)),
        call_([](const void* f, int64_t begin, int64_t end) {
          (*static_cast<const F*>(f))(begin, end);
        }) {}
  void operator()(int64_t begin, int64_t end) const {
    call_(body_, begin, end);
  }

 private:
  const void* body_;
  void (*call_)(const void*, int64_t, int64_t);
};

/// Calls `body(begin, end)` over [0, size) in fixed pieces of `grain`
/// (the split depends on size and grain only, never on the number of
/// threads). Runs inline if there is one piece, one thread, or if called from
/// inside a worker. Rethrows the exception of the lowest piece that failed.
void parallel_for(int64_t size, int64_t grain, LoopBody body);

/// While it lives, loops of this thread run inline if `is_on`: for work in
/// the background that must not keep the pool from others.
class InlineLoops {
 public:
  explicit InlineLoops(bool is_on);
  ~InlineLoops();
  InlineLoops(const InlineLoops&) = delete;
  InlineLoops& operator=(const InlineLoops&) = delete;

 private:
  bool was_inside_;
};

/// Starts a named thread of its own (prefetch, input/output). Joins on
/// destruction of the result.
std::jthread start_thread(const std::string& name,
                          std::function<void(std::stop_token)> body);

}  // namespace numest
