// A growing list whose first N elements need no heap memory: what a call of
// an op lists (arrays, types) is one to three elements nearly always.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace numest {

template <class T, size_t N>
class ShortList {
 public:
  ShortList() = default;
  ShortList(std::initializer_list<T> values) {
    for (const T& value : values) push_back(value);
  }
  ShortList(const ShortList& other) {
    for (const T& value : other) push_back(value);
  }
  ShortList(ShortList&& other) noexcept {
    static_assert(std::is_nothrow_move_constructible_v<T>);
    if (other.is_far()) {
      begin_ = std::exchange(other.begin_, other.near());
      size_ = std::exchange(other.size_, 0);
      capacity_ = std::exchange(other.capacity_, N);
      return;
    }
    size_ = other.size_;
    std::uninitialized_move_n(other.begin_, size_, begin_);
  }
  ShortList& operator=(const ShortList&) = delete;
  ~ShortList() {
    std::destroy_n(begin_, size_);
    if (is_far()) release(begin_);
  }

  T& push_back(T value) { return emplace_back(std::move(value)); }
  template <class... A>
  T& emplace_back(A&&... arguments) {
    if (size_ == capacity_) grow();
    T* made = std::construct_at(begin_ + size_, std::forward<A>(arguments)...);
    ++size_;
    return *made;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* begin() { return begin_; }
  T* end() { return begin_ + size_; }
  const T* begin() const { return begin_; }
  const T* end() const { return begin_ + size_; }
  T& operator[](size_t i) { return begin_[i]; }
  const T& operator[](size_t i) const { return begin_[i]; }
  T* data() { return begin_; }
  const T* data() const { return begin_; }
  std::vector<T> to_vector() const { return {begin(), end()}; }

 private:
  bool is_far() const { return capacity_ > N; }
  T* near() { return reinterpret_cast<T*>(near_); }
  static void release(T* memory) {
    ::operator delete (memory, std::align_val_t{alignof(T)});
  }
  void grow() {
    T* more = static_cast<T*>(::operator new (2 * capacity_ * sizeof(T),
                                              std::align_val_t{alignof(T)}));
    std::uninitialized_move_n(begin_, size_, more);
    std::destroy_n(begin_, size_);
    if (is_far()) release(begin_);
    begin_ = more;
    capacity_ *= 2;
  }

  alignas(T) std::byte near_[N * sizeof(T)];
  T* begin_ = near();
  size_t size_ = 0;
  size_t capacity_ = N;
};

}  // namespace numest
