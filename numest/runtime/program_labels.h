// How a program and its steps are called in recordings.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "numest/runtime/step_list.h"

namespace numest {

class ProgramLabels {
 public:
  /// Numbers of labels in one recording.
  struct Ids {
    uint64_t recording = 0;
    uint32_t program = 0;
    std::vector<uint32_t> steps = {};
  };
  /// `list` must outlive the object.
  ProgramLabels(const StepList& list, std::string name)
      : list_(list), name_(std::move(name)) {}
  /// The numbers in `recording`; made once for each. Any thread.
  std::shared_ptr<const Ids> ids(uint64_t recording);

 private:
  const StepList& list_;
  const std::string name_;
  std::mutex mutex_;
  std::shared_ptr<const Ids> latest_;
};

}  // namespace numest
