// One lock orders the lines; the default sink writes each in one call, so
// lines of several threads never mix.
#include "numest/base/log.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace numest {
namespace {

using Sink = std::function<void(LogLevel, std::string_view)>;

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarning:
      return "WARNING";
    case LogLevel::kError:
      return "ERROR";
  }
  return "INFO";
}

LogLevel level_from_environment() {
  const char* text = std::getenv("NUMEST_LOG");
  const std::string_view wanted = text ? text : "";
  if (wanted == "debug") return LogLevel::kDebug;
  if (wanted == "warning") return LogLevel::kWarning;
  if (wanted == "error") return LogLevel::kError;
  return LogLevel::kInfo;
}

std::atomic<LogLevel>& level_in_use() {
  static std::atomic<LogLevel> level{level_from_environment()};
  return level;
}

void write_to_stderr(LogLevel level, std::string_view text) {
  const std::string line =
      fmt::format("{}:numest: {}\n", level_name(level), text);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

struct SinkSlot {
  std::mutex mutex;
  std::shared_ptr<const Sink> sink;
};

// Never destroyed: threads may log while the process ends.
SinkSlot& sink_slot() {
  static SinkSlot* slot = new SinkSlot;
  return *slot;
}

}  // namespace

void set_log_level(LogLevel level) { level_in_use() = level; }
LogLevel log_level() { return level_in_use(); }

void set_log_sink(std::function<void(LogLevel, std::string_view)> sink) {
  SinkSlot& slot = sink_slot();
  std::shared_ptr<const Sink> next;
  if (sink) next = std::make_shared<const Sink>(std::move(sink));
  const std::lock_guard lock(slot.mutex);
  slot.sink = std::move(next);
}

void log_line(LogLevel level, std::string_view text) {
  if (level < log_level()) return;
  SinkSlot& slot = sink_slot();
  std::shared_ptr<const Sink> sink;
  {
    const std::lock_guard lock(slot.mutex);
    sink = slot.sink;
  }
  // Called without the lock: a sink may log or take Python's lock.
  if (sink)
    (*sink)(level, text);
  else
    write_to_stderr(level, text);
}

}  // namespace numest
