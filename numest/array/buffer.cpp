// Memory of arrays: aligned to a cache line, never null, counted.
#include <algorithm>
#include <memory>
#include <new>

#include "numest/array/array.h"
#include "numest/base/counters.h"

namespace numest {
namespace {

constexpr std::align_val_t kAlignment{64};

}  // namespace

std::shared_ptr<Buffer> Buffer::allocate(DType dtype, int64_t count) {
  NUMEST_CHECK(count >= 0);
  int64_t num_bytes;
  const bool overflows =
      __builtin_mul_overflow(count, numest::itemsize(dtype), &num_bytes);
  NUMEST_USER_CHECK(!overflows, ValueError,
                    "array: got {} elements of {}, expected fewer than 2^63 "
                    "bytes",
                    count, name(dtype));
  std::shared_ptr<Buffer> buffer(new Buffer);
  // At least one byte, so that empty arrays have an address too.
  buffer->data_ = static_cast<std::byte*>(::operator new(
      static_cast<size_t>(std::max<int64_t>(num_bytes, 1)), kAlignment));
  buffer->num_bytes_ = num_bytes;
  if (dtype == DType::kBytes) {
    std::uninitialized_default_construct_n(
        reinterpret_cast<Bytes*>(buffer->data_), count);
    buffer->num_strings_ = count;
  }
  numest::count(Counter::array_allocations);
  numest::count(Counter::array_bytes, num_bytes);
  return buffer;
}

std::shared_ptr<Buffer> Buffer::borrow(std::byte* data, int64_t num_bytes,
                                       std::shared_ptr<const void> owner,
                                       bool is_writable) {
  // A null owner would read as memory to free.
  if (!owner) owner = std::make_shared<const int>(0);
  std::shared_ptr<Buffer> buffer(new Buffer);
  buffer->data_ = data;
  buffer->num_bytes_ = num_bytes;
  buffer->is_writable_ = is_writable;
  buffer->owner_ = std::move(owner);
  return buffer;
}

Buffer::~Buffer() {
  if (owner_ || !data_) return;
  std::destroy_n(reinterpret_cast<Bytes*>(data_), num_strings_);
  ::operator delete(data_, kAlignment);
}

}  // namespace numest
