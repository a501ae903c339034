// A generator cannot be asked where it stands: its state is the number of
// elements drawn, and restoring draws them again.
#include "numest/data/sources/generator.h"

#include <utility>

#include "numest/data/map_function.h"

namespace numest::data {

namespace {

bool fits(const Shape& shape, const Shape& expected) {
  if (shape.ndim() != expected.ndim()) return false;
  for (int axis = 0; axis < shape.ndim(); ++axis)
    if (!is_symbol(expected[axis]) && shape[axis] != expected[axis])
      return false;
  return true;
}

class GeneratorIterator : public IteratorNode {
 public:
  GeneratorIterator(const GeneratorFactory& factory, const ElementSpec& spec)
      : factory_(factory), spec_(spec), leaf_specs_(spec.flatten()) {}

  bool next_block(int64_t max_elements, Block& out) override {
    std::vector<Leaves> rows;
    while (static_cast<int64_t>(rows.size()) < max_elements) {
      std::optional<Element> element = draw();
      if (!element) break;
      rows.push_back(flatten_as(spec_, *element, "from_generator"));
      check_element(leaf_specs_, rows.back(), "from_generator");
    }
    if (rows.empty()) return false;
    out = Block::of_rows(std::move(rows));
    return true;
  }
  void get_state(StateWriter& out) const override {
    out.tag("from_generator");
    out.position(drawn_);
  }
  void set_state(StateReader& in) override {
    in.expect("from_generator");
    const int64_t drawn = in.position();
    generator_ = nullptr;
    drawn_ = 0;
    is_over_ = false;
    while (drawn_ < drawn && draw()) {
    }
  }

 private:
  std::optional<Element> draw() {
    if (is_over_) return std::nullopt;
    if (!generator_) generator_ = factory_();
    std::optional<Element> element = generator_();
    if (element)
      ++drawn_;
    else
      is_over_ = true;
    return element;
  }

  GeneratorFactory factory_;
  ElementSpec spec_;
  std::vector<TensorSpec> leaf_specs_;
  Generator generator_;
  int64_t drawn_ = 0;
  bool is_over_ = false;
};

class GeneratorNode : public DatasetNode {
 public:
  GeneratorNode(GeneratorFactory factory, ElementSpec spec)
      : DatasetNode("from_generator", std::move(spec), kUnknownCardinality),
        factory_(std::move(factory)) {}

 protected:
  std::unique_ptr<IteratorNode> make_stream(const Place&) const override {
    return std::make_unique<GeneratorIterator>(factory_, element_spec());
  }

 private:
  GeneratorFactory factory_;
};

}  // namespace

void check_element(const std::vector<TensorSpec>& spec, const Leaves& leaves,
                   const char* op) {
  NUMEST_USER_CHECK(spec.size() == leaves.size(), TypeError,
                    "{}: an element has {} components, expected {}", op,
                    leaves.size(), spec.size());
  for (size_t i = 0; i < spec.size(); ++i) {
    NUMEST_USER_CHECK(leaves[i].dtype() == spec[i].dtype, TypeError,
                      "{}: component {} of an element has dtype {}, expected "
                      "{} of the element_spec",
                      op, i, name(leaves[i].dtype()), name(spec[i].dtype));
    NUMEST_USER_CHECK(fits(leaves[i].shape(), spec[i].shape), ValueError,
                      "{}: component {} of an element has shape {}, expected "
                      "{} of the element_spec",
                      op, i, leaves[i].shape().to_string(),
                      spec[i].shape.to_string());
  }
}

DatasetNodePtr make_generator(GeneratorFactory factory, ElementSpec spec) {
  NUMEST_USER_CHECK(factory != nullptr, TypeError,
                    "from_generator: got an empty `generator`, expected a "
                    "callable");
  return std::make_shared<GeneratorNode>(std::move(factory), std::move(spec));
}

}  // namespace numest::data
