// Two forms: eight bytes a step through eight tables ("slicing by 8"), and
// the crc32 instruction of SSE4.2, chosen once at run time.
#include "numest/base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace numest {
namespace {

constexpr uint32_t kPolynomial = 0x82f63b78u;  // reflected

using Tables = std::array<std::array<uint32_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables t{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ ((crc & 1) ? kPolynomial : 0);
    t[0][i] = crc;
  }
  for (size_t k = 1; k < 8; ++k)
    for (size_t i = 0; i < 256; ++i)
      t[k][i] = (t[k - 1][i] >> 8) ^ t[0][t[k - 1][i] & 255];
  return t;
}

constexpr Tables kTables = make_tables();

uint64_t load(const char* p) {
  static_assert(std::endian::native == std::endian::little);
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

using Extend = uint32_t (*)(uint32_t, std::string_view);

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t extend_sse42(
    uint32_t crc, std::string_view bytes) {
  const char* p = bytes.data();
  const char* end = p + bytes.size();
  uint64_t state = ~crc;
  for (; end - p >= 8; p += 8) state = _mm_crc32_u64(state, load(p));
  uint32_t tail = static_cast<uint32_t>(state);
  for (; p != end; ++p)
    tail = _mm_crc32_u8(tail, static_cast<unsigned char>(*p));
  return ~tail;
}
#endif

Extend best_extend() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return extend_sse42;
#endif
  return crc32c_extend_portable;
}

}  // namespace

uint32_t crc32c_extend_portable(uint32_t crc, std::string_view bytes) {
  const char* p = bytes.data();
  const char* end = p + bytes.size();
  uint32_t state = ~crc;
  for (; end - p >= 8; p += 8) {
    const uint64_t word = load(p) ^ state;
    state = 0;
    for (size_t i = 0; i < 8; ++i)
      state ^= kTables[7 - i][(word >> (8 * i)) & 255];
  }
  for (; p != end; ++p)
    state = (state >> 8) ^
            kTables[0][(state ^ static_cast<unsigned char>(*p)) & 255];
  return ~state;
}

uint32_t crc32c_extend(uint32_t crc, std::string_view bytes) {
  static const Extend extend = best_extend();
  return extend(crc, bytes);
}

uint32_t crc32c(std::string_view bytes) { return crc32c_extend(0, bytes); }

}  // namespace numest
