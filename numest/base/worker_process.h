// A forked child that serves its parent: messages over a socket, and what is
// known of its end. It ends with the object, and with the parent.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <span>
#include <string>

#include "numest/base/posix_file.h"

namespace numest {

/// One end of a connection between two processes.
class Channel {
 public:
  explicit Channel(Descriptor socket) : socket_(std::move(socket)) {}
  int descriptor() const { return socket_.get(); }
  /// Return false if the other end is gone.
  bool send(std::span<const std::byte> message);
  bool receive(std::span<std::byte> message);
  template <class Message>
  bool send(const Message& message) {
    return send(std::as_bytes(std::span(&message, 1)));
  }
  template <class Message>
  bool receive(Message& message) {
    return receive(std::as_writable_bytes(std::span(&message, 1)));
  }
  /// Tells the other end that nothing comes any more.
  void shut();

 private:
  Descriptor socket_;
};

class WorkerProcess {
 public:
  /// Runs in the child; it should return when `receive` is false.
  using Body = std::function<void(Channel& parent)>;

  /// Forks. The child runs `body` and leaves by _exit: no destructor and no
  /// handler of the parent runs there. `fork` lets a language prepare itself.
  /// Throws OSError if the system refuses.
  explicit WorkerProcess(const Body& body, pid_t (*fork)() = nullptr);
  /// Ends the child: at once if `kill` was called, else when it has seen that
  /// the channel is shut.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t pid() const { return pid_; }
  Channel& channel() { return channel_; }
  void kill();
  /// Waits for the end and says what it was: "exited with status 3", "was
  /// killed by signal 9 (Killed)".
  std::string end();

 private:
  WorkerProcess(const Body& body, pid_t (*fork)(), std::pair<int, int> ends);

  pid_t owner_;  // copies in other children end nothing
  pid_t pid_;
  bool is_running_ = true;
  int status_ = 0;
  bool is_known_ = false;  // nobody else took the status
  Channel channel_;
};

/// For the child: false once the parent is gone, asked between waits of up to
/// `patience` for a message on `channel`.
bool wait_for_parent(const Channel& channel, pid_t parent,
                     std::chrono::milliseconds patience);

}  // namespace numest
