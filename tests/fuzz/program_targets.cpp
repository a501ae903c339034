// Readers of our own forms: graphs, states of iterators.
#include "numest/base/crc32c.h"
#include "numest/base/error.h"
#include "numest/data/dataset.h"
#include "numest/formats/byte_order.h"
#include "numest/graph/serialize.h"
#include "numest/ops/call.h"
#include "numest/ops/operators.h"
#include "tests/fuzz/target.h"

namespace numest::fuzz {
namespace {

constexpr size_t kGraphHeader = 12;  // magic, version, checksum

Graph sample_graph(DType dtype) {
  const Shape shape{fresh_extent(), 3};
  const Tensor x = parameter({dtype, shape}, "x");
  const Tensor w = parameter({dtype, {3, 2}}, "w");
  const Tensor y = tanh(matmul(x, w)) + 1.0;
  const Tensor rows = reshape(y, {-1});
  return {"sample",
          {x, w},
          {sum(y, {1}, std::nullopt, true), concatenate({rows, rows}, 0),
           where(greater(y, 0.5), y, y * 2.0)}};
}

std::string read_graph(std::string_view bytes) {
  return to_string(deserialize(bytes, find_op));
}

std::string with_graph_header(const std::string& payload) {
  std::string bytes = serialize(sample_graph(DType::kFloat32));
  bytes.resize(kGraphHeader - sizeof(uint32_t));
  append_little(bytes, masked_crc32c(payload));
  return bytes + payload;
}

std::vector<std::string> graph_payloads() {
  std::vector<std::string> payloads;
  for (const DType dtype : {DType::kFloat32, DType::kFloat64})
    payloads.push_back(serialize(sample_graph(dtype)).substr(kGraphHeader));
  return payloads;
}

data::Dataset sample_data() {
  using data::Dataset;
  const Array x = Array::from<int64_t>({1, 2, 3, 4, 5, 6, 7});
  const Dataset numbers = Dataset::from_tensor_slices(Element(x));
  return numbers.shuffle(4).skip(1).repeat(2).shuffle(3).batch(2).prefetch(2);
}

std::string rest_of_data(std::string_view state) {
  auto iterator = sample_data().make_iterator();
  iterator.set_state(std::string(state));
  std::string text;
  for (int i = 0; i < 10; ++i) {
    const auto element = iterator.next();
    if (!element) break;
    text += digest(element->leaf);
  }
  return text;
}

std::vector<std::string> data_states() {
  auto iterator = sample_data().make_iterator({.seed = 3});
  std::vector<std::string> states;
  for (int i = 0; i < 3; ++i) {
    states.push_back(iterator.get_state());
    iterator.next();
    iterator.next();
  }
  return states;
}

}  // namespace

std::vector<Target> program_targets() {
  return {
      {.name = "graph",
       .seeds = {serialize(sample_graph(DType::kFloat32))},
       .read = read_graph,
       .is_checked = true},
      {.name = "graph_payload",
       .seeds = graph_payloads(),
       .read = read_graph,
       .wrap = with_graph_header,
       .words = {"add", "reshape", "concatenate", "axis", "shape", "where"}},
      {.name = "iterator_state",
       .seeds = data_states(),
       .read = rest_of_data,
       .is_checked = true},
  };
}

}  // namespace numest::fuzz
