// Log lines on stderr, one line each: "INFO:numest: text".
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>

namespace numest {

enum class LogLevel { kDebug = 10, kInfo = 20, kWarning = 30, kError = 40 };

/// Sets the lowest level written (default kInfo; NUMEST_LOG=debug|info|...).
void set_log_level(LogLevel level);
LogLevel log_level();
/// Replaces the writer (Python's logging, tests); an empty one restores it.
void set_log_sink(std::function<void(LogLevel, std::string_view)> sink);
void log_line(LogLevel level, std::string_view text);

template <class... A>
void log_info(fmt::format_string<A...> text, A&&... args) {
  log_line(LogLevel::kInfo, fmt::format(text, std::forward<A>(args)...));
}
template <class... A>
void log_warning(fmt::format_string<A...> text, A&&... args) {
  log_line(LogLevel::kWarning, fmt::format(text, std::forward<A>(args)...));
}

}  // namespace numest
