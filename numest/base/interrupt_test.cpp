#include "numest/base/interrupt.h"

#include <gtest/gtest.h>

namespace numest {
namespace {

class Interrupt : public testing::Test {
 protected:
  void SetUp() override { clear_interrupt(); }
  void TearDown() override { clear_interrupt(); }
};

using InterruptDeathTest = Interrupt;

TEST_F(Interrupt, IsRequestedUntilCleared) {
  EXPECT_FALSE(interrupt_requested());
  request_interrupt();
  EXPECT_TRUE(interrupt_requested());
  clear_interrupt();
  EXPECT_FALSE(interrupt_requested());
}

TEST_F(Interrupt, ScopeTurnsSignalsIntoTheFlag) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const InterruptScope scope;
    raise(signal);
    EXPECT_TRUE(interrupt_requested());
    EXPECT_EQ(interrupt_signal(), signal);
    clear_interrupt();
  }
}

TEST_F(Interrupt, ScopeRestoresTheHandlerBefore) {
  static int caught;
  caught = 0;
  const auto old = signal(SIGINT, [](int) { ++caught; });
  { const InterruptScope scope; }
  raise(SIGINT);
  EXPECT_EQ(caught, 1);
  EXPECT_FALSE(interrupt_requested());
  signal(SIGINT, old);
}

TEST_F(InterruptDeathTest, SecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        const InterruptScope scope;
        raise(SIGTERM);
        raise(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace numest
