// Loops of gathers and scatters.
#include "numest/ops/positions.h"

#include <algorithm>
#include <cstring>

#include "numest/kernels/elementwise.h"
#include "numest/kernels/gather.h"
#include "numest/ops/emit.h"

namespace numest {

int axis_of(const OpDef& op, const Attrs& attrs, int ndim) {
  return normalize_axis(attrs.integer("axis"), ndim,
                        std::string(op.name).c_str());
}

void check_integers(const OpDef& op, DType dtype) {
  NUMEST_USER_CHECK(is_integer(dtype), TypeError,
                    "{}: got indices of dtype {}, expected integers", op.name,
                    name(dtype));
}

std::span<const int64_t> integers_of(const Array& a) {
  const size_t count = size_t(a.size());
  if (a.dtype() == DType::kInt64 && a.is_contiguous())
    return {a.data<int64_t>(), count};
  thread_local std::vector<int64_t> memory;
  memory.resize(count);
  const Array whole = a.contiguous();
  const void* in[] = {whole.raw()};
  kernels::cast_tile(a.dtype(), DType::kInt64)(in, memory.data(), a.size());
  return memory;
}

Shape gathered_shape(const OpDef& op, const Shape& a, const Shape& indices,
                     const Attrs& attrs) {
  const int axis = axis_of(op, attrs, a.ndim());
  const int batch_dims = int(attrs.integer("batch_dims"));
  NUMEST_USER_CHECK(batch_dims <= axis && batch_dims <= indices.ndim(),
                    ValueError,
                    "{}: got batch_dims {}, expected at most the axis {} and "
                    "the number of axes of the indices",
                    op.name, batch_dims, axis);
  Shape shape;
  for (int i = 0; i < axis; ++i) shape.push_back(a[i]);
  for (int i = batch_dims; i < indices.ndim(); ++i) shape.push_back(indices[i]);
  for (int i = axis + 1; i < a.ndim(); ++i) shape.push_back(a[i]);
  return shape;
}

PositionMode mode_of(const OpDef& op, const Attrs& attrs) {
  if (!attrs.has("mode")) return PositionMode::kRaise;
  const std::string& mode = attrs.text("mode");
  NUMEST_USER_CHECK(mode == "raise" || mode == "clip" || mode == "wrap",
                    ValueError,
                    "{}: mode must be one of 'clip', 'raise', or 'wrap': got "
                    "'{}'",
                    op.name, mode);
  return mode == "raise"  ? PositionMode::kRaise
         : mode == "clip" ? PositionMode::kClip
                          : PositionMode::kWrap;
}

void write_positions(const OpDef& op, std::span<const int64_t> indices,
                     int64_t extent, int axis, PositionMode mode,
                     std::vector<int64_t>& positions) {
  NUMEST_USER_CHECK(extent > 0 || indices.empty(), IndexError,
                    "{}: cannot take from axis {}, which is empty", op.name,
                    axis);
  positions.assign(indices.begin(), indices.end());
  for (int64_t& p : positions) {
    if (mode == PositionMode::kClip) {
      p = std::clamp<int64_t>(p, 0, extent - 1);
    } else if (mode == PositionMode::kWrap) {
      p = ((p % extent) + extent) % extent;
    } else {
      NUMEST_USER_CHECK(p >= -extent && p < extent, IndexError,
                        "{}: index {} is out of bounds for axis {} with size "
                        "{}",
                        op.name, p, axis, extent);
      if (p < 0) p += extent;
    }
  }
}

Gather extents_of_gather(const OpDef& op, const Shape& a, const Shape& indices,
                         const Attrs& attrs) {
  const int axis = axis_of(op, attrs, a.ndim());
  const int batch_dims = int(attrs.integer("batch_dims"));
  Gather g;
  g.batch = extent_product(a, 0, batch_dims);
  g.outer = extent_product(a, batch_dims, axis);
  g.extent = a[axis];
  g.inner = extent_product(a, axis + 1, a.ndim());
  g.count = extent_product(indices, batch_dims, indices.ndim());
  NUMEST_USER_CHECK(indices.size() == g.batch * g.count, ValueError,
                    "{}: the first {} axes of the array and of the indices "
                    "differ: got shapes {} and {}",
                    op.name, batch_dims, a.to_string(), indices.to_string());
  return g;
}

Gather gather_of(const OpDef& op, const Shape& a, const Array& indices,
                 const Attrs& attrs) {
  const PositionMode mode = mode_of(op, attrs);
  Gather g = extents_of_gather(op, a, indices.shape(), attrs);
  write_positions(op, integers_of(indices), g.extent,
                  axis_of(op, attrs, a.ndim()), mode, g.positions);
  return g;
}

namespace {

// Calls f(offset in a, offset in the other side) for every block.
template <class F>
void for_each_block(const Gather& g, F&& f) {
  int64_t other = 0;
  for (int64_t b = 0; b < g.batch; ++b)
    for (int64_t o = 0; o < g.outer; ++o) {
      const int64_t base = (b * g.outer + o) * g.extent;
      const int64_t* positions = g.positions.data() + b * g.count;
      for (int64_t k = 0; k < g.count; ++k, other += g.inner)
        f((base + positions[k]) * g.inner, other);
    }
}

template <class T>
void add_blocks(const Gather& g, const T* from, T* to) {
  for_each_block(g, [&](int64_t at, int64_t other) {
    for (int64_t i = 0; i < g.inner; ++i)
      to[at + i] = T(to[at + i] + from[other + i]);
  });
}

template <class T>
T* start(const Array& a) {
  return reinterpret_cast<T*>(a.raw());
}

}  // namespace

void gather(const Gather& g, const Array& a, const Array& out) {
  gather_at(g, g.positions, a, out);
}

void gather_at(const Gather& g, std::span<const int64_t> indices,
               const Array& a, const Array& out) {
  if (out.size() == 0) return;
  const int64_t a_bytes = g.outer * g.extent * g.inner * a.itemsize();
  const int64_t out_bytes = g.outer * g.count * g.inner * a.itemsize();
  for (int64_t b = 0; b < g.batch; ++b)
    kernels::gather_in_range(a.dtype(), a.raw() + b * a_bytes, g.outer,
                             g.extent, g.inner, indices.data() + b * g.count,
                             g.count, out.raw() + b * out_bytes);
}

void scatter_set(const Gather& g, const Array& updates, const Array& out) {
  if (updates.size() == 0) return;
  if (out.dtype() == DType::kBytes) {
    for_each_block(g, [&](int64_t at, int64_t other) {
      std::copy_n(start<Bytes>(updates) + other, g.inner,
                  start<Bytes>(out) + at);
    });
    return;
  }
  const int64_t item = out.itemsize();
  for_each_block(g, [&](int64_t at, int64_t other) {
    std::memcpy(out.raw() + at * item, updates.raw() + other * item,
                size_t(g.inner * item));
  });
}

void scatter_add(const Gather& g, const Array& updates, const Array& out) {
  if (g.batch * g.outer == 1 && out.dtype() != DType::kBytes) {
    kernels::scatter_add_rows(out.dtype(), g.positions.data(), g.count,
                              updates.raw(), g.inner, out.raw(), g.extent);
    return;
  }
  visit_dtype(out.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, Bytes>)
      fail<TypeError>("scatter_add: got dtype bytes, expected numbers");
    else
      add_blocks(g, start<T>(updates), start<T>(out));
  });
}

void move_last_to(const Array& from, int axis, const Array& out) {
  std::vector<int> axes;
  for (int i = 0; i + 1 < out.ndim(); ++i) axes.push_back(i);
  axes.insert(axes.begin() + axis, out.ndim() - 1);
  out.assign(from.transpose(axes));
}

}  // namespace numest
