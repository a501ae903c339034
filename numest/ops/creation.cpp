// Nested lists to arrays.
#include "numest/ops/creation.h"

#include <algorithm>

namespace numest {

namespace {

struct Leaves {
  Shape shape;
  std::vector<Tensor> values;
};

using Items = std::vector<ArrayItem>;

void refuse_lengths(const std::string& given, int depth,
                    const std::string& expected) {
  fail<ValueError>(
      "array: got {} at depth {} of the lists, expected {} as "
      "before: the shape is inhomogeneous",
      given, depth, expected);
}

std::string described(const ArrayItem& item) {
  return item.is_list() ? fmt::format("{} items", item.items().size())
                        : "no list";
}

// The lengths that the first items of all depths have.
Shape shape_of(const Items& items) {
  Shape shape{int64_t(items.size())};
  for (const Items* at = &items; !at->empty() && at->front().is_list();) {
    at = &at->front().items();
    shape.push_back(int64_t(at->size()));
  }
  return shape;
}

void collect(const Items& items, int depth, Leaves& leaves) {
  for (const ArrayItem& item : items) {
    const bool is_last = depth + 1 == leaves.shape.ndim();
    const bool is_fit = is_last
                            ? !item.is_list()
                            : item.is_list() && int64_t(item.items().size()) ==
                                                    leaves.shape[depth + 1];
    if (!is_fit)
      refuse_lengths(described(item), depth + 1,
                     is_last
                         ? "no list"
                         : fmt::format("{} items", leaves.shape[depth + 1]));
    if (is_last)
      leaves.values.push_back(item.value());
    else
      collect(item.items(), depth + 1, leaves);
  }
}

DType common_dtype(const std::vector<Tensor>& values) {
  DType dtype = values[0].dtype();
  for (const Tensor& t : values) dtype = promote(dtype, t.dtype());
  return dtype;
}

bool are_numbers(const std::vector<Tensor>& values) {
  return std::all_of(values.begin(), values.end(), [](const Tensor& t) {
    return !t.is_empty() && !t.is_symbolic() && t.ndim() == 0;
  });
}

Array joined_numbers(const std::vector<Tensor>& values, DType dtype) {
  Array all(dtype, Shape{int64_t(values.size())});
  for (size_t i = 0; i < values.size(); ++i)
    all.index(0, int64_t(i)).assign(values[i].numpy());
  return all;
}

}  // namespace

Tensor array(std::initializer_list<ArrayItem> items,
             std::optional<DType> dtype) {
  const Items all(items);
  Leaves leaves{shape_of(all), {}};
  collect(all, 0, leaves);
  if (leaves.values.empty())
    return zeros(leaves.shape, dtype.value_or(DType::kFloat64));
  const DType common = dtype.value_or(common_dtype(leaves.values));
  if (are_numbers(leaves.values))
    return Tensor(joined_numbers(leaves.values, common).reshape(leaves.shape));
  for (Tensor& t : leaves.values) t = astype(t, common);
  const Tensor rows = stack(leaves.values);
  Shape shape = leaves.shape;
  for (int i = 1; i < rows.ndim(); ++i) shape.push_back(rows.shape()[i]);
  return shape == rows.shape() ? rows : reshape(rows, shape);
}

}  // namespace numest
