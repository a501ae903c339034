// Type rules with known extents; views are probed once by running their
// kernel on memory that is never read.
#include "numest/runtime/layouts.h"

#include <algorithm>

namespace numest {

namespace {

// An array of the place's layout in memory of its own.
Array dummy(const Place& place) {
  int64_t low = 0, high = 0;
  for (int i = 0; i < place.shape.ndim(); ++i) {
    const int64_t reach =
        std::max<int64_t>(place.shape[i] - 1, 0) * place.strides[i];
    (reach < 0 ? low : high) += reach;
  }
  const int64_t count = (high - low) / itemsize(place.dtype) + 1;
  auto buffer = Buffer::allocate(place.dtype, count);
  return Array(place.dtype, place.shape, place.strides, buffer->data() - low,
               buffer);
}

class Inference {
 public:
  Inference(const Graph& graph, const StepList& list, Plan& plan)
      : graph_(graph), list_(list), plan_(plan) {
    plan_.places.resize(list.values.size());
    plan_.attrs.resize(list.steps.size());
    plan_.modes.assign(list.steps.size(), StepMode::kKernel);
    layouts_.root.resize(list.values.size());
    for (size_t v = 0; v < list.values.size(); ++v) layouts_.root[v] = int(v);
  }

  void bind_inputs(std::span<const InputLayout> inputs) {
    NUMEST_USER_CHECK(inputs.size() == list_.inputs.size(), ValueError,
                      "run: got {} inputs, expected {}", inputs.size(),
                      list_.inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) bind_input(i, inputs[i]);
  }

  void place_constants() {
    for (size_t v = 0; v < list_.values.size(); ++v) {
      if (!list_.values[v].is_constant) continue;
      const Array& a = list_.values[v].constant;
      plan_.places[v] = {Home::kConstant, int(v),      0,   a.dtype(),
                         a.shape(),       a.strides(), true};
    }
  }

  void infer_steps() {
    for (size_t s = 0; s < list_.steps.size(); ++s) infer(s);
  }

  Layouts take() { return std::move(layouts_); }

 private:
  Place& place(int value) { return plan_.places[size_t(value)]; }

  void bind_input(size_t i, const InputLayout& input) {
    const Tensor& p = graph_.inputs[i];
    const std::string what = fmt::format("input {} '{}'", i, p.node()->name);
    NUMEST_USER_CHECK(input.dtype == p.dtype(), TypeError,
                      "{}: got dtype {}, expected {}", what, name(input.dtype),
                      name(p.dtype()));
    plan_.bindings.bind(p.shape(), input.shape, what);
    place(list_.inputs[i]) = {Home::kInput, int(i),        0,   input.dtype,
                              input.shape,  input.strides, true};
  }

  void infer(size_t s) {
    const Step& step = list_.steps[s];
    if (!types_known(s) || has_dynamic_view(step)) {
      plan_.modes[s] = StepMode::kDynamic;
      plan_.has_dynamic = true;
    } else if (step.op->is(kView)) {
      probe_view(s);
    }
  }

  const Attrs& attrs_of(size_t s) {
    const Step& step = list_.steps[s];
    if (has_symbols(*step.attrs))
      plan_.attrs[s] = plan_.bindings.resolve(*step.attrs);
    return plan_.attrs[s] ? *plan_.attrs[s] : *step.attrs;
  }

  // Fills the places of the outputs; false if an extent depends on data.
  bool types_known(size_t s) {
    const Step& step = list_.steps[s];
    std::vector<TensorSpec> types;
    for (int v : step.inputs) {
      if (!place(v).is_known) return false;
      types.push_back({place(v).dtype, place(v).shape});
    }
    const Attrs& attrs = attrs_of(s);
    if (step.op->is(kDataShape)) return false;
    const Types out = step.op->type(TypeContext{*step.op, types, attrs});
    for (const TensorSpec& spec : out)
      if (!spec.shape.is_known()) return false;
    for (size_t i = 0; i < out.size(); ++i) place_output(step, i, out[i]);
    return true;
  }

  void place_output(const Step& step, size_t i, const TensorSpec& type) {
    const int v = step.outputs[i];
    plan_.bindings.bind(list_.values[size_t(v)].spec.shape, type.shape,
                        std::string(step.op->name));
    place(v) = {Home::kDynamic,
                -1,
                0,
                type.dtype,
                type.shape,
                contiguous_strides(type.shape, itemsize(type.dtype)),
                true};
  }

  bool has_dynamic_view(const Step& step) {
    if (!step.op->is(kView)) return false;
    return std::any_of(step.inputs.begin(), step.inputs.end(), [&](int v) {
      const int from = list_.values[size_t(v)].step;
      return from >= 0 && plan_.modes[size_t(from)] == StepMode::kDynamic;
    });
  }

  void probe_view(size_t s) {
    const Step& step = list_.steps[s];
    std::vector<Array> inputs;
    for (int v : step.inputs) inputs.push_back(dummy(place(v)));
    std::vector<Array> outputs(step.outputs.size());
    step.op->kernel(KernelContext{*step.op, inputs, outputs, attrs_of(s)});
    plan_.modes[s] = StepMode::kView;
    for (size_t i = 0; i < outputs.size(); ++i)
      if (!share(step, inputs, outputs[i], step.outputs[i]))
        plan_.modes[s] = step.op->name == "reshape" ? StepMode::kReshape
                                                    : StepMode::kDynamic;
    plan_.has_dynamic |= plan_.modes[s] == StepMode::kDynamic;
  }

  // Notes that `output` lies in the memory of one of the inputs.
  bool share(const Step& step, const std::vector<Array>& inputs,
             const Array& output, int value) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].buffer() != output.buffer()) continue;
      const Place& from = place(step.inputs[i]);
      place(value).strides = output.strides();
      place(value).offset = from.offset + (output.raw() - inputs[i].raw());
      layouts_.root[size_t(value)] = layouts_.root[size_t(step.inputs[i])];
      return true;
    }
    return false;
  }

  const Graph& graph_;
  const StepList& list_;
  Plan& plan_;
  Layouts layouts_;
};

}  // namespace

Layouts infer_layouts(const Graph& graph, const StepList& list,
                      std::span<const InputLayout> inputs, Plan& plan) {
  Inference inference(graph, list, plan);
  inference.bind_inputs(inputs);
  inference.place_constants();
  inference.infer_steps();
  return inference.take();
}

}  // namespace numest
