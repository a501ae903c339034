// The standard rules that most op entries pick from by name. A rule of an
// entry's own says why.
#pragma once

#include "numest/kernels/elementwise.h"
#include "numest/ops/call.h"

namespace numest {

// --- Samples: lists of dtypes ---
inline constexpr std::string_view kReals = "int32 int64 float32 float64";
inline constexpr std::string_view kNumbers =
    "int32 int64 float32 float64 complex64 complex128";
inline constexpr std::string_view kFloats = "float32 float64";
inline constexpr std::string_view kInexacts =
    "float32 float64 complex64 complex128";

// --- Types ---
/// Broadcast shape; dtype of the first input (all are equal after promotion).
Types broadcast_type(const TypeContext& c);
/// Broadcast shape; the dtype that the op's tile gives for the last input.
/// Throws TypeError if there is no tile for it.
Types elementwise_type(const TypeContext& c);
/// Broadcast shape; bool.
Types compare_type(const TypeContext& c);
/// Type of the first input.
Types same_type(const TypeContext& c);
/// `axis`, `keepdims`; dtype of the input.
Types reduce_type(const TypeContext& c);

// --- Kernels ---
/// The tile of the op's name (numest/kernels/elementwise.h), as found by this
/// thread before: eager calls ask for it twice.
std::optional<kernels::Tile> tile_of(const OpDef& op, DType in);
/// Runs the tile of the op's name over broadcast, strided inputs.
void run_elementwise(const KernelContext& c);
std::unique_ptr<BoundKernel> bind_elementwise(const KernelContext& c);
inline constexpr Kernel elementwise_kernel{run_elementwise, bind_elementwise};
/// `where`: rows are copied whole if the condition holds for rows.
void where_kernel(const KernelContext& c);
/// Reduction of the op's name over `axis` (numest/kernels/reduce.h).
void run_reduce(const KernelContext& c);
std::unique_ptr<BoundKernel> bind_reduce(const KernelContext& c);
inline constexpr Kernel reduce_kernel{run_reduce, bind_reduce};
/// Scan (cumsum) of the op's name along `axis`; None flattens.
void scan_kernel(const KernelContext& c);

// --- Operations on numbers ---
/// One for each element of the first input.
int64_t flops_by_input(const KernelContext& c);

// --- Vectorizing ---
/// Batched inputs of lower ndim get axes of extent 1 after the batch axis.
std::vector<Tensor> vmap_elementwise(const VmapContext& c);
/// Shifts `axis` by one.
std::vector<Tensor> vmap_reduce(const VmapContext& c);
/// Calls the op on each element in turn and stacks; one node that loops over
/// rows if the batch extent is not known. Correct for every op, and slow.
std::vector<Tensor> vmap_loop(const VmapContext& c);

// --- Gradients ---
/// Sums `g` down to the shape that `to` had before broadcasting.
Tensor unbroadcast(const Tensor& g, const Tensor& to);

/// Sums `g[i]` down to the shape of input i; empty ones stay empty.
std::vector<Tensor> to_inputs(const VjpContext& c, std::vector<Tensor> g);
/// Spreads `g`, the cotangent of a reduction by `axis` and `keepdims`, over
/// the input's shape.
Tensor expand_reduced(const VjpContext& c, const Tensor& g);

/// Gradient of an elementwise op with one input: cotangent * `df(c)`.
template <auto DF>
std::vector<Tensor> vjp_unary(const VjpContext& c) {
  return {DF(c)};
}

/// Gradients of an elementwise op with two inputs, before unbroadcasting.
template <auto D1, auto D2>
std::vector<Tensor> vjp_binary(const VjpContext& c) {
  return to_inputs(c, {D1(c), D2(c)});
}

// --- Compile-time checks of a family table ---
template <size_t N>
constexpr bool documented(const OpDef (&ops)[N]) {
  for (const OpDef& op : ops)
    if (op.doc.empty() || op.doc.back() != '.') return false;
  return true;
}

}  // namespace numest
