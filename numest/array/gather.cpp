// One loop over the broadcast positions; each step copies a "cell": the axes
// that are not selected. Cells that are one block of bytes skip the strided
// loop.
#include "numest/array/gather.h"

#include <algorithm>
#include <cstring>

#include "numest/array/strided_loop.h"

namespace numest {
namespace {

struct Layout {
  Shape outer;           // broadcast shape of the positions
  Shape cell;            // extents of the axes that stay
  Strides cell_strides;  // of the indexed array
  int outer_axis = 0;    // where `outer` goes among the axes of the result
  std::vector<int64_t> offsets;  // bytes, one per element of `outer`

  Shape result_shape() const {
    Shape out = cell;
    for (int i = 0; i < outer.ndim(); ++i) out.insert(outer_axis + i, outer[i]);
    return out;
  }
};

Shape broadcast_positions(const Selection& s) {
  Shape outer;
  for (const Array& p : s.positions) {
    try {
      outer = broadcast_shapes(outer, p.shape(), "index");
    } catch (const ValueError&) {
      fail<IndexError>(
          "shape mismatch: indexing arrays could not be broadcast together "
          "with shapes {} {}",
          outer.to_string(), p.shape().to_string());
    }
  }
  return outer;
}

Layout lay_out(const Array& a, const Selection& s) {
  Layout out;
  out.outer = broadcast_positions(s);
  for (int axis = 0; axis < a.ndim(); ++axis) {
    if (std::find(s.axes.begin(), s.axes.end(), axis) != s.axes.end()) continue;
    out.cell.push_back(a.shape()[axis]);
    out.cell_strides.push_back(a.strides()[axis]);
  }
  if (s.are_adjacent) out.outer_axis = s.axes.front();
  out.offsets.assign(size_t(out.outer.size()), 0);
  for (size_t k = 0; k < s.axes.size(); ++k) {
    const Array p = s.positions[k].broadcast_to(out.outer).contiguous();
    const int64_t stride = a.strides()[s.axes[k]];
    const int64_t* position = p.data<int64_t>();
    for (size_t i = 0; i < out.offsets.size(); ++i)
      out.offsets[i] += position[i] * stride;
  }
  return out;
}

// Where element i of `outer` starts in the row-major result or value.
std::vector<int64_t> result_offsets(const Layout& layout, const Array& result) {
  Strides strides;
  for (int i = 0; i < layout.outer.ndim(); ++i)
    strides.push_back(result.strides()[layout.outer_axis + i]);
  std::vector<int64_t> out(layout.offsets.size());
  std::vector<int64_t> at(size_t(layout.outer.ndim()), 0);
  int64_t offset = 0;
  for (int64_t& o : out) {
    o = offset;
    for (int i = layout.outer.ndim() - 1; i >= 0; --i) {
      offset += strides[i];
      if (++at[size_t(i)] < layout.outer[i]) break;
      offset -= strides[i] * layout.outer[i];
      at[size_t(i)] = 0;
    }
  }
  return out;
}

Strides cell_strides_of(const Layout& layout, const Array& result) {
  Strides out = result.strides();
  for (int i = 0; i < layout.outer.ndim(); ++i) out.erase(layout.outer_axis);
  return out;
}

template <class T>
void copy_run(const StridedLoop<2>::Pointers& p,
              const StridedLoop<2>::RunStrides& strides, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    *reinterpret_cast<T*>(p[0] + i * strides[0]) =
        *reinterpret_cast<const T*>(p[1] + i * strides[1]);
}

// Where cells lie, in bytes from the first element.
struct Side {
  std::byte* data;
  Strides cell_strides;
  std::vector<int64_t> offsets;
};

// Cells whose bytes follow each other on both sides.
template <class Copy>
void copy_each(const Side& to, const Side& from, Copy&& copy) {
  for (size_t i = 0; i < to.offsets.size(); ++i)
    copy(to.data + to.offsets[i], from.data + from.offsets[i]);
}

template <size_t kBytes>
void copy_words(const Side& to, const Side& from) {
  copy_each(to, from, [](std::byte* out, const std::byte* in) {
    std::memcpy(out, in, kBytes);
  });
}

// Sizes of numbers and of pixels are constants to the compiler.
void copy_blocks(const Side& to, const Side& from, int64_t num_bytes) {
  switch (num_bytes) {
    case 1:
      return copy_words<1>(to, from);
    case 2:
      return copy_words<2>(to, from);
    case 3:
      return copy_words<3>(to, from);
    case 4:
      return copy_words<4>(to, from);
    case 8:
      return copy_words<8>(to, from);
    case 12:
      return copy_words<12>(to, from);
    case 16:
      return copy_words<16>(to, from);
    case 24:
      return copy_words<24>(to, from);
    default:
      copy_each(to, from, [=](std::byte* out, const std::byte* in) {
        std::memcpy(out, in, static_cast<size_t>(num_bytes));
      });
  }
}

// How many of the first axes of cells do not belong to a block of bytes that
// both sides have.
int num_outer_axes(const Shape& cell, int64_t item, const Side& to,
                   const Side& from) {
  int64_t num_bytes = item;
  int i = cell.ndim();
  for (; i > 0; --i) {
    const int64_t extent = cell[i - 1];
    if (extent != 1 && (to.cell_strides[i - 1] != num_bytes ||
                        from.cell_strides[i - 1] != num_bytes))
      break;
    num_bytes *= extent;
  }
  return i;
}

// Calls f(bytes from the first block on both sides) for all places of the
// first `count` axes of cells.
template <class F>
void for_each_place(const Shape& cell, int count, const Side& to,
                    const Side& from, F&& f, int axis = 0, int64_t out = 0,
                    int64_t in = 0) {
  if (axis == count) return f(out, in);
  for (int64_t i = 0; i < cell[axis]; ++i)
    for_each_place(cell, count, to, from, f, axis + 1,
                   out + i * to.cell_strides[axis],
                   in + i * from.cell_strides[axis]);
}

// Cells one after the other, whatever their strides.
void copy_strided_cells(const Shape& cell, DType dtype, const Side& to,
                        const Side& from) {
  const StridedLoop<2> loop(cell, {to.cell_strides, from.cell_strides});
  visit_dtype(dtype, [&](auto tag) {
    copy_each(to, from, [&](std::byte* p, std::byte* q) {
      loop.run({p, q}, copy_run<typename decltype(tag)::type>);
    });
  });
}

// Copies cells between arrays of one dtype. Where they are several blocks of
// bytes, as pixels of all pictures of a batch, all of the first blocks before
// the second ones: a picture stays in the cache. Cells that are long runs of
// single elements are copied one by one.
void copy_cells(const Shape& cell, DType dtype, Side to, Side from) {
  const int outer = num_outer_axes(cell, itemsize(dtype), to, from);
  int64_t num_places = 1, num_bytes = itemsize(dtype);
  for (int i = 0; i < cell.ndim(); ++i)
    (i < outer ? num_places : num_bytes) *= cell[i];
  const bool is_run =
      num_bytes == itemsize(dtype) && num_places > int64_t(to.offsets.size());
  if (is_run || dtype == DType::kBytes)
    return copy_strided_cells(cell, dtype, to, from);
  std::byte *const out = to.data, *const in = from.data;
  for_each_place(cell, outer, to, from, [&](int64_t out_at, int64_t in_at) {
    to.data = out + out_at;
    from.data = in + in_at;
    copy_blocks(to, from, num_bytes);
  });
}

Side side_of(const Layout& layout, const Array& result) {
  return {result.raw(), cell_strides_of(layout, result),
          result_offsets(layout, result)};
}

}  // namespace

Array gather(const Array& a, const Selection& selection) {
  const Layout layout = lay_out(a, selection);
  const Array out(a.dtype(), layout.result_shape());
  copy_cells(layout.cell, a.dtype(), side_of(layout, out),
             {a.raw(), layout.cell_strides, layout.offsets});
  return out;
}

void scatter(const Array& a, const Selection& selection, const Array& value) {
  const Layout layout = lay_out(a, selection);
  // A cast copy of the value, also in case it overlaps `a`.
  const Shape shape = layout.result_shape();
  Array source(a.dtype(), value.shape());
  source.assign(value);
  while (source.ndim() > shape.ndim() && source.shape()[0] == 1)
    source = source.squeeze(0);
  NUMEST_USER_CHECK(
      source.ndim() <= shape.ndim() &&
          broadcast_shapes(shape, source.shape(), "put_index") == shape,
      ValueError,
      "shape mismatch: value array of shape {} could not be broadcast to "
      "indexing result of shape {}",
      value.shape().to_string(), shape.to_string());
  source = source.broadcast_to(shape);
  copy_cells(layout.cell, a.dtype(),
             {a.raw(), layout.cell_strides, layout.offsets},
             side_of(layout, source));
}

}  // namespace numest
