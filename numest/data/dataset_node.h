// The inside of a pipeline: an immutable description (DatasetNode), what
// walks over it (IteratorNode), and random access where the source allows it
// (RandomAccess), by which shuffles become gathers.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "numest/array/nest.h"
#include "numest/data/block.h"
#include "numest/data/place.h"
#include "numest/data/state.h"

namespace numest::data {

inline constexpr int64_t kInfiniteCardinality = -1;
inline constexpr int64_t kUnknownCardinality = -2;
/// Left to the library, for num_parallel_calls and buffer sizes.
inline constexpr int64_t kAutotune = -1;

/// How many groups of `group` elements are worth reading at once, if nothing
/// speaks against it: 64 KiB, 64 at most. 1 if an extent is not known.
int64_t groups_at_once(const ElementSpec& spec, int64_t group);

/// Walks once over the elements. One thread at a time.
class IteratorNode {
 public:
  IteratorNode() = default;
  virtual ~IteratorNode() = default;
  IteratorNode(const IteratorNode&) = delete;
  IteratorNode& operator=(const IteratorNode&) = delete;
  /// Replaces `out` by the next 1 to `max_elements` elements; false at the
  /// end. Reads no more from its input than it returns or drops.
  virtual bool next_block(int64_t max_elements, Block& out) = 0;
  /// Writes the position between two blocks.
  virtual void get_state(StateWriter& out) const = 0;
  virtual void set_state(StateReader& in) = 0;
};

/// The elements of one pass by position. One thread at a time; not const
/// because buffers are used again.
class RandomAccess {
 public:
  RandomAccess() = default;
  virtual ~RandomAccess() = default;
  RandomAccess(const RandomAccess&) = delete;
  RandomAccess& operator=(const RandomAccess&) = delete;
  virtual int64_t size() const = 0;
  /// All elements at `positions`, in that order.
  virtual Block gather(std::span<const int64_t> positions) = 0;
  /// The first elements of [begin, end), one or more; views where possible.
  virtual Block slice(int64_t begin, int64_t end);
};

/// A dataset in a trainer's words. Numbers as cardinalities.
struct Epochs {
  int64_t rows = 0;    // of the source, in one pass
  int64_t length = 0;  // elements in one pass
  int64_t count = 1;   // passes
};

/// A description: spec, cardinality, and how to walk. Immutable, shared.
class DatasetNode {
 public:
  virtual ~DatasetNode() = default;
  DatasetNode(const DatasetNode&) = delete;
  DatasetNode& operator=(const DatasetNode&) = delete;

  /// "batch", "map", …; also the tag in states and errors.
  const std::string& name() const { return name_; }
  const ElementSpec& element_spec() const { return spec_; }
  /// Number of elements, kInfiniteCardinality or kUnknownCardinality.
  int64_t cardinality() const { return cardinality_; }
  /// How `repeat` and `batch` divide the elements; one pass by default.
  virtual Epochs epochs() const { return {cardinality_, cardinality_, 1}; }
  /// True if several elements may be read at once where one is wanted:
  /// nothing of the user's runs, and no element fails.
  virtual bool is_plain() const { return false; }
  /// Walks from the start; by position where the dataset allows it.
  std::unique_ptr<IteratorNode> make_iterator(const Place& place) const;
  /// Null if elements can be had in order only.
  virtual std::unique_ptr<RandomAccess> random_access(const Place&) const {
    return nullptr;
  }

  /// Number of this call among all calls, from 0; tells iterators apart.
  uint64_t count_iteration() const { return num_iterations_.fetch_add(1); }
  /// What all iterators share: the entropy of the first one.
  uint64_t entropy(uint64_t first) const;

 protected:
  DatasetNode(std::string name, ElementSpec spec, int64_t cardinality)
      : name_(std::move(name)),
        spec_(std::move(spec)),
        cardinality_(cardinality) {}
  /// Walks in order, where random_access gives null.
  virtual std::unique_ptr<IteratorNode> make_stream(const Place& place) const;

 private:
  std::string name_;
  ElementSpec spec_;
  int64_t cardinality_;
  mutable std::atomic<uint64_t> num_iterations_ = 0;
  mutable std::once_flag has_entropy_;
  mutable uint64_t entropy_ = 0;
};

using DatasetNodePtr = std::shared_ptr<const DatasetNode>;

}  // namespace numest::data
