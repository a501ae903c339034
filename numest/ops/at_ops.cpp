// NumPy's ufunc.at: a ufunc applied at positions, one after the other, so that
// each sees what those before it left. Positions are the last axis; leading
// axes are a batch, so that vmap is the same call.
#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "numest/kernels/combine.h"
#include "numest/kernels/elementwise.h"
#include "numest/ops/composite.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/operators.h"
#include "numest/ops/positions.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kAt[] = {
    {"a"}, {"indices"}, {"operands", Kind::kArrays}, {"ufunc", Kind::kString}};

// The ufunc in the dtype of its operands, which is that of a if it has none.
struct Loop {
  DType dtype;
  kernels::Tile tile;
};

template <class DTypeOf>
Loop loop_of(const Attrs& attrs, size_t num_inputs, DTypeOf&& dtype_of_input) {
  const std::string& ufunc = attrs.text("ufunc");
  const DType dtype = dtype_of_input(num_inputs > 2 ? 2 : 0);
  for (size_t i = 3; i < num_inputs; ++i)
    NUMEST_USER_CHECK(dtype_of_input(i) == dtype, TypeError,
                      "{}.at: got operands of dtypes {} and {}, expected equal "
                      "ones",
                      ufunc, name(dtype), name(dtype_of_input(i)));
  const auto tile = kernels::find_tile(ufunc, dtype);
  NUMEST_USER_CHECK(tile && size_t(tile->num_inputs) + 1 == num_inputs,
                    TypeError,
                    "{}.at: is not defined for {} operands of dtype {}", ufunc,
                    num_inputs - 2, name(dtype));
  return {dtype, *tile};
}

Types at_type(const TypeContext& c) {
  check_integers(c.op, c.in(1).dtype);
  loop_of(c.attrs, c.inputs.size(), [&](size_t i) { return c.in(i).dtype; });
  const Shape &a = c.in(0).shape, &at = c.in(1).shape;
  bool fits = a.ndim() >= 1 && a.ndim() == at.ndim();
  for (int i = 0; fits && i + 1 < a.ndim(); ++i)
    fits = a[i] == at[i] || is_symbol(a[i]) || is_symbol(at[i]);
  for (size_t i = 2; i < c.inputs.size(); ++i)
    fits = fits && c.in(i).shape.ndim() == at.ndim();
  NUMEST_USER_CHECK(fits, ValueError,
                    "{}: got a of shape {} and indices of shape {}, expected "
                    "(..., n), and (..., k) as the operands",
                    c.op.name, a.to_string(), at.to_string());
  return {c.in(0), {c.in(0).dtype, at}};
}

// The numbers 0, 1, ... so that no two of one round have the same position,
// and those of an earlier round come first.
struct Rounds {
  std::vector<int64_t> order, ends;
};

Rounds rounds_of(std::span<const int64_t> positions, int64_t extent) {
  std::vector<int64_t> seen(size_t(extent), 0), round(positions.size());
  Rounds r;
  for (size_t i = 0; i < positions.size(); ++i) {
    round[i] = seen[size_t(positions[i])]++;
    if (size_t(round[i]) == r.ends.size()) r.ends.push_back(0);
    ++r.ends[size_t(round[i])];
  }
  std::partial_sum(r.ends.begin(), r.ends.end(), r.ends.begin());
  std::vector<int64_t> next(1, 0);
  next.insert(next.end(), r.ends.begin(), r.ends.end());
  r.order.resize(positions.size());
  for (size_t i = 0; i < positions.size(); ++i)
    r.order[size_t(next[size_t(round[i])]++)] = int64_t(i);
  return r;
}

template <size_t kBytes>
void gather_bytes(const std::byte* from, const int64_t* at, int64_t n,
                  std::byte* to) {
  for (int64_t i = 0; i < n; ++i)
    std::memcpy(to + size_t(i) * kBytes, from + size_t(at[i]) * kBytes, kBytes);
}

template <size_t kBytes>
void scatter_bytes(const std::byte* from, const int64_t* at, int64_t n,
                   std::byte* to) {
  for (int64_t i = 0; i < n; ++i)
    std::memcpy(to + size_t(at[i]) * kBytes, from + size_t(i) * kBytes, kBytes);
}

using Move = void (*)(const std::byte*, const int64_t*, int64_t, std::byte*);
struct Moves {
  Move gather, scatter;
};

Moves moves_of(DType dtype) {
  switch (itemsize(dtype)) {
    case 1:
      return {gather_bytes<1>, scatter_bytes<1>};
    case 2:
      return {gather_bytes<2>, scatter_bytes<2>};
    case 4:
      return {gather_bytes<4>, scatter_bytes<4>};
    case 8:
      return {gather_bytes<8>, scatter_bytes<8>};
    default:
      return {gather_bytes<16>, scatter_bytes<16>};
  }
}

constexpr int64_t kBlock = 512;
using Memory = std::array<std::byte, size_t(kBlock) * sizeof(Complex128)>;

// Applies the ufunc at up to kBlock different positions at a time.
class Applied {
 public:
  Applied(const Loop& loop, DType dtype, size_t num_operands)
      : tile_(loop.tile.fn),
        of_array_(moves_of(dtype)),
        of_operands_(moves_of(loop.dtype)),
        operands_(num_operands) {
    if (dtype != loop.dtype) cast_in_ = kernels::cast_tile(dtype, loop.dtype);
    if (dtype != loop.tile.out)
      cast_out_ = kernels::cast_tile(loop.tile.out, dtype);
  }
  // Elements `id` of the operands at `at` of the array.
  void run(const int64_t* id, const int64_t* at, int64_t n,
           std::span<const std::byte* const> operands, std::byte* array,
           std::byte* before) {
    of_array_.gather(array, at, n, before_.data());
    of_array_.scatter(before_.data(), id, n, before);
    const void* in[3] = {before_.data()};
    if (cast_in_) {
      cast_in_(in, cast_.data(), n);
      in[0] = cast_.data();
    }
    for (size_t i = 0; i < operands.size(); ++i) {
      of_operands_.gather(operands[i], id, n, operands_[i].data());
      in[i + 1] = operands_[i].data();
    }
    tile_(in, result_.data(), n);
    const void* const result = result_.data();
    if (cast_out_) cast_out_(&result, before_.data(), n);
    of_array_.scatter(cast_out_ ? before_.data() : result_.data(), at, n,
                      array);
  }

 private:
  kernels::TileFn tile_, cast_in_ = nullptr, cast_out_ = nullptr;
  Moves of_array_, of_operands_;
  std::vector<Memory> operands_;
  Memory before_, cast_, result_;
};

void run_rounds(const Rounds& r, std::span<const int64_t> positions,
                std::span<const std::byte* const> operands, Applied& applied,
                std::byte* array, std::byte* before) {
  std::array<int64_t, kBlock> at;
  int64_t begin = 0;
  for (const int64_t end : r.ends)
    for (; begin < end; begin += std::min(kBlock, end - begin)) {
      const int64_t n = std::min(kBlock, end - begin);
      const int64_t* const id = r.order.data() + begin;
      for (int64_t i = 0; i < n; ++i) at[size_t(i)] = positions[size_t(id[i])];
      applied.run(id, at.data(), n, operands, array, before);
    }
}

void at_kernel(const KernelContext& c) {
  const Loop loop = loop_of(c.attrs, c.inputs.size(),
                            [&](size_t i) { return c.in(i).dtype(); });
  Attrs attrs = {{"axis", int64_t{c.in(0).ndim() - 1}},
                 {"batch_dims", int64_t{c.in(0).ndim() - 1}}};
  const Gather g = gather_of(c.op, c.in(0).shape(), c.in(1), attrs);
  c.out(0).assign(c.in(0));
  std::vector<Array> operands;
  for (size_t i = 2; i < c.inputs.size(); ++i)
    operands.push_back(c.in(i).broadcast_to(c.in(1).shape()).contiguous());
  const DType dtype = c.in(0).dtype();
  const kernels::CombineFn in_order =
      dtype == loop.dtype ? kernels::find_combine(c.attrs.text("ufunc"), dtype)
                          : nullptr;
  Applied applied(loop, dtype, operands.size());
  for (int64_t row = 0; row < g.batch; ++row) {
    const std::span<const int64_t> positions{g.positions.data() + row * g.count,
                                             size_t(g.count)};
    std::vector<const std::byte*> rows;
    for (const Array& o : operands)
      rows.push_back(o.raw() + row * g.count * o.itemsize());
    std::byte* const array =
        c.out(0).raw() + row * g.extent * c.out(0).itemsize();
    std::byte* const before =
        c.out(1).raw() + row * g.count * c.out(1).itemsize();
    if (in_order) {
      const std::vector<const void*> in(rows.begin(), rows.end());
      in_order(positions.data(), g.count, in.data(), array, before);
    } else {
      run_rounds(rounds_of(positions, g.extent), positions, rows, applied,
                 array, before);
    }
  }
}

Tensor cast(const Tensor& t, DType dtype) {
  return t.dtype() == dtype ? t : emit("astype", {t}, {{"dtype", dtype}});
}

Tensor reversed(const Tensor& t) { return flip(t, -1); }

// With b_k what stood there before step k, and b_k+1 = f(b_k, u_k), cotangents
// of the steps go backwards: r_k = r_k+1 f'(b_k) + (that of b_k). This is
// "fma.at" from the last position to the first one.
Tensors at_vjp(const VjpContext& c) {
  const OpDef& ufunc = op_named(c.attrs.text("ufunc"));
  const DType dtype = c.in(c.inputs.size() > 2 ? 2 : 0).dtype();
  Tensors x{cast(c.outputs[1], dtype)};
  x.insert(x.end(), c.inputs.begin() + 2, c.inputs.end());
  const Tensors y = call(ufunc, x);
  const Tensors one{emit("ones_like", {y[0]})};
  const Attrs none;
  Tensors slopes = ufunc.vjp(VjpContext{ufunc, x, y, one, none});
  for (Tensor& slope : slopes)
    if (slope.is_empty()) slope = emit("zeros_like", {c.outputs[1]});
  const auto given = [&](size_t i) {
    return c.cotangents[i].is_empty() ? emit("zeros_like", {c.outputs[i]})
                                      : c.cotangents[i];
  };
  const Tensor final = given(0);
  const auto backwards =
      call(c.op,
           {final, reversed(c.in(1)), cast(reversed(slopes[0]), final.dtype()),
            reversed(given(1))},
           {{"ufunc", std::string("fma")}});
  Tensors result{backwards[0], Tensor()};
  for (size_t i = 2; i < c.inputs.size(); ++i)
    result.push_back(cast(reversed(backwards[1]) * slopes[i - 1], dtype));
  return result;
}

Tensors at_vmap(const VmapContext& c) {
  return call(c.op, batched_inputs(c), c.attrs);
}

constexpr OpDef kOps[] = {
    {.name = "combine_at",
     .doc = "A copy of a with a ufunc applied at positions in their order, and "
            "what stood there before each.",
     .params = kAt,
     .type = at_type,
     .kernel = at_kernel,
     .vjp = at_vjp,
     .vmap = at_vmap,
     .samples = {.low = 0.5,
                 .high = 2,
                 .shapes = "2,3;2,7;2,7",
                 .attrs = "ufunc='multiply'; ufunc='divide'; ufunc='maximum'",
                 .dtypes = "float32,int64,float32 float64,int64,float64 "
                           "complex128,int64,complex128"},
     .traits = kManyOutputs,
     .harmless = ",0"},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> at_ops() { return kOps; }

}  // namespace numest
