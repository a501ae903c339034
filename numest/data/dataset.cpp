// The fluent methods: each wraps the node that its transformation makes.
#include "numest/data/dataset.h"

#include <utility>

#include "numest/data/sources/slices.h"
#include "numest/data/transformations/batch.h"
#include "numest/data/transformations/cache.h"
#include "numest/data/transformations/choose.h"
#include "numest/data/transformations/filter.h"
#include "numest/data/transformations/interleave.h"
#include "numest/data/transformations/map.h"
#include "numest/data/transformations/padded_batch.h"
#include "numest/data/transformations/prefetch.h"
#include "numest/data/transformations/repeat.h"
#include "numest/data/transformations/shuffle.h"
#include "numest/data/transformations/take.h"
#include "numest/data/transformations/zip.h"

namespace numest::data {

Dataset::Dataset() : Dataset(make_slices(Array(DType::kFloat32, Shape{0}))) {}

Dataset::Dataset(DatasetNodePtr node) : node_(std::move(node)) {
  NUMEST_CHECK(node_ != nullptr);
}

Dataset Dataset::with(DatasetNodePtr node) const {
  Dataset out(std::move(node));
  out.options_ = options_;
  out.functions_ = functions_;
  return out;
}

void Dataset::join_functions(const Dataset& other) {
  functions_.insert(functions_.end(), other.functions_.begin(),
                    other.functions_.end());
}

std::vector<MapReport> Dataset::map_reports() const {
  std::vector<MapReport> reports;
  for (const auto& f : functions_) reports.push_back(f->report());
  return reports;
}

Dataset Dataset::from_tensor_slices(const Element& components) {
  return Dataset(make_slices(components));
}
Dataset Dataset::from_tensors(const Element& components) {
  return Dataset(make_tensors(components));
}
Dataset Dataset::range(int64_t stop) { return range(0, stop); }
Dataset Dataset::range(int64_t start, int64_t stop, int64_t step, DType dtype) {
  return Dataset(make_range(start, stop, step, dtype));
}
Dataset Dataset::from_generator(GeneratorFactory factory, ElementSpec spec) {
  return Dataset(make_generator(std::move(factory), std::move(spec)));
}
Dataset Dataset::zip(const Nest<Dataset>& datasets) {
  Dataset out(make_zip(
      datasets.map([](const Dataset& dataset) { return dataset.node(); })));
  for (const Dataset& dataset : datasets.flatten()) {
    out.options_ = out.options_.merged(dataset.options_);
    out.join_functions(dataset);
  }
  return out;
}

Dataset Dataset::choose_from_datasets(const std::vector<Dataset>& datasets,
                                      const Dataset& choices,
                                      bool stops_on_empty) {
  std::vector<DatasetNodePtr> nodes;
  for (const Dataset& d : datasets) nodes.push_back(d.node_);
  Dataset out(make_choose(std::move(nodes), choices.node_, stops_on_empty));
  for (const Dataset& d : datasets) out.join_functions(d);
  return out;
}

Dataset Dataset::map(std::shared_ptr<const MapFunction> function,
                     int64_t num_parallel_calls) const {
  Dataset out = with(make_map(node_, function, num_parallel_calls));
  out.functions_.push_back(std::move(function));
  return out;
}
Dataset Dataset::map(ElementFunction function,
                     std::optional<ElementSpec> output_spec,
                     int64_t num_parallel_calls) const {
  return map(
      map_function(std::move(function), element_spec(), std::move(output_spec)),
      num_parallel_calls);
}
Dataset Dataset::filter(std::shared_ptr<const MapFunction> predicate) const {
  return with(make_filter(node_, std::move(predicate)));
}
Dataset Dataset::filter(Predicate predicate) const {
  NUMEST_USER_CHECK(predicate != nullptr, TypeError,
                    "filter: got an empty predicate, expected a callable");
  const auto function = [f = std::move(predicate)](const Element& element) {
    return Element(Array::scalar<bool>(f(element)));
  };
  return filter(map_function(function, element_spec(),
                             ElementSpec(TensorSpec{DType::kBool, Shape{}})));
}
Dataset Dataset::batch(int64_t batch_size, bool drop_remainder) const {
  return with(make_batch(node_, batch_size, drop_remainder));
}
Dataset Dataset::padded_batch(int64_t batch_size,
                              std::optional<Nest<Shape>> padded_shapes,
                              std::optional<Element> padding_values,
                              bool drop_remainder) const {
  return with(make_padded_batch(node_, batch_size, std::move(padded_shapes),
                                std::move(padding_values), drop_remainder));
}
Dataset Dataset::unbatch() const { return with(make_unbatch(node_)); }
Dataset Dataset::shuffle(int64_t buffer_size, std::optional<uint64_t> seed,
                         bool reshuffle_each_iteration) const {
  return with(make_shuffle(node_, buffer_size, seed, reshuffle_each_iteration));
}
Dataset Dataset::repeat(int64_t count) const {
  return with(make_repeat(node_, count));
}
Dataset Dataset::take(int64_t count) const {
  return with(make_take(node_, count));
}
Dataset Dataset::skip(int64_t count) const {
  return with(make_skip(node_, count));
}
Dataset Dataset::shard(int64_t num_shards, int64_t index) const {
  return with(make_shard(node_, num_shards, index));
}
Dataset Dataset::concatenate(const Dataset& other) const {
  Dataset out = with(make_concatenate(node_, other.node_));
  out.options_ = options_.merged(other.options_);
  out.join_functions(other);
  return out;
}
Dataset Dataset::cache() const { return with(make_cache(node_)); }
Dataset Dataset::prefetch(int64_t buffer_size) const {
  return with(make_prefetch(node_, buffer_size));
}
Dataset Dataset::enumerate(int64_t start) const {
  return with(make_enumerate(node_, start));
}
Dataset Dataset::flat_map(DatasetFunction function,
                          std::optional<ElementSpec> output_spec) const {
  return interleave(std::move(function), 1, 1, std::move(output_spec));
}
Dataset Dataset::interleave(DatasetFunction function, int64_t cycle_length,
                            int64_t block_length,
                            std::optional<ElementSpec> output_spec) const {
  NUMEST_USER_CHECK(function != nullptr, TypeError,
                    "interleave: got an empty function, expected a callable");
  NodeFunction make = [f = std::move(function)](const Element& element) {
    return f(element).node();
  };
  return with(make_interleave(node_, std::move(make), cycle_length,
                              block_length, std::move(output_spec)));
}
Dataset Dataset::with_options(const Options& options) const {
  Dataset out = with(make_with_options(node_, options));
  out.options_ = options_.merged(options);
  return out;
}

Element Dataset::reduce(
    Element initial_state,
    const std::function<Element(const Element&, const Element&)>& function)
    const {
  NUMEST_USER_CHECK(cardinality() != kInfiniteCardinality, ValueError,
                    "reduce: the dataset is infinite; use take before");
  Element state = std::move(initial_state);
  for (const Element& element : *this) state = function(state, element);
  return state;
}

Element Dataset::get_single_element() const {
  Iterator iterator = make_iterator();
  std::optional<Element> element = iterator.next();
  NUMEST_USER_CHECK(element.has_value(), ValueError,
                    "get_single_element: the dataset is empty, expected one "
                    "element");
  NUMEST_USER_CHECK(!iterator.next().has_value(), ValueError,
                    "get_single_element: the dataset has more than one "
                    "element, expected one");
  return *element;
}

ElementRange::Position Dataset::begin() const {
  return ElementRange::Position(
      std::make_shared<Iterator>(node_, IteratorOptions{}));
}

}  // namespace numest::data
