// numest ops: what the op tables say.
#include <fmt/format.h>

#include <memory>

#include "cli/verbs.h"
#include "numest/ops/call.h"

namespace numest::cli {

namespace {

// "sum(a, axis=None): Sum over axes."
void print_op(const OpDef& op) {
  std::string params;
  for (const ParamDef& p : op.params) {
    params += fmt::format("{}{}", params.empty() ? "" : ", ", p.name);
    if (!p.default_value.empty()) params += fmt::format("={}", p.default_value);
  }
  fmt::print("{}({}): {}\n", op.name, params, op.doc);
}

void print_ops(const std::string& wanted) {
  if (!wanted.empty()) return print_op(op_named(wanted));
  for (const auto family : op_families())
    for (const OpDef& op : family) print_op(op);
}

}  // namespace

void add_ops(CLI::App& app) {
  auto* verb = app.add_subcommand("ops", "Prints the op table, or one op");
  const auto wanted = std::make_shared<std::string>();
  verb->add_option("NAME", *wanted, "Only this op");
  verb->callback([wanted] { print_ops(*wanted); });
}

}  // namespace numest::cli
