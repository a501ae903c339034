// numest run: hands a Python script to the Python package, whose import hook
// answers `import tensorflow`.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "cli/verbs.h"
#include "numest/base/error.h"

namespace numest::cli {

namespace {

[[noreturn]] void run(const std::vector<std::string>& script) {
  const char* chosen = std::getenv("NUMEST_PYTHON");
  const std::string python = chosen && *chosen ? chosen : "python3";
  std::vector<std::string> words{python, "-m", "numest", "run"};
  words.insert(words.end(), script.begin(), script.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(python.c_str(), arguments.data());
  fail<OSError>(
      "cannot start {}: {}; set NUMEST_PYTHON to a Python that has "
      "the package numest",
      python, std::generic_category().message(errno));
}

}  // namespace

void add_run(CLI::App& app) {
  auto* verb = app.add_subcommand(
      "run",
      "Runs SCRIPT [ARGUMENTS...] in Python; its `import tensorflow` gets "
      "Numest");
  verb->footer("Python is $NUMEST_PYTHON, else python3.");
  verb->prefix_command();
  verb->callback([verb] {
    const auto script = verb->remaining();
    if (script.empty()) throw CLI::RequiredError("SCRIPT");
    run(script);
  });
}

}  // namespace numest::cli
