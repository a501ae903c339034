// The table of reductions by name and dtype.
#include "numest/kernels/reduce.h"

#include "numest/kernels/level_table.h"
#include "numest/kernels/reduce_rows.h"

namespace numest::kernels {
namespace {

ReduceRows all_rows() {
  ReduceRows rows;
  append_sum_reduces(rows);
  append_extreme_reduces(rows);
  append_place_reduces(rows);
  append_logic_reduces(rows);
  append_index_reduces(rows);
  append_scans(rows);
  return rows;
}

}  // namespace

std::optional<Reduce> find_reduce(std::string_view name, DType in) {
  static LevelTable<Reduce> table;
  const auto& reduces = table.get([](auto add) {
    for (const ReduceRow& row : all_rows()) add(row.name, row.in, row.reduce);
  });
  const auto found = reduces.find(name);
  if (found == reduces.end()) return std::nullopt;
  return found->second[static_cast<size_t>(in)];
}

DType reduce_out(std::string_view name, DType in) {
  const auto reduce = find_reduce(name, in);
  NUMEST_USER_CHECK(reduce, TypeError,
                    "{}: no reduction of this dtype: got {}, expected a "
                    "numeric dtype that {} takes",
                    name, numest::name(in), name);
  return reduce->out;
}

}  // namespace numest::kernels
