// Memory of arrays: aligned to a cache line, never null, counted.
#include <pthread.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
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

// Freed blocks for the next arrays of their size: an expression of large
// arrays frees its temporaries, and pages that go back to the system cost more
// than the arithmetic when they come again.
class FreeBlocks {
 public:
  /// A block of this size, or null.
  std::byte* take(size_t size) {
    const std::lock_guard lock(mutex_);
    const auto it =
        std::find_if(blocks_.rbegin(), blocks_.rend(),
                     [&](const Block& b) { return b.size == size; });
    if (it == blocks_.rend()) return nullptr;
    std::byte* data = it->data;
    total_ -= size;
    blocks_.erase(std::next(it).base());
    return data;
  }
  void give(std::byte* data, size_t size) {
    if (size > kMaxTotal) return release(data);
    const std::lock_guard lock(mutex_);
    blocks_.push_back({data, size});
    total_ += size;
    while (total_ > kMaxTotal) {  // the oldest ones
      total_ -= blocks_.front().size;
      release(blocks_.front().data);
      blocks_.pop_front();
    }
  }
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }
  static void release(std::byte* data) {
    ::operator delete (data, std::align_val_t{kAlignment});
  }

 private:
  static constexpr size_t kMaxTotal = size_t{1} << 26;
  struct Block {
    std::byte* data;
    size_t size;
  };
  std::mutex mutex_;
  std::deque<Block> blocks_;
  size_t total_ = 0;
};

// Never destroyed: arrays of static life end after it.
FreeBlocks& free_blocks() {
  static FreeBlocks* const blocks = new FreeBlocks;
  // A forked child must not find the lock held by a thread that it lacks.
  static const int is_registered =
      pthread_atfork([] { blocks->lock(); }, [] { blocks->unlock(); },
                     [] { blocks->unlock(); });
  static_cast<void>(is_registered);
  return *blocks;
}

// Smaller blocks stay with the allocator. Address sanitizers are to see who
// uses a block that was freed.
bool is_kept(size_t size) {
  constexpr size_t kMinKept = size_t{1} << 18;
  return kMaxRoom >= 0 && size >= kMinKept;
}

std::byte* large_block(size_t size) {
  if (is_kept(size))
    if (std::byte* data = free_blocks().take(size)) return data;
  return static_cast<std::byte*>(
      ::operator new (size, std::align_val_t{kAlignment}));
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
  buffer->data_ = large_block(size);
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
  if (!is_apart_) return;
  if (is_kept(size_t(num_bytes_)))
    free_blocks().give(data_, size_t(num_bytes_));
  else
    FreeBlocks::release(data_);
}

}  // namespace numest
