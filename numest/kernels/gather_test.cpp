// Gathered and scattered rows against loops over single elements.
#include "numest/kernels/gather.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

#include "numest/base/thread_pool.h"

namespace numest::kernels {
namespace {

std::vector<int64_t> indices_of(int64_t n, int64_t num_rows) {
  std::mt19937 generator(9);
  std::uniform_int_distribution<int64_t> values(-num_rows, num_rows - 1);
  std::vector<int64_t> x(static_cast<size_t>(n));
  for (int64_t& v : x) v = values(generator);
  return x;
}

template <class T>
void check_gather(int64_t outer, int64_t num_rows, int64_t inner, int64_t n) {
  std::vector<T> table(static_cast<size_t>(outer * num_rows * inner));
  for (size_t i = 0; i < table.size(); ++i) table[i] = static_cast<T>(i * 7);
  const auto indices = indices_of(n, num_rows);
  std::vector<T> out(static_cast<size_t>(outer * n * inner));
  gather(dtype_of<T>, table.data(), outer, num_rows, inner, indices.data(), n,
         out.data());
  size_t at = 0;
  for (int64_t o = 0; o < outer; ++o)
    for (const int64_t index : indices)
      for (int64_t j = 0; j < inner; ++j, ++at) {
        const int64_t row = (index + num_rows) % num_rows;
        ASSERT_EQ(out[at], table[size_t((o * num_rows + row) * inner + j)]);
      }
}

TEST(Gather, TakesRowsOfAllWidths) {
  for (const int64_t inner : {1, 2, 3, 8, 16, 50}) {
    check_gather<float>(1, 10, inner, 7);
    check_gather<uint8_t>(3, 5, inner, 4);
    check_gather<double>(2, 100, inner, 3000);
  }
  check_gather<int32_t>(1, 10, 4, 0);
}

TEST(Gather, CopiesStrings) {
  const std::vector<Bytes> table = {"a", "long enough to be on the heap", "c"};
  const std::vector<int64_t> indices = {1, -1, 1};
  std::vector<Bytes> out(3);
  gather_rows(DType::kBytes, table.data(), 3, 1, indices.data(), 3, out.data());
  EXPECT_EQ(out, (std::vector<Bytes>{table[1], "c", table[1]}));
}

TEST(Gather, IndicesOutsideTheTableAreIndexErrors) {
  float table[3] = {}, out[1];
  for (const int64_t index : {3, -4}) {
    EXPECT_THROW(gather_rows(DType::kFloat32, table, 3, 1, &index, 1, out),
                 IndexError);
    EXPECT_THROW(scatter_add_rows(DType::kFloat32, &index, 1, out, 1, table, 3),
                 IndexError);
  }
}

TEST(ScatterAdd, DuplicatesAddUpAlikeForAnyNumberOfThreads) {
  const int threads = num_threads();
  for (const int64_t n : {0, 1, 100, 20000}) {
    const int64_t num_rows = 50, inner = 9;
    const auto indices = indices_of(n, num_rows);
    std::vector<float> updates(static_cast<size_t>(n * inner));
    for (size_t i = 0; i < updates.size(); ++i)
      updates[i] = 1.0f / static_cast<float>(i + 1);
    std::vector<float> want(static_cast<size_t>(num_rows * inner), 1);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < inner; ++j)
        want[size_t((indices[size_t(i)] + num_rows) % num_rows * inner + j)] +=
            updates[size_t(i * inner + j)];
    for (const int count : {1, 4}) {
      set_num_threads(count);
      std::vector<float> table(want.size(), 1);
      scatter_add_rows(DType::kFloat32, indices.data(), n, updates.data(),
                       inner, table.data(), num_rows);
      EXPECT_EQ(table, want);
    }
  }
  set_num_threads(threads);
}

TEST(ScatterAdd, TakesIntegersAndRefusesStrings) {
  const std::vector<int64_t> indices = {1, 1};
  const int32_t updates[] = {5, 6};
  int32_t table[] = {0, 1};
  scatter_add_rows(DType::kInt32, indices.data(), 2, updates, 1, table, 2);
  EXPECT_EQ(table[1], 12);
  Bytes text[2];
  EXPECT_THROW(
      scatter_add_rows(DType::kBytes, indices.data(), 2, text, 1, text, 2),
      TypeError);
}

TEST(Gather, KnowsWhichIndicesAreInRange) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  const int64_t at[] = {0, 4, -5, -6, 5, kLeast, ~kLeast};
  EXPECT_TRUE(are_in_range(at, 3, 5));
  for (int i = 3; i < 7; ++i) EXPECT_FALSE(are_in_range(at + i, 1, 5)) << i;
  EXPECT_TRUE(are_in_range(at, 0, 0));
  EXPECT_FALSE(are_in_range(at, 1, 0));
}

}  // namespace
}  // namespace numest::kernels
