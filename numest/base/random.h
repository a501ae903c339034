// Counter-based random numbers: Philox-4x32-10 (Salmon, Moraes, Dror, Shaw:
// "Parallel random numbers: as easy as 1, 2, 3", 2011). A key is derived,
// never stored in a global: key = fold(seed, node, epoch, element, draw).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

namespace numest {

/// A 64-bit stream key. Equal keys give equal streams.
struct Key {
  uint64_t value = 0;
  bool operator==(const Key&) const = default;
};

/// Derives an independent key from `key` and a number (one Philox block).
Key fold(Key key, uint64_t data);
Key fold(Key key, std::initializer_list<uint64_t> data);

/// The bare Philox-4x32-10 bijection, as published.
std::array<uint32_t, 4> philox_block(std::array<uint32_t, 4> counter,
                                     std::array<uint32_t, 2> key);

/// Returns block `counter` of the stream: four 32-bit words.
std::array<uint32_t, 4> philox(Key key, uint64_t counter);

/// Maps 32 random bits to [0, 1) with 24 bits; 64 bits with 53.
inline float uniform_float(uint32_t bits) {
  return static_cast<float>(bits >> 8) * 0x1p-24f;
}
inline double uniform_double(uint32_t high, uint32_t low) {
  const uint64_t bits = (uint64_t{high} << 32) | low;
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// A sequential reader of one stream, for scalar code.
class Stream {
 public:
  explicit Stream(Key key) : key_(key) {}
  uint32_t next_uint32();
  uint64_t next_uint64();
  double next_double() {
    const uint64_t bits = next_uint64();
    return static_cast<double>(bits >> 11) * 0x1p-53;
  }
  /// Uniform integer in [0, bound), bound >= 1, without modulo bias.
  uint64_t next_below(uint64_t bound);
  /// Standard normal (Box-Muller; two words per value).
  double next_normal();

 private:
  Key key_;
  uint64_t counter_ = 0;
  std::array<uint32_t, 4> block_{};
  int used_ = 4;
};

/// A keyed permutation of [0, size), size >= 1, in O(1) memory (a Feistel
/// network over the next power of two with cycle walking).
class Permutation {
 public:
  Permutation(Key key, uint64_t size);
  uint64_t size() const { return size_; }
  /// Where `index` goes; `index` < size.
  uint64_t operator[](uint64_t index) const;

 private:
  uint64_t permute(uint64_t x) const;
  uint64_t size_;
  int left_bits_, right_bits_;
  std::array<uint64_t, 8> round_keys_{};
};

/// `Permutation(key, size)[index]`; make the object where many are read.
uint64_t permuted_index(Key key, uint64_t size, uint64_t index);

}  // namespace numest
