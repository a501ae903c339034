// Positions below the size of the first dataset are its own, the rest the
// second's.
#include <algorithm>
#include <utility>
#include <vector>

#include "numest/data/map_function.h"
#include "numest/data/transformations/zip.h"

namespace numest::data {

namespace {

// A shape that both fit: equal extents stay, others become unknown.
Shape relax(const Shape& a, const Shape& b, const std::string& both) {
  NUMEST_USER_CHECK(a.ndim() == b.ndim(), TypeError,
                    "concatenate: incompatible dataset elements: {}", both);
  Shape out = a;
  for (int axis = 0; axis < a.ndim(); ++axis)
    if (a[axis] != b[axis]) out[axis] = fresh_extent();
  return out;
}

ElementSpec relax(const ElementSpec& a, const ElementSpec& b,
                  const std::string& both) {
  NUMEST_USER_CHECK(
      a.kind == b.kind && a.children.size() == b.children.size() &&
          a.keys == b.keys && a.leaf.dtype == b.leaf.dtype,
      TypeError, "concatenate: incompatible dataset elements: {}", both);
  ElementSpec out = a;
  if (a.is_leaf()) out.leaf.shape = relax(a.leaf.shape, b.leaf.shape, both);
  for (size_t i = 0; i < a.children.size(); ++i)
    out.children[i] = relax(a.children[i], b.children[i], both);
  return out;
}

int64_t sum_cardinality(int64_t a, int64_t b) {
  if (a == kInfiniteCardinality || b == kInfiniteCardinality)
    return kInfiniteCardinality;
  if (a < 0 || b < 0) return kUnknownCardinality;
  return a + b;
}

class ConcatenateAccess : public RandomAccess {
 public:
  ConcatenateAccess(std::unique_ptr<RandomAccess> first,
                    std::unique_ptr<RandomAccess> second)
      : first_(std::move(first)), second_(std::move(second)) {}
  int64_t size() const override { return first_->size() + second_->size(); }

  Block slice(int64_t begin, int64_t end) override {
    const int64_t border = first_->size();
    if (begin < border) return first_->slice(begin, std::min(end, border));
    return second_->slice(begin - border, end - border);
  }
  Block gather(std::span<const int64_t> positions) override {
    std::vector<int64_t> low, high;
    for (const int64_t position : positions) {
      if (position < first_->size())
        low.push_back(position);
      else
        high.push_back(position - first_->size());
    }
    if (high.empty()) return first_->gather(low);
    if (low.empty()) return second_->gather(high);
    return merge(positions, first_->gather(low), second_->gather(high));
  }

 private:
  Block merge(std::span<const int64_t> positions, const Block& low,
              const Block& high) const {
    std::vector<Leaves> rows;
    int64_t next_low = 0, next_high = 0;
    for (const int64_t position : positions)
      rows.push_back(position < first_->size() ? low.element(next_low++)
                                               : high.element(next_high++));
    return Block::of_rows(std::move(rows));
  }

  std::unique_ptr<RandomAccess> first_, second_;
};

class ConcatenateIterator : public IteratorNode {
 public:
  ConcatenateIterator(std::unique_ptr<IteratorNode> first,
                      std::unique_ptr<IteratorNode> second)
      : first_(std::move(first)), second_(std::move(second)) {}
  bool next_block(int64_t max_elements, Block& out) override {
    if (!is_second_ && first_->next_block(max_elements, out)) return true;
    is_second_ = true;
    return second_->next_block(max_elements, out);
  }
  void get_state(StateWriter& out) const override {
    out.tag("concatenate");
    out.number(is_second_ ? 1 : 0);
    first_->get_state(out);
    second_->get_state(out);
  }
  void set_state(StateReader& in) override {
    in.expect("concatenate");
    is_second_ = in.number() != 0;
    first_->set_state(in);
    second_->set_state(in);
  }

 private:
  std::unique_ptr<IteratorNode> first_, second_;
  bool is_second_ = false;
};

class ConcatenateNode : public DatasetNode {
 public:
  ConcatenateNode(ElementSpec spec, DatasetNodePtr first, DatasetNodePtr second)
      : DatasetNode(
            "concatenate", std::move(spec),
            sum_cardinality(first->cardinality(), second->cardinality())),
        first_(std::move(first)),
        second_(std::move(second)) {}

  std::unique_ptr<RandomAccess> random_access(
      const Place& place) const override {
    auto first = first_->random_access(place.child(0));
    if (!first) return nullptr;
    auto second = second_->random_access(place.child(1));
    if (!second) return nullptr;
    return std::make_unique<ConcatenateAccess>(std::move(first),
                                               std::move(second));
  }

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place& place) const override {
    return std::make_unique<ConcatenateIterator>(
        first_->make_iterator(place.child(0)),
        second_->make_iterator(place.child(1)));
  }

 private:
  DatasetNodePtr first_, second_;
};

}  // namespace

DatasetNodePtr make_concatenate(DatasetNodePtr first, DatasetNodePtr second) {
  const std::string both = to_string(first->element_spec()) + " against " +
                           to_string(second->element_spec());
  ElementSpec spec = relax(first->element_spec(), second->element_spec(), both);
  return std::make_shared<ConcatenateNode>(std::move(spec), std::move(first),
                                           std::move(second));
}

}  // namespace numest::data
