// Slices give views for ranges and gathers into pooled arrays else.
#include "numest/data/sources/slices.h"

#include <algorithm>
#include <utility>

namespace numest::data {

namespace {

class SlicesAccess : public RandomAccess {
 public:
  SlicesAccess(Leaves leaves, int64_t size, std::shared_ptr<ArrayPool> pool)
      : leaves_(std::move(leaves)), size_(size), pool_(std::move(pool)) {}
  int64_t size() const override { return size_; }

  Block gather(std::span<const int64_t> positions) override {
    const auto count = static_cast<int64_t>(positions.size());
    std::vector<Array> columns;
    columns.reserve(leaves_.size());
    for (const Array& leaf : leaves_) {
      Shape shape = leaf.shape();
      shape[0] = count;
      columns.push_back(pool_->take(leaf.dtype(), shape));
      gather_rows(leaf, positions, columns.back());
    }
    return Block::of_columns(count, std::move(columns));
  }

  Block slice(int64_t begin, int64_t end) override {
    std::vector<Array> columns;
    columns.reserve(leaves_.size());
    for (const Array& leaf : leaves_) columns.push_back(leaf.rows(begin, end));
    return Block::of_columns(end - begin, std::move(columns));
  }

 private:
  Leaves leaves_;
  int64_t size_;
  std::shared_ptr<ArrayPool> pool_;
};

class SlicesNode : public DatasetNode {
 public:
  SlicesNode(const char* name, ElementSpec spec, Leaves leaves, int64_t size)
      : DatasetNode(name, std::move(spec), size), leaves_(std::move(leaves)) {}
  bool is_plain() const override { return true; }
  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    return std::make_unique<SlicesAccess>(leaves_, cardinality(), place.pool);
  }

 private:
  Leaves leaves_;
};

// Paths of leaves for messages: "['x']", "[1]['y']".
void leaf_paths(const Element& element, const std::string& path,
                std::vector<std::string>& out) {
  if (element.is_leaf()) return out.push_back(path.empty() ? "0" : path);
  for (size_t i = 0; i < element.children.size(); ++i)
    leaf_paths(element.children[i],
               path + (element.is_dict() ? "['" + element.keys[i] + "']"
                                         : fmt::format("[{}]", i)),
               out);
}

void check_lengths(const Element& components, const Leaves& leaves) {
  std::vector<std::string> paths;
  leaf_paths(components, "", paths);
  NUMEST_USER_CHECK(!leaves.empty(), ValueError,
                    "from_tensor_slices: got a structure without components, "
                    "expected one or more arrays");
  for (size_t i = 0; i < leaves.size(); ++i) {
    NUMEST_USER_CHECK(leaves[i].ndim() > 0, ValueError,
                      "from_tensor_slices: component {} is a scalar, expected "
                      "an array with one or more axes; from_tensors takes "
                      "scalars",
                      paths[i]);
    NUMEST_USER_CHECK(
        leaves[i].shape()[0] == leaves[0].shape()[0], ValueError,
        "from_tensor_slices: components differ in length: component {} has "
        "{} rows, expected {} as component {} has",
        paths[i], leaves[i].shape()[0], leaves[0].shape()[0], paths[0]);
  }
}

class RangeAccess : public RandomAccess {
 public:
  RangeAccess(int64_t start, int64_t step, DType dtype, int64_t size,
              std::shared_ptr<ArrayPool> pool)
      : start_(start),
        step_(step),
        dtype_(dtype),
        size_(size),
        pool_(std::move(pool)) {}
  int64_t size() const override { return size_; }

  Block gather(std::span<const int64_t> positions) override {
    const auto count = static_cast<int64_t>(positions.size());
    const Array values = pool_->take(DType::kInt64, Shape{count});
    int64_t* out = values.data<int64_t>();
    for (const int64_t position : positions) *out++ = start_ + position * step_;
    return Block::of_columns(count, {values.astype(dtype_)});
  }

 private:
  int64_t start_, step_;
  DType dtype_;
  int64_t size_;
  std::shared_ptr<ArrayPool> pool_;
};

class RangeNode : public DatasetNode {
 public:
  RangeNode(int64_t start, int64_t step, DType dtype, int64_t size)
      : DatasetNode("range", TensorSpec{dtype, Shape{}}, size),
        start_(start),
        step_(step),
        dtype_(dtype) {}
  bool is_plain() const override { return true; }
  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    return std::make_unique<RangeAccess>(start_, step_, dtype_, cardinality(),
                                         place.pool);
  }

 private:
  int64_t start_, step_;
  DType dtype_;
};

int64_t range_size(int64_t start, int64_t stop, int64_t step) {
  if (step > 0) return start < stop ? (stop - start - 1) / step + 1 : 0;
  return start > stop ? (start - stop - 1) / -step + 1 : 0;
}

}  // namespace

DatasetNodePtr make_slices(const Element& components) {
  Leaves leaves = components.flatten();
  check_lengths(components, leaves);
  ElementSpec spec = components.map([](const Array& leaf) {
    Shape shape = leaf.shape();
    shape.erase(0);
    return TensorSpec{leaf.dtype(), shape};
  });
  const int64_t size = leaves[0].shape()[0];
  return std::make_shared<SlicesNode>("from_tensor_slices", std::move(spec),
                                      std::move(leaves), size);
}

DatasetNodePtr make_tensors(const Element& components) {
  ElementSpec spec = components.map([](const Array& leaf) {
    return TensorSpec{leaf.dtype(), leaf.shape()};
  });
  Leaves leaves;
  for (const Array& leaf : components.flatten())
    leaves.push_back(leaf.expand_dims(0));
  return std::make_shared<SlicesNode>("from_tensors", std::move(spec),
                                      std::move(leaves), 1);
}

DatasetNodePtr make_range(int64_t start, int64_t stop, int64_t step,
                          DType dtype) {
  NUMEST_USER_CHECK(step != 0, ValueError,
                    "range: step must not be zero: got step 0");
  NUMEST_USER_CHECK(dtype != DType::kBytes && dtype != DType::kBool, TypeError,
                    "range: got output dtype {}, expected a number",
                    name(dtype));
  return std::make_shared<RangeNode>(start, step, dtype,
                                     range_size(start, stop, step));
}

}  // namespace numest::data
