// Compiling, choosing the plan for the extents at hand, and running.
#include "numest/runtime/executable.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include "numest/base/counters.h"
#include "numest/base/log.h"
#include "numest/base/recording.h"
#include "numest/runtime/frame.h"
#include "numest/runtime/subgraphs.h"

namespace numest {

namespace {

constexpr size_t kMaxPlans = 16;

constinit SpanSite compile_site{SpanKind::kCall, "compile"};
constinit SpanSite plan_site{SpanKind::kCall, "plan memory"};

/// A plan with the frames that wait for their next run.
struct PlanEntry {
  std::vector<InputLayout> layouts;
  Plan plan;
  std::vector<std::unique_ptr<Frame>> frames;

  bool fits(std::span<const Array> inputs) const {
    for (size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].dtype() != layouts[i].dtype ||
          !(inputs[i].shape() == layouts[i].shape) ||
          !(inputs[i].strides() == layouts[i].strides))
        return false;
    return true;
  }
};

bool is_profile_wanted() {
  const char* text = std::getenv("NUMEST_PROFILE");
  return text && std::string_view(text) == "1";
}

bool overlap(const Array& a, const Array& b) {
  return a.buffer() && a.buffer() == b.buffer();
}

void check_index(int index, size_t size, const char* what) {
  NUMEST_USER_CHECK(index >= 0 && size_t(index) < size, IndexError,
                    "compile: {} is out of range: got {}, expected [0, {})",
                    what, index, size);
}

void check_options(const Graph& graph, const CompileOptions& options) {
  for (int i : options.donated)
    check_index(i, graph.inputs.size(), "a donated input");
  for (const std::pair<int, int>& alias : options.alias) {
    const auto [output, input] = alias;
    check_index(output, graph.outputs.size(), "an aliased output");
    check_index(input, graph.inputs.size(), "an aliased input");
    const Tensor& from = graph.inputs[size_t(input)];
    const Tensor& to = graph.outputs[size_t(output)];
    NUMEST_USER_CHECK(
        from.dtype() == to.dtype() && from.ndim() == to.ndim(), ValueError,
        "compile: output {} cannot replace input {}: got {}{} for {}{}", output,
        input, name(to.dtype()), to.shape().to_string(), name(from.dtype()),
        from.shape().to_string());
    const auto same = [&alias](const std::pair<int, int>& other) {
      return other.first == alias.first || other.second == alias.second;
    };
    NUMEST_USER_CHECK(
        std::count_if(options.alias.begin(), options.alias.end(), same) == 1,
        ValueError, "compile: output {} or input {} is aliased twice", output,
        input);
  }
}

}  // namespace

class Executable::Impl {
 public:
  Impl(Graph graph, const CompileOptions& options)
      : graph_(std::move(graph)),
        donated_(options.donated),
        alias_(options.alias),
        list_(list_steps(graph_, alias_)),
        labels_(list_, graph_.name) {
    if (options.profile || is_profile_wanted())
      sampler_ = std::make_unique<StepSampler>(
          list_, is_profile_wanted() ? 1 : options.profile_every);
    for (auto [output, input] : alias_) donated_.push_back(input);
    std::sort(donated_.begin(), donated_.end());
    donated_.erase(std::unique(donated_.begin(), donated_.end()),
                   donated_.end());
  }
  // Whoever asked by environment variable has no other way to read it.
  ~Impl() {
    if (sampler_ && is_profile_wanted())
      log_info("profile of {}:\n{}", graph_.name, sampler_->table());
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const Graph& graph() const { return graph_; }
  size_t num_outputs() const { return list_.outputs.size(); }
  std::vector<ProfileRow> profile_rows() const {
    return sampler_ ? sampler_->rows() : std::vector<ProfileRow>();
  }
  std::string profile_table() const {
    return sampler_ ? sampler_->table() : "";
  }

  void run(std::span<const Array> inputs, std::span<Array> outputs,
           bool is_fresh) const {
    NUMEST_USER_CHECK(inputs.size() == list_.inputs.size(), ValueError,
                      "run: got {} inputs, expected {}", inputs.size(),
                      list_.inputs.size());
    NUMEST_USER_CHECK(outputs.size() == list_.outputs.size(), ValueError,
                      "run: got {} outputs, expected {}", outputs.size(),
                      list_.outputs.size());
    check_writable(inputs);
    if (must_copy(inputs))
      run_planned(separated(inputs), outputs, is_fresh);
    else
      run_planned(inputs, outputs, is_fresh);
  }

  bool may_bind(std::span<const Array> inputs) const {
    NUMEST_USER_CHECK(inputs.size() == list_.inputs.size(), ValueError,
                      "bind: got {} inputs, expected {}", inputs.size(),
                      list_.inputs.size());
    check_writable(inputs);
    return !must_copy(inputs) && !find_plan(inputs)->plan.has_dynamic;
  }

  bool is_donated(size_t input) const {
    return std::binary_search(donated_.begin(), donated_.end(), int(input));
  }

 private:
  friend class BoundProgram::Impl;

  void run_planned(std::span<const Array> inputs, std::span<Array> outputs,
                   bool is_fresh) const {
    const std::shared_ptr<PlanEntry> entry = find_plan(inputs);
    std::unique_ptr<Frame> frame = take_frame(*entry);
    frame->run(inputs, outputs, is_fresh);
    give_back(*entry, std::move(frame));
  }

  void give_back(PlanEntry& entry, std::unique_ptr<Frame> frame) const {
    const std::lock_guard lock(mutex_);
    entry.frames.push_back(std::move(frame));
  }

  // An input in the memory of a donated one would change under its readers;
  // a read-only buffer cannot be given away.
  bool must_copy(std::span<const Array> inputs) const {
    for (int d : donated_)
      if (!inputs[size_t(d)].is_writable()) return true;
    for (int d : donated_)
      for (size_t i = 0; i < inputs.size(); ++i)
        if (!is_donated(i) && overlap(inputs[i], inputs[size_t(d)]))
          return true;
    return false;
  }

  void check_writable(std::span<const Array> inputs) const {
    for (auto [output, input] : alias_)
      NUMEST_USER_CHECK(inputs[size_t(input)].is_writable(), ValueError,
                        "run: input {} is read-only, expected a writable "
                        "array: output {} is written into it",
                        input, output);
  }

  std::vector<Array> separated(std::span<const Array> inputs) const {
    std::vector<Array> result(inputs.begin(), inputs.end());
    for (size_t i = 0; i < inputs.size(); ++i)
      if (!is_donated(i) || !result[i].is_writable())
        result[i] = result[i].copy();
    return result;
  }

  // The entry moves to the front: the last used one is found first.
  std::shared_ptr<PlanEntry> find_plan(std::span<const Array> inputs) const {
    const std::lock_guard lock(mutex_);
    auto it = std::find_if(plans_.begin(), plans_.end(),
                           [&](const auto& p) { return p->fits(inputs); });
    if (it == plans_.end()) {
      if (plans_.size() == kMaxPlans) plans_.pop_back();
      plans_.push_back(new_plan(inputs));
      it = plans_.end() - 1;
    }
    std::rotate(plans_.begin(), it, it + 1);
    return plans_.front();
  }

  std::shared_ptr<PlanEntry> new_plan(std::span<const Array> inputs) const {
    const Span span(plan_site);
    count(Counter::memory_plans);
    auto entry = std::make_shared<PlanEntry>();
    for (const Array& a : inputs)
      entry->layouts.push_back({a.dtype(), a.shape(), a.strides()});
    entry->plan = make_plan(graph_, list_, entry->layouts, alias_, donated_);
    entry->frames.reserve(8);
    return entry;
  }

  std::unique_ptr<Frame> take_frame(PlanEntry& entry) const {
    {
      const std::lock_guard lock(mutex_);
      if (!entry.frames.empty()) {
        auto frame = std::move(entry.frames.back());
        entry.frames.pop_back();
        return frame;
      }
    }
    return std::make_unique<Frame>(list_, entry.plan, labels_, sampler_.get());
  }

  Graph graph_;
  std::vector<int> donated_;  // sorted, aliased ones included
  Alias alias_;
  StepList list_;
  mutable ProgramLabels labels_;
  std::unique_ptr<StepSampler> sampler_;
  mutable std::mutex mutex_;  // guards plans_ and the frames in them
  mutable std::vector<std::shared_ptr<PlanEntry>> plans_;
};

class BoundProgram::Impl {
 public:
  Impl(std::shared_ptr<const Executable::Impl> program,
       std::vector<Array> inputs)
      : program_(std::move(program)),
        inputs_(std::move(inputs)),
        outputs_(program_->num_outputs()),
        entry_(program_->find_plan(inputs_)),
        frame_(program_->take_frame(*entry_)) {
    frame_->begin(inputs_, outputs_, true);
  }
  ~Impl() {
    frame_->end();
    program_->give_back(*entry_, std::move(frame_));
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const std::vector<Array>& inputs() const { return inputs_; }
  const std::vector<Array>& outputs() const { return outputs_; }
  Frame& frame() { return *frame_; }

  bool may_read(const std::shared_ptr<Buffer>& buffer) const {
    for (size_t i = 0; i < inputs_.size(); ++i)
      if (program_->is_donated(i) && inputs_[i].buffer() == buffer)
        return false;
    return true;
  }
  void run() { frame_->step(outputs_, false); }

 private:
  std::shared_ptr<const Executable::Impl> program_;
  std::vector<Array> inputs_, outputs_;
  std::shared_ptr<PlanEntry> entry_;
  std::unique_ptr<Frame> frame_;
};

BoundProgram::BoundProgram(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
BoundProgram::BoundProgram(BoundProgram&&) noexcept = default;
BoundProgram& BoundProgram::operator=(BoundProgram&&) noexcept = default;
BoundProgram::~BoundProgram() = default;

const std::vector<Array>& BoundProgram::inputs() const {
  return impl_->inputs();
}
const std::vector<Array>& BoundProgram::outputs() const {
  return impl_->outputs();
}
bool BoundProgram::may_read(const std::shared_ptr<Buffer>& buffer) const {
  return impl_->may_read(buffer);
}
void BoundProgram::move_input(size_t input, std::byte* data,
                              const std::shared_ptr<Buffer>& buffer) {
  impl_->frame().move_input(input, data, buffer);
}
void BoundProgram::run() { impl_->run(); }

std::optional<BoundProgram> Executable::bind(std::vector<Array> inputs) const {
  if (!impl_->may_bind(inputs)) return std::nullopt;
  return BoundProgram(
      std::make_unique<BoundProgram::Impl>(impl_, std::move(inputs)));
}

const Graph& Executable::graph() const { return impl_->graph(); }

std::vector<Array> Executable::run(std::span<const Array> inputs) const {
  std::vector<Array> outputs(impl_->num_outputs());
  impl_->run(inputs, outputs, true);
  return outputs;
}

void Executable::run(std::span<const Array> inputs,
                     std::span<Array> outputs) const {
  impl_->run(inputs, outputs, false);
}

std::string Executable::profile() const { return impl_->profile_table(); }

std::vector<ProfileRow> Executable::profile_rows() const {
  return impl_->profile_rows();
}

Executable compile(const Graph& graph, const CompileOptions& options) {
  check_options(graph, options);
  const Span span(compile_site);
  install_compiled_subgraphs();
  count(Counter::compilations);
  Graph optimized = optimize(graph, options.passes);
  expect_subgraphs(optimized);
  return Executable(
      std::make_shared<Executable::Impl>(std::move(optimized), options));
}

}  // namespace numest
