// What ops with sub-graphs or functions as attributes share.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

const std::shared_ptr<const Graph>& graph_of(const Attrs& attrs,
                                             std::string_view key);

/// Types of the outputs of `graph` at inputs of the given types: extents that
/// are known outside replace the symbols of its parameters. TypeError naming
/// `op` if an input does not fit.
std::vector<TensorSpec> graph_types(const Graph& graph,
                                    std::span<const TensorSpec> inputs,
                                    std::string_view op);

/// Memory for `extent` results of a graph, one for each row. Extents that only
/// a row could tell are 0 if there is none.
Array block_of_rows(const TensorSpec& body, int64_t extent, const Array* row);
/// Throws ValueError if the result of row `r` has another shape than the block.
void check_row(const KernelContext& c, const Array& block, const Array& value,
               int64_t r);

/// False if the graph calls code outside of the program, which may need the
/// thread that called.
bool may_run_anywhere(const Graph& graph);

/// Which inputs from `begin` on have a batch axis.
inline std::vector<bool> flags_of(const VmapContext& c, size_t begin) {
  return {c.batched.begin() + int64_t(begin), c.batched.end()};
}

/// Hands a result over: into the memory that the caller gave, if it fits.
void deliver(const KernelContext& c, size_t i, const Array& value);
void deliver_all(const KernelContext& c, const std::vector<Array>& values);

/// `inputs`, then the cotangents of the outputs, zeros where there are none.
std::vector<Tensor> with_cotangents(const VjpContext& c,
                                    std::span<const Tensor> inputs);
/// Only floating inputs have a cotangent.
std::vector<Tensor> only_inexact(std::span<const Tensor> inputs,
                                 std::vector<Tensor> cotangents);

}  // namespace numest
