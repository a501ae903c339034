// Philox-4x32-10 and what is drawn from it. Streams use counters (n, 0),
// derived keys (n, 1), permutations (n, 2): the third word keeps them apart.
#include "numest/base/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

#include "numest/base/error.h"

namespace numest {
namespace {

using Block = std::array<uint32_t, 4>;

// Multipliers and Weyl increments of the paper's table 2.
constexpr uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;

enum Purpose : uint32_t { kStream = 0, kFold = 1, kPermute = 2 };

uint32_t low(uint64_t x) { return static_cast<uint32_t>(x); }
uint32_t high(uint64_t x) { return static_cast<uint32_t>(x >> 32); }

Block keyed_block(Key key, uint64_t counter, Purpose purpose) {
  return philox_block({low(counter), high(counter), purpose, 0},
                      {low(key.value), high(key.value)});
}

// The finalizer of SplitMix64: cheap, and every input bit reaches every
// output bit, which is all that a Feistel round needs.
uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

uint64_t mask(int bits) { return (uint64_t{1} << bits) - 1; }

}  // namespace

std::array<uint32_t, 4> philox_block(std::array<uint32_t, 4> counter,
                                     std::array<uint32_t, 2> key) {
  Block c = counter;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t p0 = kMultiplier0 * c[0], p1 = kMultiplier1 * c[2];
    c = {high(p1) ^ c[1] ^ key[0], low(p1), high(p0) ^ c[3] ^ key[1], low(p0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return c;
}

Key fold(Key key, uint64_t data) {
  const Block block = keyed_block(key, data, kFold);
  return {(uint64_t{block[1]} << 32) | block[0]};
}

Key fold(Key key, std::initializer_list<uint64_t> data) {
  for (const uint64_t d : data) key = fold(key, d);
  return key;
}

std::array<uint32_t, 4> philox(Key key, uint64_t counter) {
  return keyed_block(key, counter, kStream);
}

uint32_t Stream::next_uint32() {
  if (used_ == 4) {
    block_ = philox(key_, counter_++);
    used_ = 0;
  }
  return block_[size_t(used_++)];
}

uint64_t Stream::next_uint64() {
  const uint64_t high_word = next_uint32();
  return (high_word << 32) | next_uint32();
}

// Lemire, "Fast random integer generation in an interval", 2019: the high
// half of a product is the draw, the low half tells the biased cases.
uint64_t Stream::next_below(uint64_t bound) {
  NUMEST_CHECK(bound >= 1, "next_below: empty range");
  __extension__ using uint128 = unsigned __int128;
  uint128 product = uint128{next_uint64()} * bound;
  if (static_cast<uint64_t>(product) < bound) {
    const uint64_t threshold = (0 - bound) % bound;
    while (static_cast<uint64_t>(product) < threshold)
      product = uint128{next_uint64()} * bound;
  }
  return static_cast<uint64_t>(product >> 64);
}

double Stream::next_normal() {
  // (0, 1]: the logarithm stays finite.
  const double u = (static_cast<double>(next_uint32()) + 1) * 0x1p-32;
  const double v = static_cast<double>(next_uint32()) * 0x1p-32;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

Permutation::Permutation(Key key, uint64_t size) : size_(size) {
  NUMEST_CHECK(size >= 1, "Permutation: empty range");
  const int bits = std::max(2, static_cast<int>(std::bit_width(size - 1)));
  left_bits_ = bits / 2;
  right_bits_ = bits - left_bits_;
  const Block a = keyed_block(key, 0, kPermute);
  const Block b = keyed_block(key, 1, kPermute);
  for (size_t i = 0; i < 4; ++i) {
    round_keys_[i] = (uint64_t{a[i]} << 32) | b[i];
    round_keys_[i + 4] = mix(round_keys_[i] + kWeyl0);
  }
}

// Halves of different width swap roles each round, so the domain may be any
// power of two; an even number of rounds restores the widths.
uint64_t Permutation::permute(uint64_t x) const {
  int left_bits = left_bits_, right_bits = right_bits_;
  for (const uint64_t round_key : round_keys_) {
    const uint64_t right = x & mask(right_bits);
    const uint64_t left = x >> right_bits;
    const uint64_t mixed = left ^ (mix(right + round_key) & mask(left_bits));
    x = (right << left_bits) | mixed;
    std::swap(left_bits, right_bits);
  }
  return x;
}

uint64_t Permutation::operator[](uint64_t index) const {
  NUMEST_CHECK(index < size_, "Permutation: {} of {}", index, size_);
  if (size_ == 1) return 0;
  // Cycle walking: outside values lead on until one lies inside; the walk is
  // again a permutation, and takes at most two steps on average.
  do index = permute(index);
  while (index >= size_);
  return index;
}

uint64_t permuted_index(Key key, uint64_t size, uint64_t index) {
  return Permutation(key, size)[index];
}

}  // namespace numest
