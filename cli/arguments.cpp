// Validators give an empty text or what is wrong; CLI11 puts the option's
// name before it.
#include "cli/arguments.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

namespace numest::cli {

namespace {

template <class T>
bool parse(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end;
}

CLI::Validator integer_from(int64_t low) {
  return CLI::Validator(
      [low](const std::string& text) -> std::string {
        int64_t value = 0;
        if (parse(text, value) && value >= low) return "";
        return fmt::format("got '{}', expected a whole number of {} or more",
                           text, low);
      },
      "");
}

}  // namespace

CLI::Validator positive_integer() { return integer_from(1); }
CLI::Validator class_count() { return integer_from(2); }

CLI::Validator positive_number() {
  return CLI::Validator(
      [](const std::string& text) -> std::string {
        double value = 0;
        if (parse(text, value) && value > 0 && std::isfinite(value)) return "";
        return fmt::format("got '{}', expected a number above 0", text);
      },
      "");
}

}  // namespace numest::cli
