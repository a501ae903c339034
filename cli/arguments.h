// Checks of arguments whose messages say what was given and expected.
#pragma once

#include <CLI/CLI.hpp>

namespace numest::cli {

/// A whole number of 1 or more.
CLI::Validator positive_integer();
/// A whole number of 2 or more.
CLI::Validator class_count();
/// A number above 0.
CLI::Validator positive_number();

}  // namespace numest::cli
