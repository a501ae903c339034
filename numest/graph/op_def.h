// The definition of an op: one table entry holds every rule. Tables stand in
// `numest/ops`; transforms, passes and bindings read them, none owns an op.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "numest/base/short_list.h"
#include "numest/graph/attr.h"
#include "numest/graph/tensor.h"

namespace numest {

struct OpDef;

/// Types of an op's outputs; one spec converts to a list of one.
struct Types : ShortList<TensorSpec, 1> {
  using ShortList::ShortList;
  Types(TensorSpec one) { push_back(std::move(one)); }  // NOLINT
};

/// What a type rule sees. Extents may be symbols while tracing and are known
/// at run time; an output extent that depends on data stays a symbol.
struct TypeContext {
  const OpDef& op;
  std::span<const TensorSpec> inputs;
  const Attrs& attrs;
  const TensorSpec& in(size_t i) const { return inputs[i]; }
};

/// What a kernel sees: inputs as strided views; outputs allocated row-major
/// by the type rule. For ops that are views, or whose extents depend on data,
/// `out(i)` is to be set by the kernel.
struct KernelContext {
  const OpDef& op;
  std::span<const Array> inputs;
  std::span<Array> outputs;
  const Attrs& attrs;
  const Array& in(size_t i) const { return inputs[i]; }
  Array& out(size_t i = 0) const { return outputs[i]; }
};

/// Reverse derivative: returns one cotangent per input; an empty Tensor means
/// zero. `cotangents[i]` is empty where output i does not matter.
struct VjpContext {
  const OpDef& op;
  std::span<const Tensor> inputs;
  std::span<const Tensor> outputs;
  std::span<const Tensor> cotangents;
  const Attrs& attrs;
  const Tensor& in(size_t i) const { return inputs[i]; }
  const Tensor& out() const { return outputs[0]; }
  const Tensor& cotangent() const { return cotangents[0]; }
};

/// Vectorizing: inputs with `batched[i]` have the batch axis first; every
/// output has it first.
struct VmapContext {
  const OpDef& op;
  std::span<const Tensor> inputs;
  std::span<const bool> batched;
  const Attrs& attrs;
};

/// A function that must be given: an entry that leaves one out does not
/// compile.
template <class F>
struct Rule {
  F* fn;
  Rule() = delete;
  template <class G>
  constexpr Rule(G g) : fn(g) {}  // NOLINT: a lambda converts silently
  template <class... A>
  decltype(auto) operator()(A&&... a) const {
    return fn(std::forward<A>(a)...);
  }
  constexpr bool operator==(const Rule&) const = default;
};
using TypeRule = Rule<Types(const TypeContext&)>;

/// A kernel made ready for arrays of one layout: what dtypes, shapes, strides
/// and attributes decide is decided, only memory may move between runs.
class BoundKernel {
 public:
  BoundKernel() = default;
  virtual ~BoundKernel() = default;
  BoundKernel(const BoundKernel&) = delete;
  BoundKernel& operator=(const BoundKernel&) = delete;
  /// As the kernel on arrays of the layout that was bound. One thread at a
  /// time.
  virtual void run(const KernelContext& c) = 0;
};

struct Kernel : Rule<void(const KernelContext&)> {
  /// Reads layouts and attributes, no memory. Null if binding gains nothing.
  using Bind = std::unique_ptr<BoundKernel>(const KernelContext&);
  Bind* bind = nullptr;
  template <class G>
  constexpr Kernel(G g) : Rule(g) {}  // NOLINT: a lambda converts silently
  template <class G>
  constexpr Kernel(G g, Bind* b) : Rule(g), bind(b) {}
};
using VjpRule = Rule<std::vector<Tensor>(const VjpContext&)>;
using VmapRule = Rule<std::vector<Tensor>(const VmapContext&)>;
/// Operations on numbers of one run, from shapes and attributes.
using FlopsRule = int64_t (*)(const KernelContext&);

/// Kinds of parameters; arrays come before attributes.
enum class Kind : uint8_t {
  kArray,   // one tensor
  kArrays,  // any number of tensors; the only array parameter, or the last
  kBool,
  kInt,
  kFloat,
  kString,
  kInts,      // a list of ints; an int is a list of one
  kAxes,      // None, an int or ints
  kShape,     // extents; symbols allowed
  kDType,     // a dtype or None
  kGraph,     // a sub-graph
  kFunction,  // a ForeignFunction
  kValue,     // an Array fixed at trace time
};

struct ParamDef {
  std::string_view name;
  Kind kind = Kind::kArray;
  /// Python literal of the default ("None", "0", "False", "1.0", "'same'");
  /// empty if the argument must be given.
  std::string_view default_value = "";
};

enum Trait : uint32_t {
  kNoTraits = 0,
  kElementwise = 1,  // has a tile in numest/kernels; may be fused
  kPromotes = 2,     // inputs are cast to their common dtype first
  kInexact = 4,      // ... and that to floating point (sqrt, divide)
  kCommutative = 8,
  kView = 16,          // the output shares the input's buffer
  kDataShape = 32,     // output extents depend on data
  kImpure = 64,        // not folded, not merged (python_call)
  kKeepsFirst = 128,   // kPromotes casts the first input to bool (where)
  kManyOutputs = 256,  // several outputs: the C++ function returns a list
  kOfShapes = 512,     // outputs depend on the shapes of inputs only
  // Operations take longer than those of a product: `flops` counts them, if the
  // op has it. Branches with such may be worth skipping.
  kDear = 1024,
  kBoolsAsInts = 2048,  // kPromotes casts bools alone to int8
};

/// Inputs on which the generated tests evaluate the op: NumPy-style shapes of
/// the arrays ("3,4;4" is (3,4) and (4,)), attributes in Python spelling.
struct Samples {
  double low = -2, high = 2;
  std::string_view shapes = "";  // empty: (), (5,), (3,4), (0,2), broadcasts
  std::string_view attrs = "";   // "axis=1, keepdims=True"; ';' separates
  // "float32 int64", "float32,int64" for inputs that differ; empty: all the
  // op accepts.
  std::string_view dtypes = "";
  double tolerance = 1e-5;
};

/// One op. Fields stand in the order in which a reader asks for them.
struct OpDef {
  std::string_view name;  // NumPy's if NumPy has one
  std::string_view doc;   // one sentence
  std::span<const ParamDef> params;
  TypeRule type;
  Kernel kernel;
  VjpRule vjp;  // kNoGradient is said aloud
  VmapRule vmap;
  Samples samples{};
  std::string_view reference = "";  // NumPy expression for tests: "np.sin"
  uint32_t traits = kNoTraits;
  /// For profiles, and to tell what a branch costs. Null: one for each element
  /// if elementwise, else none.
  FlopsRule flops = nullptr;
  /// What the op takes in place of values that it may refuse, by input, with
  /// commas: a number, "=" before it: of constants, too, as bounds change
  /// together; "eye", the identity; "longer", more elements along the axes that
  /// it needs some of; dots behind it: the inputs that follow, too. "": it
  /// refuses none. See numest/ops/guard.h.
  std::string_view harmless = "";

  bool is(Trait trait) const { return (traits & trait) != 0; }
  size_t num_array_params() const;
};

std::vector<Tensor> no_gradient(const VjpContext& c);
/// The op has no derivative: its inputs get none.
inline constexpr VjpRule kNoGradient = no_gradient;

}  // namespace numest
