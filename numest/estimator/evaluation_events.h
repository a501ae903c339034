// The event files of an Estimator's evaluations, which stay open between
// them, so that evaluating again opens nothing.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "numest/estimator/estimator.h"
#include "numest/formats/event_file.h"

namespace numest::estimator {

/// One thread at a time. Each object, and each process that was forked, writes
/// files of its own; they are closed with the object.
class EvaluationEvents {
 public:
  /// Scalars of a result as summaries in an event file of `folder`; they are
  /// in the file on return. OSError naming the file.
  void write(const std::string& folder, const EvalResult& result);

 private:
  EventWriter& writer(const std::string& folder);
  void forget(const std::string& folder);

  // By folder, the one used last at the end; few, since each is open.
  std::vector<std::pair<std::string, std::unique_ptr<EventWriter>>> writers_;
  pid_t process_ = 0;  // that opened them
};

}  // namespace numest::estimator
