// Each batch is filled with the padding value, then elements are written in
// the corner.
#include "numest/data/transformations/padded_batch.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "numest/data/map_function.h"
#include "numest/data/transformations/batch.h"

namespace numest::data {

namespace {

// A region [0, extents) of `out`.
Array corner(const Array& out, const Shape& extents) {
  std::vector<Slice> slices;
  for (const int64_t extent : extents) slices.push_back(Slice{0, extent, 1});
  return out.slice(slices);
}

struct Padding {
  std::vector<Shape> shapes;  // symbols: largest of the batch
  std::vector<Array> values;
};

class PaddedBatchIterator : public IteratorNode {
 public:
  PaddedBatchIterator(std::unique_ptr<IteratorNode> input, Padding padding,
                      int64_t batch_size, bool drop_remainder,
                      std::shared_ptr<ArrayPool> pool)
      : input_(std::move(input)),
        padding_(std::move(padding)),
        batch_size_(batch_size),
        drop_remainder_(drop_remainder),
        pool_(std::move(pool)) {}

  bool next_block(int64_t, Block& out) override {
    out = Block();
    std::vector<Leaves> rows;
    while (static_cast<int64_t>(rows.size()) < batch_size_) {
      Block block;
      const int64_t missing = batch_size_ - static_cast<int64_t>(rows.size());
      if (!input_->next_block(missing, block)) break;
      for (int64_t i = 0; i < block.count(); ++i)
        rows.push_back(block.element(i));
    }
    const auto count = static_cast<int64_t>(rows.size());
    if (count == 0 || (drop_remainder_ && count < batch_size_)) return false;
    Leaves batch;
    for (size_t leaf = 0; leaf < padding_.shapes.size(); ++leaf)
      batch.push_back(pad(rows, leaf));
    out = Block::of_element(batch);
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("padded_batch");
    input_->get_state(out);
  }
  void set_state(StateReader& in) override {
    in.expect("padded_batch");
    input_->set_state(in);
  }

 private:
  Array pad(const std::vector<Leaves>& rows, size_t leaf) {
    Shape shape = padded_shape(rows, leaf);
    shape.insert(0, static_cast<int64_t>(rows.size()));
    const Array out = pool_->take(padding_.values[leaf].dtype(), shape);
    out.assign(padding_.values[leaf]);
    for (size_t i = 0; i < rows.size(); ++i) {
      const Array& value = rows[i][leaf];
      corner(out.index(0, static_cast<int64_t>(i)), value.shape())
          .assign(value);
    }
    return out;
  }
  Shape padded_shape(const std::vector<Leaves>& rows, size_t leaf) const {
    const Shape& wanted = padding_.shapes[leaf];
    Shape shape = Shape::filled(wanted.ndim(), 0);
    for (const Leaves& row : rows)
      for (int axis = 0; axis < wanted.ndim(); ++axis) {
        const int64_t extent = row[leaf].shape()[axis];
        NUMEST_USER_CHECK(
            is_symbol(wanted[axis]) || extent <= wanted[axis], DataLossError,
            "padded_batch: attempted to pad to a smaller size than the input "
            "element: got shape {}, padded shape {}",
            row[leaf].shape().to_string(), wanted.to_string());
        shape[axis] = is_symbol(wanted[axis]) ? std::max(shape[axis], extent)
                                              : wanted[axis];
      }
    return shape;
  }

  std::unique_ptr<IteratorNode> input_;
  Padding padding_;
  int64_t batch_size_;
  bool drop_remainder_;
  std::shared_ptr<ArrayPool> pool_;
};

ElementSpec padded_spec(const ElementSpec& input,
                        const std::vector<Shape>& shapes, int64_t extent) {
  size_t next = 0;
  return input.map([&](const TensorSpec& leaf) {
    Shape shape = shapes.at(next++);
    for (int64_t& e : shape)
      if (is_symbol(e)) e = fresh_extent();
    shape.insert(0, extent);
    return TensorSpec{leaf.dtype, shape};
  });
}

class PaddedBatchNode : public DatasetNode {
 public:
  PaddedBatchNode(DatasetNodePtr input, Padding padding, int64_t batch_size,
                  bool drop_remainder)
      : DatasetNode("padded_batch",
                    padded_spec(input->element_spec(), padding.shapes,
                                drop_remainder ? batch_size : fresh_extent()),
                    batch_cardinality(input->cardinality(), batch_size,
                                      drop_remainder)),
        input_(std::move(input)),
        padding_(std::move(padding)),
        batch_size_(batch_size),
        drop_remainder_(drop_remainder) {}
  Epochs epochs() const override {
    Epochs e = input_->epochs();
    e.length = batch_cardinality(e.length, batch_size_, drop_remainder_);
    return e;
  }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<PaddedBatchIterator>(input_->make_iterator(place),
                                                 padding_, batch_size_,
                                                 drop_remainder_, place.pool);
  }

 private:
  DatasetNodePtr input_;
  Padding padding_;
  int64_t batch_size_;
  bool drop_remainder_;
};

void check_shape(const Shape& padded, const Shape& shape) {
  bool fits = padded.ndim() == shape.ndim();
  for (int axis = 0; fits && axis < shape.ndim(); ++axis)
    fits = is_symbol(padded[axis]) || is_symbol(shape[axis]) ||
           padded[axis] >= shape[axis];
  NUMEST_USER_CHECK(fits, ValueError,
                    "padded_batch: the padded shape {} is not compatible with "
                    "the shape {} of the corresponding input component",
                    padded.to_string(), shape.to_string());
}

void check_value(const Array& value, DType dtype) {
  NUMEST_USER_CHECK(value.dtype() == dtype, TypeError,
                    "padded_batch: `padding_values` must have the dtype of "
                    "the input component: got {}, expected {}",
                    name(value.dtype()), name(dtype));
  NUMEST_USER_CHECK(value.ndim() == 0, ValueError,
                    "padded_batch: `padding_values` must be scalars: got "
                    "shape {}",
                    value.shape().to_string());
}

// One value for all components, or one for each.
template <class T>
std::vector<T> one_each(const Nest<T>& given, size_t count, const char* what) {
  std::vector<T> out = given.flatten();
  if (given.is_leaf()) out.assign(count, given.leaf);
  NUMEST_USER_CHECK(out.size() == count, ValueError,
                    "padded_batch: got {} {}, expected one for each of {} "
                    "components",
                    out.size(), what, count);
  return out;
}

}  // namespace

DatasetNodePtr make_padded_batch(DatasetNodePtr input, int64_t batch_size,
                                 std::optional<Nest<Shape>> padded_shapes,
                                 std::optional<Element> padding_values,
                                 bool drop_remainder) {
  NUMEST_USER_CHECK(batch_size > 0, ValueError,
                    "padded_batch: batch_size must be greater than zero: got "
                    "{}",
                    batch_size);
  const std::vector<TensorSpec> leaves = input->element_spec().flatten();
  Padding padding;
  for (const TensorSpec& leaf : leaves) {
    padding.shapes.push_back(leaf.shape);
    padding.values.push_back(Array::zeros(leaf.dtype, Shape{}));
  }
  if (padded_shapes)
    padding.shapes = one_each(*padded_shapes, leaves.size(), "padded_shapes");
  if (padding_values)
    padding.values = one_each(*padding_values, leaves.size(), "padding_values");
  for (size_t i = 0; i < leaves.size(); ++i) {
    check_shape(padding.shapes[i], leaves[i].shape);
    check_value(padding.values[i], leaves[i].dtype);
  }
  return std::make_shared<PaddedBatchNode>(std::move(input), std::move(padding),
                                           batch_size, drop_remainder);
}

}  // namespace numest::data
