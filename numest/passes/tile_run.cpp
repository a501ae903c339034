// Running a tile program: inputs that are not laid out like the outputs are
// brought into tiles of their own, scalars and short rows once per piece.
#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

#include "numest/array/strided_copy.h"
#include "numest/base/thread_pool.h"
#include "numest/passes/tile_program.h"

namespace numest {

namespace {

constexpr int64_t kGrain = 1 << 15;  // elements of a piece of parallel work

enum class Layout : uint8_t {
  kDirect,
  kScalar,
  kRowScalar,  // one element for each of equally long runs
  kShortRow,
  kStrided
};

// Tiles end with runs; shorter runs than this are not worth tiles.
constexpr int64_t kLeastRun = 512;

/// An input as the outputs' elements see it, neighbouring axes merged.
struct Source {
  const std::byte* data = nullptr;
  int64_t item = 0;  // bytes
  Layout layout = Layout::kDirect;
  Shape extents, strides;
};

void merge_axes(Source& s, const Array& a, const Shape& shape) {
  const int lead = shape.ndim() - a.ndim();
  for (int i = 0; i < shape.ndim(); ++i) {
    if (shape[i] == 1) continue;
    const bool is_repeated = i < lead || a.shape()[i - lead] == 1;
    const int64_t stride = is_repeated ? 0 : a.strides()[i - lead];
    const int last = s.extents.ndim() - 1;
    if (last >= 0 && s.strides[last] == stride * shape[i]) {
      s.extents[last] *= shape[i];
      s.strides[last] = stride;
    } else {
      s.extents.push_back(shape[i]);
      s.strides.push_back(stride);
    }
  }
}

Source make_source(const Array& a, const Shape& shape, int64_t tile_size) {
  Source s;
  s.data = a.raw();
  s.item = a.itemsize();
  merge_axes(s, a, shape);
  const int ndim = s.extents.ndim();
  if (ndim == 0 || (ndim == 1 && s.strides[0] == 0))
    s.layout = Layout::kScalar;
  else if (ndim == 1 && s.strides[0] == s.item)
    s.layout = Layout::kDirect;
  else if (ndim == 2 && s.strides[0] == 0 && s.strides[1] == s.item &&
           s.extents[1] <= tile_size)
    s.layout = Layout::kShortRow;
  else if (s.strides[ndim - 1] == 0 && s.extents[ndim - 1] >= kLeastRun)
    s.layout = Layout::kRowScalar;
  else
    s.layout = Layout::kStrided;
  return s;
}

void gather(const Source& s, int64_t begin, int64_t count, std::byte* to) {
  copy_strided(s.data, s.extents, s.strides, s.item, begin, count, to);
}

// Memory of the calling thread; grows, never shrinks.
std::byte* scratch(size_t num_bytes) {
  constexpr size_t kAlignment = 64;
  thread_local std::vector<std::byte> memory;
  if (memory.size() < num_bytes + kAlignment)
    memory.resize(num_bytes + kAlignment);
  const auto address = reinterpret_cast<uintptr_t>(memory.data());
  return memory.data() + (kAlignment - address % kAlignment) % kAlignment;
}

}  // namespace

/// One run: the sources are read by all threads.
class TileRun {
 public:
  TileRun(const TileProgram& program, std::span<const Array> inputs,
          std::span<Array> outputs)
      : p_(program), num_sources_(inputs.size()) {
    for (size_t i = 0; i < inputs.size(); ++i)
      std::construct_at(
          &sources_.at[i],
          make_source(inputs[i], outputs[0].shape(), program.tile_size_));
    for (size_t o = 0; o < outputs.size(); ++o) {
      outputs_[o] = outputs[o].raw();
      output_items_[o] = outputs[o].itemsize();
    }
    note_selects();
  }
  ~TileRun() { std::destroy_n(sources_.at.begin(), num_sources_); }
  TileRun(const TileRun&) = delete;
  TileRun& operator=(const TileRun&) = delete;

  void run(int64_t begin, int64_t end) const {
    Pointers at;
    const size_t num_slots = size_t(p_.num_registers_) + 2 * p_.inputs_.size();
    at.memory = scratch(num_slots * size_t(p_.slot_bytes_));
    prepare(at, begin, end);
    for (int64_t i = begin, count = 0; i < end; i += count) {
      count = std::min(p_.tile_size_, end - i);
      for (size_t in = 0; in < p_.inputs_.size(); ++in)
        if (sources_.at[in].layout == Layout::kRowScalar)
          count = std::min(count, left_of_run(sources_.at[in], i));
      choose(at, i, i == begin);
      load(at, i, count, i == begin);
      for (size_t s = 0; s < p_.steps_.size(); ++s)
        run_step(p_.steps_[s], s, at, count);
    }
  }

 private:
  using Space = TileProgram::Space;
  struct Pointers {
    std::byte* memory = nullptr;
    std::array<const std::byte*, TileProgram::kMaxInputs> in;
    std::array<std::byte*, TileProgram::kMaxOutputs> out;
    std::array<const std::byte*, TileProgram::kMaxSteps> registers;
    uint64_t is_true = 0;  // by step: what a chosen selection chooses
    uint32_t unread = 0;   // by input: no step of this tile reads it
  };

  std::byte* slot(const Pointers& at, size_t index) const {
    return at.memory + index * size_t(p_.slot_bytes_);
  }
  // Two slots: a short row repeats over one tile more.
  std::byte* input_slot(const Pointers& at, size_t input) const {
    return slot(at, size_t(p_.num_registers_) + 2 * input);
  }

  void prepare(Pointers& at, int64_t begin, int64_t end) const {
    const int64_t longest = std::min(p_.tile_size_, end - begin);
    for (size_t i = 0; i < p_.inputs_.size(); ++i) {
      const Source& s = sources_.at[i];
      at.in[i] = input_slot(at, i);
      if (s.layout == Layout::kScalar)
        copy_strided(s.data, Shape{longest}, Shape{0}, s.item, 0, longest,
                     input_slot(at, i));
      else if (s.layout == Layout::kShortRow)
        gather(s, 0, std::min(longest + s.extents[1], end), input_slot(at, i));
    }
  }

  bool is_constant(const TileProgram::Ref& ref) const {
    if (ref.space != Space::kInput) return false;
    const Layout layout = sources_.at[size_t(ref.index)].layout;
    return layout == Layout::kScalar || layout == Layout::kRowScalar;
  }

  // What is spread where a run starts must be there for all of the run.
  bool is_lazy(const TileProgram::Ref& ref, int input) const {
    return input == 0 || !is_constant(ref);
  }

  // Selections by a number for a whole tile read one side only, and inputs that
  // nothing else reads need not be loaded for the other.
  void note_selects() {
    uint32_t others = 0;
    for (size_t s = 0; s < p_.steps_.size(); ++s) {
      const auto& step = p_.steps_[s];
      const bool is_chosen = step.is_select && is_constant(step.in[0]);
      if (is_chosen) chosen_ |= uint64_t{1} << s;
      for (int i = 0; i < step.num_inputs; ++i) {
        const TileProgram::Ref& ref = step.in[size_t(i)];
        if (ref.space == Space::kInput && !(is_chosen && is_lazy(ref, i)))
          others |= uint32_t{1} << ref.index;
      }
    }
    lazy_ = ~others;
  }

  // Looks the conditions of chosen selections up where a run starts.
  void choose(Pointers& at, int64_t begin, bool is_first) const {
    if (chosen_ == 0) return;
    bool is_changed = is_first;
    for (uint64_t left = chosen_; left != 0; left &= left - 1) {
      const auto s = size_t(std::countr_zero(left));
      const Source& c = sources_.at[size_t(p_.steps_[s].in[0].index)];
      if (!is_first && (c.layout == Layout::kScalar ||
                        left_of_run(c, begin) != c.extents.back()))
        continue;
      std::byte value{};
      if (c.layout == Layout::kScalar)
        value = *c.data;
      else
        gather(c, begin, 1, &value);
      const uint64_t bit = uint64_t{1} << s;
      at.is_true = value == std::byte{0} ? at.is_true & ~bit : at.is_true | bit;
      is_changed = true;
    }
    if (is_changed) at.unread = unread_of(at);
  }

  uint32_t unread_of(const Pointers& at) const {
    uint32_t unread = lazy_;
    for (uint64_t left = chosen_; left != 0; left &= left - 1) {
      const auto& ref = side_of(size_t(std::countr_zero(left)), at);
      if (ref.space == Space::kInput) unread &= ~(uint32_t{1} << ref.index);
    }
    return unread;
  }

  const TileProgram::Ref& side_of(size_t s, const Pointers& at) const {
    return p_.steps_[s].in[(at.is_true >> s & 1) != 0 ? 1 : 2];
  }

  static int64_t left_of_run(const Source& s, int64_t at) {
    const int64_t run = s.extents[s.extents.ndim() - 1];
    return run - at % run;
  }

  // A run's element is spread over a tile when the run starts, and serves all
  // tiles of the run.
  void load_run(const Source& s, int64_t begin, bool is_first,
                std::byte* to) const {
    const int64_t left = left_of_run(s, begin);
    if (!is_first && left != s.extents[s.extents.ndim() - 1]) return;
    gather(s, begin, std::min(left, p_.tile_size_), to);
  }

  void load(Pointers& at, int64_t begin, int64_t count, bool is_first) const {
    for (size_t i = 0; i < p_.inputs_.size(); ++i) {
      const Source& s = sources_.at[i];
      if ((at.unread >> i & 1) != 0) continue;
      if (s.layout == Layout::kDirect)
        at.in[i] = s.data + begin * s.item;
      else if (s.layout == Layout::kShortRow)
        at.in[i] = input_slot(at, i) + begin % s.extents[1] * s.item;
      else if (s.layout == Layout::kStrided)
        gather(s, begin, count, input_slot(at, i));
      else if (s.layout == Layout::kRowScalar)
        load_run(s, begin, is_first, input_slot(at, i));
    }
    for (size_t o = 0; o < p_.outputs_.size(); ++o)
      at.out[o] = outputs_[o] + begin * output_items_[o];
  }

  const void* read(const TileProgram::Ref& ref, const Pointers& at) const {
    if (ref.space == Space::kInput) return at.in[size_t(ref.index)];
    if (ref.space == Space::kConstant)
      return p_.constants_[size_t(ref.index)].raw();
    return ref.space == Space::kOutput ? at.out[size_t(ref.index)]
                                       : at.registers[size_t(ref.index)];
  }
  void* write(const TileProgram::Ref& ref, Pointers& at) const {
    if (ref.space == Space::kOutput) return at.out[size_t(ref.index)];
    std::byte* const to = slot(at, size_t(ref.index));
    at.registers[size_t(ref.index)] = to;
    return to;
  }

  // What was chosen is handed on where it lies, unless its register may be
  // written to while it is still read.
  void run_select(const TileProgram::TileStep& step, size_t s, Pointers& at,
                  int64_t count) const {
    const TileProgram::Ref& side = side_of(s, at);
    const auto* from = static_cast<const std::byte*>(read(side, at));
    if (step.out.space == Space::kRegister &&
        (side.space == Space::kInput || side.space == Space::kConstant)) {
      at.registers[size_t(step.out.index)] = from;
      return;
    }
    void* const to = write(step.out, at);
    if (to != from) std::memcpy(to, from, size_t(count * step.item));
  }

  void run_step(const TileProgram::TileStep& step, size_t s, Pointers& at,
                int64_t count) const {
    if ((chosen_ >> s & 1) != 0) return run_select(step, s, at, count);
    std::array<const void*, 3> in{};
    for (int i = 0; i < step.num_inputs; ++i)
      in[size_t(i)] = read(step.in[size_t(i)], at);
    step.fn(in.data(), write(step.out, at), count);
  }

  // Made as far as they are used: clearing all would cost a small program
  // more than its arithmetic.
  union Sources {
    Sources() {}
    ~Sources() {}
    std::array<Source, TileProgram::kMaxInputs> at;
  };

  const TileProgram& p_;
  size_t num_sources_;
  Sources sources_;
  uint64_t chosen_ = 0;  // by step: a selection by a number for a whole tile
  uint32_t lazy_ = 0;    // by input: only chosen selections read it
  std::array<std::byte*, TileProgram::kMaxOutputs> outputs_;
  std::array<int64_t, TileProgram::kMaxOutputs> output_items_;
};

/// A program over one tile: every step's pointers stand in a table, of which
/// a run changes those of inputs and outputs.
class BoundTiles : public BoundKernel {
 public:
  BoundTiles(const TileProgram& program, std::span<const Array> inputs,
             std::span<const Array> outputs)
      : p_(program),
        size_(outputs[0].size()),
        num_inputs_(inputs.size()),
        num_outputs_(outputs.size()) {
    pointers_.resize(num_inputs_ + num_outputs_ + p_.constants_.size() +
                     size_t(p_.num_registers_));
    add_sources(inputs, outputs[0].shape());
    add_fixed();
    for (const auto& step : p_.steps_) add_step(step);
  }

  void run(const KernelContext& c) override {
    for (size_t i = 0; i < num_inputs_; ++i) pointers_[i] = c.in(i).raw();
    for (size_t o = 0; o < num_outputs_; ++o)
      pointers_[num_inputs_ + o] = c.out(o).raw();
    for (Spread& s : spreads_) spread(s);
    for (const Step& step : steps_) {
      const void* in[] = {pointers_[step.in[0]], pointers_[step.in[1]],
                          pointers_[step.in[2]]};
      step.fn(in, pointers_[step.out], size_);
    }
  }

 private:
  using Space = TileProgram::Space;
  /// An input that is brought into the layout of the outputs.
  struct Spread {
    size_t input;
    Source source;
    std::byte* to;
  };
  struct Step {
    kernels::TileFn fn;
    std::array<size_t, 3> in;
    size_t out;
  };

  void add_sources(std::span<const Array> inputs, const Shape& shape) {
    for (size_t i = 0; i < num_inputs_; ++i) {
      const Source s = make_source(inputs[i], shape, p_.tile_size_);
      // One element lies where it lies, whatever its strides.
      if (s.layout != Layout::kDirect && size_ > 1)
        spreads_.push_back({i, s, nullptr});
    }
    const size_t slot =
        size_t((size_ * p_.slot_bytes_ / p_.tile_size_ + 63) / 64 * 64);
    const size_t count = spreads_.size() + size_t(p_.num_registers_);
    memory_ = Buffer::allocate(DType::kUInt8, int64_t(slot * count));
    std::byte* next = memory_->data();
    for (Spread& s : spreads_) s.to = std::exchange(next, next + slot);
    for (size_t r = 0; r < size_t(p_.num_registers_); ++r)
      pointers_[first_register() + r] = std::exchange(next, next + slot);
  }
  void add_fixed() {
    for (size_t i = 0; i < p_.constants_.size(); ++i)
      pointers_[num_inputs_ + num_outputs_ + i] = p_.constants_[i].raw();
  }
  size_t first_register() const {
    return num_inputs_ + num_outputs_ + p_.constants_.size();
  }

  size_t position(const TileProgram::Ref& ref) const {
    switch (ref.space) {
      case Space::kInput:
        return size_t(ref.index);
      case Space::kOutput:
        return num_inputs_ + size_t(ref.index);
      case Space::kConstant:
        return num_inputs_ + num_outputs_ + size_t(ref.index);
      case Space::kRegister:
        break;
    }
    return first_register() + size_t(ref.index);
  }

  // Places that a step does not read point at its first input.
  void add_step(const TileProgram::TileStep& step) {
    Step s{step.fn, {}, position(step.out)};
    s.in.fill(position(step.in[0]));
    for (size_t i = 0; i < size_t(step.num_inputs); ++i)
      s.in[i] = position(step.in[i]);
    steps_.push_back(s);
  }

  void spread(Spread& s) {
    s.source.data = pointers_[s.input];
    if (s.source.layout == Layout::kScalar)
      copy_strided(s.source.data, Shape{size_}, Shape{0}, s.source.item, 0,
                   size_, s.to);
    else
      gather(s.source, 0, size_, s.to);
    pointers_[s.input] = s.to;
  }

  const TileProgram& p_;
  int64_t size_;
  size_t num_inputs_, num_outputs_;
  std::vector<std::byte*> pointers_;  // inputs, outputs, constants, registers
  std::vector<Spread> spreads_;
  std::vector<Step> steps_;
  std::shared_ptr<Buffer> memory_;
};

std::unique_ptr<BoundKernel> TileProgram::bind(
    std::span<const Array> inputs, std::span<const Array> outputs) const {
  const int64_t size = outputs[0].size();
  if (size == 0 || size > tile_size_) return nullptr;
  return std::make_unique<BoundTiles>(*this, inputs, outputs);
}

void TileProgram::run(std::span<const Array> inputs,
                      std::span<Array> outputs) const {
  NUMEST_CHECK(inputs.size() == inputs_.size() &&
               outputs.size() == outputs_.size());
  const int64_t size = outputs[0].size();
  if (size == 0) return;
  const TileRun run(*this, inputs, outputs);
  if (size <= kGrain) return run.run(0, size);
  parallel_for(size, kGrain,
               [&run](int64_t begin, int64_t end) { run.run(begin, end); });
}

}  // namespace numest
