// Choosing the writer of a folder, and leaving it where it cannot be used.
#include "numest/estimator/evaluation_events.h"

#include <unistd.h>

#include <algorithm>

namespace numest::estimator {

namespace {

constexpr size_t kMostOpen = 4;

std::vector<std::pair<std::string, float>> scalars_of(
    const EvalResult& result) {
  std::vector<std::pair<std::string, float>> scalars;
  for (const auto& [name, value] : result)
    if (name != "global_step" && value.size() == 1)
      scalars.emplace_back(name, value.astype(DType::kFloat32).item<float>());
  return scalars;
}

}  // namespace

void EvaluationEvents::write(const std::string& folder,
                             const EvalResult& result) {
  EventWriter& events = writer(folder);
  try {
    events.add_scalars(scalars_of(result),
                       result.at("global_step").item<int64_t>());
    events.flush();
  } catch (...) {
    forget(folder);  // tries once more; nothing of it follows later
    throw;
  }
}

void EvaluationEvents::forget(const std::string& folder) {
  std::erase_if(writers_, [&](const auto& w) { return w.first == folder; });
}

// A folder that was removed gets a new file. A forked process leaves the files
// to its parent: both would append at their own idea of the end.
EventWriter& EvaluationEvents::writer(const std::string& folder) {
  if (process_ != ::getpid()) writers_.clear();
  process_ = ::getpid();
  const auto found =
      std::find_if(writers_.begin(), writers_.end(),
                   [&](const auto& w) { return w.first == folder; });
  if (found != writers_.end() && found->second->has_name()) {
    std::rotate(found, found + 1, writers_.end());
    return *writers_.back().second;
  }
  forget(folder);
  if (writers_.size() == kMostOpen) writers_.erase(writers_.begin());
  writers_.emplace_back(folder, std::make_unique<EventWriter>(folder));
  return *writers_.back().second;
}

}  // namespace numest::estimator
