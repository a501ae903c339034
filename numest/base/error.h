// Errors that users see. One table row per class: name, Python exception,
// cause; `UserError` is the user's mistake, `InternalError` is our bug.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace numest {

// code, Python class that it is also an instance of, what causes it.
#define NUMEST_ERROR_TABLE(ROW)                                              \
  ROW(ValueError, "ValueError", "an argument has a value out of its domain") \
  ROW(TypeError, "TypeError", "an argument has a wrong type or dtype")       \
  ROW(IndexError, "IndexError", "an index lies outside its axis")            \
  ROW(KeyError, "KeyError", "a name is not in a dictionary")                 \
  ROW(NotFoundError, "FileNotFoundError", "a file or variable is missing")   \
  ROW(OSError, "OSError", "the operating system refused a file operation")   \
  ROW(DataLossError, "ValueError", "a file is truncated or damaged")         \
  ROW(OutOfRangeError, "IndexError", "an iterator has no more elements")     \
  ROW(NanLossError, "RuntimeError", "the loss became NaN during training")   \
  ROW(InterruptedError, "KeyboardInterrupt", "a signal ended the run")       \
  ROW(NotSupportedError, "NotImplementedError",                              \
      "a combination is not "                                                \
      "supported")

enum class ErrorCode {
#define NUMEST_ERROR_CODE(name, python, cause) k##name,
  NUMEST_ERROR_TABLE(NUMEST_ERROR_CODE)
#undef NUMEST_ERROR_CODE
};

struct ErrorInfo {
  ErrorCode code;
  std::string_view name;
  std::string_view python_class;
  std::string_view cause;
};

/// Returns the table row of an error class.
const ErrorInfo& error_info(ErrorCode code);

/// The user's mistake: the message names the argument, what was given, what
/// was expected, and how to mend it.
class UserError : public std::runtime_error {
 public:
  UserError(ErrorCode code, const std::string& message)
      : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

#define NUMEST_ERROR_CLASS(name, python, cause)     \
  class name : public UserError {                   \
   public:                                          \
    explicit name(const std::string& message)       \
        : UserError(ErrorCode::k##name, message) {} \
  };
NUMEST_ERROR_TABLE(NUMEST_ERROR_CLASS)
#undef NUMEST_ERROR_CLASS

/// A broken promise inside Numest; the text asks for a report.
class InternalError : public std::logic_error {
 public:
  InternalError(const char* file, int line, const std::string& message);
};

/// Throws `E` with a formatted message: `fail<ValueError>("sum: ...", x)`.
template <class E, class... A>
[[noreturn]] void fail(fmt::format_string<A...> text, A&&... args) {
  throw E(fmt::format(text, std::forward<A>(args)...));
}

/// Checks what a user gave; throws `E` if `condition` is false.
#define NUMEST_USER_CHECK(condition, E, ...)    \
  do {                                          \
    if (!(condition)) [[unlikely]]              \
      ::numest::fail<::numest::E>(__VA_ARGS__); \
  } while (false)

/// Checks our own promise; throws InternalError if `condition` is false.
#define NUMEST_CHECK(condition, ...)                                           \
  do {                                                                         \
    if (!(condition)) [[unlikely]]                                             \
      throw ::numest::InternalError(__FILE__, __LINE__,                        \
                                    std::string(#condition " ") __VA_OPT__(+)  \
                                        __VA_OPT__(fmt::format(__VA_ARGS__))); \
  } while (false)

#define NUMEST_UNREACHABLE() \
  throw ::numest::InternalError(__FILE__, __LINE__, "unreachable")

}  // namespace numest
