// Dataset: how elements come about, as a value. Methods return a new dataset
// and change nothing; making an iterator starts the work.
//
//   auto data = Dataset::from_tensor_slices(Element::tuple({x, y}))
//                   .shuffle(1000).repeat().batch(32).prefetch(2);
//   for (const Element& batch : data.take(10)) ...
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "numest/data/dataset_node.h"
#include "numest/data/iterator.h"
#include "numest/data/map_function.h"
#include "numest/data/sources/generator.h"
#include "numest/data/transformations/with_options.h"

namespace numest::data {

/// A cheap handle of an immutable description; copies share it.
class Dataset {
 public:
  using ElementFunction = std::function<Element(const Element&)>;
  using Predicate = std::function<bool(const Element&)>;
  using DatasetFunction = std::function<Dataset(const Element&)>;

  /// An empty dataset of scalar float32 elements.
  Dataset();
  explicit Dataset(DatasetNodePtr node);

  // --- Sources ---
  /// One element per row of the components' first axis. Zero copy: elements
  /// are views. ValueError if lengths differ or a component is a scalar.
  static Dataset from_tensor_slices(const Element& components);
  /// One element.
  static Dataset from_tensors(const Element& components);
  static Dataset range(int64_t stop);
  /// start, start + step, … before `stop`, as scalars of `dtype`.
  static Dataset range(int64_t start, int64_t stop, int64_t step = 1,
                       DType dtype = DType::kInt64);
  /// Calls `factory` for every pass and then the generator until it gives
  /// nullopt. Elements must fit `spec`.
  static Dataset from_generator(GeneratorFactory factory, ElementSpec spec);
  /// Elements of all datasets in the structure of `datasets`, as long as all
  /// have one.
  static Dataset zip(const Nest<Dataset>& datasets);

  /// Elements of `datasets` in the order of `choices`, int64 positions. The
  /// end of a chosen one ends all, or is passed over.
  static Dataset choose_from_datasets(const std::vector<Dataset>& datasets,
                                      const Dataset& choices,
                                      bool stops_on_empty = true);

  // --- Transformations ---
  /// `num_parallel_calls`: 1 calls in order; more or kAutotune calls on the
  /// thread pool (the order of elements stays).
  Dataset map(std::shared_ptr<const MapFunction> function,
              int64_t num_parallel_calls = 1) const;
  /// Without `output_spec` the function is tried on zeros to find it.
  Dataset map(ElementFunction function,
              std::optional<ElementSpec> output_spec = std::nullopt,
              int64_t num_parallel_calls = 1) const;
  /// A function over Tensors: it is traced once, vectorized over blocks and
  /// compiled, or called per element if that is not possible; see
  /// numest/train/traced_map.h, which has to be included. It takes a
  /// Nest<Tensor>, or one Tensor for each component of a tuple.
  template <class F>
  requires(!std::convertible_to<F, ElementFunction> &&
           !std::convertible_to<F, std::shared_ptr<const MapFunction>>) Dataset
      map(F&& function, const MapOptions& options = {},
          const std::source_location& place = std::source_location::current())
  const {
    // Of the layers above, found by the namespace of `options`.
    return map(traced_map_function(std::forward<F>(function), element_spec(),
                                   options, place),
               options.num_parallel_calls);
  }
  /// Where the functions of `map` run that elements pass through, in the
  /// order of the pipeline.
  std::vector<MapReport> map_reports() const;
  /// Keeps elements for which the predicate gives a true bool scalar.
  Dataset filter(std::shared_ptr<const MapFunction> predicate) const;
  Dataset filter(Predicate predicate) const;
  /// Stacks consecutive elements; the extent of the last batch is unknown
  /// unless `drop_remainder`.
  Dataset batch(int64_t batch_size, bool drop_remainder = false) const;
  /// As batch, but pads every component to the largest of the batch, or to
  /// `padded_shapes` (symbols: the largest of the batch). `padding_values`
  /// are scalars; default 0, empty and false.
  Dataset padded_batch(int64_t batch_size,
                       std::optional<Nest<Shape>> padded_shapes = {},
                       std::optional<Element> padding_values = {},
                       bool drop_remainder = false) const;
  Dataset unbatch() const;
  /// Random order: each output is drawn from a window of `buffer_size`
  /// elements; kUnknownCardinality takes the whole dataset. Without `seed`
  /// the order is fresh.
  Dataset shuffle(int64_t buffer_size,
                  std::optional<uint64_t> seed = std::nullopt,
                  bool reshuffle_each_iteration = true) const;
  /// -1 repeats for ever.
  Dataset repeat(int64_t count = -1) const;
  /// -1 takes all.
  Dataset take(int64_t count) const;
  /// -1 skips all.
  Dataset skip(int64_t count) const;
  /// Elements index, index + num_shards, …
  Dataset shard(int64_t num_shards, int64_t index) const;
  Dataset concatenate(const Dataset& other) const;
  Dataset cache() const;
  /// Makes up to `buffer_size` elements ahead on a thread.
  Dataset prefetch(int64_t buffer_size = kAutotune) const;
  Dataset enumerate(int64_t start = 0) const;
  /// Elements of the datasets `function` gives, one after the other. All
  /// must have the spec of `function` at an element of zeros, or
  /// `output_spec`.
  Dataset flat_map(DatasetFunction function,
                   std::optional<ElementSpec> output_spec = std::nullopt) const;
  /// Takes turns: `block_length` elements of each of `cycle_length` datasets.
  Dataset interleave(
      DatasetFunction function, int64_t cycle_length, int64_t block_length = 1,
      std::optional<ElementSpec> output_spec = std::nullopt) const;
  Dataset apply(const std::function<Dataset(const Dataset&)>& function) const {
    return function(*this);
  }
  /// Later options win field by field.
  Dataset with_options(const Options& options) const;
  const Options& options() const { return options_; }

  // --- Use ---
  /// state = function(state, element) over all elements. ValueError if the
  /// dataset is infinite.
  Element reduce(
      Element initial_state,
      const std::function<Element(const Element& state,
                                  const Element& element)>& function) const;
  /// The only element; ValueError if there are none or several.
  Element get_single_element() const;
  /// Structure, dtypes and shapes of elements; unknown extents are symbols,
  /// the same one in all components of a batch.
  const ElementSpec& element_spec() const { return node_->element_spec(); }
  /// Number of elements, kInfiniteCardinality or kUnknownCardinality.
  int64_t cardinality() const { return node_->cardinality(); }
  /// Starts at the first element.
  Iterator make_iterator(const IteratorOptions& options = {}) const {
    return Iterator(node_, options);
  }
  ElementRange::Position begin() const;
  ElementRange::Position end() const { return {}; }
  const DatasetNodePtr& node() const { return node_; }

 private:
  Dataset with(DatasetNodePtr node) const;
  void join_functions(const Dataset& other);
  DatasetNodePtr node_;
  Options options_;
  std::vector<std::shared_ptr<const MapFunction>> functions_;
};

}  // namespace numest::data
