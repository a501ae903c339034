// The kernel of `where`. A condition that holds for whole rows, as that of a
// vectorized branch does, copies each row from one side; nothing is computed
// of the other. All else goes element by element.
#include <algorithm>
#include <cstring>

#include "numest/base/thread_pool.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

constexpr int64_t kLeastRow = 64;  // elements; shorter ones are not worth it
constexpr int64_t kPieceBytes = 1 << 17;

/// `count` runs of `kBytes`, `stride` apart, become contiguous.
template <size_t kBytes>
void copy_runs(const std::byte* from, int64_t stride, int64_t count,
               std::byte* to) {
  for (int64_t i = 0; i < count; ++i, from += stride, to += kBytes)
    std::memcpy(to, from, kBytes);
}

using CopyRuns = void (*)(const std::byte*, int64_t, int64_t, std::byte*);

// Null if the runs are long enough for calls of memcpy.
CopyRuns copy_of(int64_t num_bytes) {
  switch (num_bytes) {
    case 1:
      return copy_runs<1>;
    case 2:
      return copy_runs<2>;
    case 3:
      return copy_runs<3>;
    case 4:
      return copy_runs<4>;
    case 8:
      return copy_runs<8>;
    case 12:
      return copy_runs<12>;
    case 16:
      return copy_runs<16>;
    case 24:
      return copy_runs<24>;
    default:
      return nullptr;
  }
}

/// One side of the choice: rows of any strides, copied in order.
class Side {
 public:
  Side(const Array& a, const Shape& shape)
      : data_(a.raw()), run_bytes_(a.itemsize()) {
    const Array view = a.broadcast_to(shape);
    row_stride_ = view.strides()[0];
    for (int axis = 1; axis < shape.ndim(); ++axis)
      if (shape[axis] != 1) add_axis(shape[axis], view.strides()[axis]);
    take_run();
    copy_ = copy_of(run_bytes_);
  }

  void copy_row(int64_t row, std::byte* to) const {
    copy_axis(0, data_ + row * row_stride_, to);
  }

 private:
  void add_axis(int64_t extent, int64_t stride) {
    const int last = extents_.ndim() - 1;
    if (last >= 0 && strides_[last] == stride * extent) {
      extents_[last] *= extent;
      strides_[last] = stride;
    } else {
      extents_.push_back(extent);
      strides_.push_back(stride);
    }
  }
  // The innermost axis, if contiguous, is a run.
  void take_run() {
    const int last = extents_.ndim() - 1;
    if (last < 0 || strides_[last] != run_bytes_) return;
    run_bytes_ *= extents_[last];
    extents_.erase(last);
    strides_.erase(last);
  }

  std::byte* copy_axis(int axis, const std::byte* from, std::byte* to) const {
    if (axis == extents_.ndim()) {
      std::memcpy(to, from, size_t(run_bytes_));
      return to + run_bytes_;
    }
    if (copy_ && axis + 1 == extents_.ndim()) {
      copy_(from, strides_[axis], extents_[axis], to);
      return to + extents_[axis] * run_bytes_;
    }
    for (int64_t i = 0; i < extents_[axis]; ++i)
      to = copy_axis(axis + 1, from + i * strides_[axis], to);
    return to;
  }

  const std::byte* data_;
  int64_t row_stride_ = 0;
  int64_t run_bytes_;
  Shape extents_, strides_;  // of a row, neighbouring axes merged
  CopyRuns copy_ = nullptr;
};

// True if the condition is one value for each index of the first axis.
bool chooses_rows(const Array& condition, const Array& out) {
  if (out.ndim() < 2 || condition.ndim() != out.ndim()) return false;
  if (out.dtype() == DType::kBytes) return false;
  if (condition.size() != out.shape()[0]) return false;
  if (condition.shape()[0] != out.shape()[0]) return false;
  return out.size() >= kLeastRow * out.shape()[0];
}

}  // namespace

void where_kernel(const KernelContext& c) {
  const Array& condition = c.in(0);
  const Array& out = c.out();
  if (out.size() == 0 || !chooses_rows(condition, out))
    return elementwise_kernel(c);
  const Side x(c.in(1), out.shape()), y(c.in(2), out.shape());
  const int64_t num_rows = out.shape()[0];
  const int64_t row_bytes = out.nbytes() / num_rows;
  parallel_for(num_rows, std::max<int64_t>(1, kPieceBytes / row_bytes),
               [&](int64_t begin, int64_t end) {
                 for (int64_t i = begin; i < end; ++i) {
                   const bool is_x = *reinterpret_cast<const bool*>(
                       condition.raw() + i * condition.strides()[0]);
                   (is_x ? x : y).copy_row(i, out.raw() + i * row_bytes);
                 }
               });
}

}  // namespace numest
