// The verbs of the command. Each function adds a subcommand whose callback
// does the work; errors are exceptions that main turns into one line.
#pragma once

#include <CLI/CLI.hpp>

namespace numest::cli {

void add_train(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_predict(CLI::App& app);
void add_inspect(CLI::App& app);
void add_ops(CLI::App& app);
void add_profile(CLI::App& app);
void add_run(CLI::App& app);

}  // namespace numest::cli
