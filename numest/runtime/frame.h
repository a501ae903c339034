// A frame: the memory of one run, with every kernel's arrays built before.
// One run uses it at a time; a program keeps as many as ran at once.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "numest/runtime/plan.h"
#include "numest/runtime/program_labels.h"
#include "numest/runtime/step_sampler.h"

namespace numest {

class Frame {
 public:
  /// All of it must outlive the frame; `sampler` may be null.
  Frame(const StepList& list, const Plan& plan, ProgramLabels& labels,
        StepSampler* sampler);
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  /// Runs with outputs in place of `outputs`: arrays of the planned types
  /// are written; with `is_fresh`, outputs are allocated or reused.
  void run(std::span<const Array> inputs, std::span<Array> outputs,
           bool is_fresh);

  /// The parts of `run`, for many steps on the same arrays, which must stay
  /// until `end`.
  void begin(std::span<const Array> inputs, std::span<Array> outputs,
             bool is_fresh);
  void step(std::span<Array> outputs, bool is_fresh);
  void end();
  /// Between `begin` and `end`: input `input` lies at `data` from now on, in
  /// the layout that it had.
  void move_input(size_t input, std::byte* data,
                  const std::shared_ptr<Buffer>& buffer);

 private:
  struct Patch {
    size_t slot;
    int64_t offset;
    bool keeps_buffer;  // else the array borrows: cheaper, no count
  };
  struct Call {
    size_t step;
    KernelContext context;
    std::unique_ptr<BoundKernel> bound;  // null: the kernel runs as it is
    std::optional<Work> work = {};       // of a run, once it was asked for
  };
  using Patches = std::vector<Patch>;

  void number_slots();
  std::span<Array> in_slots(size_t step);
  std::span<Array> out_slots(size_t step);
  void add_calls();
  void add_call(size_t step);
  void fill_slots(size_t step, bool keeps_buffers);
  void bind(Call& call) const;
  void fill_slot(int value, size_t slot, bool keeps_buffer);

  void check_outputs(std::span<const Array> outputs) const;
  void choose_outputs(std::span<Array> outputs, bool is_fresh);
  Array pooled_output(size_t output);
  void patch(const Patches& patches, const Array& array);
  /// What the next step has to call.
  std::span<Call> due_calls() {
    return std::span(calls_).subspan(has_constants_ ? num_constant_ : 0);
  }
  static void call_kernel(const KernelContext& context);
  void call(const Call& call);
  void call_sampled();
  void call_recorded(uint64_t recording);
  Work work_of(Call& call) const;
  void run_dynamic(const Call& call);
  bool is_reused(const Array& array) const;
  void copy_outputs(std::span<Array> outputs, bool is_fresh);

  const StepList& list_;
  const Plan& plan_;
  ProgramLabels& labels_;
  StepSampler* const sampler_;
  SampledRuns runs_;
  std::shared_ptr<const ProgramLabels::Ids> ids_;  // null: not recorded yet
  std::shared_ptr<Buffer> arena_;
  std::vector<Array> slots_;  // inputs and outputs of steps, then `ends`
  std::vector<size_t> first_in_, first_out_;  // by step
  std::vector<size_t> ends_;                  // by output: slot of its value
  std::vector<std::vector<size_t>> dynamic_slots_;  // by value
  std::vector<Array> own_;                          // by value: byte strings
  std::vector<Patches> input_patches_, output_patches_;
  std::vector<Call> calls_;     // those of constant outputs first
  size_t num_constant_ = 0;     // of these
  bool has_constants_ = false;  // the outputs have them already
  bool has_copies_;             // of values to outputs, after the last call
  std::vector<std::vector<std::shared_ptr<Buffer>>> pool_;  // by output
  // Of the current run.
  std::span<const Array> inputs_;
  std::optional<Bindings> bindings_;
};

}  // namespace numest
