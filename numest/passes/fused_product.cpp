// The table entry of `fused_product` and its loop over slabs.
#include "numest/passes/fused_product.h"

#include <algorithm>
#include <cstring>

#include "numest/base/thread_pool.h"
#include "numest/kernels/matmul.h"
#include "numest/ops/rules.h"

namespace numest {

namespace {

// A slab of the product stays in the second-level cache with the operands of
// the update beside it.
constexpr int64_t kSlabBytes = 96 * 1024;
constexpr int64_t kMinRows = 32, kMaxRows = 512;

constexpr ParamDef kParams[] = {{"inputs", Kind::kArrays},
                                {"graph", Kind::kGraph},
                                {"program", Kind::kFunction},
                                {"position", Kind::kInt}};

size_t position_of(const Attrs& attrs) {
  return size_t(attrs.integer("position"));
}

// The inputs of the tile program: the node's, from the third, with the
// product at its position.
template <class T>
void put_program_inputs(std::span<const T> inputs, const T& product,
                        size_t position, std::span<T> result) {
  std::copy(inputs.begin() + 2, inputs.begin() + 2 + int64_t(position),
            result.begin());
  result[position] = product;
  std::copy(inputs.begin() + 2 + int64_t(position), inputs.end(),
            result.begin() + int64_t(position) + 1);
}

Types product_type(const TypeContext& c) {
  const TensorSpec product{c.in(0).dtype,
                           Shape{c.in(0).shape.back(), c.in(1).shape.back()}};
  std::vector<TensorSpec> inputs(c.inputs.size() - 1);
  put_program_inputs<TensorSpec>(c.inputs, product, position_of(c.attrs),
                                 inputs);
  Types types;
  for (TensorSpec& spec : fused_program(c.attrs).output_types(inputs))
    types.push_back(std::move(spec));
  return types;
}

/// One run: x (m, k), g (m, n), outputs (k, n).
class SlabRun {
 public:
  explicit SlabRun(const KernelContext& c)
      : c_(c),
        x_(c.in(0).contiguous()),
        g_(c.in(1).contiguous()),
        m_(x_.shape()[0]),
        k_(x_.shape()[1]),
        n_(g_.shape()[1]),
        item_(x_.itemsize()) {}

  int64_t num_rows() const { return k_; }
  int64_t slab_rows() const {
    const int64_t fit = kSlabBytes / std::max<int64_t>(n_ * item_, 1);
    return std::clamp(fit / 16 * 16, kMinRows, kMaxRows);
  }

  void run(int64_t begin, int64_t end) const {
    const int64_t rows = end - begin;
    std::byte* memory = scratch(size_t(rows * (n_ + m_) * item_));
    std::byte* columns = memory + rows * n_ * item_;
    for (int64_t i = 0; i < m_; ++i)
      std::memcpy(columns + i * rows * item_,
                  x_.raw() + (i * k_ + begin) * item_, size_t(rows * item_));
    kernels::matmul(x_.dtype(), columns, true, g_.raw(), false, memory, rows,
                    n_, m_);
    update(memory, begin, end);
  }

 private:
  static std::byte* scratch(size_t num_bytes) {
    thread_local std::vector<std::max_align_t> memory;
    const size_t count = num_bytes / sizeof(std::max_align_t) + 1;
    if (memory.size() < count) memory.resize(count);
    return reinterpret_cast<std::byte*>(memory.data());
  }

  // Rows of `a` if it has those of the product, else all of it. The view
  // borrows: counting owners here would make the threads share a counter.
  Array slab(const Array& a, int64_t begin, int64_t end) const {
    const bool has_rows = a.ndim() == 2 && a.shape()[0] == k_;
    Shape shape = a.shape();
    if (has_rows) shape[0] = end - begin;
    const int64_t offset = has_rows ? begin * a.strides()[0] : 0;
    return Array(a.dtype(), shape, a.strides(), a.raw() + offset, nullptr);
  }

  void update(std::byte* product, int64_t begin, int64_t end) const {
    thread_local std::vector<Array> views;
    views.clear();
    const Shape shape{end - begin, n_};
    const size_t position = position_of(c_.attrs) + 2;
    for (size_t i = 2; i <= c_.inputs.size(); ++i) {
      if (i == position)
        views.emplace_back(x_.dtype(), shape, contiguous_strides(shape, item_),
                           product, nullptr);
      if (i < c_.inputs.size()) views.push_back(slab(c_.in(i), begin, end));
    }
    const size_t count = views.size();
    for (size_t o = 0; o < c_.outputs.size(); ++o)
      views.push_back(slab(c_.out(o), begin, end));
    const std::span<Array> all(views);
    fused_program(c_.attrs).run(all.first(count), all.subspan(count));
  }

  const KernelContext& c_;
  Array x_, g_;
  int64_t m_, k_, n_, item_;
};

void product_kernel(const KernelContext& c) {
  if (c.out().size() == 0) return;
  const SlabRun run(c);
  parallel_for(run.num_rows(), run.slab_rows(),
               [&run](int64_t begin, int64_t end) { run.run(begin, end); });
}

std::vector<Tensor> product_vjp(const VjpContext&) {
  NUMEST_CHECK(false, "derivatives are taken before fusing");
  return {};
}

int64_t product_flops(const KernelContext& c) {
  const auto num_steps = int64_t(fused_program(c.attrs).num_steps());
  return (2 * c.in(0).shape()[0] + num_steps) * c.out().size();
}

constexpr OpDef kFusedProduct = {
    .name = "fused_product",
    .doc = "A matrix product and the elementwise update that reads it.",
    .params = kParams,
    .type = product_type,
    .kernel = product_kernel,
    .vjp = product_vjp,
    .vmap = vmap_loop,
    .flops = product_flops,
};

}  // namespace

const OpDef& fused_product_op() { return kFusedProduct; }

std::vector<Tensor> make_fused_product(const Tensor& x, const Tensor& g,
                                       const Node& update, size_t position) {
  std::vector<Tensor> inputs{x, g};
  for (size_t i = 0; i < update.inputs.size(); ++i)
    if (i != position) inputs.push_back(update.inputs[i]);
  Attrs attrs = update.attrs;
  attrs.set("position", int64_t(position));
  return make_node(kFusedProduct, std::move(inputs), std::move(attrs));
}

bool may_overwrite_product(const Attrs& attrs, int input, int output) {
  if (input < 2) return false;
  const int before = input - 2;
  const int position = int(position_of(attrs));
  return fused_program(attrs).may_overwrite(
      before < position ? before : before + 1, output);
}

}  // namespace numest
