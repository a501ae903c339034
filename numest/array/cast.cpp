// Copies and casts: one strided loop, an inner loop per pair of dtypes, and
// memcpy where both sides are contiguous.
#include <array>
#include <cstring>

#include "numest/array/array.h"
#include "numest/array/convert.h"
#include "numest/array/strided_loop.h"
#include "numest/array/transposed_copy.h"

namespace numest {
namespace {

using Loop = StridedLoop<2>;  // destination, source
using Inner = void (*)(const Loop::Pointers&, const Loop::RunStrides&, int64_t);

template <class To, class From>
void cast_run(const Loop::Pointers& p, const Loop::RunStrides& strides,
              int64_t count) {
  if (strides[0] == sizeof(To) && strides[1] == sizeof(From)) {
    To* out = reinterpret_cast<To*>(p[0]);
    const From* in = reinterpret_cast<const From*>(p[1]);
    for (int64_t i = 0; i < count; ++i) out[i] = convert<To>(in[i]);
    return;
  }
  std::byte* out = p[0];
  const std::byte* in = p[1];
  for (int64_t i = 0; i < count; ++i) {
    *reinterpret_cast<To*>(out) =
        convert<To>(*reinterpret_cast<const From*>(in));
    out += strides[0];
    in += strides[1];
  }
}

// Elements of equal dtype are moved as words; memory of borrowed arrays may
// lie at any address, so they are never dereferenced.
template <size_t kSize>
void copy_run(const Loop::Pointers& p, const Loop::RunStrides& strides,
              int64_t count) {
  constexpr int64_t kStep = kSize;
  if (strides[0] == kStep && strides[1] == kStep) {
    std::memcpy(p[0], p[1], kSize * static_cast<size_t>(count));
    return;
  }
  if (strides[0] == kStep && strides[1] == 0) {
    std::array<std::byte, kSize> value;
    std::memcpy(&value, p[1], kSize);
    for (int64_t i = 0; i < count; ++i)
      std::memcpy(p[0] + i * kStep, &value, kSize);
    return;
  }
  std::byte* out = p[0];
  const std::byte* in = p[1];
  int64_t i = 0;
  if (strides[0] == kStep) {  // four at a time, which depend on one address
    const int64_t stride = strides[1];
    for (; i + 4 <= count; i += 4, out += 4 * kStep, in += 4 * stride) {
      std::memcpy(out, in, kSize);
      std::memcpy(out + kStep, in + stride, kSize);
      std::memcpy(out + 2 * kStep, in + 2 * stride, kSize);
      std::memcpy(out + 3 * kStep, in + 3 * stride, kSize);
    }
  }
  for (; i < count; ++i) {
    std::memcpy(out, in, kSize);
    out += strides[0];
    in += strides[1];
  }
}

Inner copy_of_size(int64_t itemsize) {
  switch (itemsize) {
    case 1:
      return copy_run<1>;
    case 2:
      return copy_run<2>;
    case 4:
      return copy_run<4>;
    case 8:
      return copy_run<8>;
    default:
      return copy_run<16>;
  }
}

[[noreturn]] void fail_bytes(DType to, DType from) {
  fail<TypeError>(
      "astype: cannot cast {} to {}; parse text with strings_to_number, or "
      "format numbers first",
      name(from), name(to));
}

template <class To>
Inner cast_from(DType from) {
  return visit_dtype(from, [&](auto tag) -> Inner {
    using From = typename decltype(tag)::type;
    if constexpr (std::is_same_v<From, Bytes>)
      fail_bytes(dtype_of<To>, from);
    else
      return cast_run<To, From>;
  });
}

Inner inner_loop(DType to, DType from) {
  if (to == DType::kBytes && from == DType::kBytes)
    return cast_run<Bytes, Bytes>;
  if (to == from) return copy_of_size(itemsize(to));
  return visit_dtype(to, [&](auto tag) -> Inner {
    using To = typename decltype(tag)::type;
    if constexpr (std::is_same_v<To, Bytes>)
      fail_bytes(to, from);
    else
      return cast_from<To>(from);
  });
}

// Shapes agree.
void write(const Array& to, const Array& from) {
  if (to.dtype() == from.dtype() && to.size() > 0 && copy_transposed(to, from))
    return;
  const Inner inner = inner_loop(to.dtype(), from.dtype());
  Loop(to.shape(), {to.strides(), from.strides()})
      .run({to.raw(), from.raw()}, inner);
}

struct Range {
  const std::byte *begin, *end;
};

Range memory_range(const Array& a) {
  const std::byte *begin = a.raw(), *end = a.raw() + a.itemsize();
  for (int i = 0; i < a.ndim(); ++i) {
    const int64_t reach = (a.shape()[i] - 1) * a.strides()[i];
    (reach < 0 ? begin : end) += reach;
  }
  return {begin, end};
}

bool may_overlap(const Array& a, const Array& b) {
  if (a.size() == 0 || b.size() == 0) return false;
  const Range x = memory_range(a), y = memory_range(b);
  return x.begin < y.end && y.begin < x.end;
}

bool is_same_view(const Array& a, const Array& b) {
  return a.raw() == b.raw() && a.dtype() == b.dtype() &&
         a.shape() == b.shape() && a.strides() == b.strides();
}

// NumPy lets a source have more axes if they are leading ones of extent 1.
Array drop_leading_ones(Array source, int ndim) {
  while (source.ndim() > ndim && source.shape()[0] == 1)
    source = source.squeeze(0);
  return source;
}

}  // namespace

Array Array::copy() const {
  Array out(dtype_, shape_);
  write(out, *this);
  return out;
}

Array Array::astype(DType dtype) const {
  if (dtype == dtype_) return *this;
  Array out(dtype, shape_);
  write(out, *this);
  return out;
}

void Array::assign(const Array& source) const {
  NUMEST_USER_CHECK(is_writable(), ValueError,
                    "assign: assignment destination is read-only; copy() it "
                    "first");
  const Array view = drop_leading_ones(source, ndim()).broadcast_to(shape_);
  if (is_same_view(*this, view)) return;  // an update in place
  write(*this, may_overlap(*this, view) ? view.copy() : view);
}

}  // namespace numest
