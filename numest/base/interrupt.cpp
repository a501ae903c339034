// A lock-free atomic is the only state that a signal handler may touch.
#include "numest/base/interrupt.h"

#include <atomic>

namespace numest {
namespace {

std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int) { request_interrupt(); }

}  // namespace

bool interrupt_requested() { return requested.load(std::memory_order_relaxed); }
void request_interrupt() { requested.store(true, std::memory_order_relaxed); }
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
