// The two forms of a traced function: over a block, over one element.
#include "numest/train/program_map.h"

#include <optional>
#include <span>
#include <utility>

#include "numest/base/error.h"
#include "numest/runtime/executable.h"
#include "numest/transforms/vmap.h"

namespace numest::train {

namespace {

CompileOptions timed() {
  CompileOptions options;
  options.profile = true;
  options.profile_every = 16;
  return options;
}

// A traced function, vectorized: leaves and keys with a block axis in.
class ProgramMap : public CostedMap {
 public:
  // `block` is the program over blocks; its last input are the keys.
  ProgramMap(const Graph& block, ElementSpec output, bool takes_place_key)
      : output_(std::move(output)),
        takes_place_key_(takes_place_key),
        program_(compile(computed_part(block), timed())) {}
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
  bool takes_place_key() const override { return takes_place_key_; }
  bool is_vectorized() const override { return true; }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    std::vector<Array> block;
    for (const Array& a : leaves) block.push_back(a.expand_dims(0));
    std::vector<Array> out = call_block(block, std::span<const Key>(&key, 1));
    for (Array& a : out) a = a.index(0, 0);
    return out;
  }
  std::vector<Array> call_block(const std::vector<Array>& leaves,
                                std::span<const Key> keys) const override {
    const int64_t start = now_ns();
    std::vector<Array> computed = program_.run(inputs_of(leaves, keys));
    costs_->add(int64_t(keys.size()), start, 0);
    std::vector<Array> out;
    for (size_t i = 0, next = 0; i < handed_on_.size(); ++i)
      out.push_back(handed_on_[i] ? leaves[*handed_on_[i]]
                                  : std::move(computed[next++]));
    return out;
  }
  std::vector<ProfileRow> profile_rows() const override {
    return program_.profile_rows();
  }
  bool writes_into() const override { return true; }
  std::optional<size_t> handed_on(size_t output) const override {
    return handed_on_[output];
  }
  void call_block_into(const std::vector<Array>& leaves,
                       std::span<const Key> keys,
                       std::span<const Array> out) const override {
    std::vector<Array> computed;
    for (size_t i = 0; i < out.size(); ++i)
      if (!handed_on_[i]) computed.push_back(out[i]);
    const int64_t start = now_ns();
    if (!computed.empty()) program_.run(inputs_of(leaves, keys), computed);
    costs_->add(int64_t(keys.size()), start, 0);
  }

 private:
  // Outputs that are inputs, as of `lambda image, label: ..., label`, are not
  // copied; the program keeps the others.
  Graph computed_part(Graph graph) {
    const std::vector<Tensor> outputs = std::move(graph.outputs);
    graph.outputs.clear();
    for (const Tensor& t : outputs) {
      handed_on_.push_back(input_of(graph, t));
      if (!handed_on_.back()) graph.outputs.push_back(t);
    }
    return graph;
  }
  static std::optional<size_t> input_of(const Graph& graph, const Tensor& t) {
    for (size_t i = 0; i + 1 < graph.inputs.size(); ++i)
      if (t.is_same(graph.inputs[i])) return i;
    return std::nullopt;
  }

  // The keys are read where they are: they outlive the run.
  std::vector<Array> inputs_of(const std::vector<Array>& leaves,
                               std::span<const Key> keys) const {
    static_assert(sizeof(Key) == sizeof(uint64_t));
    std::vector<Array> inputs = leaves;
    auto* data = reinterpret_cast<std::byte*>(const_cast<Key*>(keys.data()));
    const Shape shape{int64_t(keys.size())};
    inputs.emplace_back(
        DType::kUInt64, shape, contiguous_strides(shape, sizeof(Key)), data,
        Buffer::borrow(data, int64_t(keys.size_bytes()), nullptr, false));
    return inputs;
  }

  ElementSpec output_;
  bool takes_place_key_;
  std::vector<std::optional<size_t>> handed_on_;  // by output
  Executable program_;
};

// A traced function whose results differ in extent by element: the program
// of one element, run on each, without Python.
class ElementProgramMap : public CostedMap {
 public:
  // The last input of the program is the key.
  ElementProgramMap(const Graph& element, ElementSpec output,
                    bool takes_place_key)
      : output_(std::move(output)),
        takes_place_key_(takes_place_key),
        program_(compile(element, timed())) {}
  ElementSpec output_spec(const ElementSpec&) const override { return output_; }
  bool takes_place_key() const override { return takes_place_key_; }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    std::vector<Array> inputs = leaves;
    inputs.push_back(Array::scalar(key.value));
    const int64_t start = now_ns();
    std::vector<Array> out = program_.run(inputs);
    costs_->add(1, start, 0);
    return out;
  }
  std::vector<ProfileRow> profile_rows() const override {
    return program_.profile_rows();
  }

 private:
  ElementSpec output_;
  bool takes_place_key_;
  Executable program_;
};

}  // namespace

std::shared_ptr<CostedMap> program_map(const Graph& element, ElementSpec output,
                                       bool takes_place_key) {
  std::optional<Graph> block;
  try {
    block = vmap_graph(element);
  } catch (const NotSupportedError&) {
    return std::make_shared<ElementProgramMap>(element, std::move(output),
                                               takes_place_key);
  }
  return std::make_shared<ProgramMap>(*block, std::move(output),
                                      takes_place_key);
}

}  // namespace numest::train
