// Rows of the table of reductions; one append function per source file.
#pragma once

#include <string_view>
#include <vector>

#include "numest/kernels/reduce.h"

namespace numest::kernels {

struct ReduceRow {
  std::string_view name;
  DType in;
  Reduce reduce;
};
using ReduceRows = std::vector<ReduceRow>;

void append_sum_reduces(ReduceRows& rows);
void append_extreme_reduces(ReduceRows& rows);
void append_place_reduces(ReduceRows& rows);
void append_logic_reduces(ReduceRows& rows);
void append_index_reduces(ReduceRows& rows);
void append_scans(ReduceRows& rows);

}  // namespace numest::kernels
