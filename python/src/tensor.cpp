// Tensor, ops by name, tracing, derivatives, programs.
#include <nanobind/nanobind.h>
#include <nanobind/operators.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <set>

#include "convert.h"
#include "numest/base/counters.h"
#include "numest/graph/equal.h"
#include "numest/graph/evaluate.h"
#include "numest/graph/serialize.h"
#include "numest/ops/call.h"
#include "numest/ops/control.h"
#include "numest/ops/guard.h"
#include "numest/runtime/executable.h"
#include "numest/runtime/saved_program.h"
#include "numest/transforms/branches.h"
#include "numest/transforms/trace.h"
#include "numest/transforms/vjp.h"
#include "numest/transforms/vmap.h"

namespace numest::python {

namespace {

std::vector<Tensor> to_tensors(const nb::sequence& objects) {
  std::vector<Tensor> result;
  for (nb::handle object : objects) result.push_back(to_tensor(object));
  return result;
}

const ParamDef& param(const OpDef& op, std::string_view name) {
  for (const ParamDef& p : op.params)
    if (p.name == name) return p;
  fail<TypeError>("{}: unknown argument '{}'", op.name, name);
}

Attrs to_attrs(const OpDef& op, const nb::dict& given) {
  Attrs attrs;
  for (auto [key, value] : given) {
    const ParamDef& p = param(op, nb::cast<std::string>(key));
    if (p.kind == Kind::kGraph)
      attrs.set(p.name,
                std::make_shared<const Graph>(nb::cast<const Graph&>(value)));
    else
      attrs.set(p.name, to_attr(value, p.kind));
  }
  return attrs;
}

nb::object call_op(const std::string& name, const nb::sequence& inputs,
                   const nb::dict& attrs) {
  const OpDef& op = op_named(name);
  std::vector<Tensor> out = call(op, to_tensors(inputs), to_attrs(op, attrs));
  if (out.size() == 1) return nb::cast(out[0]);
  nb::list all;
  for (Tensor& t : out) all.append(nb::cast(std::move(t)));
  return nb::tuple(all);
}

TensorFunction python_function(const nb::callable& function) {
  return [function](std::span<const Tensor> inputs) {
    nb::list arguments;
    for (const Tensor& t : inputs) arguments.append(nb::cast(t));
    nb::object result = function(*nb::tuple(arguments));
    if (!nb::isinstance<nb::tuple>(result) && !nb::isinstance<nb::list>(result))
      return std::vector<Tensor>{to_tensor(result)};
    return to_tensors(nb::cast<nb::sequence>(result));
  };
}

std::vector<TensorSpec> to_specs(const nb::sequence& specs) {
  std::vector<TensorSpec> result;
  for (nb::handle s : specs) result.push_back({to_dtype(s[0]), to_shape(s[1])});
  return result;
}

// A Python function as a node of a graph.
class PythonFunction : public ForeignFunction {
 public:
  PythonFunction(nb::handle function, std::string name, std::string location,
                 std::string reason, std::vector<TensorSpec> outputs)
      : function_(function),
        name_(std::move(name)),
        location_(std::move(location)),
        reason_(std::move(reason)),
        outputs_(std::move(outputs)) {}
  std::string name() const override { return name_; }
  std::string location() const override { return location_; }
  std::string reason() const override { return reason_; }
  std::vector<TensorSpec> output_types(
      std::span<const TensorSpec>) const override {
    return outputs_;
  }
  std::vector<Array> call(std::span<const Array> inputs) const override {
    count(Counter::gil_acquisitions);
    count(Counter::python_calls);
    nb::gil_scoped_acquire lock;
    nb::list arguments;
    for (const Array& a : inputs) arguments.append(to_ndarray(a));
    nb::object result = function_.get()(*nb::tuple(arguments));
    std::vector<Array> out;
    for (nb::handle item : nb::cast<nb::sequence>(result))
      out.push_back(to_array(item).copy());
    return out;
  }

 private:
  Callable function_;
  std::string name_, location_, reason_;
  std::vector<TensorSpec> outputs_;
};

nb::list op_list() {
  nb::list all;
  for (auto family : op_families())
    for (const OpDef& op : family) {
      nb::dict row;
      row["name"] = nb::str(op.name.data(), op.name.size());
      row["doc"] = nb::str(op.doc.data(), op.doc.size());
      row["reference"] = nb::str(op.reference.data(), op.reference.size());
      row["has_gradient"] =
          !(op.vjp == kNoGradient) && !(op.vjp == unknown_gradient);
      nb::list params;
      for (const ParamDef& p : op.params)
        params.append(nb::make_tuple(
            nb::str(p.name.data(), p.name.size()), int(p.kind),
            nb::str(p.default_value.data(), p.default_value.size())));
      row["params"] = params;
      all.append(row);
    }
  return all;
}

// What `program` gives for ndarrays, without the interpreter's lock.
nb::list run_by(const nb::sequence& inputs, const auto& program) {
  std::vector<Array> arrays;
  for (nb::handle object : inputs) arrays.push_back(to_array(object));
  std::vector<Array> out;
  {
    nb::gil_scoped_release unlocked;
    out = program(std::span<const Array>(arrays));
  }
  nb::list result;
  for (const Array& a : out) result.append(to_ndarray(a));
  return result;
}

nb::list run(const Executable& program, const nb::sequence& inputs) {
  return run_by(inputs, [&](auto arrays) { return program.run(arrays); });
}

// Nodes that this thread makes from now on carry the line of the user.
void set_location(const std::string& location) {
  thread_local std::optional<LocationScope> scope;
  scope.reset();
  if (!location.empty()) scope.emplace(location);
}

void bind_tensor_class(nb::module_& m) {
  nb::class_<Tensor>(m, "Tensor", nb::dynamic_attr(),
                     nb::is_weak_referenceable(),
                     "An array, or a promise of one while a function is "
                     "traced.")
      .def_prop_ro("_shape",
                   [](const Tensor& t) { return shape_tuple(t.shape()); })
      .def_prop_ro("_dtype_name",
                   [](const Tensor& t) { return std::string(name(t.dtype())); })
      .def_prop_ro("ndim", &Tensor::ndim)
      .def_prop_ro("is_symbolic", &Tensor::is_symbolic)
      .def_prop_ro("is_weak", &Tensor::is_weak)
      .def("_numpy", [](const Tensor& t) { return to_ndarray(t.numpy()); })
      .def("_is_same", &Tensor::is_same)
      // The object stands for another value from now on: in-place writes.
      .def("_replace", [](Tensor& t, const Tensor& value) { t = value; })
      .def("_as_weak", &Tensor::as_weak)
      .def("_alias", [](const Tensor& t) { return Tensor(t); })
      .def_prop_ro("_node_name",
                   [](const Tensor& t) {
                     return t.is_symbolic() ? t.node()->name : std::string();
                   })
      .def_prop_ro("_node_id",
                   [](const Tensor& t) {
                     return t.is_symbolic() ? t.node()->id : int64_t{-1};
                   })
      .def("_to_string", &Tensor::to_string);
  m.attr("MAX_NDIM") = kMaxNdim;
  m.def("constant", [](nb::handle object) { return Tensor(to_array(object)); });
  m.def("tensor", &to_tensor, nb::arg("value").none());
  m.def("call", &call_op, nb::arg("name"), nb::arg("inputs"), nb::arg("attrs"));
  m.def("parameter",
        [](nb::handle dtype, nb::handle shape, const std::string& name) {
          return parameter({to_dtype(dtype), to_shape(shape)}, name);
        });
  m.def("fresh_extent", &fresh_extent);
  m.def("next_node_id", &next_node_id);
  m.def("set_location", &set_location);
  m.def(
      "set_guard",
      [](std::optional<Tensor> condition) -> std::optional<Tensor> {
        const Tensor before = set_guard(condition.value_or(Tensor()));
        return before.is_empty() ? std::nullopt : std::optional(before);
      },
      nb::arg("condition").none());
  m.def("is_equal_computation", &is_equal_computation);
  m.def("op_list", &op_list);
}

// The graph; refuses values that another function's arguments made.
Graph closed(Graph graph) {
  const auto is_foreign = [&](const Tensor& t) {
    return t.is_symbolic() && is_parameter(*t.node()) &&
           std::none_of(graph.inputs.begin(), graph.inputs.end(),
                        [&](const Tensor& own) { return own.is_same(t); });
  };
  const auto check = [&](const Tensor& t, const std::string& location) {
    NUMEST_USER_CHECK(
        !is_foreign(t), ValueError,
        "{}: it uses a value that was kept from another trace{}{}: got a value "
        "made of '{}', expected values made of its own arguments; return the "
        "value from the function that made it",
        graph.name, location.empty() ? "" : ", made at ", location,
        t.node()->name);
  };
  for (const Node* node : topological_order(graph))
    for (const Tensor& t : node->inputs) check(t, node->location);
  for (const Tensor& t : graph.outputs) check(t, "");
  return graph;
}

bool keeps_memory_order(const OpDef& op) {
  constexpr std::string_view kOthers[] = {"sort", "cumsum", "cumprod",
                                          "index_put", "index_add"};
  return op.is(kElementwise) ||
         std::find(std::begin(kOthers), std::end(kOthers), op.name) !=
             std::end(kOthers);
}

// True if NumPy may lay out the array in another order than that of its axes:
// what it makes of a transposed one, or of positions in a later axis, is.
bool may_be_out_of_order(const Tensor& tensor) {
  std::vector<const Tensor*> pending{&tensor};
  std::set<const Node*> seen;
  while (!pending.empty()) {
    const Tensor& t = *pending.back();
    pending.pop_back();
    const Node* node = t.node().get();
    if (t.ndim() < 2 || !node || !node->op || !seen.insert(node).second)
      continue;
    if (node->op->name == "transpose" || node->op->name == "index_get")
      return true;
    if (keeps_memory_order(*node->op))
      for (const Tensor& input : node->inputs) pending.push_back(&input);
  }
  return false;
}

// (op, location, attributes) of each node, those of branches included.
void list_nodes(const Graph& graph, nb::list& rows) {
  for (const Node* node : topological_order(graph)) {
    if (is_parameter(*node)) continue;
    rows.append(nb::make_tuple(std::string(node->op->name), node->location,
                               to_string(node->attrs)));
    if (node->op->name != "cond") continue;
    for (const char* branch : {"then_graph", "else_graph"})
      list_nodes(*node->attrs.get<std::shared_ptr<const Graph>>(branch), rows);
  }
}

void bind_vmap(nb::module_& m) {
  // (the graph, tensors from outside: its inputs after the given ones).
  m.def("lifted_graph",
        [](const nb::sequence& inputs, const nb::sequence& outputs,
           const std::string& name, int64_t first_id) {
          const Traced traced =
              lifted({name, to_tensors(inputs), to_tensors(outputs)}, first_id);
          return std::pair(*traced.graph, traced.captures);
        });
  m.def(
      "vmap_graph",
      [](const Graph& g, const std::vector<bool>& is_batched) {
        return vmap_graph(g, is_batched);
      },
      nb::arg("graph"), nb::arg("is_batched") = std::vector<bool>{});
}

void bind_graph(nb::module_& m) {
  bind_vmap(m);
  m.def("may_be_out_of_order", &may_be_out_of_order);
  nb::class_<Graph>(m, "Graph")
      .def("__str__", [](const Graph& g) { return to_string(g); })
      .def_ro("name", &Graph::name)
      .def_prop_ro("outputs", [](const Graph& g) { return g.outputs; })
      .def_prop_ro("inputs", [](const Graph& g) { return g.inputs; })
      .def_prop_ro("nodes", [](const Graph& g) {
        nb::list rows;
        list_nodes(g, rows);
        return rows;
      });
  m.def("trace", [](const nb::callable& f, const nb::sequence& specs,
                    const std::string& name) {
    return trace(python_function(f), to_specs(specs), name);
  });
  m.def("graph", [](const nb::sequence& inputs, const nb::sequence& outputs,
                    const std::string& name) {
    return closed({name, to_tensors(inputs), to_tensors(outputs)});
  });
  m.def("save_program", &save_program);
  m.def("load_program", &load_program);
  m.def("sink_branches",
        [](const Graph& g) { return sink_branches(g, BranchUse::kElement); });
  m.def("sunk_results", [](const nb::sequence& results) {
    return BranchSinker(BranchUse::kElement).sink(to_tensors(results));
  });
  m.def("cond", [](const Tensor& test, const nb::callable& then_fn,
                   const nb::callable& else_fn) {
    return cond(test, python_function(then_fn), python_function(else_fn));
  });
  m.def("while_node", [](const nb::callable& test, const nb::callable& body,
                         const nb::sequence& variables) {
    const auto condition = python_function(test);
    return while_node(
        [&](std::span<const Tensor> v) { return condition(v).at(0); },
        python_function(body), to_tensors(variables));
  });
  m.def("gradients", [](const Tensor& loss, const nb::sequence& wrt) {
    return gradients(loss, to_tensors(wrt));
  });
  m.def("vjp", [](const nb::sequence& outputs, const nb::sequence& cotangents,
                  const nb::sequence& wrt) {
    nb::list result;
    for (Tensor& t :
         vjp(to_tensors(outputs), to_tensors(cotangents), to_tensors(wrt)))
      result.append(t.is_empty() ? nb::none() : nb::cast(t));
    return result;
  });
  m.def("inline_graph", [](const Graph& g, const nb::sequence& arguments) {
    return inline_graph(g, to_tensors(arguments));
  });
}

// Programs made of graphs, and graphs as bytes.
void bind_programs(nb::module_& m) {
  nb::class_<Executable>(m, "Executable")
      .def("run", &run)
      .def("__str__", [](const Executable& e) { return to_string(e.graph()); })
      .def("profile", &Executable::profile);
  m.def("compile", [](const Graph& g) { return compile(g); });
  // No pass runs: what a program computes is what its graph says.
  m.def("compile_as_written", [](const Graph& g) {
    CompileOptions options;
    options.passes.disabled = {"all"};
    return compile(g, options);
  });
  m.def("evaluate", [](const Graph& g, const nb::sequence& inputs) {
    return run_by(inputs, [&](auto arrays) { return evaluate(g, arrays); });
  });
  m.def("serialize", [](const Graph& g) {
    const std::string bytes = serialize(g);
    return nb::bytes(bytes.data(), bytes.size());
  });
  m.def("deserialize", [](const nb::bytes& bytes) {
    return deserialize(std::string_view(bytes.c_str(), bytes.size()), find_op);
  });
}

void bind_python_call(nb::module_& m) {
  m.def("python_call", [](nb::handle function, const std::string& name,
                          const std::string& location,
                          const std::string& reason, const nb::sequence& inputs,
                          const nb::sequence& outputs) {
    Attrs attrs;
    attrs.set(
        "function",
        std::shared_ptr<const ForeignFunction>(std::make_shared<PythonFunction>(
            function, name, location, reason, to_specs(outputs))));
    return make_node(op_named("python_call"), to_tensors(inputs), attrs);
  });
}

// A derivative of the user's own: `vjp` maps lists of tensors.
void bind_custom_gradient(nb::module_& m) {
  m.def("custom_gradient", [](const nb::sequence& values,
                              const nb::sequence& arguments,
                              const nb::callable& vjp) {
    return custom_gradient(
        to_tensors(values), to_tensors(arguments),
        [&](std::span<const Tensor> cotangents) {
          return to_tensors(nb::cast<nb::sequence>(
              vjp(std::vector<Tensor>(cotangents.begin(), cotangents.end()))));
        });
  });
}

}  // namespace

void bind_tensor(nb::module_& m) {
  bind_tensor_class(m);
  bind_graph(m);
  bind_programs(m);
  bind_python_call(m);
  bind_custom_gradient(m);
}

}  // namespace numest::python
