// The wish to end, as one process-wide flag: loops ask it between steps and
// end cleanly, with a checkpoint.
#pragma once

#include <signal.h>

namespace numest {

/// Returns true from `request_interrupt` or a caught signal until cleared.
bool interrupt_requested();
/// Sets the flag; any thread, and safe in a signal handler.
void request_interrupt();
/// The signal that set the flag last; SIGINT for `request_interrupt`.
int interrupt_signal();
void clear_interrupt();

/// While it lives, the first SIGINT or SIGTERM sets the flag; a second one of
/// the same kind acts as the system's default, so a hung run can be ended.
/// Destruction restores the handlers found before. For programs in C++;
/// Python has handlers of its own.
class InterruptScope {
 public:
  InterruptScope();
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

 private:
  struct sigaction old_interrupt_ {};
  struct sigaction old_terminate_ {};
};

}  // namespace numest
