// The second half of planning: a home for every value.
#include "numest/runtime/plan.h"

#include <algorithm>

#include "numest/runtime/in_place.h"
#include "numest/runtime/layouts.h"
#include "numest/runtime/memory_plan.h"

namespace numest {

bool Place::is_contiguous() const {
  int64_t expected = itemsize(dtype);
  for (int i = shape.ndim() - 1; i >= 0; --i) {
    if (shape[i] == 0) return true;
    if (shape[i] != 1 && strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

namespace {

class Placement {
 public:
  Placement(const StepList& list, Plan& plan, std::vector<int> roots)
      : list_(list),
        plan_(plan),
        root_(std::move(roots)),
        is_placed_(list.values.size()),
        uses_(list.values.size()),
        block_of_(list.values.size(), -1) {
    for (size_t s = 0; s < list.steps.size(); ++s)
      if (plan.modes[s] != StepMode::kView)
        for (int v : list.steps[s].inputs) uses_[root(v)].push_back(int(s));
    plan_.overwritten.assign(list.outputs.size(), -1);
    plan_.is_copied.assign(list.outputs.size(), false);
    plan_.is_hoisted.assign(list.steps.size(), false);
    plan_.is_constant.assign(list.steps.size(), false);
    is_taken_.resize(list.inputs.size());
  }

  void place_aliased(const Alias& alias) {
    for (auto [output, input] : alias) {
      is_taken_[size_t(input)] = true;
      plan_.overwritten[size_t(output)] = input;
      const int v = list_.outputs[size_t(output)];
      if (v == list_.inputs[size_t(input)]) continue;  // unchanged
      check_shape(output, v, input);
      if (can_overwrite(v, input))
        place_at(v, Home::kInput, input);
      else
        copy_at_end(output);
    }
  }

  void place_donated(std::span<const int> donated) {
    for (size_t o = 0; o < list_.outputs.size(); ++o) {
      if (plan_.overwritten[o] >= 0) continue;
      const int v = list_.outputs[o];
      auto fits = [&](int input) {
        return !is_taken_[size_t(input)] && can_overwrite(v, input);
      };
      auto it = std::find_if(donated.begin(), donated.end(), fits);
      if (it == donated.end()) continue;
      is_taken_[size_t(*it)] = true;
      plan_.overwritten[o] = *it;
      place_at(v, Home::kInput, *it);
    }
  }

  void place_outputs() {
    for (size_t o = 0; o < list_.outputs.size(); ++o) {
      if (plan_.overwritten[o] >= 0) continue;
      const int v = list_.outputs[o];
      if (is_whole(v) && !is_placed_[root(v)])
        place_at(v, Home::kOutput, int(o));
      else
        copy_at_end(int(o));
    }
  }

  void place_rest() {
    for (size_t s = 0; s < list_.steps.size(); ++s) {
      if (!is_static(s)) continue;
      const Step& step = list_.steps[s];
      plan_.is_hoisted[s] = may_hoist(step);
      plan_.is_constant[s] = gives_constant_outputs(step);
      for (size_t i = 0; i < step.outputs.size(); ++i)
        if (!is_placed_[size_t(step.outputs[i])]) place_block(step, int(i), s);
    }
    plan_.arena_bytes = place_blocks(blocks_);
  }

  // Views take the home of their root; blocks have their offsets now.
  void finish() {
    for (size_t v = 0; v < root_.size(); ++v) {
      Place& p = plan_.places[v];
      const Place& r = plan_.places[root(int(v))];
      const int block = block_of_[root(int(v))];
      p.home = r.home;
      p.index = r.index;
      if (block >= 0) p.offset += blocks_[size_t(block)].offset;
    }
  }

 private:
  size_t root(int v) const { return size_t(root_[size_t(v)]); }
  Place& place(int v) { return plan_.places[size_t(v)]; }
  int step_of(size_t v) const { return list_.values[v].step; }
  bool is_static(size_t s) const {
    return plan_.modes[s] == StepMode::kKernel ||
           plan_.modes[s] == StepMode::kReshape;
  }

  // True if what the step gives is equal in all runs at these extents, and
  // little enough to be kept in the arena.
  bool may_hoist(const Step& step) {
    constexpr int64_t kMaxBytes = 64 * 1024;
    if (step.op->is(kImpure)) return false;
    for (int v : step.outputs)
      if (is_placed_[size_t(v)] || place(v).dtype == DType::kBytes ||
          place(v).num_bytes() > kMaxBytes)
        return false;
    return depends_on_extents_only(step);
  }

  bool depends_on_extents_only(const Step& step) const {
    return step.op->is(kOfShapes) ||
           std::all_of(step.inputs.begin(), step.inputs.end(), [&](int v) {
             const int from = step_of(root(v));
             return list_.values[root(v)].is_constant ||
                    (from >= 0 && plan_.is_hoisted[size_t(from)]);
           });
  }

  // Nothing but the step writes to the memory of an output.
  bool gives_constant_outputs(const Step& step) {
    return !step.op->is(kImpure) && depends_on_extents_only(step) &&
           std::all_of(step.outputs.begin(), step.outputs.end(), [&](int v) {
             return is_placed_[size_t(v)] && place(v).home == Home::kOutput;
           });
  }

  // True if `v` is all of a block that a step writes, in order.
  bool is_whole(int v) {
    const int s = step_of(root(v));
    return s >= 0 && is_static(size_t(s)) && place(v).is_contiguous() &&
           place(v).offset == 0 &&
           place(v).num_bytes() == place(root_[size_t(v)]).num_bytes();
  }

  void check_shape(int output, int v, int input) {
    const Place& from = place(list_.inputs[size_t(input)]);
    NUMEST_USER_CHECK(
        !place(v).is_known || place(v).shape == from.shape, ValueError,
        "run: output {} cannot replace input {}: got shape {}, "
        "expected {}",
        output, input, place(v).shape.to_string(), from.shape.to_string());
  }

  void place_at(int v, Home home, int index) {
    place(root_[size_t(v)]).home = home;
    place(root_[size_t(v)]).index = index;
    is_placed_[root(v)] = true;
  }

  void copy_at_end(int output) {
    plan_.is_copied[size_t(output)] = true;
    uses_[root(list_.outputs[size_t(output)])].push_back(
        int(list_.steps.size()));
  }

  // May `step` write `written` over the memory of the value `root`? All
  // inputs in that memory must be elements at the place of the output's.
  bool steps_over(const Step& step, int written, size_t memory) {
    auto at = std::find(step.outputs.begin(), step.outputs.end(), written);
    const int output = int(at - step.outputs.begin());
    const Place& to = place(written);
    for (size_t i = 0; i < step.inputs.size(); ++i) {
      if (root(step.inputs[i]) != memory) continue;
      const Place& from = place(step.inputs[i]);
      if (from.shape != to.shape || !from.is_contiguous() || from.offset != 0 ||
          itemsize(from.dtype) != itemsize(to.dtype) ||
          !may_overwrite(step, int(i), output))
        return false;
    }
    return true;
  }

  bool can_overwrite(int v, int input) {
    const int value = list_.inputs[size_t(input)];
    const size_t memory = size_t(value);
    if (!is_whole(v) || is_placed_[root(v)]) return false;
    if (!place(value).is_contiguous() || place(v).shape != place(value).shape ||
        place(v).dtype != place(value).dtype)
      return false;
    const int writer = step_of(root(v));
    if (plan_.modes[size_t(writer)] == StepMode::kReshape) return false;
    return std::all_of(uses_[memory].begin(), uses_[memory].end(), [&](int s) {
      return s < writer ||
             (s == writer &&
              steps_over(list_.steps[size_t(s)], root_[size_t(v)], memory));
    });
  }

  int last_use(size_t v) const {
    return uses_[v].empty() ? step_of(v) : uses_[v].back();
  }

  void place_block(const Step& step, int output, size_t s) {
    const int v = step.outputs[size_t(output)];
    is_placed_[size_t(v)] = true;
    if (place(v).dtype == DType::kBytes) {
      place(v).home = Home::kOwn;
      place(v).index = v;
      return;
    }
    place(v).home = Home::kArena;
    const bool is_kept = plan_.is_hoisted[s];
    const int end = int(list_.steps.size()) + 1;
    const int last = is_kept ? end : std::max(last_use(size_t(v)), int(s));
    const int reused = is_kept ? -1 : dying_block(step, v, int(s));
    if (reused >= 0) {
      block_of_[size_t(v)] = reused;
      blocks_[size_t(reused)].last = last;
      reused_at_[size_t(reused)] = int(s);
      return;
    }
    block_of_[size_t(v)] = int(blocks_.size());
    blocks_.push_back({place(v).num_bytes(), is_kept ? 0 : int(s), last, 0});
    reused_at_.push_back(int(s));
  }

  // The block of an input that this step is the last to read and may write
  // over, or -1.
  int dying_block(const Step& step, int v, int s) {
    if (plan_.modes[size_t(s)] == StepMode::kReshape) return -1;
    for (int input : step.inputs) {
      const size_t memory = root(input);
      const int block = block_of_[memory];
      if (block < 0 || blocks_[size_t(block)].last != s) continue;
      if (reused_at_[size_t(block)] == s) continue;
      if (place(int(memory)).num_bytes() != place(v).num_bytes()) continue;
      if (place(v).num_bytes() > 0 && steps_over(step, v, memory)) return block;
    }
    return -1;
  }

  const StepList& list_;
  Plan& plan_;
  std::vector<int> root_;
  std::vector<bool> is_placed_;         // by root
  std::vector<bool> is_taken_;          // by input: it is overwritten
  std::vector<std::vector<int>> uses_;  // by root: steps that read it
  std::vector<int> block_of_;           // by root: block, or -1
  std::vector<MemoryBlock> blocks_;
  std::vector<int> reused_at_;  // by block: the last step that took it
};

}  // namespace

Plan make_plan(const Graph& graph, const StepList& list,
               std::span<const InputLayout> inputs, const Alias& alias,
               std::span<const int> donated) {
  Plan plan;
  Layouts layouts = infer_layouts(graph, list, inputs, plan);
  Placement placement(list, plan, std::move(layouts.root));
  placement.place_aliased(alias);
  placement.place_donated(donated);
  placement.place_outputs();
  placement.place_rest();
  placement.finish();
  return plan;
}

}  // namespace numest
