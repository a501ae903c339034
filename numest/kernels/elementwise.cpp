// The kernel table: rows of all files by name, made once per SIMD level.
#include "numest/kernels/elementwise.h"

#include "numest/kernels/level_table.h"
#include "numest/kernels/tile_rows.h"

namespace numest::kernels {
namespace {

TileRows all_rows() {
  TileRows rows;
  append_arithmetic_tiles(rows);
  append_division_tiles(rows);
  append_compare_tiles(rows);
  append_bit_tiles(rows);
  append_math_tiles(rows);
  append_binary_math_tiles(rows);
  append_polar_tiles(rows);
  append_power_tiles(rows);
  append_select_tiles(rows);
  append_complex_tiles(rows);
  append_bytes_tiles(rows);
  return rows;
}

const LevelTable<Tile>::ByName& table() {
  static LevelTable<Tile> tiles;
  return tiles.get([](auto add) {
    for (const TileRow& row : all_rows()) add(row.name, row.in, row.tile);
  });
}

}  // namespace

std::optional<Tile> find_tile(std::string_view name, DType in) {
  const auto& tiles = table();
  const auto found = tiles.find(name);
  if (found == tiles.end()) return std::nullopt;
  return found->second[static_cast<size_t>(in)];
}

std::vector<std::string> tile_names() {
  std::vector<std::string> names;
  for (const auto& [name, tiles] : table()) names.push_back(name);
  return names;
}

}  // namespace numest::kernels
