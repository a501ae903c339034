// Building a frame from a plan, and the loop over the kernels.
#include "numest/runtime/frame.h"

#include <algorithm>

#include "numest/runtime/work.h"

namespace numest {

Frame::Frame(const StepList& list, const Plan& plan, ProgramLabels& labels,
             StepSampler* sampler)
    : list_(list),
      plan_(plan),
      labels_(labels),
      sampler_(sampler),
      runs_(sampler),
      arena_(Buffer::allocate(DType::kUInt8, plan.arena_bytes)),
      dynamic_slots_(list.values.size()),
      own_(list.values.size()),
      input_patches_(list.inputs.size()),
      output_patches_(list.outputs.size()),
      has_copies_(std::find(plan.is_copied.begin(), plan.is_copied.end(),
                            true) != plan.is_copied.end()),
      pool_(list.outputs.size()) {
  for (size_t v = 0; v < list.values.size(); ++v)
    if (plan.places[v].home == Home::kOwn && plan.places[v].index == int(v))
      own_[v] = Array(plan.places[v].dtype, plan.places[v].shape);
  number_slots();
  add_calls();
}

void Frame::number_slots() {
  size_t count = 0;
  for (const Step& step : list_.steps) {
    first_in_.push_back(count);
    count += step.inputs.size();
    first_out_.push_back(count);
    count += step.outputs.size();
  }
  for (size_t o = 0; o < list_.outputs.size(); ++o) ends_.push_back(count++);
  slots_.resize(count);
}

std::span<Array> Frame::in_slots(size_t step) {
  return {slots_.data() + first_in_[step], list_.steps[step].inputs.size()};
}
std::span<Array> Frame::out_slots(size_t step) {
  return {slots_.data() + first_out_[step], list_.steps[step].outputs.size()};
}

void Frame::add_calls() {
  for (const bool is_constant : {true, false}) {
    for (size_t s = 0; s < list_.steps.size(); ++s)
      if (plan_.modes[s] != StepMode::kView &&
          plan_.is_constant[s] == is_constant)
        add_call(s);
    if (is_constant) num_constant_ = calls_.size();
  }
  for (size_t o = 0; o < ends_.size(); ++o)
    if (plan_.is_copied[o]) fill_slot(list_.outputs[o], ends_[o], true);
}

void Frame::fill_slots(size_t s, bool keeps_buffers) {
  const Step& step = list_.steps[s];
  for (size_t i = 0; i < step.inputs.size(); ++i)
    fill_slot(step.inputs[i], first_in_[s] + i, keeps_buffers);
  if (plan_.modes[s] == StepMode::kDynamic) return;
  for (size_t i = 0; i < step.outputs.size(); ++i)
    fill_slot(step.outputs[i], first_out_[s] + i, keeps_buffers);
}

void Frame::add_call(size_t s) {
  const Step& step = list_.steps[s];
  fill_slots(s, plan_.modes[s] == StepMode::kDynamic || step.op->is(kImpure));
  const Attrs& attrs = plan_.attrs[s] ? *plan_.attrs[s] : *step.attrs;
  Call call{s, KernelContext{*step.op, in_slots(s), out_slots(s), attrs}, {}};
  if (plan_.is_hoisted[s]) return this->call(call);
  bind(call);
  calls_.push_back(std::move(call));
}

void Frame::bind(Call& call) const {
  const KernelContext& c = call.context;
  if (plan_.modes[call.step] == StepMode::kKernel && c.op.kernel.bind)
    call.bound = c.op.kernel.bind(c);
}

void Frame::fill_slot(int value, size_t slot, bool keeps_buffer) {
  const Place& p = plan_.places[size_t(value)];
  auto view = [&](std::byte* data, std::shared_ptr<Buffer> buffer) {
    return Array(p.dtype, p.shape, p.strides, data, std::move(buffer));
  };
  const Patch patch{slot, p.offset, keeps_buffer};
  if (p.home == Home::kDynamic) {
    dynamic_slots_[size_t(value)].push_back(slot);
  } else if (p.home == Home::kArena) {
    slots_[slot] = view(arena_->data() + p.offset, arena_);
  } else if (p.home == Home::kConstant) {
    const Array& a = list_.values[size_t(p.index)].constant;
    slots_[slot] = view(a.raw() + p.offset, a.buffer());
  } else if (p.home == Home::kOwn) {
    const Array& a = own_[size_t(p.index)];
    slots_[slot] = view(a.raw() + p.offset, a.buffer());
  } else {
    slots_[slot] = view(nullptr, nullptr);
    auto& patches = p.home == Home::kInput ? input_patches_ : output_patches_;
    patches[size_t(p.index)].push_back(patch);
  }
}

void Frame::patch(const Patches& patches, const Array& array) {
  for (const Patch& p : patches)
    slots_[p.slot].rebind(array.raw() + p.offset,
                          p.keeps_buffer ? array.buffer() : nullptr);
}

void Frame::check_outputs(std::span<const Array> outputs) const {
  for (size_t o = 0; o < outputs.size(); ++o) {
    const Place& p = plan_.places[size_t(list_.outputs[o])];
    if (plan_.overwritten[o] >= 0 || !p.is_known) continue;
    NUMEST_USER_CHECK(
        outputs[o].dtype() == p.dtype && outputs[o].shape() == p.shape &&
            outputs[o].is_contiguous() && outputs[o].is_writable(),
        ValueError,
        "run: output {} does not fit: got {}{}, expected a writable, "
        "contiguous {}{}",
        o, name(outputs[o].dtype()), outputs[o].shape().to_string(),
        name(p.dtype), p.shape.to_string());
  }
}

// A former output that nobody else holds, or a new array.
Array Frame::pooled_output(size_t output) {
  const Place& p = plan_.places[size_t(list_.outputs[output])];
  for (const auto& buffer : pool_[output]) {
    if (buffer.use_count() != 1) continue;
    // Releasing a second owner orders this run after the last reader.
    { const std::shared_ptr<Buffer> owner = buffer; }
    return Array(p.dtype, p.shape,
                 contiguous_strides(p.shape, itemsize(p.dtype)), buffer->data(),
                 buffer);
  }
  Array fresh(p.dtype, p.shape);
  constexpr size_t kMaxPooled = 4;
  if (pool_[output].size() < kMaxPooled && fresh.buffer())
    pool_[output].push_back(fresh.buffer());
  return fresh;
}

void Frame::choose_outputs(std::span<Array> outputs, bool is_fresh) {
  for (size_t o = 0; o < outputs.size(); ++o) {
    const int input = plan_.overwritten[o];
    const Place& p = plan_.places[size_t(list_.outputs[o])];
    if (input >= 0)
      outputs[o] = inputs_[size_t(input)];
    else if (is_fresh && p.home != Home::kDynamic)
      outputs[o] = pooled_output(o);
    patch(output_patches_[o], outputs[o]);
  }
}

// True if the memory of `array` will be written again.
bool Frame::is_reused(const Array& array) const {
  if (!array.buffer() || array.buffer() == arena_) return true;
  for (int input : plan_.overwritten)
    if (input >= 0 && inputs_[size_t(input)].buffer() == array.buffer())
      return true;
  return std::any_of(own_.begin(), own_.end(), [&](const Array& own) {
    return own.buffer() == array.buffer();
  });
}

void Frame::run_dynamic(const Call& c) {
  const Step& step = list_.steps[c.step];
  const bool is_symbolic = has_symbols(c.context.attrs);
  const Attrs resolved =
      is_symbolic ? bindings_->resolve(c.context.attrs) : Attrs();
  std::vector<Array> results = compute(
      *step.op, c.context.inputs, is_symbolic ? resolved : c.context.attrs);
  for (size_t i = 0; i < results.size(); ++i) {
    const size_t v = size_t(step.outputs[i]);
    bindings_->bind(list_.values[v].spec.shape, results[i].shape(),
                    std::string(step.op->name));
    const Array kept = is_reused(results[i]) ? results[i].copy() : results[i];
    for (size_t slot : dynamic_slots_[v]) slots_[slot] = kept;
  }
}

// A kernel that sets `out` to another array has not written the planned one.
void Frame::call_kernel(const KernelContext& c) {
  const std::byte* planned = c.outputs.empty() ? nullptr : c.out().raw();
  c.op.kernel(c);
  NUMEST_CHECK(c.outputs.empty() || c.out().raw() == planned,
               "the kernel of '{}' replaced its output; only views and ops of "
               "data-dependent shape may",
               c.op.name);
}

void Frame::call(const Call& c) {
  if (c.bound) return c.bound->run(c.context);
  const StepMode mode = plan_.modes[c.step];
  if (mode == StepMode::kKernel) {
    call_kernel(c.context);
  } else if (mode == StepMode::kReshape) {
    c.context.out().reshape(c.context.in(0).shape()).assign(c.context.in(0));
  } else {
    run_dynamic(c);
  }
}

// The extents of dynamic steps differ from run to run.
Work Frame::work_of(Call& c) const {
  if (plan_.modes[c.step] == StepMode::kDynamic) return work(c.context);
  if (!c.work) c.work = work(c.context);
  return *c.work;
}

void Frame::call_sampled() {
  const int64_t begin = now_ns();
  for (Call& c : due_calls()) {
    const int64_t start = now_ns();
    call(c);
    const int64_t duration = now_ns() - start;
    sampler_->add(c.step, duration, work_of(c).num_bytes);
  }
  runs_.end_timed(calls_.size(), now_ns() - begin);
}

void Frame::call_recorded(uint64_t recording) {
  if (!ids_ || ids_->recording != recording) ids_ = labels_.ids(recording);
  const Span whole(recording, ids_->program);
  for (Call& c : due_calls()) {
    Span span(recording, ids_->steps[c.step]);
    call(c);
    span.end(work_of(c));
  }
}

void Frame::copy_outputs(std::span<Array> outputs, bool is_fresh) {
  for (size_t o = 0; o < outputs.size(); ++o) {
    if (!plan_.is_copied[o]) continue;
    const bool is_dynamic =
        plan_.places[size_t(list_.outputs[o])].home == Home::kDynamic;
    const Array& value = slots_[ends_[o]];
    if (is_dynamic && is_fresh && plan_.overwritten[o] < 0) {
      outputs[o] = value;
      continue;
    }
    NUMEST_USER_CHECK(outputs[o].shape() == value.shape(), ValueError,
                      "run: output {} does not fit: got an array of shape {}, "
                      "expected {}",
                      o, outputs[o].shape().to_string(),
                      value.shape().to_string());
    outputs[o].assign(value);
  }
}

void Frame::begin(std::span<const Array> inputs, std::span<Array> outputs,
                  bool is_fresh) {
  if (!is_fresh) check_outputs(outputs);
  inputs_ = inputs;
  if (plan_.has_dynamic) bindings_ = plan_.bindings;
  for (size_t i = 0; i < inputs.size(); ++i)
    patch(input_patches_[i], inputs[i]);
  choose_outputs(outputs, is_fresh);
  has_constants_ = false;
}

void Frame::move_input(size_t input, std::byte* data,
                       const std::shared_ptr<Buffer>& buffer) {
  for (const Patch& p : input_patches_[input])
    slots_[p.slot].rebind(data + p.offset, p.keeps_buffer ? buffer : nullptr);
}

void Frame::step(std::span<Array> outputs, bool is_fresh) {
  const uint64_t recording = current_recording();
  const bool is_timed = runs_.starts_timed();
  if (recording != 0) [[unlikely]]
    call_recorded(recording);
  else if (is_timed) [[unlikely]]
    call_sampled();
  else
    for (const Call& c : due_calls()) call(c);
  has_constants_ = true;
  if (has_copies_) copy_outputs(outputs, is_fresh);
}

// Lets go of what callers own.
void Frame::end() {
  auto drop = [&](const std::vector<Patches>& all) {
    for (const Patches& patches : all)
      for (const Patch& p : patches)
        if (p.keeps_buffer) slots_[p.slot].rebind(nullptr, nullptr);
  };
  drop(input_patches_);
  drop(output_patches_);
  if (plan_.has_dynamic)
    for (const auto& slots : dynamic_slots_)
      for (size_t slot : slots) slots_[slot] = Array();
  bindings_.reset();
  inputs_ = {};
}

void Frame::run(std::span<const Array> inputs, std::span<Array> outputs,
                bool is_fresh) {
  begin(inputs, outputs, is_fresh);
  step(outputs, is_fresh);
  end();
}

}  // namespace numest
