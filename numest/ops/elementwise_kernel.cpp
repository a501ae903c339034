// Runs a tile (numest/kernels/elementwise.h) over whole arrays: the output in
// pieces that stay in the cache; inputs that are not laid out like the output
// are gathered into a scratch tile first.
#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "numest/array/strided_copy.h"
#include "numest/base/thread_pool.h"
#include "numest/kernels/simd.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

constexpr int64_t kTileSize = 4096;  // elements; three inputs fit in L1/L2
constexpr int64_t kGrain = 1 << 16;  // elements per piece of a parallel loop
constexpr size_t kMaxInputs = 3;
constexpr size_t kMaxItemsize = 16;

// One input, seen in the output's shape with neighbouring axes merged.
struct Source {
  const std::byte* data = nullptr;
  int64_t itemsize = 0;
  bool is_direct = false;  // laid out as the output
  bool is_scalar = false;
  Shape extents, strides;
};

// Merges axes that one stride walks through.
void merge_axes(Source& s, const Shape& shape, const Strides& strides) {
  for (int i = 0; i < shape.ndim(); ++i) {
    if (shape[i] == 1) continue;
    const int last = s.extents.ndim() - 1;
    if (last >= 0 && s.strides[last] == strides[i] * shape[i]) {
      s.extents[last] *= shape[i];
      s.strides[last] = strides[i];
    } else {
      s.extents.push_back(shape[i]);
      s.strides.push_back(strides[i]);
    }
  }
}

Source make_source(const Array& a, const Shape& shape) {
  Source s;
  s.data = a.raw();
  s.itemsize = a.itemsize();
  if (a.shape() == shape && a.is_contiguous()) {
    s.is_direct = true;
    return s;
  }
  Strides strides = Shape::filled(shape.ndim(), 0);
  const int lead = shape.ndim() - a.ndim();
  for (int i = 0; i < a.ndim(); ++i)
    strides[lead + i] = a.shape()[i] == 1 ? 0 : a.strides()[i];
  merge_axes(s, shape, strides);
  s.is_scalar =
      s.extents.empty() || (s.extents.ndim() == 1 && s.strides[0] == 0);
  s.is_direct =
      !s.is_scalar && s.extents.ndim() == 1 && s.strides[0] == s.itemsize;
  return s;
}

void gather(const Source& s, int64_t begin, int64_t count, std::byte* to) {
  copy_strided(s.data, s.extents, s.strides, s.itemsize, begin, count, to);
}

struct Loop {
  kernels::TileFn tile = nullptr;
  std::array<Source, kMaxInputs> sources;
  size_t num_inputs = 0;
  std::byte* out = nullptr;
  int64_t out_itemsize = 0;
};

std::byte* scratch() {
  thread_local std::vector<std::max_align_t> buffer(
      kMaxInputs * size_t(kTileSize) * kMaxItemsize / sizeof(std::max_align_t));
  return reinterpret_cast<std::byte*>(buffer.data());
}

std::byte* scratch_of(std::byte* buffer, size_t input) {
  return buffer + input * size_t(kTileSize) * kMaxItemsize;
}

void run_piece(const Loop& loop, int64_t begin, int64_t end) {
  std::byte* buffer = scratch();
  std::array<const void*, kMaxInputs> in{};
  const int64_t longest = std::min(kTileSize, end - begin);
  for (size_t k = 0; k < loop.num_inputs; ++k) {
    in[k] = scratch_of(buffer, k);
    const Source& s = loop.sources[k];
    if (s.is_scalar)
      copy_strided(s.data, Shape{longest}, Shape{0}, s.itemsize, 0, longest,
                   scratch_of(buffer, k));
  }
  for (int64_t i = begin; i < end; i += kTileSize) {
    const int64_t count = std::min(kTileSize, end - i);
    for (size_t k = 0; k < loop.num_inputs; ++k) {
      const Source& s = loop.sources[k];
      if (s.is_direct)
        in[k] = s.data + i * s.itemsize;
      else if (!s.is_scalar)
        gather(s, i, count, scratch_of(buffer, k));
    }
    loop.tile(in.data(), loop.out + i * loop.out_itemsize, count);
  }
}

kernels::TileFn tile_for(const KernelContext& c) {
  const DType dtype = c.inputs.back().dtype();
  if (c.op.name == "astype") return kernels::cast_tile(dtype, c.out().dtype());
  const auto tile = tile_of(c.op, dtype);
  NUMEST_CHECK(tile.has_value(), "{} of {}", c.op.name, name(dtype));
  return tile->fn;
}

bool is_text(const KernelContext& c) {
  return c.inputs.back().dtype() == DType::kBytes ||
         c.out().dtype() == DType::kBytes;
}

Loop make_loop(const KernelContext& c, std::span<const Array> inputs) {
  const Array& out = c.out();
  Loop loop;
  loop.tile = tile_for(c);
  loop.num_inputs = inputs.size();
  loop.out = out.raw();
  loop.out_itemsize = out.itemsize();
  NUMEST_CHECK(loop.num_inputs <= kMaxInputs);
  for (size_t k = 0; k < loop.num_inputs; ++k)
    loop.sources[k] = make_source(inputs[k], out.shape());
  return loop;
}

void run_loop(const Loop& loop, int64_t size) {
  if (size <= kGrain) return run_piece(loop, 0, size);
  parallel_for(size, kGrain, [&loop](int64_t begin, int64_t end) {
    run_piece(loop, begin, end);
  });
}

// Short arrays that lie as the output does need no plan.
bool is_direct(const KernelContext& c) {
  const Array& out = c.out();
  return out.size() <= kGrain &&
         std::all_of(c.inputs.begin(), c.inputs.end(), [&](const Array& in) {
           return in.shape() == out.shape() && in.is_contiguous();
         });
}
void run_direct(const KernelContext& c) {
  std::array<const void*, kMaxInputs> in{};
  for (size_t k = 0; k < c.inputs.size(); ++k) in[k] = c.in(k).raw();
  tile_for(c)(in.data(), c.out().raw(), c.out().size());
}

// Strings cannot be gathered bytewise.
void run_text(const KernelContext& c) {
  const Array& out = c.out();
  if (c.op.name == "astype") return out.assign(c.in(0));
  std::vector<Array> owned;
  for (const Array& in : c.inputs)
    owned.push_back(in.broadcast_to(out.shape()).copy());
  run_loop(make_loop(c, owned), out.size());
}

class BoundElementwise : public BoundKernel {
 public:
  explicit BoundElementwise(const KernelContext& c)
      : loop_(make_loop(c, c.inputs)), size_(c.out().size()) {}
  void run(const KernelContext& c) override {
    for (size_t k = 0; k < loop_.num_inputs; ++k)
      loop_.sources[k].data = c.in(k).raw();
    loop_.out = c.out().raw();
    run_loop(loop_, size_);
  }

 private:
  Loop loop_;
  int64_t size_;
};

}  // namespace

std::optional<kernels::Tile> tile_of(const OpDef& op, DType in) {
  struct Found {
    const char* name;  // of a table, so the address says which
    DType in;
    int64_t level;
    std::optional<kernels::Tile> tile;
  };
  constexpr size_t kSlots = 64;
  thread_local std::array<Found, kSlots> all{};
  const char* name = op.name.data();
  const int64_t level = kernels::simd_generation();
  Found& found =
      all[(reinterpret_cast<uintptr_t>(name) / 4 + size_t(in)) % kSlots];
  if (found.name != name || found.in != in || found.level != level)
    found = {name, in, level, kernels::find_tile(op.name, in)};
  return found.tile;
}

void run_elementwise(const KernelContext& c) {
  if (c.out().size() == 0) return;
  if (is_text(c)) return run_text(c);
  if (is_direct(c)) return run_direct(c);
  run_loop(make_loop(c, c.inputs), c.out().size());
}

std::unique_ptr<BoundKernel> bind_elementwise(const KernelContext& c) {
  if (c.out().size() == 0 || is_text(c)) return nullptr;
  return std::make_unique<BoundElementwise>(c);
}

}  // namespace numest
