// A plan: for given layouts of the inputs, the type of every value and the
// place where it lives. Made at the first run at these extents.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "numest/graph/evaluate.h"
#include "numest/runtime/step_list.h"

namespace numest {

/// What owns the memory of a value.
enum class Home : uint8_t {
  kConstant,  // the graph
  kInput,     // the caller's input `index`, read or overwritten
  kOutput,    // the caller's output `index`
  kArena,     // the arena, from `offset`
  kOwn,       // an array of the frame (byte strings)
  kDynamic,   // made anew by every run: extents depend on data
};

/// Where a value lives and how it is laid out.
struct Place {
  Home home = Home::kDynamic;
  int index = -1;
  int64_t offset = 0;  // bytes from the first element of the home
  DType dtype = DType::kFloat32;
  Shape shape;
  Strides strides;
  bool is_known = false;  // dtype, shape (dynamic values: perhaps not)

  bool is_contiguous() const;
  int64_t num_bytes() const { return shape.size() * itemsize(dtype); }
};

enum class StepMode : uint8_t {
  kKernel,   // outputs are placed
  kView,     // nothing to do: the outputs are known views
  kReshape,  // a reshape that must copy
  kDynamic,  // interpreted
};

struct Plan {
  std::vector<Place> places;                // by value
  std::vector<StepMode> modes;              // by step
  std::vector<std::optional<Attrs>> attrs;  // by step, if symbols resolved
  std::vector<bool> is_hoisted;  // by step: runs once, when memory is made
  // By step: what it writes to the outputs is the same in all runs at these
  // extents, so steps on the same outputs need it once.
  std::vector<bool> is_constant;
  std::vector<int> overwritten;  // by output: the input that it lives in, -1
  std::vector<bool> is_copied;   // by output: assigned after the last step
  int64_t arena_bytes = 0;
  bool has_dynamic = false;
  Bindings bindings;
};

/// Dtype, shape and strides of an input.
struct InputLayout {
  DType dtype;
  Shape shape;
  Strides strides;
};

/// Plans. Outputs of `alias` are written to their input in place if all
/// other readers come first, else copied at the end; outputs of the type of
/// an input in `donated` take its place if that costs nothing. Throws
/// TypeError or ValueError if layouts do not fit the parameters.
Plan make_plan(const Graph& graph, const StepList& list,
               std::span<const InputLayout> inputs, const Alias& alias,
               std::span<const int> donated);

}  // namespace numest
