// A table of kernels by name and dtype, made once per SIMD level.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "numest/array/dtype.h"
#include "numest/kernels/simd.h"

namespace numest::kernels {

template <class Kernel>
class LevelTable {
 public:
  using ByDType = std::array<std::optional<Kernel>, kNumDTypes>;
  using ByName = std::map<std::string, ByDType, std::less<>>;

  /// Returns the table of the level that runs; `fill(add)` makes it by calls
  /// of `add(name, dtype, kernel)`. Any thread.
  template <class Fill>
  const ByName& get(Fill fill) {
    const int64_t generation = simd_generation();
    const Table* now = current_.load(std::memory_order_acquire);
    if (now && now->generation == generation) return now->kernels;
    const std::lock_guard lock(mutex_);
    // Tables of earlier levels are kept: another thread may still read them.
    Table& table = tables_[generation];
    if (table.generation == 0) {
      fill([&](std::string_view name, DType dtype, const Kernel& kernel) {
        auto& slot = table.kernels[std::string(name)][size_t(dtype)];
        NUMEST_CHECK(!slot, "two kernels of {}", name);
        slot = kernel;
      });
      table.generation = generation;
    }
    current_.store(&table, std::memory_order_release);
    return table.kernels;
  }

 private:
  struct Table {
    int64_t generation = 0;
    ByName kernels;
  };
  std::mutex mutex_;
  std::map<int64_t, Table> tables_;
  std::atomic<const Table*> current_{nullptr};
};

}  // namespace numest::kernels
