// Branches refuse nothing where an element goes another way, over a block.
#include "numest/ops/guard.h"

#include <gtest/gtest.h>

#include "numest/ops/control.h"
#include "numest/ops/emit.h"
#include "numest/transforms/vmap.h"

namespace numest {
namespace {

using Tensors = std::vector<Tensor>;
using Span = std::span<const Tensor>;

// A number below n, or -1 if there is none.
Tensors below(Span in) {
  const Tensor n = in[0];
  const Tensor key = Array::scalar(uint64_t{7});
  return cond(
      emit("greater", {n, int64_t{0}}),
      [&](Span) {
        return Tensors{emit("random_integers", {key, int64_t{0}, n},
                            {{"shape", Shape{}}, {"dtype", DType::kInt64}})};
      },
      [](Span) { return Tensors{Tensor(Array::scalar(int64_t{-1}))}; });
}

TEST(Guard, ABranchOfCondHasBoundsForAllElements) {
  const Tensor n = Array::from<int64_t>({0, 3, -2, 5});
  const Array found = vmap(below)(Tensors{n})[0].numpy();
  for (int64_t i = 0; i < 4; ++i) {
    const auto bound = n.numpy().index(0, i).item<int64_t>();
    const auto drawn = found.index(0, i).item<int64_t>();
    if (bound <= 0) {
      EXPECT_EQ(drawn, -1);
    } else {
      EXPECT_TRUE(drawn >= 0 && drawn < bound) << drawn;
    }
  }
}

TEST(Guard, ScopesNestAndEnd) {
  const Tensor a = parameter({DType::kBool, {}}, "a");
  EXPECT_FALSE(is_guarded());
  {
    const GuardScope outer(a);
    EXPECT_TRUE(is_guarded());
    {
      const GuardScope known(Tensor(true));
      EXPECT_TRUE(is_guarded());
    }
    EXPECT_TRUE(is_guarded());
  }
  EXPECT_FALSE(is_guarded());
}

TEST(Guard, ConstantsAreTheSameForAllElements) {
  const GuardScope scope(parameter({DType::kBool, {}}, "a"));
  EXPECT_THROW(emit("random_integers",
                    {Array::scalar(uint64_t{7}), int64_t{0}, int64_t{0}},
                    {{"shape", Shape{}}, {"dtype", DType::kInt64}}),
               ValueError);
}

}  // namespace
}  // namespace numest
