// Compiling a body to tile steps: constants become tiles, intermediate values
// registers that are reused after their last reader.
#include "numest/passes/tile_program.h"

#include <algorithm>
#include <unordered_map>

namespace numest {

namespace {

constexpr int64_t kCacheBytes = 24 * 1024;  // of 32 KiB, the rest is slack
constexpr int64_t kMinTile = 256, kMaxTile = 2048;

using kernels::Tile;

bool find_node_tile(const Node& node, Tile& tile) {
  const DType from = node.inputs.back().dtype();
  const DType to = node.outputs[0].dtype;
  if (node.op->name == "astype") {
    tile = {kernels::cast_tile(from, to), to, 1};
    return true;
  }
  const auto found = kernels::find_tile(node.op->name, from);
  if (!found || found->out != to) return false;
  tile = *found;
  return tile.num_inputs == int(node.inputs.size());
}

}  // namespace

bool has_tile(const Node& node) {
  if (!node.op->is(kElementwise) || node.outputs.size() != 1) return false;
  if (node.inputs.empty() || node.inputs.size() > 3) return false;
  if (!node.attrs.items().empty() && node.op->name != "astype") return false;
  if (node.outputs[0].dtype == DType::kBytes) return false;
  for (const Tensor& t : node.inputs)
    if (t.dtype() == DType::kBytes) return false;
  Tile tile{};
  return find_node_tile(node, tile);
}

class TileCompiler {
 public:
  TileCompiler(const Graph& body, TileProgram& program)
      : body_(body), program_(program), order_(topological_order(body)) {
    std::erase_if(order_, [](const Node* n) { return is_parameter(*n); });
    NUMEST_CHECK(order_.size() <= TileProgram::kMaxSteps);
    NUMEST_CHECK(body.inputs.size() <= TileProgram::kMaxInputs);
    NUMEST_CHECK(body.outputs.size() <= TileProgram::kMaxOutputs);
  }

  void compile() {
    note_inputs();
    note_last_uses();
    for (size_t s = 0; s < order_.size(); ++s) add_step(s);
    choose_tile_size();
    fill_constants();
    name_program();
  }

 private:
  using Ref = TileProgram::Ref;
  using Space = TileProgram::Space;

  void note_inputs() {
    for (const Tensor& t : body_.inputs) {
      refs_[t.node().get()] = {Space::kInput, int(program_.inputs_.size())};
      note_itemsize(t.dtype());
      program_.inputs_.push_back(t.dtype());
    }
    program_.last_read_.assign(body_.inputs.size(), -1);
    program_.written_.assign(body_.outputs.size(), -1);
    for (size_t o = 0; o < body_.outputs.size(); ++o) {
      output_of_[body_.outputs[o].node().get()] = int(o);
      program_.outputs_.push_back(body_.outputs[o].dtype());
    }
  }

  void note_last_uses() {
    for (size_t s = 0; s < order_.size(); ++s)
      for (const Tensor& t : order_[s]->inputs)
        if (t.is_symbolic()) last_use_[t.node().get()] = s;
  }

  void note_itemsize(DType dtype) {
    widest_ = std::max(widest_, itemsize(dtype));
  }

  void add_step(size_t s) {
    const Node& node = *order_[s];
    Tile tile{};
    NUMEST_CHECK(find_node_tile(node, tile), "{} has no tile", node.op->name);
    TileProgram::TileStep step;
    step.fn = tile.fn;
    step.num_inputs = int(node.inputs.size());
    step.is_select = node.op->name == "where";
    step.item = itemsize(node.outputs[0].dtype);
    for (size_t i = 0; i < node.inputs.size(); ++i)
      step.in[i] = input_ref(node.inputs[i], s);
    free_registers(node, s);
    step.out = output_ref(node, s);
    refs_[&node] = step.out;
    note_itemsize(node.outputs[0].dtype);
    program_.steps_.push_back(step);
  }

  Ref input_ref(const Tensor& t, size_t s) {
    if (!t.is_symbolic()) return constant_ref(t.numpy());
    const Ref ref = refs_.at(t.node().get());
    if (ref.space == Space::kInput) note_read(size_t(ref.index), s);
    return ref;
  }

  // A selection may hand on its input as it is, to be read by other steps.
  void note_read(size_t input, size_t s) {
    const Node* node = order_[s];
    const auto last = last_use_.find(node);
    const bool is_handed_on =
        node->op->name == "where" && last != last_use_.end();
    int& read = program_.last_read_[input];
    read = std::max(read, int(is_handed_on ? last->second : s));
  }

  Ref constant_ref(const Array& value) {
    NUMEST_CHECK(value.size() == 1);
    for (size_t i = 0; i < constants_.size(); ++i)
      if (array_equal(constants_[i], value)) return {Space::kConstant, int(i)};
    note_itemsize(value.dtype());
    constants_.push_back(value);
    return {Space::kConstant, int(constants_.size()) - 1};
  }

  // A tile may be written over one of equal item size that it reads.
  void free_registers(const Node& node, size_t s) {
    const int64_t size = itemsize(node.outputs[0].dtype);
    for (const Tensor& t : node.inputs) {
      if (!t.is_symbolic() || last_use_.at(t.node().get()) != s) continue;
      const Ref ref = refs_.at(t.node().get());
      if (ref.space != Space::kRegister) continue;
      auto& list = itemsize(t.dtype()) == size ? free_ : free_later_;
      if (std::find(list.begin(), list.end(), ref.index) == list.end())
        list.push_back(ref.index);
    }
  }

  Ref output_ref(const Node& node, size_t s) {
    auto it = output_of_.find(&node);
    if (it != output_of_.end()) {
      program_.written_[size_t(it->second)] = int(s);
      release_later();
      return {Space::kOutput, it->second};
    }
    int index = program_.num_registers_;
    if (free_.empty()) {
      ++program_.num_registers_;
    } else {
      index = free_.back();
      free_.pop_back();
    }
    release_later();
    return {Space::kRegister, index};
  }

  void release_later() {
    free_.insert(free_.end(), free_later_.begin(), free_later_.end());
    free_later_.clear();
  }

  void choose_tile_size() {
    const auto num_slots =
        int64_t(program_.num_registers_ + int(constants_.size()) +
                int(program_.inputs_.size()) + int(program_.outputs_.size()));
    const int64_t fit = kCacheBytes / (num_slots * widest_) / 64 * 64;
    program_.tile_size_ = std::clamp(fit, kMinTile, kMaxTile);
    program_.slot_bytes_ = program_.tile_size_ * widest_;
  }

  void fill_constants() {
    for (const Array& value : constants_) {
      Array tile(value.dtype(), Shape{program_.tile_size_});
      tile.assign(value.reshape(Shape{}));
      program_.constants_.push_back(std::move(tile));
    }
  }

  void name_program() {
    for (const Node* node : order_)
      program_.name_ +=
          (program_.name_.empty() ? "" : "+") + std::string(node->op->name);
  }

  const Graph& body_;
  TileProgram& program_;
  std::vector<const Node*> order_;
  std::unordered_map<const Node*, Ref> refs_;
  std::unordered_map<const Node*, size_t> last_use_;
  std::unordered_map<const Node*, int> output_of_;
  std::vector<Array> constants_;
  std::vector<int> free_, free_later_;  // registers
  int64_t widest_ = 1;
};

TileProgram::TileProgram(const Graph& body) {
  TileCompiler(body, *this).compile();
}

bool TileProgram::may_overwrite(int input, int output) const {
  return last_read_[size_t(input)] <= written_[size_t(output)];
}

std::vector<TensorSpec> TileProgram::output_types(
    std::span<const TensorSpec> inputs) const {
  NUMEST_CHECK(inputs.size() == inputs_.size());
  Shape shape;
  for (const TensorSpec& in : inputs)
    shape = broadcast_shapes(shape, in.shape, "fused");
  std::vector<TensorSpec> result;
  for (DType dtype : outputs_) result.push_back({dtype, shape});
  return result;
}

std::vector<Array> TileProgram::call(std::span<const Array> inputs) const {
  std::vector<TensorSpec> types;
  for (const Array& a : inputs) types.push_back({a.dtype(), a.shape()});
  std::vector<Array> outputs;
  for (const TensorSpec& type : output_types(types))
    outputs.emplace_back(type.dtype, type.shape);
  run(inputs, outputs);
  return outputs;
}

}  // namespace numest
