// An iterator asks for one element at a time, so nothing is read beyond what
// was asked for; the blocks are inside.
#include "numest/data/iterator.h"

#include <utility>

namespace numest::data {

namespace {

constexpr char kStateTag[] = "numest.data.1";

Place first_place(const DatasetNode& dataset, const IteratorOptions& options) {
  Place place;
  place.keeps_order = options.keep_order;
  place.has_seed = options.seed.has_value();
  place.seed = options.seed.value_or(0);
  place.entropy = options.entropy ? *options.entropy : fresh_entropy();
  place.dataset_entropy = dataset.entropy(place.entropy);
  place.iteration = dataset.count_iteration();
  return place;
}

}  // namespace

Iterator::Iterator(DatasetNodePtr dataset, const IteratorOptions& options)
    : dataset_(std::move(dataset)),
      place_(first_place(*dataset_, options)),
      node_(dataset_->make_iterator(place_)) {}

bool Iterator::next_leaves(Leaves& out) {
  out.clear();
  Block block;
  if (!node_->next_block(1, block)) return false;
  out = block.element(0);
  return true;
}

std::optional<Element> Iterator::next() {
  Leaves leaves;
  if (!next_leaves(leaves)) return std::nullopt;
  return element_spec().unflatten(leaves);
}

std::string Iterator::get_state() const {
  StateWriter writer;
  writer.tag(kStateTag);
  place_.write(writer);
  node_->get_state(writer);
  return writer.bytes();
}

void Iterator::set_state(const std::string& state) {
  StateReader reader(state);
  reader.expect(kStateTag);
  const Place place = Place::read(reader);
  auto node = dataset_->make_iterator(place);
  node->set_state(reader);
  reader.finish();
  place_ = place;
  node_ = std::move(node);
}

ElementRange::Position::Position(std::shared_ptr<Iterator> iterator)
    : iterator_(std::move(iterator)) {
  ++*this;
}

ElementRange::Position& ElementRange::Position::operator++() {
  element_.reset();  // its buffers may be used for the next one
  element_ = iterator_->next();
  return *this;
}

}  // namespace numest::data
