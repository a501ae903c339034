// The command `numest VERB`. Exit status: 0 done, 1 the work failed, 2 the
// arguments are wrong.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "cli/verbs.h"
#include "numest/base/interrupt.h"

namespace {

// "numest VERB: message" on one line of stderr.
void print_error(const CLI::App& app, std::string message) {
  std::string program = "numest";
  for (const CLI::App* verb : app.get_subcommands())
    program += " " + verb->get_name();
  std::replace(message.begin(), message.end(), '\n', ' ');
  std::fprintf(stderr, "%s: %s\n", program.c_str(), message.c_str());
}

int run(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    print_error(app, error.what());
    return 2;
  } catch (const std::exception& error) {
    print_error(app, error.what());
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains, evaluates and looks into Numest's estimators.",
               "numest");
  app.require_subcommand(1);
  app.set_version_flag("--version", "numest 0.1.0");
  numest::cli::add_train(app);
  numest::cli::add_evaluate(app);
  numest::cli::add_predict(app);
  numest::cli::add_inspect(app);
  numest::cli::add_ops(app);
  const numest::InterruptScope interrupts;
  return run(app, argc, argv);
}
