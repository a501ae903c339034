// Gathers and scatters along one axis, seen as loops over blocks of memory.
#pragma once

#include <span>
#include <vector>

#include "numest/graph/op_def.h"

namespace numest {

/// An array (batch, outer, extent, inner) read or written at `positions`
/// (batch, count) of its third axis; the other side is (batch, outer, count,
/// inner).
struct Gather {
  int64_t batch = 1, outer = 1, extent = 1, inner = 1, count = 1;
  std::vector<int64_t> positions;
};

/// `axis` in [0, ndim).
int axis_of(const OpDef& op, const Attrs& attrs, int ndim);
/// Throws TypeError if indices are not integers.
void check_integers(const OpDef& op, DType dtype);

/// The elements of `a` as integers in row-major order: where they lie if they
/// are int64, else in memory of this thread that the next call uses again.
std::span<const int64_t> integers_of(const Array& a);

/// Shape of a[..., indices, ...] by attributes `axis` and `batch_dims`.
Shape gathered_shape(const OpDef& op, const Shape& a, const Shape& indices,
                     const Attrs& attrs);

/// What becomes of indices outside of [0, extent).
enum class PositionMode : uint8_t {
  kRaise,  // negative ones count from the end; IndexError outside
  kClip,
  kWrap,
};
/// The attribute `mode`, 'raise' without it; ValueError for other texts.
PositionMode mode_of(const OpDef& op, const Attrs& attrs);
/// Writes positions in [0, extent) into `positions`, as many as `indices`.
/// IndexError if the extent is 0 and there are indices.
void write_positions(const OpDef& op, std::span<const int64_t> indices,
                     int64_t extent, int axis, PositionMode mode,
                     std::vector<int64_t>& positions);
/// All but the positions. ValueError if the batch axes differ.
Gather extents_of_gather(const OpDef& op, const Shape& a, const Shape& indices,
                         const Attrs& attrs);
Gather gather_of(const OpDef& op, const Shape& a, const Array& indices,
                 const Attrs& attrs);

/// Reads from contiguous `a` into contiguous `out`.
void gather(const Gather& g, const Array& a, const Array& out);
/// The same at `indices` in [-extent, extent), in place of the positions.
void gather_at(const Gather& g, std::span<const int64_t> indices,
               const Array& a, const Array& out);
/// Adds contiguous `updates` into contiguous `out`, in order.
void scatter_add(const Gather& g, const Array& updates, const Array& out);
/// Writes contiguous `updates` into contiguous `out`; the last wins.
void scatter_set(const Gather& g, const Array& updates, const Array& out);

/// Writes `from`, whose last axis belongs at `axis`, into `out`.
void move_last_to(const Array& from, int axis, const Array& out);

}  // namespace numest
