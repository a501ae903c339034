// A lock-free atomic is the only state that a signal handler may touch.
#include "numest/base/interrupt.h"

#include <atomic>

namespace numest {
namespace {

std::atomic<bool> requested{false};
std::atomic<int> last_signal{SIGINT};
static_assert(std::atomic<bool>::is_always_lock_free);
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int signal) {
  last_signal.store(signal, std::memory_order_relaxed);
  requested.store(true, std::memory_order_relaxed);
}

}  // namespace

bool interrupt_requested() { return requested.load(std::memory_order_relaxed); }
void request_interrupt() { on_signal(SIGINT); }
int interrupt_signal() { return last_signal.load(std::memory_order_relaxed); }
void clear_interrupt() { requested.store(false, std::memory_order_relaxed); }

InterruptScope::InterruptScope() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &old_interrupt_);
  sigaction(SIGTERM, &action, &old_terminate_);
}

InterruptScope::~InterruptScope() {
  sigaction(SIGINT, &old_interrupt_, nullptr);
  sigaction(SIGTERM, &old_terminate_, nullptr);
}

}  // namespace numest
