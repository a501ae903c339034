// Each fill walks its range in chunks of whole Philox blocks; a chunk that
// starts inside a block drops the values before it.
#include "numest/kernels/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <type_traits>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/elementwise.h"
#include "numest/kernels/philox_blocks.h"

namespace numest::kernels {
namespace {

constexpr int64_t kChunkBlocks = 256;  // 1024 words: all scratch stays in L1
constexpr int64_t kPiece = 1 << 14;    // values of a parallel piece

// Words that one value of T takes.
template <class T>
constexpr int64_t kWords = static_cast<int64_t>(sizeof(T)) / 4;

// Words of blocks [first, first + count). Sixteen at a time, or one by one: a
// draw of one value per key wants one.
void make_words(Key key, uint64_t first, int64_t count, uint32_t* words) {
  constexpr int64_t kFew = 3;
  if (count > kFew) return philox_blocks(key, first, count, words);
  for (int64_t i = 0; i < count; ++i) {
    const auto block = philox(key, first + static_cast<uint64_t>(i));
    std::copy(block.begin(), block.end(), words + 4 * i);
  }
}

// Calls make(words, values, count) for whole blocks and copies the part of
// [first, first + n) to `out`.
template <class T, class Make>
void fill_piece(Key key, uint64_t first, T* out, int64_t n, const Make& make) {
  constexpr int64_t kPerBlock = 4 / kWords<T>;
  uint32_t words[static_cast<size_t>(4 * kChunkBlocks)];
  T values[static_cast<size_t>(kPerBlock * kChunkBlocks)];
  uint64_t block = first / uint64_t{kPerBlock};
  int64_t skip = static_cast<int64_t>(first % uint64_t{kPerBlock});
  while (n > 0) {
    const int64_t needed = (skip + n + kPerBlock - 1) / kPerBlock;
    const int64_t blocks = std::min(kChunkBlocks, needed);
    make_words(key, block, blocks, words);
    make(words, values, blocks * kPerBlock);
    const int64_t count = std::min(n, blocks * kPerBlock - skip);
    std::copy(values + skip, values + skip + count, out);
    out += count;
    n -= count;
    block += static_cast<uint64_t>(blocks);
    skip = 0;
  }
}

template <class T, class Make>
void fill(Key key, uint64_t first, T* out, int64_t n, const Make& make) {
  parallel_for(n, kPiece, [&](int64_t begin, int64_t end) {
    fill_piece(key, first + static_cast<uint64_t>(begin), out + begin,
               end - begin, make);
  });
}

void make_uniform(const uint32_t* words, float* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = uniform_float(words[i]);
}
void make_uniform(const uint32_t* words, double* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = uniform_double(words[2 * i], words[2 * i + 1]);
}

// Box-Muller on pairs: u0, u1 -> r cos(2 pi u1), r sin(2 pi u1) with
// r = sqrt(-2 log(1 - u0)).
template <class T>
struct MakeNormal {
  TileFn log = find_tile("log", dtype_of<T>)->fn;
  TileFn sin = find_tile("sin", dtype_of<T>)->fn;
  TileFn cos = find_tile("cos", dtype_of<T>)->fn;

  void operator()(const uint32_t* words, T* out, int64_t n) const {
    constexpr int64_t kMost = 2 * kChunkBlocks;
    T radius[kMost], angle[kMost], sine[kMost];
    make_uniform(words, out, n);
    const int64_t pairs = n / 2;
    for (int64_t i = 0; i < pairs; ++i) {
      radius[i] = T{1} - out[2 * i];
      angle[i] = 2 * std::numbers::pi_v<T> * out[2 * i + 1];
    }
    const void* in_radius[] = {radius};
    const void* in_angle[] = {angle};
    log(in_radius, radius, pairs);
    sin(in_angle, sine, pairs);
    cos(in_angle, angle, pairs);
    for (int64_t i = 0; i < pairs; ++i) {
      const T r = std::sqrt(T{-2} * radius[i]);
      out[2 * i] = r * angle[i];
      out[2 * i + 1] = r * sine[i];
    }
  }
};

// Values outside two standard deviations come from a stream of their own
// position.
template <class T>
void fill_truncated(Key key, uint64_t first, T* out, int64_t n) {
  const MakeNormal<T> make;
  const Key again = fold(key, 1);
  parallel_for(n, kPiece, [&](int64_t begin, int64_t end) {
    const uint64_t start = first + static_cast<uint64_t>(begin);
    fill_piece(key, start, out + begin, end - begin, make);
    for (int64_t i = begin; i < end; ++i) {
      if (std::fabs(out[i]) < T{2}) continue;
      Stream stream(fold(again, first + static_cast<uint64_t>(i)));
      double value;
      do {
        value = stream.next_normal();
      } while (std::fabs(value) >= 2);
      out[i] = static_cast<T>(value);
    }
  });
}

// Runs f(float* or double*) and converts for 16-bit floats with `narrow`.
template <class F, class Narrow>
void run_float(const char* op, DType dtype, void* out, int64_t n, F f,
               Narrow narrow) {
  NUMEST_USER_CHECK(is_float(dtype), TypeError,
                    "{}: got dtype {}, expected a floating dtype", op,
                    name(dtype));
  if (dtype == DType::kFloat32) return f(static_cast<float*>(out));
  if (dtype == DType::kFloat64) return f(static_cast<double*>(out));
  std::vector<float> wide(static_cast<size_t>(n));
  f(wide.data());
  narrow(wide);
  const void* in[] = {wide.data()};
  cast_tile(DType::kFloat32, dtype)(in, out, n);
}

constexpr auto kRound = [](std::vector<float>&) {};

}  // namespace

void random_bits(Key key, uint64_t first, uint32_t* out, int64_t n) {
  fill(key, first, out, n,
       [](const uint32_t* words, uint32_t* values, int64_t count) {
         std::copy(words, words + count, values);
       });
}

void random_uniform(Key key, DType dtype, uint64_t first, void* out,
                    int64_t n) {
  // Rounding would reach 1: keep the leading bits only.
  const float steps = dtype == DType::kFloat16 ? 0x1p11f : 0x1p8f;
  const auto truncate = [steps](std::vector<float>& wide) {
    for (float& value : wide) value = std::floor(value * steps) / steps;
  };
  run_float(
      "random_uniform", dtype, out, n,
      [&](auto* values) {
        fill(key, first, values, n,
             [](const uint32_t* words, auto* to, int64_t count) {
               make_uniform(words, to, count);
             });
      },
      truncate);
}

void random_normal(Key key, DType dtype, uint64_t first, void* out, int64_t n) {
  run_float(
      "random_normal", dtype, out, n,
      [&](auto* values) {
        using T = std::remove_pointer_t<decltype(values)>;
        fill(key, first, values, n, MakeNormal<T>());
      },
      kRound);
}

void random_truncated_normal(Key key, DType dtype, uint64_t first, void* out,
                             int64_t n) {
  run_float(
      "random_truncated_normal", dtype, out, n,
      [&](auto* values) { fill_truncated(key, first, values, n); }, kRound);
}

void random_integers(Key key, int64_t low, int64_t high, uint64_t first,
                     int64_t* out, int64_t n) {
  NUMEST_USER_CHECK(low < high, ValueError,
                    "random_integers: got low {} and high {}, expected low < "
                    "high",
                    low, high);
  const uint64_t range =
      static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  fill(key, first, out, n,
       [=](const uint32_t* words, int64_t* values, int64_t count) {
         for (int64_t i = 0; i < count; ++i) {
           const uint64_t bits =
               (uint64_t{words[2 * i]} << 32) | words[2 * i + 1];
           __extension__ using Wide = unsigned __int128;
           const uint64_t scaled =
               static_cast<uint64_t>((Wide{bits} * range) >> 64);
           values[i] =
               static_cast<int64_t>(static_cast<uint64_t>(low) + scaled);
         }
       });
}

void random_permutation(Key key, int64_t n, int64_t* out) {
  parallel_for(n, kPiece, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      out[i] = static_cast<int64_t>(permuted_index(
          key, static_cast<uint64_t>(n), static_cast<uint64_t>(i)));
  });
}

}  // namespace numest::kernels
