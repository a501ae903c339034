// The border of a pipeline: elements one by one, with a state in bytes.
#pragma once

#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "numest/data/dataset_node.h"

namespace numest::data {

struct IteratorOptions {
  /// All randomness of the pass; equal seeds give equal elements. Without it
  /// seeds given to shuffle count, and the rest is fresh.
  std::optional<uint64_t> seed = std::nullopt;
  /// Stands for the machine's entropy where no seed is given.
  std::optional<uint64_t> entropy = std::nullopt;
  /// Shuffles pass their input through: any order is a legal shuffle, and
  /// predictions are wanted in the order of the data.
  bool keep_order = false;
};

/// One walk over a dataset. One thread at a time. Destruction stops and
/// joins threads of the pipeline.
class Iterator {
 public:
  Iterator(DatasetNodePtr dataset, const IteratorOptions& options);

  /// The next element, nullopt at the end. Leaves are views or buffers that
  /// are used again once nobody holds them: keep the Array, not its pointer.
  std::optional<Element> next();
  /// The leaves of the next element in the order of element_spec; false at
  /// the end. The form for loops that flatten anyway.
  bool next_leaves(Leaves& out);
  /// One or more of the next elements, at most `max_elements`, as many as the
  /// pipeline has at hand; false at the end.
  bool next_block(int64_t max_elements, Block& out);
  const ElementSpec& element_spec() const { return dataset_->element_spec(); }

  /// Position and seeds as bytes; elements prefetched count as not yet given.
  std::string get_state() const;
  /// Goes on where the state was taken, on the same pipeline (also of another
  /// process). Throws ValueError if the state is of another pipeline.
  void set_state(const std::string& state);

 private:
  DatasetNodePtr dataset_;
  Place place_;
  std::unique_ptr<IteratorNode> node_;
};

/// What `for (const Element& e : dataset)` needs.
struct ElementRange {
  class Position {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Element;
    using difference_type = std::ptrdiff_t;
    using pointer = const Element*;
    using reference = const Element&;

    Position() = default;
    explicit Position(std::shared_ptr<Iterator> iterator);
    const Element& operator*() const { return *element_; }
    const Element* operator->() const { return &*element_; }
    Position& operator++();
    /// Two positions are equal if both are at the end.
    bool operator==(const Position& other) const {
      return !element_ && !other.element_;
    }

   private:
    std::shared_ptr<Iterator> iterator_;
    std::optional<Element> element_;
  };
};

}  // namespace numest::data
