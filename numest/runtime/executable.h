// Compiled programs: compile(graph) gives an Executable that runs again and
// again without allocating.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "numest/passes/default_pipeline.h"
#include "numest/runtime/profile_row.h"

namespace numest {

struct CompileOptions {
  PassOptions passes;
  /// Inputs whose buffers the program may overwrite and return as outputs.
  std::vector<int> donated;
  /// Output index, donated input index: the output is written into that
  /// input's buffer, whatever it costs. Dtype and shape must be equal.
  std::vector<std::pair<int, int>> alias;
  /// Accumulates time per node; also on if NUMEST_PROFILE=1.
  bool profile = false;
  /// With `profile`: times each n-th run only, so that it costs nothing.
  int64_t profile_every = 1;
};

/// A program on arrays of its own choice, for many runs: memory is chosen and
/// checked once. One thread at a time.
class BoundProgram {
 public:
  class Impl;
  explicit BoundProgram(std::unique_ptr<Impl> impl);
  BoundProgram(BoundProgram&&) noexcept;
  BoundProgram& operator=(BoundProgram&&) noexcept;
  ~BoundProgram();

  const std::vector<Array>& inputs() const;
  /// The same arrays in every run, written again and again; aliased ones are
  /// the inputs.
  const std::vector<Array>& outputs() const;
  /// True if no input that the program overwrites lies in `buffer`.
  bool may_read(const std::shared_ptr<Buffer>& buffer) const;
  /// Input `input` lies at `data` from now on, in the layout that was bound.
  /// The caller keeps `buffer`, which the program may read, alive.
  void move_input(size_t input, std::byte* data,
                  const std::shared_ptr<Buffer>& buffer);
  void run();

 private:
  std::unique_ptr<Impl> impl_;
};

/// A program. Re-entrant, immutable to its users, cheap to copy.
class Executable {
 public:
  class Impl;
  explicit Executable(std::shared_ptr<const Impl> impl)
      : impl_(std::move(impl)) {}

  /// The program after the passes.
  const Graph& graph() const;

  /// Runs. Allocates the outputs only, and these from buffers of former
  /// outputs that nobody holds any more. An aliased output is the input's
  /// array. Throws TypeError or ValueError if inputs do not fit.
  std::vector<Array> run(std::span<const Array> inputs) const;

  /// Writes the outputs into arrays of the right dtype and shape that are
  /// contiguous and overlap no input. Aliased outputs become the input's
  /// array. Allocates nothing after the first run at given extents (kernels
  /// with outputs whose extents depend on data excepted).
  void run(std::span<const Array> inputs, std::span<Array> outputs) const;

  /// Prepares runs on `inputs`. Nullopt if that saves nothing: extents depend
  /// on data, or an input would be copied first.
  std::optional<BoundProgram> bind(std::vector<Array> inputs) const;

  /// Table of accumulated times by node; empty unless profiling is on.
  std::string profile() const;
  /// The same as data, in the order of the steps.
  std::vector<ProfileRow> profile_rows() const;

 private:
  std::shared_ptr<const Impl> impl_;
};

/// Optimizes and prepares `graph`. Counted in Counter::compilations; memory
/// is planned at the first run at given extents.
Executable compile(const Graph& graph, const CompileOptions& options = {});

}  // namespace numest
