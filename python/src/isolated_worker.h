// One process that runs a Python function on elements, and what its parent
// knows of it.
#pragma once

#include <span>
#include <string>

#include "map_functions.h"
#include "numest/base/shared_memory.h"
#include "numest/base/worker_process.h"
#include "numest/data/shared_leaves.h"

namespace numest::python {

/// A function of `leaves, key` that gives a list of arrays, and of how many
/// processes.
struct IsolatedFunction {
  Callable function;
  std::string name;  // the user's, for messages
  ElementSpec output;
  int num_workers;
};

class IsolatedWorker {
 public:
  /// Forks worker `index`; the interpreter lock must be held.
  IsolatedWorker(const IsolatedFunction& function, int index);

  int descriptor() { return process_.channel().descriptor(); }
  bool is_busy() const { return !calls_.empty(); }
  bool is_gone() const { return is_gone_; }
  /// Copies the arguments of `calls` to the worker, which starts with them.
  void give(std::span<data::ElementCall> calls);
  /// Waits for what was given, and puts results or the first error into the
  /// calls. Returns false if there is an error.
  bool take(const ResultTypes& types, CallCosts& costs);
  void kill() { process_.kill(); }

 private:
  bool put_results(int64_t num_done, bool has_error, const ResultTypes& types);
  std::exception_ptr raised(data::LeavesReader& reader, int64_t position) const;
  void lose();
  std::exception_ptr lost(int64_t position);

  const IsolatedFunction& function_;
  int index_;
  SharedMemory arguments_, results_;
  size_t begin_ = 0;  // of what the worker may be given
  size_t end_ = 0;    // of what it was given
  std::span<data::ElementCall> calls_;
  bool is_gone_ = false;
  WorkerProcess process_;  // the last: its child uses the others
};

}  // namespace numest::python
