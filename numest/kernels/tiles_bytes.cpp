// Comparisons and selection of byte strings, by value of unsigned bytes.
#include <functional>

#include "numest/kernels/tile_rows.h"

namespace numest::kernels {
namespace {

template <class Compare>
void compare(const void* const* in, void* out, int64_t n) {
  const Bytes* x = static_cast<const Bytes*>(in[0]);
  const Bytes* y = static_cast<const Bytes*>(in[1]);
  bool* z = static_cast<bool*>(out);
  for (int64_t i = 0; i < n; ++i) z[i] = Compare()(x[i], y[i]);
}

template <class Compare>
TileRow row(std::string_view name) {
  return {name, DType::kBytes, {&compare<Compare>, DType::kBool, 2}};
}

void where(const void* const* in, void* out, int64_t n) {
  const bool* condition = static_cast<const bool*>(in[0]);
  const Bytes* x = static_cast<const Bytes*>(in[1]);
  const Bytes* y = static_cast<const Bytes*>(in[2]);
  Bytes* z = static_cast<Bytes*>(out);
  for (int64_t i = 0; i < n; ++i) {
    const Bytes& chosen = condition[i] ? x[i] : y[i];
    if (&z[i] != &chosen) z[i] = chosen;
  }
}

}  // namespace

void append_bytes_tiles(TileRows& rows) {
  rows.push_back(row<std::equal_to<>>("equal"));
  rows.push_back(row<std::not_equal_to<>>("not_equal"));
  rows.push_back(row<std::less<>>("less"));
  rows.push_back(row<std::less_equal<>>("less_equal"));
  rows.push_back(row<std::greater<>>("greater"));
  rows.push_back(row<std::greater_equal<>>("greater_equal"));
  rows.push_back({"where", DType::kBytes, {&where, DType::kBytes, 3}});
}

}  // namespace numest::kernels
