// Files by their extension; anything else is read as IDX.
#include "cli/files.h"

#include <algorithm>

#include "numest/base/file.h"
#include "numest/formats/csv.h"
#include "numest/formats/idx.h"
#include "numest/formats/npy.h"
#include "numest/ops/composite.h"
#include "numest/ops/operators.h"

namespace numest::cli {

namespace {

struct Place {
  std::string path, name;
};

// Splits FILE:NAME; a file whose own name has a colon wins.
Place place_of(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || file_exists(text)) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::string names_of(const NamedArrays& arrays) {
  std::string names;
  for (const auto& [name, array] : arrays)
    names += (names.empty() ? "" : ", ") + name;
  return names;
}

Array named(const NamedArrays& arrays, const std::string& path,
            const std::string& name) {
  for (const auto& [key, array] : arrays)
    if (key == name) return array;
  fail<KeyError>("{} has no '{}': it has {}; write {}:NAME", path, name,
                 names_of(arrays), path);
}

Array only(const NamedArrays& arrays, const Place& place) {
  if (!place.name.empty()) return named(arrays, place.path, place.name);
  NUMEST_USER_CHECK(arrays.size() == 1, KeyError,
                    "{} has several arrays ({}): write {}:NAME", place.path,
                    names_of(arrays), place.path);
  return arrays[0].second;
}

// Columns side by side, (n, columns).
Array side_by_side(const NamedArrays& all, const Place& place,
                   const std::vector<std::string>& columns) {
  std::vector<Tensor> parts;
  for (const std::string& name : columns) {
    const Array column = named(all, place.path, name);
    NUMEST_USER_CHECK(column.dtype() != DType::kBytes, ValueError,
                      "{}: column '{}' is text, expected numbers; leave it "
                      "out of the file or encode it",
                      place.path, name);
    parts.push_back(expand_dims(column.astype(DType::kFloat32), 1));
  }
  NUMEST_USER_CHECK(!parts.empty(), ValueError,
                    "{}: got no columns, expected at least one", place.path);
  return concatenate(parts, 1).numpy();
}

bool is_table(const Place& place) {
  return place.path.ends_with(".csv") && place.name.empty();
}

void check_exists(const Place& place) {
  NUMEST_USER_CHECK(file_exists(place.path), NotFoundError,
                    "{}: there is no such file; check the path", place.path);
  NUMEST_USER_CHECK(!is_directory(place.path), ValueError,
                    "{}: got a folder, expected a file; check the path",
                    place.path);
}

Array read(const Place& place) {
  if (place.path.ends_with(".npy")) return read_npy(place.path);
  if (place.path.ends_with(".npz")) return only(read_npz(place.path), place);
  if (place.path.ends_with(".csv")) return only(read_csv(place.path), place);
  return read_idx(place.path);
}

Features read_table(const Place& place, const std::string& left_out,
                    std::vector<std::string> columns) {
  const NamedArrays all = read_csv(place.path);
  if (columns.empty())
    for (const auto& [name, column] : all)
      if (name != left_out) columns.push_back(name);
  return {side_by_side(all, place, columns), columns};
}

// Rows of float32, with at least two axes.
Array as_features(const Array& x, const std::string& source) {
  NUMEST_USER_CHECK(x.ndim() > 0 && x.dtype() != DType::kBytes, ValueError,
                    "{}: got {} of shape {}, expected numbers by example",
                    source, name(x.dtype()), x.shape().to_string());
  const Array rows = x.ndim() > 1 ? x : x.expand_dims(1);
  const Array floats = rows.astype(DType::kFloat32);
  if (x.dtype() != DType::kUInt8) return floats;
  return (Tensor(floats) / Tensor(255.0)).numpy();
}

}  // namespace

Features read_features(const DataFiles& files,
                       const std::vector<std::string>& columns) {
  const Place place = place_of(files.features);
  check_exists(place);
  if (!is_table(place)) return {as_features(read(place), files.features)};
  const Place labels = place_of(files.labels);
  return read_table(place, labels.path == place.path ? labels.name : "",
                    columns);
}

Array read_labels(const DataFiles& files, bool is_regressor) {
  const Place place = place_of(files.labels);
  check_exists(place);
  const Array y = read(place);
  NUMEST_USER_CHECK(y.ndim() > 0, ValueError,
                    "{}: got a scalar, expected a label by example",
                    files.labels);
  if (y.dtype() == DType::kBytes) return y;
  if (is_regressor) return y.astype(DType::kFloat32);
  const Array whole = y.astype(DType::kInt64);
  NUMEST_USER_CHECK(all(equal(whole, y)).numpy().item<bool>(), ValueError,
                    "{}: got fractions, expected whole numbers as labels; "
                    "train without --classes to fit values",
                    files.labels);
  return whole;
}

void check_lengths(const DataFiles& files, const Array& x, const Array& y) {
  NUMEST_USER_CHECK(x.shape()[0] == y.shape()[0], ValueError,
                    "{} has {} examples but {} has {} labels, expected as "
                    "many; check the files",
                    files.features, x.shape()[0], files.labels, y.shape()[0]);
}

}  // namespace numest::cli
