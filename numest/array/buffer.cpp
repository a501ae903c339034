// Memory of arrays: aligned to a cache line, never null, counted.
#include <algorithm>
#include <memory>
#include <new>

#include "numest/array/array.h"
#include "numest/base/counters.h"

namespace numest {
namespace {

constexpr size_t kAlignment = 64;

// Up to this size the data lie behind the object: one allocation for both,
// from the allocator's lists of free blocks. Address sanitizers are to see
// where the data end.
#ifdef __SANITIZE_ADDRESS__
constexpr int64_t kMaxRoom = -1;
#else
constexpr int64_t kMaxRoom = 1 << 14;
#endif

// Allocates objects with room for data behind them.
template <class T>
struct RoomAllocator {
  using value_type = T;
  size_t room;
  explicit RoomAllocator(size_t bytes) : room(bytes) {}
  template <class U>
  RoomAllocator(const RoomAllocator<U>& other) : room(other.room) {}
  T* allocate(size_t n) {
    return static_cast<T*>(::operator new(n * sizeof(T) + room));
  }
  void deallocate(T* memory, size_t) { ::operator delete(memory); }
  template <class U>
  bool operator==(const RoomAllocator<U>&) const {
    return true;
  }
};

std::byte* aligned(std::byte* p) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  return p + (kAlignment - address % kAlignment) % kAlignment;
}

}  // namespace

// At least one byte, so that empty arrays have an address too.
std::shared_ptr<Buffer> Buffer::with_room(int64_t num_bytes) {
  const size_t size = size_t(std::max<int64_t>(num_bytes, 1));
  if (num_bytes <= kMaxRoom) {
    auto buffer = std::allocate_shared<Buffer>(
        RoomAllocator<Buffer>(size + kAlignment - 1), Key());
    buffer->data_ = aligned(reinterpret_cast<std::byte*>(buffer.get() + 1));
    return buffer;
  }
  auto buffer = std::make_shared<Buffer>(Key());
  buffer->data_ = static_cast<std::byte*>(
      ::operator new (size, std::align_val_t{kAlignment}));
  buffer->is_apart_ = true;
  return buffer;
}

std::shared_ptr<Buffer> Buffer::allocate(DType dtype, int64_t count) {
  NUMEST_CHECK(count >= 0);
  int64_t num_bytes;
  const bool overflows =
      __builtin_mul_overflow(count, numest::itemsize(dtype), &num_bytes);
  NUMEST_USER_CHECK(!overflows, ValueError,
                    "array: got {} elements of {}, expected fewer than 2^63 "
                    "bytes",
                    count, name(dtype));
  std::shared_ptr<Buffer> buffer = with_room(num_bytes);
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
  auto buffer = std::make_shared<Buffer>(Key());
  buffer->data_ = data;
  buffer->num_bytes_ = num_bytes;
  buffer->is_writable_ = is_writable;
  buffer->owner_ = std::move(owner);
  return buffer;
}

Buffer::~Buffer() {
  std::destroy_n(reinterpret_cast<Bytes*>(data_), num_strings_);
  if (is_apart_) ::operator delete (data_, std::align_val_t{kAlignment});
}

}  // namespace numest
