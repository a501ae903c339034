#include "numest/base/worker_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

#include "numest/base/error.h"

namespace numest {
namespace {

// Doubles numbers until the channel is shut.
void doubling(Channel& parent) {
  for (int64_t number; parent.receive(number);) parent.send(2 * number);
}

TEST(WorkerProcess, AnswersUntilItsChannelIsShut) {
  WorkerProcess worker(doubling);
  for (const int64_t number : {3, 4}) {
    int64_t answer = 0;
    ASSERT_TRUE(worker.channel().send(number));
    ASSERT_TRUE(worker.channel().receive(answer));
    EXPECT_EQ(answer, 2 * number);
  }
  worker.channel().shut();
  EXPECT_EQ(worker.end(), "exited with status 0");
}

TEST(WorkerProcess, DestructionLeavesNoProcess) {
  pid_t pid = 0;
  {
    WorkerProcess worker(doubling);
    pid = worker.pid();
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(WorkerProcess, DestructionLeavesNoProcessThatIsBusy) {
  WorkerProcess worker([](Channel&) { pause(); });
  worker.kill();
}

TEST(WorkerProcess, SaysHowItEnded) {
  const std::pair<void (*)(Channel&), const char*> cases[] = {
      {[](Channel&) {}, "exited with status 0"},
      {[](Channel&) { _exit(3); }, "exited with status 3"},
      {[](Channel&) { throw std::runtime_error("lost"); },
       "exited with status 1"},
      {[](Channel&) { raise(SIGKILL); }, "was killed by signal 9 (Killed)"}};
  for (const auto& [body, end] : cases) {
    WorkerProcess worker(body);
    int64_t answer;
    EXPECT_FALSE(worker.channel().receive(answer));
    EXPECT_EQ(worker.end(), end);
    EXPECT_EQ(worker.end(), end);
  }
}

TEST(WorkerProcess, AnEndThatAnotherTookIsNotKnown) {
  WorkerProcess worker([](Channel&) { _exit(3); });
  ASSERT_EQ(waitpid(worker.pid(), nullptr, 0), worker.pid());
  EXPECT_EQ(worker.end(), "ended");
}

TEST(WorkerProcess, WritingToOneThatIsGoneIsNoSignal) {
  WorkerProcess worker([](Channel&) {});
  worker.end();
  EXPECT_FALSE(worker.channel().send(int64_t{1}));
}

TEST(WorkerProcess, AForkThatFailsIsAnError) {
  const auto refuses = [](Channel&) {};
  try {
    WorkerProcess worker(refuses, [] {
      errno = EAGAIN;
      return pid_t{-1};
    });
    FAIL() << "no error";
  } catch (const OSError& error) {
    EXPECT_STREQ(error.what(),
                 "start worker process: Resource temporarily unavailable");
  }
}

TEST(WorkerProcess, AParentThatIsGoneIsNoticedWhereTheChannelStaysOpen) {
  int ends[2], sockets[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
  const pid_t middle = fork();
  if (middle == 0) {
    const pid_t parent = getpid();
    if (fork() == 0) {  // it holds both ends of the channel
      const Channel channel{Descriptor(sockets[0])};
      const std::chrono::milliseconds patience(10);
      while (wait_for_parent(channel, parent, patience)) continue;
    }
    _exit(0);
  }
  close(ends[1]);
  waitpid(middle, nullptr, 0);
  char byte;
  EXPECT_EQ(read(ends[0], &byte, 1), 0);  // nobody holds the pipe any more
  for (const int file : {ends[0], sockets[0], sockets[1]}) close(file);
}

}  // namespace
}  // namespace numest
