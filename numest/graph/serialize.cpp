// Writing and reading graphs.
#include "numest/graph/serialize.h"

#include <algorithm>
#include <unordered_map>

#include "numest/base/crc32c.h"
#include "numest/graph/verify.h"
#include "numest/graph/wire.h"

namespace numest {

namespace {

constexpr std::string_view kMagic = "NMGR";
constexpr uint32_t kVersion = 1;
constexpr int kMaxDepth = 32;  // of nested graphs
constexpr uint8_t kConstant = 0, kWeakConstant = 1, kReference = 2;

class GraphWriter {
 public:
  explicit GraphWriter(WireWriter& out) : out_(out) {}

  void write(const Graph& graph) {
    out_.text(graph.name);
    std::vector<const Node*> nodes;
    for (const Tensor& t : graph.inputs) nodes.push_back(t.node().get());
    for (const Node* node : topological_order(graph))
      if (!is_parameter(*node)) nodes.push_back(node);
    out_.varint(graph.inputs.size());
    for (const Tensor& t : graph.inputs) write_parameter(*t.node());
    out_.varint(nodes.size() - graph.inputs.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
      number_[nodes[i]] = i;
      if (i >= graph.inputs.size()) write_node(*nodes[i]);
    }
    write_tensors(graph.outputs);
  }

 private:
  void write_spec(const TensorSpec& spec) {
    out_.byte(uint8_t(spec.dtype));
    out_.shape(spec.shape);
  }

  void write_parameter(const Node& node) {
    out_.text(node.name);
    write_spec(node.outputs[0]);
  }

  void write_node(const Node& node) {
    out_.text(node.op->name);
    out_.text(node.location);
    write_tensors(node.inputs);
    out_.varint(node.attrs.items().size());
    for (const auto& [key, value] : node.attrs.items()) {
      out_.text(key);
      out_.byte(uint8_t(value.index()));
      std::visit([&](const auto& v) { write_value(v, node); }, value);
    }
    out_.varint(node.outputs.size());
    for (const TensorSpec& spec : node.outputs) write_spec(spec);
  }

  void write_tensors(const std::vector<Tensor>& tensors) {
    out_.varint(tensors.size());
    for (const Tensor& t : tensors) {
      if (!t.is_symbolic()) {
        out_.byte(t.is_weak() ? kWeakConstant : kConstant);
        out_.array(t.numpy());
        continue;
      }
      auto it = number_.find(t.node().get());
      NUMEST_USER_CHECK(it != number_.end(), ValueError,
                        "serialize: the graph uses the parameter '{}', "
                        "expected it among its inputs",
                        t.node()->name);
      out_.byte(kReference);
      out_.varint(it->second);
      out_.varint(uint64_t(t.output()));
    }
  }

  void write_value(std::monostate, const Node&) {}
  void write_value(bool v, const Node&) { out_.byte(v ? 1 : 0); }
  void write_value(int64_t v, const Node&) { out_.integer(v); }
  void write_value(double v, const Node&) { out_.real(v); }
  void write_value(const std::string& v, const Node&) { out_.text(v); }
  void write_value(const std::vector<int64_t>& v, const Node&) {
    out_.varint(v.size());
    for (int64_t i : v) out_.integer(i);
  }
  void write_value(const Shape& v, const Node&) { out_.shape(v); }
  void write_value(DType v, const Node&) { out_.byte(uint8_t(v)); }
  void write_value(const std::shared_ptr<const Array>& v, const Node&) {
    out_.array(*v);
  }
  void write_value(const std::shared_ptr<const Graph>& v, const Node&) {
    GraphWriter(out_).write(*v);
  }
  void write_value(const std::shared_ptr<const ForeignFunction>& v,
                   const Node& node) {
    fail<NotSupportedError>(
        "serialize: the graph calls the function '{}'{} by op '{}': a "
        "function outside of the graph cannot be written; use array "
        "operations in its place",
        v ? v->name() : "",
        node.location.empty() ? "" : " (" + node.location + ")", node.op->name);
  }

  WireWriter& out_;
  std::unordered_map<const Node*, size_t> number_;
};

class GraphReader {
 public:
  using Symbols = std::unordered_map<int64_t, int64_t>;

  GraphReader(WireReader& in, const OpFinder& find_op, Symbols& symbols,
              int depth)
      : in_(in), find_op_(find_op), symbols_(symbols), depth_(depth) {
    NUMEST_USER_CHECK(depth < kMaxDepth, DataLossError,
                      "deserialize: graphs are nested too deeply");
  }

  Graph read() {
    Graph graph;
    graph.name = std::string(in_.text());
    for (size_t n = in_.count(); n > 0; --n) {
      const std::string name(in_.text());
      graph.inputs.push_back(parameter(read_spec(), name));
      nodes_.push_back({graph.inputs.back()});
    }
    for (size_t n = in_.count(); n > 0; --n) read_node();
    graph.outputs = read_tensors();
    return graph;
  }

 private:
  // -1 is "unknown" of reshape, no symbol of its own.
  Shape read_shape() {
    Shape shape = in_.shape();
    for (int64_t& extent : shape) {
      if (extent >= -1) continue;
      auto [it, is_new] = symbols_.try_emplace(extent, 0);
      if (is_new) it->second = fresh_extent();
      extent = it->second;
    }
    return shape;
  }

  TensorSpec read_spec() {
    const DType dtype = in_.dtype();
    return {dtype, read_shape()};
  }

  std::vector<Tensor> read_tensors() {
    std::vector<Tensor> result;
    for (size_t n = in_.count(); n > 0; --n) {
      const uint8_t kind = in_.byte();
      NUMEST_USER_CHECK(kind <= kReference, DataLossError,
                        "deserialize: unknown kind of tensor: got {}", kind);
      if (kind == kReference)
        result.push_back(read_reference());
      else if (kind == kWeakConstant)
        result.push_back(Tensor::weak(in_.array()));
      else
        result.emplace_back(in_.array());
    }
    return result;
  }

  Tensor read_reference() {
    const uint64_t node = in_.varint(), output = in_.varint();
    NUMEST_USER_CHECK(
        node < nodes_.size() && output < nodes_[size_t(node)].size(),
        DataLossError, "deserialize: an input is no earlier node: got {}:{}",
        node, output);
    return nodes_[size_t(node)][size_t(output)];
  }

  void read_node() {
    const std::string op_name(in_.text());
    const OpDef* op = find_op_(op_name);
    NUMEST_USER_CHECK(op, DataLossError, "deserialize: no op is named '{}'",
                      op_name);
    LocationScope scope{std::string(in_.text())};
    std::vector<Tensor> inputs = read_tensors();
    NUMEST_USER_CHECK(accepts_inputs(*op, inputs.size()), DataLossError,
                      "deserialize: '{}' has {} inputs, expected {}", op_name,
                      inputs.size(), op->num_array_params());
    Attrs attrs = read_attrs(*op);
    nodes_.push_back(make_node(*op, std::move(inputs), std::move(attrs)));
    match_outputs(*op, nodes_.back());
  }

  // Symbols that the type rule made stand for those in the file.
  void match_outputs(const OpDef& op, const std::vector<Tensor>& outputs) {
    const size_t count = in_.count();
    NUMEST_USER_CHECK(count == outputs.size(), DataLossError,
                      "deserialize: got {} outputs of '{}', expected {}", count,
                      op.name, outputs.size());
    for (const Tensor& t : outputs) {
      const DType dtype = in_.dtype();
      const Shape shape = in_.shape();
      bool fits = dtype == t.dtype() && shape.ndim() == t.ndim();
      for (int i = 0; fits && i < shape.ndim(); ++i) {
        if (is_symbol(shape[i]))
          symbols_.emplace(shape[i], t.shape()[i]);
        else
          fits = shape[i] == t.shape()[i];
      }
      NUMEST_USER_CHECK(fits, DataLossError,
                        "deserialize: got the type {}{} of '{}', expected "
                        "{}{}",
                        name(dtype), shape.to_string(), op.name,
                        name(t.dtype()), t.shape().to_string());
    }
  }

  Attrs read_attrs(const OpDef& op) {
    Attrs attrs;
    for (size_t n = in_.count(); n > 0; --n) {
      const std::string_view key = in_.text();
      auto it = std::find_if(op.params.begin(), op.params.end(),
                             [&](const ParamDef& p) { return p.name == key; });
      NUMEST_USER_CHECK(it != op.params.end(), DataLossError,
                        "deserialize: '{}' has no attribute '{}'", op.name,
                        key);
      attrs.set(it->name, read_value());
    }
    return attrs;
  }

  Attr read_value() {
    switch (in_.byte()) {
      case 0:
        return std::monostate{};
      case 1:
        return in_.byte() != 0;
      case 2:
        return in_.integer();
      case 3:
        return in_.real();
      case 4:
        return std::string(in_.text());
      case 5: {
        std::vector<int64_t> values;
        for (size_t n = in_.count(); n > 0; --n)
          values.push_back(in_.integer());
        return values;
      }
      case 6:
        return read_shape();
      case 7:
        return in_.dtype();
      case 8:
        return std::make_shared<const Array>(in_.array());
      case 9:
        return std::make_shared<const Graph>(
            GraphReader(in_, find_op_, symbols_, depth_ + 1).read());
      default:
        fail<DataLossError>("deserialize: unknown kind of attribute");
    }
  }

  WireReader& in_;
  const OpFinder& find_op_;
  Symbols& symbols_;
  int depth_;
  std::vector<std::vector<Tensor>> nodes_;
};

void append_u32(std::string& out, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out += char(value >> shift);
}

uint32_t read_u32(std::string_view bytes) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = (value << 8) | uint8_t(bytes[size_t(i)]);
  return value;
}

std::string_view checked_payload(std::string_view bytes) {
  constexpr size_t kHeader = 12;
  NUMEST_USER_CHECK(bytes.size() >= kHeader && bytes.starts_with(kMagic),
                    DataLossError, "deserialize: the bytes are no graph");
  const uint32_t version = read_u32(bytes.substr(4));
  NUMEST_USER_CHECK(version <= kVersion, DataLossError,
                    "deserialize: got version {}, expected at most {}: the "
                    "graph was written by a newer release",
                    version, kVersion);
  const std::string_view payload = bytes.substr(kHeader);
  NUMEST_USER_CHECK(read_u32(bytes.substr(8)) == masked_crc32c(payload),
                    DataLossError, "deserialize: the checksum does not match");
  return payload;
}

}  // namespace

std::string serialize(const Graph& graph) {
  WireWriter out;
  GraphWriter(out).write(graph);
  const std::string payload = out.take();
  std::string bytes(kMagic);
  append_u32(bytes, kVersion);
  append_u32(bytes, masked_crc32c(payload));
  return bytes + payload;
}

Graph deserialize(std::string_view bytes, const OpFinder& find_op) {
  WireReader in(checked_payload(bytes));
  GraphReader::Symbols symbols;
  try {
    Graph graph = GraphReader(in, find_op, symbols, 0).read();
    NUMEST_USER_CHECK(in.at_end(), DataLossError,
                      "deserialize: bytes follow the graph");
    return graph;
  } catch (const DataLossError&) {
    throw;
  } catch (const std::exception& error) {
    // Type rules and attribute checks refuse what no writer wrote.
    fail<DataLossError>("deserialize: the graph is damaged: {}", error.what());
  }
}

}  // namespace numest
