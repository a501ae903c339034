// What every dataset promises, as one line in each test: equal seeds give
// equal elements, a restored iterator goes on where its state was taken,
// blocks hold what elements are one by one, element_spec and cardinality tell
// the truth, depth of prefetch is unseen.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "numest/data/dataset.h"

namespace numest::data {

/// Up to `limit` elements of `iterator`, each as an own copy of its leaves.
inline std::vector<Leaves> drain(Iterator& iterator, int64_t limit) {
  std::vector<Leaves> out;
  Leaves leaves;
  while (static_cast<int64_t>(out.size()) < limit &&
         iterator.next_leaves(leaves)) {
    for (Array& leaf : leaves) leaf = leaf.copy();
    out.push_back(leaves);
  }
  return out;
}

/// Prints elements for messages and comparisons.
inline std::string to_string(const std::vector<Leaves>& elements) {
  std::string out;
  for (const Leaves& element : elements) {
    for (const Array& leaf : element)
      out += std::string(name(leaf.dtype())) + leaf.shape().to_string() +
             leaf.to_string() + " ";
    out += "\n";
  }
  return out;
}

/// The elements as numbers, one list per element (all leaves in a row).
inline std::vector<std::vector<double>> numbers(
    const Dataset& dataset, int64_t limit = 100,
    const IteratorOptions& options = {}) {
  std::vector<std::vector<double>> out;
  Iterator iterator = dataset.make_iterator(options);
  for (const Leaves& element : drain(iterator, limit)) {
    std::vector<double> row;
    for (const Array& leaf : element)
      for (const double value : leaf.to_vector<double>()) row.push_back(value);
    out.push_back(row);
  }
  return out;
}

/// As numbers(), all elements in one list.
inline std::vector<double> flat_numbers(const Dataset& dataset,
                                        int64_t limit = 100,
                                        const IteratorOptions& options = {}) {
  std::vector<double> out;
  for (const auto& row : numbers(dataset, limit, options))
    out.insert(out.end(), row.begin(), row.end());
  return out;
}

inline void expect_spec(const std::vector<TensorSpec>& spec,
                        const Leaves& leaves) {
  ASSERT_EQ(spec.size(), leaves.size());
  std::map<int64_t, int64_t> symbols;  // a symbol has one value per element
  for (size_t i = 0; i < spec.size(); ++i) {
    EXPECT_EQ(spec[i].dtype, leaves[i].dtype());
    ASSERT_EQ(spec[i].shape.ndim(), leaves[i].ndim());
    for (int axis = 0; axis < leaves[i].ndim(); ++axis) {
      const int64_t extent = leaves[i].shape()[axis];
      const int64_t expected = spec[i].shape[axis];
      const int64_t known =
          is_symbol(expected)
              ? symbols.try_emplace(expected, extent).first->second
              : expected;
      EXPECT_EQ(known, extent) << "component " << i << ", axis " << axis;
    }
  }
}

/// A restored iterator gives elements[position...], and then the end if
/// `is_all`.
inline void expect_restored(const Dataset& dataset, const std::string& state,
                            const std::vector<Leaves>& elements,
                            size_t position, bool is_all) {
  SCOPED_TRACE("restored after " + std::to_string(position) + " elements");
  Iterator restored = dataset.make_iterator();
  if (position % 2 == 1) restored.next();  // set_state also rewinds
  restored.set_state(state);
  EXPECT_EQ(restored.get_state(), state);
  const std::vector<Leaves> rest(elements.begin() + std::ptrdiff_t(position),
                                 elements.end());
  EXPECT_EQ(to_string(drain(restored, std::ptrdiff_t(rest.size()))),
            to_string(rest));
  if (is_all) {
    EXPECT_FALSE(restored.next().has_value());
  }
}

/// Blocks of up to `at_most` elements are `elements`, and so is what follows
/// the state after each.
inline void expect_blocks(const Dataset& dataset,
                          const std::vector<Leaves>& elements,
                          const IteratorOptions& options, int64_t at_most) {
  SCOPED_TRACE("in blocks of " + std::to_string(at_most));
  Iterator iterator = dataset.make_iterator(options);
  size_t done = 0;
  Block block;
  while (done < elements.size() && iterator.next_block(at_most, block)) {
    ASSERT_GE(block.count(), 1);
    ASSERT_LE(block.count(), at_most);
    for (int64_t i = 0; i < block.count() && done < elements.size(); ++i)
      EXPECT_EQ(to_string({block.element(i)}), to_string({elements[done++]}));
    if (done % 3 == 0 && done < elements.size())
      expect_restored(dataset, iterator.get_state(), elements, done, false);
  }
  EXPECT_EQ(done, elements.size());
}

/// Checks all promises on the first `limit` elements; `seed` is that of the
/// iterators.
inline void expect_conformance(const Dataset& dataset, int64_t limit = 40,
                               uint64_t seed = 7) {
  const IteratorOptions options{.seed = seed};
  Iterator first = dataset.make_iterator(options);
  std::vector<std::string> states = {first.get_state()};
  std::vector<Leaves> elements;
  while (static_cast<int64_t>(elements.size()) < limit) {
    const std::vector<Leaves> next = drain(first, 1);
    if (next.empty()) break;
    elements.push_back(next[0]);
    states.push_back(first.get_state());
  }
  const auto count = static_cast<int64_t>(elements.size());
  const std::vector<TensorSpec> spec = dataset.element_spec().flatten();
  for (const Leaves& element : elements) expect_spec(spec, element);

  Iterator second = dataset.make_iterator(options);
  EXPECT_EQ(to_string(drain(second, limit)), to_string(elements))
      << "two iterators of one seed differ";
  for (size_t i = 0; i < states.size(); ++i)
    expect_restored(dataset, states[i], elements, i, count < limit);
  for (const int64_t at_most : {1, 4})
    expect_blocks(dataset, elements, options, at_most);
  const bool is_finite = dataset.cardinality() >= 0;
  const bool is_infinite = dataset.cardinality() == kInfiniteCardinality;
  EXPECT_TRUE(!is_finite || count == limit || dataset.cardinality() == count)
      << "cardinality " << dataset.cardinality() << ", elements " << count;
  EXPECT_TRUE(!is_infinite || count == limit) << "ended after " << count;
}

}  // namespace numest::data
