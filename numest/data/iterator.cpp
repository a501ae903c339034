// An iterator asks for one element at a time, so nothing is read beyond what
// was asked for; the blocks are inside.
#include "numest/data/iterator.h"

#include <utility>

#include "numest/base/crc32c.h"
#include "numest/base/error.h"

namespace numest::data {

namespace {

constexpr char kStateTag[] = "numest.data.2";

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

bool Iterator::next_block(int64_t max_elements, Block& out) {
  out = Block();  // its buffers may be used for the next one
  return node_->next_block(max_elements, out);
}

std::optional<Element> Iterator::next() {
  Leaves leaves;
  if (!next_leaves(leaves)) return std::nullopt;
  return element_spec().unflatten(leaves);
}

std::string Iterator::get_state() const {
  StateWriter content, writer;
  place_.write(content);
  node_->get_state(content);
  writer.tag(kStateTag);
  writer.number(masked_crc32c(content.bytes()));
  writer.text(content.bytes());
  return writer.bytes();
}

void Iterator::set_state(const std::string& state) {
  StateReader outer(state);
  outer.expect(kStateTag);
  const uint64_t checksum = outer.number();
  const std::string content = outer.text();
  outer.finish();
  NUMEST_USER_CHECK(checksum == masked_crc32c(content), ValueError,
                    "set_state: the state is damaged: its checksum differs; "
                    "give what get_state returned");
  StateReader reader(content);
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
