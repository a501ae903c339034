// Arguments lie in memory that the parent writes to, results in memory of the
// worker; over the socket go their sizes only.
#include "isolated_worker.h"

#include <unistd.h>

#include <csignal>
#include <utility>

namespace numest::python {

namespace {

using data::ElementCall;
using data::Leaves;
using data::LeavesReader;
using data::LeavesWriter;

struct Request {
  uint64_t size;   // of the memory of arguments
  uint64_t begin;  // positions and keys, then the elements
  int64_t count;
};

struct Reply {
  uint64_t size;      // of the memory of results
  int64_t num_done;   // calls that gave results
  int64_t has_error;  // in place of the results of the call after these
  int64_t keeps_arguments;
  int64_t nanoseconds, num_bytes;
};

// The worker's memory begins with the position of the element that it runs.
constexpr size_t kResults = 64;
std::atomic<int64_t>& running(SharedMemory& results) {
  static_assert(std::atomic<int64_t>::is_always_lock_free);
  return *reinterpret_cast<std::atomic<int64_t>*>(results.data());
}

nb::object isolation(const char* function) {
  return nb::module_::import_("numest.trace.isolation").attr(function);
}

pid_t fork_python() {
  PyOS_BeforeFork();
  const pid_t pid = fork();
  if (pid == 0)
    PyOS_AfterFork_Child();
  else
    PyOS_AfterFork_Parent();
  return pid;
}

// What the child does.
class Server {
 public:
  Server(nb::handle function, SharedMemory& arguments, SharedMemory& results)
      : function_(function),
        arguments_(arguments),
        results_(results),
        call_(nb::cpp_function([this](const nb::list& leaves, uint64_t key) {
          call(leaves, key);
        })) {}

  void serve(Channel& parent, pid_t parent_pid) {
    Request request;
    while (has_request(parent, parent_pid, request)) {
      arguments_.follow(request.size);
      Reply reply = answer(request);
      // A view that outlives its call must not change.
      reply.keeps_arguments = arguments_.mapping().use_count() > 1;
      if (!parent.send(reply)) return;
    }
  }

 private:
  static bool has_request(Channel& parent, pid_t parent_pid, Request& request) {
    const nb::gil_scoped_release unlocked;
    constexpr std::chrono::milliseconds kPatience{1000};
    return wait_for_parent(parent, parent_pid, kPatience) &&
           parent.receive(request);
  }

  Reply answer(const Request& request) {
    LeavesReader reader(arguments_.mapping(), request.begin);
    const Leaves head = reader.read();
    LeavesWriter writer(results_, kResults);
    writer_ = &writer;
    Reply reply{};
    const int64_t start = now_ns(), copied = num_bytes_copied();
    for (int64_t i = 0; i < request.count && !reply.has_error; ++i) {
      running(results_) = head[0].data<int64_t>()[i];
      if (succeeds(reader.read(), head[1].data<uint64_t>()[i]))
        ++reply.num_done;
      else
        reply.has_error = 1;
    }
    reply.nanoseconds = now_ns() - start;
    reply.num_bytes =
        num_bytes_copied() - copied + int64_t(writer.position() - kResults);
    reply.size = results_.size();
    return reply;
  }

  // Writes the results of a call, or its error. Errors of C++ become those of
  // Python on the way through `call_`.
  bool succeeds(const Leaves& leaves, uint64_t key) {
    nb::list arguments;
    for (const Array& leaf : leaves) arguments.append(to_ndarray(leaf, true));
    try {
      call_(arguments, key);
      return true;
    } catch (nb::python_error& error) {
      const auto packed = nb::cast<nb::bytes>(
          isolation("packed")(error.value(), error.traceback()));
      Array text(DType::kBytes, Shape{});
      text.data<Bytes>()->assign(packed.c_str(), packed.size());
      writer_->write({text});
      return false;
    }
  }

  void call(const nb::list& arguments, uint64_t key) {
    Leaves results;
    for (nb::handle value : nb::cast<nb::list>(function_(arguments, key)))
      results.push_back(to_array(value));
    writer_->write(results);
  }

  // By the function, whose arguments are read-only.
  int64_t num_bytes_copied() const {
    return nb::cast<int64_t>(function_.attr("num_bytes_copied"));
  }

  nb::handle function_;
  SharedMemory& arguments_;
  SharedMemory& results_;
  LeavesWriter* writer_ = nullptr;
  nb::object call_;
};

WorkerProcess::Body serving(const IsolatedFunction& function, int index,
                            SharedMemory& arguments, SharedMemory& results) {
  return [&, index, parent_pid = getpid()](Channel& parent) {
    signal(SIGINT, SIG_IGN);  // the parent ends its workers
    isolation("begin")(index);
    Server(function.function.get(), arguments, results)
        .serve(parent, parent_pid);
    isolation("end")();
  };
}

// The error that `raise` raises, to be thrown later.
template <class F>
std::exception_ptr caught(const F& raise) {
  const nb::gil_scoped_acquire lock;
  try {
    raise();
  } catch (nb::python_error&) {
    return std::current_exception();
  }
  return nullptr;
}

}  // namespace

IsolatedWorker::IsolatedWorker(const IsolatedFunction& function, int index)
    : function_(function),
      index_(index),
      process_((isolation("flush")(),
                serving(function, index, arguments_, results_)),
               fork_python) {}

void IsolatedWorker::give(std::span<ElementCall> calls) {
  calls_ = calls;
  const Shape shape{int64_t(calls.size())};
  Array positions(DType::kInt64, shape), keys(DType::kUInt64, shape);
  for (size_t i = 0; i < calls.size(); ++i) {
    positions.data<int64_t>()[i] = calls[i].position;
    keys.data<uint64_t>()[i] = calls[i].key.value;
  }
  LeavesWriter writer(arguments_, begin_);
  writer.write({positions, keys});
  for (const ElementCall& call : calls) writer.write(call.leaves);
  end_ = writer.position();
  running(results_) = calls[0].position;
  // A worker that is gone is noticed when its answer is waited for.
  process_.channel().send(
      Request{arguments_.size(), begin_, int64_t(calls.size())});
}

bool IsolatedWorker::take(const ResultTypes& types, CallCosts& costs) {
  Reply reply;
  if (!process_.channel().receive(reply)) {
    lose();
    return false;
  }
  results_.follow(reply.size);
  count(Counter::python_calls, reply.num_done + reply.has_error);
  const int64_t given = int64_t(end_ - begin_);
  costs.calls += reply.num_done + reply.has_error;
  costs.nanoseconds += reply.nanoseconds;
  costs.num_bytes += given + 2 * reply.num_bytes;
  if (reply.keeps_arguments) begin_ = end_;
  const bool is_good = put_results(reply.num_done, reply.has_error, types);
  calls_ = {};
  return is_good;
}

bool IsolatedWorker::put_results(int64_t num_done, bool has_error,
                                 const ResultTypes& types) {
  LeavesReader reader(results_.mapping(), kResults);
  for (ElementCall& call : calls_.first(size_t(num_done))) {
    try {
      const Leaves results = reader.read();
      for (size_t i = 0; i < results.size(); ++i)
        call.results.push_back(types.kept(results[i], i, call.rows));
    } catch (...) {
      call.error = std::current_exception();
      return false;
    }
  }
  if (!has_error) return true;
  ElementCall& failed = calls_[size_t(num_done)];
  failed.error = raised(reader, failed.position);
  return false;
}

std::exception_ptr IsolatedWorker::raised(LeavesReader& reader,
                                          int64_t position) const {
  const Array packed = reader.read().at(0);
  const Bytes& text = *packed.data<Bytes>();
  return caught([&] {
    isolation("raise_packed")(nb::bytes(text.data(), text.size()), position);
  });
}

void IsolatedWorker::lose() {
  is_gone_ = true;
  const int64_t position = running(results_);
  for (ElementCall& call : std::exchange(calls_, {}))
    if (call.position == position) call.error = lost(position);
}

std::exception_ptr IsolatedWorker::lost(int64_t position) {
  const std::string end = process_.end();
  return caught([&] {
    PyErr_SetString(
        PyExc_ChildProcessError,
        fmt::format("map: worker process {} of {} (pid {}) {} while it ran "
                    "`{}` on element {}: expected results; call the function "
                    "on that element without isolate=\"process\" to see why",
                    index_ + 1, function_.num_workers, process_.pid(), end,
                    function_.name, position)
            .c_str());
    throw nb::python_error();
  });
}

}  // namespace numest::python
