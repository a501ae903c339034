// Branches: one of two graphs where the condition is a scalar, and where it
// differs by row, each of them on the rows that take it.
#include <algorithm>
#include <bit>
#include <cstring>

#include "numest/base/thread_pool.h"
#include "numest/ops/branch_cost.h"
#include "numest/ops/control.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/graph_rules.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;
using Flags = std::vector<int64_t>;
using RowList = std::span<const int64_t>;

constexpr ParamDef kCond[] = {{"pred"},
                              {"operands", Kind::kArrays},
                              {"then_graph", Kind::kGraph},
                              {"else_graph", Kind::kGraph}};
constexpr ParamDef kCondRows[] = {{"pred"},
                                  {"operands", Kind::kArrays},
                                  {"then_graph", Kind::kGraph},
                                  {"else_graph", Kind::kGraph},
                                  {"batched", Kind::kInts},
                                  {"summed", Kind::kInts}};

// Extents that differ between the branches are known when one has run.
Types branch_types(const TypeContext& c) {
  const auto operands = c.inputs.subspan(1);
  const auto yes =
      graph_types(*graph_of(c.attrs, "then_graph"), operands, c.op.name);
  const auto no =
      graph_types(*graph_of(c.attrs, "else_graph"), operands, c.op.name);
  NUMEST_USER_CHECK(yes.size() == no.size(), TypeError,
                    "{}: the branches give {} and {} tensors", c.op.name,
                    yes.size(), no.size());
  Types types;
  for (size_t i = 0; i < yes.size(); ++i) {
    TensorSpec spec = yes[i];
    NUMEST_USER_CHECK(
        spec.dtype == no[i].dtype && spec.shape.ndim() == no[i].shape.ndim(),
        TypeError, "{}: output {} of the branches differs: {}{} and {}{}",
        c.op.name, i, name(spec.dtype), spec.shape.to_string(),
        name(no[i].dtype), no[i].shape.to_string());
    for (int k = 0; k < spec.shape.ndim(); ++k)
      if (spec.shape[k] != no[i].shape[k]) spec.shape[k] = fresh_extent();
    types.push_back(spec);
  }
  return types;
}

void check_condition(const TypeContext& c, int ndim, const char* expected) {
  NUMEST_USER_CHECK(
      c.in(0).dtype == DType::kBool && c.in(0).shape.ndim() == ndim, TypeError,
      "{}: got a condition {}{}, expected {}", c.op.name, name(c.in(0).dtype),
      c.in(0).shape.to_string(), expected);
}

// --- cond ---
Types cond_type(const TypeContext& c) {
  check_condition(c, 0, "a bool scalar");
  return branch_types(c);
}

void cond_kernel(const KernelContext& c) {
  const bool pred = c.in(0).item<bool>();
  const auto& graph = graph_of(c.attrs, pred ? "then_graph" : "else_graph");
  deliver_all(c, evaluate_graph(graph, c.inputs.subspan(1)));
}

// The branch taken is computed again, then back.
Tensors cond_vjp(const VjpContext& c) {
  const auto operands = c.inputs.subspan(1);
  Tensors inputs = with_cotangents(c, operands);
  inputs.insert(inputs.begin(), c.in(0));
  Tensors result =
      call(c.op, inputs,
           {{"then_graph", graph_vjp(*graph_of(c.attrs, "then_graph"))},
            {"else_graph", graph_vjp(*graph_of(c.attrs, "else_graph"))}});
  result = only_inexact(operands, std::move(result));
  result.insert(result.begin(), Tensor());
  return result;
}

// Both branches for all rows.
Tensors selected(const VmapContext& c, const Attrs& graphs, bool any) {
  const Tensors operands(c.inputs.begin() + 1, c.inputs.end());
  Tensors result = call_graph(graph_of(graphs, "then_graph"), operands);
  const Tensors other = call_graph(graph_of(graphs, "else_graph"), operands);
  for (size_t i = 0; i < result.size(); ++i) {
    // Without a batched operand the branches give one value for all.
    const int ndim = result[i].ndim() - (any ? 1 : 0);
    const Tensor pred = insert_ones(c.inputs[0], 1, ndim);
    result[i] = emit("where", {pred, result[i], other[i]});
  }
  return result;
}

Tensors cond_vmap(const VmapContext& c) {
  const auto flags = flags_of(c, 1);
  const Graph& yes = *graph_of(c.attrs, "then_graph");
  const Graph& no = *graph_of(c.attrs, "else_graph");
  Attrs attrs{{"then_graph", graph_vmap(yes, flags)},
              {"else_graph", graph_vmap(no, flags)}};
  const Tensors inputs(c.inputs.begin(), c.inputs.end());
  if (!c.batched[0]) return call(c.op, inputs, attrs);
  const bool any = std::find(flags.begin(), flags.end(), true) != flags.end();
  if (!any || !is_worth_choosing(yes, no, flags))
    return selected(c, attrs, any);
  attrs.set("batched", Flags(flags.begin(), flags.end()));
  attrs.set("summed", Flags(yes.outputs.size(), 0));
  return call(op_named("cond_rows"), inputs, attrs);
}

// --- cond_rows ---
Types cond_rows_type(const TypeContext& c) {
  check_condition(c, 1, "a bool for each row");
  return branch_types(c);
}

// Calls `copy(first, count, at)` for rows that follow each other: rows
// [first, first + count) have the positions from `at` on.
template <class F>
void for_each_run(RowList rows, F&& copy) {
  for (size_t begin = 0, end = 1; begin < rows.size(); begin = end++) {
    while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
    copy(rows[begin], int64_t(end - begin), int64_t(begin));
  }
}

void copy_rows(const Array& from, int64_t first, int64_t count, const Array& to,
               int64_t at) {
  const bool is_plain = from.dtype() != DType::kBytes && from.is_contiguous() &&
                        to.is_contiguous();
  const int64_t row = from.nbytes() / std::max<int64_t>(1, from.shape()[0]);
  if (!is_plain)
    to.rows(at, at + count).assign(from.rows(first, first + count));
  else if (row > 0)
    std::memcpy(to.raw() + at * row, from.raw() + first * row,
                size_t(count * row));
}

Array picked_rows(const Array& from, RowList rows) {
  const auto count = int64_t(rows.size());
  const bool is_run =
      std::adjacent_find(rows.begin(), rows.end(), [](int64_t a, int64_t b) {
        return b != a + 1;
      }) == rows.end();
  if (is_run && from.is_contiguous())
    return from.rows(rows.front(), rows.back() + 1);
  Shape shape = from.shape();
  shape[0] = count;
  const Array result(from.dtype(), shape);
  for_each_run(rows, [&](int64_t first, int64_t length, int64_t at) {
    copy_rows(from, first, length, result, at);
  });
  return result;
}

constexpr uint64_t kMostRows = 64;     // of a piece
constexpr size_t kRowsOfProduct = 16;  // see `least_rows`

// A product may add up in another order if it has few rows, and then an
// element would depend on how many others take its branch.
size_t least_rows(const Graph& graph) {
  for (const Node* node : topological_order(graph)) {
    const bool is_product = node->op->flops && !node->op->is(kDear) &&
                            node->inputs.size() > 1 &&
                            node->inputs[0].ndim() > 1;
    if (!is_product) continue;
    const Shape& shape = node->inputs[0].shape();
    const auto own = extent_product(shape, 1, shape.ndim() - 1);
    if (own < int64_t(kRowsOfProduct)) return kRowsOfProduct;
  }
  return 1;
}

// One branch and the rows that take it.
struct Side {
  std::shared_ptr<const Graph> graph;
  std::vector<int64_t> rows = {};
  size_t least = 1;                 // rows of a run
  std::vector<bool> is_read = {};   // by operand
  std::vector<int> handed_on = {};  // by output: the operand that it is, or -1

  explicit Side(std::shared_ptr<const Graph> g) : graph(std::move(g)) {
    is_read.resize(graph->inputs.size());
    std::vector<const Node*> inputs;
    for (const Tensor& t : graph->inputs) inputs.push_back(t.node().get());
    const auto index = [&](const Node* node) {
      return size_t(std::find(inputs.begin(), inputs.end(), node) -
                    inputs.begin());
    };
    for (const Node* node : topological_order(*graph))
      for (const Tensor& t : node->inputs)
        if (t.is_symbolic() && is_parameter(*t.node()))
          is_read[index(t.node().get())] = true;
    for (const Tensor& t : graph->outputs)
      handed_on.push_back(t.is_symbolic() && is_parameter(*t.node())
                              ? int(index(t.node().get()))
                              : -1);
  }
};

// A part of the rows of a side. Their numbers are powers of two, so that few
// memory plans serve blocks of any extent.
struct Piece {
  const Side* side;
  RowList rows;
  std::vector<int64_t> run;  // the rows, the last of them as often as it needs
};

std::vector<Piece> pieces_of(const Side& side) {
  std::vector<Piece> pieces;
  for (RowList left = side.rows; !left.empty();) {
    const size_t count =
        left.size() < side.least
            ? left.size()
            : size_t(std::min(kMostRows, std::bit_floor(left.size())));
    Piece piece{&side, left.first(count), {}};
    piece.run.assign(piece.rows.begin(), piece.rows.end());
    piece.run.resize(std::max(count, side.least), piece.rows.back());
    pieces.push_back(std::move(piece));
    left = left.subspan(count);
  }
  return pieces;
}

/// Rows of both kinds: each piece is gathered, run and put in its place.
class Partition {
 public:
  Partition(const KernelContext& c, const Side& yes, const Side& no)
      : c_(c),
        operands_(c.inputs.subspan(1)),
        batched_(c.attrs.get<Flags>("batched")),
        summed_(c.attrs.get<Flags>("summed")) {
    for (const Side* side : {&yes, &no})
      for (const Piece& piece : pieces_of(*side)) pieces_.push_back(piece);
    terms_.resize(pieces_.size());
    is_anywhere_ = may_run_anywhere(*yes.graph) && may_run_anywhere(*no.graph);
  }

  // The first piece tells extents that are not known yet.
  void run() {
    const auto first = values_of(pieces_[0]);
    for (size_t i = 0; i < summed_.size(); ++i) place_output(i, first[i]);
    put(0, first);
    const auto run_rest = [&](int64_t begin, int64_t end) {
      for (int64_t p = begin + 1; p < end + 1; ++p)
        put(size_t(p), values_of(pieces_[size_t(p)]));
    };
    const auto rest = int64_t(pieces_.size()) - 1;
    if (is_anywhere_)
      parallel_for(rest, 1, run_rest);
    else
      run_rest(0, rest);
    add_terms();
  }

 private:
  bool is_operand(int operand) const {
    return operand >= 0 && batched_[size_t(operand)];
  }

  // Results by output; of a branch that hands on all, its operands' rows.
  std::vector<Array> values_of(const Piece& piece) const {
    const Side& side = *piece.side;
    std::vector<Array> inputs, values;
    const bool is_computed =
        std::any_of(side.handed_on.begin(), side.handed_on.end(),
                    [&](int operand) { return !is_operand(operand); });
    for (size_t i = 0; is_computed && i < operands_.size(); ++i)
      inputs.push_back(input_of(piece, i));
    if (is_computed) return evaluate_graph(side.graph, inputs);
    for (const int operand : side.handed_on)
      values.push_back(operands_[size_t(operand)].rows(0, 0));
    return values;
  }

  Array input_of(const Piece& piece, size_t i) const {
    const Array& all = operands_[i];
    if (!batched_[i]) return all;
    if (piece.side->is_read[i]) return picked_rows(all, piece.run);
    Shape shape = all.shape();
    shape[0] = int64_t(piece.run.size());
    return all.rows(0, 1).broadcast_to(shape);
  }

  void place_output(size_t i, const Array& first) {
    Shape shape = first.shape();
    if (!summed_[i]) shape[0] = c_.in(0).size();
    Array& out = c_.out(i);
    if (out.dtype() != first.dtype() || !(out.shape() == shape) ||
        (out.raw() == nullptr && out.size() > 0))
      out = Array(first.dtype(), shape);
  }

  void put(size_t p, const std::vector<Array>& values) {
    for (size_t i = 0; i < values.size(); ++i) {
      const int operand = pieces_[p].side->handed_on[i];
      if (summed_[i])
        terms_[p].push_back(values[i]);
      else if (is_operand(operand))
        put_rows(i, pieces_[p], operands_[size_t(operand)], true);
      else
        put_rows(i, pieces_[p], values[i], false);
    }
  }

  void put_rows(size_t i, const Piece& piece, const Array& from,
                bool is_whole) const {
    const Array& out = c_.out(i);
    Shape expected = from.shape();
    expected[0] = out.shape()[0];
    NUMEST_USER_CHECK(out.shape() == expected, ValueError,
                      "{}: the branches give different shapes: got rows {}, "
                      "expected {}",
                      c_.op.name, expected.to_string(),
                      out.shape().to_string());
    for_each_run(piece.rows, [&](int64_t first, int64_t count, int64_t at) {
      copy_rows(from, is_whole ? first : at, count, out, first);
    });
  }

  // In the order of the pieces, for any number of threads.
  void add_terms() {
    size_t term = 0;
    for (size_t i = 0; i < summed_.size(); ++i) {
      if (!summed_[i]) continue;
      Array sum = terms_[0][term];
      for (size_t p = 1; p < terms_.size(); ++p)
        sum = emit("add", {sum, terms_[p][term]}).numpy();
      deliver(c_, i, sum);
      ++term;
    }
  }

  const KernelContext& c_;
  std::span<const Array> operands_;
  const Flags& batched_;
  const Flags& summed_;
  std::vector<Piece> pieces_;
  std::vector<std::vector<Array>> terms_;  // by piece: its summed outputs
  bool is_anywhere_;
};

void cond_rows_kernel(const KernelContext& c) {
  Side yes(graph_of(c.attrs, "then_graph")),
      no(graph_of(c.attrs, "else_graph"));
  const Flags& summed = c.attrs.get<Flags>("summed");
  if (std::find(summed.begin(), summed.end(), 1) == summed.end())
    for (Side* side : {&yes, &no}) side->least = least_rows(*side->graph);
  const Array pred = c.in(0).contiguous();
  const auto flags = pred.span<bool>();
  for (size_t r = 0; r < flags.size(); ++r)
    (flags[r] ? yes : no).rows.push_back(int64_t(r));
  if (yes.rows.empty() || no.rows.empty())
    deliver_all(c, evaluate_graph((yes.rows.empty() ? no : yes).graph,
                                  c.inputs.subspan(1)));
  else
    Partition(c, yes, no).run();
}

// What all rows share gets the sum of the rows' cotangents.
Tensors cond_rows_vjp(const VjpContext& c) {
  const auto operands = c.inputs.subspan(1);
  Flags batched = c.attrs.get<Flags>("batched"), summed;
  for (const int64_t flag : batched) summed.push_back(!flag);
  for (const int64_t flag : c.attrs.get<Flags>("summed"))
    batched.push_back(!flag);
  Tensors inputs = with_cotangents(c, operands);
  inputs.insert(inputs.begin(), c.in(0));
  Tensors result =
      call(c.op, inputs,
           {{"then_graph", graph_vjp(*graph_of(c.attrs, "then_graph"))},
            {"else_graph", graph_vjp(*graph_of(c.attrs, "else_graph"))},
            {"batched", batched},
            {"summed", summed}});
  result = only_inexact(operands, std::move(result));
  result.insert(result.begin(), Tensor());
  return result;
}

constexpr OpDef kOps[] = {
    {.name = "cond",
     .doc = "Runs one of two graphs, chosen by a bool scalar.",
     .params = kCond,
     .type = cond_type,
     .kernel = cond_kernel,
     .vjp = cond_vjp,
     .vmap = cond_vmap},
    {.name = "cond_rows",
     .doc = "Runs each of two graphs over blocks on the rows that take it.",
     .params = kCondRows,
     .type = cond_rows_type,
     .kernel = cond_rows_kernel,
     .vjp = cond_rows_vjp,
     .vmap = vmap_rows},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> branch_ops() { return kOps; }

}  // namespace numest
