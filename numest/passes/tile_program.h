// A chain of elementwise ops as a program over tiles: a few thousand elements
// pass through all steps while they stay in the first-level cache, so that
// memory is read and written once.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "numest/graph/node.h"
#include "numest/kernels/elementwise.h"

namespace numest {

/// True if a tile program can run `node`: an elementwise op or a cast with a
/// tile for its dtypes.
bool has_tile(const Node& node);

class TileProgram : public ForeignFunction {
 public:
  static constexpr size_t kMaxInputs = 24;
  static constexpr size_t kMaxOutputs = 8;
  static constexpr size_t kMaxSteps = 64;

  /// Compiles `body`: nodes with tiles, all of the shape to which the inputs
  /// broadcast; constants are scalars; outputs are nodes, none twice.
  explicit TileProgram(const Graph& body);

  /// Writes contiguous outputs. Inputs may have any strides.
  void run(std::span<const Array> inputs, std::span<Array> outputs) const;

  /// A kernel for arrays of this layout, if all of it fits one tile; else
  /// null. The program must outlive it.
  std::unique_ptr<BoundKernel> bind(std::span<const Array> inputs,
                                    std::span<const Array> outputs) const;

  /// True if no step reads input `input` after output `output` is written,
  /// so that both may share memory.
  bool may_overwrite(int input, int output) const;

  /// Ops that each element passes through.
  size_t num_steps() const { return steps_.size(); }

  std::string name() const override { return name_; }
  /// Shape: what the inputs broadcast to.
  std::vector<TensorSpec> output_types(
      std::span<const TensorSpec> inputs) const override;
  std::vector<Array> call(std::span<const Array> inputs) const override;

 private:
  enum class Space : uint8_t { kInput, kConstant, kRegister, kOutput };
  struct Ref {
    Space space = Space::kInput;
    int index = 0;
  };
  struct TileStep {
    kernels::TileFn fn = nullptr;
    std::array<Ref, 3> in;
    int num_inputs = 0;
    Ref out;
    bool is_select = false;  // where
    int64_t item = 0;        // bytes of an output element
  };
  friend class TileCompiler;
  friend class TileRun;
  friend class BoundTiles;

  std::string name_;
  std::vector<TileStep> steps_;
  std::vector<DType> inputs_, outputs_;
  std::vector<int> last_read_;    // by input: step
  std::vector<int> written_;      // by output: step
  std::vector<Array> constants_;  // one tile each
  int64_t tile_size_ = 0;         // elements
  int64_t slot_bytes_ = 0;        // of one register
  int num_registers_ = 0;
};

}  // namespace numest
