#include "numest/base/crc32c.h"

#include <gtest/gtest.h>

#include <string>

#include "numest/base/random.h"

namespace numest {
namespace {

std::string random_bytes(uint64_t seed, size_t size) {
  Stream stream(Key{seed});
  std::string out;
  while (out.size() < size)
    out += static_cast<char>(stream.next_uint32() & 255);
  return out;
}

// The definition: one bit at a time.
uint32_t bitwise(const std::string& bytes) {
  uint32_t crc = 0xffffffffu;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i)
      crc = (crc & 1) ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
  }
  return ~crc;
}

TEST(Crc32c, GivesTheVectorsOfRfc3720) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string rising;
  for (int i = 0; i < 32; ++i) rising += static_cast<char>(i);
  EXPECT_EQ(crc32c(rising), 0x46dd794eu);
}

TEST(Crc32c, BothFormsAgreeWithTheDefinitionAtEveryLength) {
  for (size_t size = 0; size < 80; ++size) {
    const std::string bytes = random_bytes(size, size);
    EXPECT_EQ(crc32c(bytes), bitwise(bytes)) << size;
    EXPECT_EQ(crc32c_extend_portable(0, bytes), bitwise(bytes)) << size;
  }
}

TEST(Crc32c, ExtendsAcrossAnyCut) {
  const std::string bytes = random_bytes(1, 50);
  for (size_t cut = 0; cut <= bytes.size(); ++cut)
    EXPECT_EQ(crc32c_extend(crc32c(bytes.substr(0, cut)), bytes.substr(cut)),
              crc32c(bytes));
}

TEST(Crc32c, MaskIsTensorFlowsAndReverses) {
  for (const uint32_t crc : {0u, 1u, 0xe3069283u, 0xffffffffu}) {
    EXPECT_EQ(mask_crc(crc), ((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    EXPECT_EQ(unmask_crc(mask_crc(crc)), crc);
  }
}

}  // namespace
}  // namespace numest
