// The child asks now and then whether its parent lives: other children may
// hold copies of the parent's end, so a closed socket does not tell.
#include "numest/base/worker_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "numest/base/error.h"

namespace numest {
namespace {

std::pair<int, int> connected() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    fail_errno("make", "socket");
  return {ends[0], ends[1]};
}

[[noreturn]] void run_and_leave(const WorkerProcess::Body& body,
                                Channel& parent) {
  try {
    body(parent);
    _exit(0);
  } catch (...) {  // nobody is left to be told: the parent sees the status
    _exit(1);
  }
}

}  // namespace

bool Channel::send(std::span<const std::byte> message) {
  while (!message.empty()) {
    const ssize_t count =
        ::send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    message = message.subspan(static_cast<size_t>(count));
  }
  return true;
}

bool Channel::receive(std::span<std::byte> message) {
  while (!message.empty()) {
    const ssize_t count =
        ::recv(socket_.get(), message.data(), message.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    message = message.subspan(static_cast<size_t>(count));
  }
  return true;
}

void Channel::shut() { shutdown(socket_.get(), SHUT_RDWR); }

WorkerProcess::WorkerProcess(const Body& body, pid_t (*fork)())
    : WorkerProcess(body, fork ? fork : &::fork, connected()) {}

WorkerProcess::WorkerProcess(const Body& body, pid_t (*fork)(),
                             std::pair<int, int> ends)
    : owner_(getpid()), pid_(fork()), channel_(Descriptor(ends.first)) {
  Descriptor theirs(ends.second);
  if (pid_ < 0) fail_errno("start", "worker process");
  if (pid_ > 0) return;
  channel_.~Channel();  // the copy of the parent's end
  Channel parent(std::move(theirs));
  run_and_leave(body, parent);
}

WorkerProcess::~WorkerProcess() {
  if (getpid() != owner_) return;
  channel_.shut();
  end();
}

void WorkerProcess::kill() {
  if (is_running_) ::kill(pid_, SIGKILL);
}

std::string WorkerProcess::end() {
  if (std::exchange(is_running_, false)) {
    pid_t found;
    do {
      found = waitpid(pid_, &status_, 0);
    } while (found < 0 && errno == EINTR);
    is_known_ = found == pid_;
  }
  if (!is_known_) return "ended";
  if (WIFSIGNALED(status_))
    return fmt::format("was killed by signal {} ({})", WTERMSIG(status_),
                       strsignal(WTERMSIG(status_)));
  return fmt::format("exited with status {}", WEXITSTATUS(status_));
}

bool wait_for_parent(const Channel& channel, pid_t parent,
                     std::chrono::milliseconds patience) {
  pollfd socket{channel.descriptor(), POLLIN, 0};
  while (getppid() == parent)
    if (poll(&socket, 1, static_cast<int>(patience.count())) > 0) return true;
  return false;
}

}  // namespace numest
