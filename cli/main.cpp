// The command `numest VERB`. Exit status: 0 done, 1 the work failed, 2 the
// arguments are wrong, 128 + the signal's number if a signal ended it.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "cli/verbs.h"
#include "numest/base/error.h"
#include "numest/base/interrupt.h"

namespace {

std::string command_name(const CLI::App& app) {
  std::string name = "numest";
  for (const CLI::App* verb : app.get_subcommands())
    name += " " + verb->get_name();
  return name;
}

// "first: second; third" of several lines.
std::string one_line(const std::string& message) {
  std::string line;
  size_t begin = 0;
  while (begin < message.size()) {
    const size_t end = std::min(message.find('\n', begin), message.size());
    const size_t text = message.find_first_not_of(' ', begin);
    if (text < end) {
      if (!line.empty())
        line += line.ends_with(':') || line.ends_with(';') ? " " : "; ";
      line += message.substr(text, end - text);
    }
    begin = end + 1;
  }
  return line;
}

int report(const CLI::App& app, const std::string& message, int status) {
  std::fprintf(stderr, "%s: %s\n", command_name(app).c_str(),
               one_line(message).c_str());
  return status;
}

int report_usage(const CLI::App& app, const std::string& message) {
  return report(app, message + "; see `" + command_name(app) + " --help`", 2);
}

// Empty if `word` is a verb; CLI11 says of another only that one is required.
std::string wrong_verb(const CLI::App& app, const std::string& word) {
  std::string verbs;
  for (const CLI::App* verb :
       app.get_subcommands([](const auto*) { return true; })) {
    if (verb->get_name() == word) return "";
    verbs += (verbs.empty() ? "" : ", ") + verb->get_name();
  }
  return "got the verb '" + word + "', expected one of " + verbs;
}

int run(CLI::App& app, int argc, char** argv) {
  if (argc < 2) return report_usage(app, "expected a verb");
  const std::string first = argv[1];
  if (!first.starts_with('-'))
    if (const auto wrong = wrong_verb(app, first); !wrong.empty())
      return report_usage(app, wrong);
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error.what());
  } catch (const numest::InterruptedError& error) {
    return report(app, error.what(), 128 + numest::interrupt_signal());
  } catch (const std::exception& error) {
    return report(app, error.what(), 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains, evaluates and looks into Numest's estimators.",
               "numest");
  app.require_subcommand(1);
  app.set_version_flag("--version", "numest 0.1.0");
  app.footer("`numest VERB --help` tells more of a verb.");
  numest::cli::add_train(app);
  numest::cli::add_evaluate(app);
  numest::cli::add_predict(app);
  numest::cli::add_inspect(app);
  numest::cli::add_ops(app);
  numest::cli::add_profile(app);
  numest::cli::add_run(app);
  return run(app, argc, argv);
}
