// Row copies are the hot loop of a pipeline: contiguous rows go by memcpy
// (by a typed move for the sizes of scalars), the rest by Array::assign.
#include "numest/data/array_pool.h"

#include <algorithm>
#include <cstring>

#include "numest/base/thread_pool.h"

namespace numest::data {

namespace {

// More than a pipeline whose prefetch bundles small batches holds of one node
// at a time. Only what is held at once is kept.
constexpr size_t kMaxKept = 1024;
// Many more pieces than cores: a batch is copied by two in equal parts, and
// claiming a piece costs a hundredth of copying it.
constexpr int64_t kPieceBytes = 1 << 15;

template <class T>
void gather_scalars(const Array& source, std::span<const int64_t> positions,
                    const Array& out, int64_t begin, int64_t end) {
  const int64_t stride = source.strides()[0];
  const std::byte* from = source.raw();
  std::byte* to = out.raw();
  for (int64_t i = begin; i < end; ++i)
    std::memcpy(to + i * int64_t{sizeof(T)},
                from + positions[size_t(i)] * stride, sizeof(T));
}

void gather_bytes(const Array& source, std::span<const int64_t> positions,
                  const Array& out, int64_t row_bytes, int64_t begin,
                  int64_t end) {
  const int64_t stride = source.strides()[0];
  for (int64_t i = begin; i < end; ++i)
    std::memcpy(out.raw() + i * row_bytes,
                source.raw() + positions[size_t(i)] * stride,
                size_t(row_bytes));
}

void gather_strings(const Array& source, std::span<const int64_t> positions,
                    const Array& out, int64_t row_size, int64_t begin,
                    int64_t end) {
  const int64_t stride = source.strides()[0];
  auto* to = reinterpret_cast<Bytes*>(out.raw());
  for (int64_t i = begin; i < end; ++i) {
    const auto* from = reinterpret_cast<const Bytes*>(
        source.raw() + positions[size_t(i)] * stride);
    std::copy_n(from, row_size, to + i * row_size);
  }
}

void gather_piece(const Array& source, std::span<const int64_t> positions,
                  const Array& out, int64_t row_bytes, int64_t begin,
                  int64_t end) {
  if (source.dtype() == DType::kBytes)
    return gather_strings(source, positions, out, row_bytes / out.itemsize(),
                          begin, end);
  switch (row_bytes) {
    case 4:
      return gather_scalars<uint32_t>(source, positions, out, begin, end);
    case 8:
      return gather_scalars<uint64_t>(source, positions, out, begin, end);
    default:
      return gather_bytes(source, positions, out, row_bytes, begin, end);
  }
}

}  // namespace

namespace {

// True if rows of `kept` can be an array of `shape`, given enough of them.
bool has_rows_of(const Array& kept, DType dtype, const Shape& shape) {
  if (kept.dtype() != dtype || kept.ndim() != shape.ndim()) return false;
  for (int axis = 1; axis < shape.ndim(); ++axis)
    if (kept.shape()[axis] != shape[axis]) return false;
  return true;
}

Array first_rows(const Array& kept, const Shape& shape) {
  return kept.shape() == shape ? kept : kept.rows(0, shape[0]);
}

}  // namespace

Array ArrayPool::take(DType dtype, const Shape& shape) {
  const std::lock_guard lock(mutex_);
  Array* smaller = nullptr;
  // Batches are given back in order: the next one is the likeliest.
  for (size_t n = 0; n < kept_.size(); ++n) {
    next_ = next_ + 1 < kept_.size() ? next_ + 1 : 0;
    Array& kept = kept_[next_];
    if (!kept.buffer() || kept.buffer().use_count() != 1 ||
        !has_rows_of(kept, dtype, shape))
      continue;
    if (shape.ndim() == 0 || kept.shape()[0] >= shape[0])
      return first_rows(kept, shape);  // the count's increment orders us after
                                       // the last holder
    smaller = &kept;
  }
  Array made(dtype, shape);
  if (smaller) {  // blocks of many sizes need the memory of the largest
    *smaller = made;
  } else if (kept_.size() < kMaxKept) {
    kept_.push_back(made);
  } else {
    kept_[next_] = made;
    next_ = next_ + 1 < kMaxKept ? next_ + 1 : 0;
  }
  return made;
}

void copy_values(const Array& source, const Array& out) {
  const bool is_plain = source.dtype() == out.dtype() &&
                        source.shape() == out.shape() &&
                        source.dtype() != DType::kBytes &&
                        source.is_contiguous() && out.is_contiguous();
  if (!is_plain) return out.assign(source);
  if (source.size() > 0)
    std::memcpy(out.raw(), source.raw(), size_t(source.nbytes()));
}

void gather_rows(const Array& source, std::span<const int64_t> positions,
                 const Array& out) {
  if (positions.empty() || out.size() == 0) return;
  const auto count = static_cast<int64_t>(positions.size());
  const bool is_plain =
      source.index(0, 0).is_contiguous() && out.is_contiguous();
  const int64_t row_bytes = out.nbytes() / count;
  const int64_t grain = std::max<int64_t>(1, kPieceBytes / row_bytes);
  parallel_for(count, grain, [&](int64_t begin, int64_t end) {
    if (is_plain)
      return gather_piece(source, positions, out, row_bytes, begin, end);
    for (int64_t i = begin; i < end; ++i)
      out.index(0, i).assign(source.index(0, positions[size_t(i)]));
  });
}

}  // namespace numest::data
