// Files by their extension; anything else is read as IDX.
#include "cli/files.h"

#include <vector>

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

Array named(const NamedArrays& arrays, const Place& place) {
  if (place.name.empty() && arrays.size() == 1) return arrays[0].second;
  for (const auto& [name, array] : arrays)
    if (name == place.name) return array;
  fail<KeyError>("{}: got name '{}', expected one of: {}", place.path,
                 place.name, names_of(arrays));
}

// Columns side by side, (n, columns), without the column `left_out`.
Array table(const Place& place, const std::string& left_out) {
  const NamedArrays columns = read_csv(place.path);
  if (!place.name.empty()) return named(columns, place);
  std::vector<Tensor> parts;
  for (const auto& [name, column] : columns) {
    if (name == left_out) continue;
    NUMEST_USER_CHECK(column.dtype() != DType::kBytes, ValueError,
                      "{}: column '{}' is text, expected numbers", place.path,
                      name);
    parts.push_back(expand_dims(column.astype(DType::kFloat32), 1));
  }
  NUMEST_USER_CHECK(!parts.empty(), ValueError,
                    "{}: got no columns, expected at least one", place.path);
  return concatenate(parts, 1).numpy();
}

Array read(const Place& place, const std::string& left_out = {}) {
  if (place.path.ends_with(".npy")) return read_npy(place.path);
  if (place.path.ends_with(".npz")) return named(read_npz(place.path), place);
  if (place.path.ends_with(".csv")) return table(place, left_out);
  return read_idx(place.path);
}

}  // namespace

Array read_features(const DataFiles& files) {
  const Place place = place_of(files.features);
  const Place labels = place_of(files.labels);
  const Array x = read(place, labels.path == place.path ? labels.name : "");
  NUMEST_USER_CHECK(x.ndim() > 0 && x.dtype() != DType::kBytes, ValueError,
                    "{}: got {} of shape {}, expected numbers by example",
                    files.features, name(x.dtype()), x.shape().to_string());
  const Array rows = x.ndim() > 1 ? x : x.expand_dims(1);
  const Array floats = rows.astype(DType::kFloat32);
  if (x.dtype() != DType::kUInt8) return floats;
  return (Tensor(floats) / Tensor(255.0)).numpy();
}

Array read_labels(const DataFiles& files, bool is_regressor) {
  const Array y = read(place_of(files.labels));
  NUMEST_USER_CHECK(y.dtype() != DType::kBytes, ValueError,
                    "{}: labels are text, expected numbers", files.labels);
  return y.astype(is_regressor ? DType::kFloat32 : DType::kInt64);
}

data::Dataset ordered_batches(const DataFiles& files, bool has_labels,
                              bool is_regressor) {
  const Array x = read_features(files);
  const Element element =
      has_labels ? Element::tuple({x, read_labels(files, is_regressor)})
                 : Element(x);
  return data::Dataset::from_tensor_slices(element).batch(files.batch_size);
}

}  // namespace numest::cli
