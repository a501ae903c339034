// Damaged files are errors, never a crash, a hang or a large allocation.
// Deterministic: case N of a target is the same everywhere. Under
// sanitizers every wild read ends the program.
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <optional>

#include "numest/base/counters.h"
#include "numest/base/error.h"
#include "numest/base/log.h"
#include "numest/base/soak_for_test.h"
#include "tests/fuzz/mutation.h"
#include "tests/fuzz/target.h"

#ifdef __SANITIZE_ADDRESS__
extern "C" const char* __asan_default_options() {
  return "max_allocation_size_mb=256:detect_leaks=1";
}
#endif

namespace numest::fuzz {
namespace {

// Inputs have at most 16 KiB, and zlib inflates by 1032 at most.
constexpr int64_t kMaxArrayBytes = int64_t{64} << 20;

class Parser : public testing::TestWithParam<size_t> {
 protected:
  Parser() {
    set_log_sink([](LogLevel, std::string_view) {});
    google::protobuf::SetLogHandler(nullptr);
  }

  const Target& target() const { return all_targets()[GetParam()]; }

  // What was read, or nothing if it was refused.
  std::optional<std::string> outcome(const std::string& bytes) const {
    const int64_t before = counter_value(Counter::array_bytes);
    std::optional<std::string> text;
    try {
      text = target().read(target().wrap ? target().wrap(bytes) : bytes);
    } catch (const UserError&) {
    }
    EXPECT_LT(counter_value(Counter::array_bytes) - before, kMaxArrayBytes);
    return text;
  }

  // A message for failures: the bytes as a C++ string.
  static std::string shown(const std::string& bytes) {
    std::string text;
    for (const char c : bytes) text += fmt::format("\\{:03o}", uint8_t(c));
    return text;
  }
};

void limit_memory() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const rlimit limit{rlim_t{4} << 30, RLIM_INFINITY};
  ::setrlimit(RLIMIT_AS, &limit);
#endif
}

TEST_P(Parser, AcceptsItsSeeds) {
  for (const std::string& seed : target().seeds)
    EXPECT_TRUE(outcome(seed).has_value()) << shown(seed);
}

TEST_P(Parser, TakesAnyByteFlippedAndAnyTruncation) {
  limit_memory();
  for (const std::string& seed : target().seeds) {
    const auto expected = outcome(seed);
    for (size_t i = 0; i < seed.size() && !HasFailure(); ++i) {
      for (const int bits : {0x01, 0x10, 0x80, 0xff}) {
        std::string bad = seed;
        bad[i] = char(bad[i] ^ bits);
        const auto found = outcome(bad);
        EXPECT_TRUE(!target().is_checked || !found || *found == *expected)
            << "byte " << i << " changed by " << bits;
      }
      outcome(seed.substr(0, i));
    }
  }
}

TEST_P(Parser, TakesDamagedFiles) {
  limit_memory();
  const int64_t count = rounds(10'000, 200'000);
  for (int64_t i = 0; i < count && !HasFailure(); ++i) {
    Stream random(fold(Key{23}, uint64_t(i)));
    const std::string bytes = mutated(target(), random);
    try {
      outcome(bytes);
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what() << "\ncase " << i << ": " << shown(bytes);
    }
    if (HasFailure()) ADD_FAILURE() << "case " << i << ": " << shown(bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(, Parser,
                         testing::Range<size_t>(0, all_targets().size()),
                         [](const auto& parameter) {
                           return all_targets()[parameter.param].name;
                         });

}  // namespace
}  // namespace numest::fuzz
