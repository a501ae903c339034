// Matrix products: NumPy's matmul and the dense layer x @ w + b with its
// activation.
#include <algorithm>

#include "numest/kernels/matmul.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/matrix_product.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kMatmul[] = {{"x1"},
                                {"x2"},
                                {"transpose_a", Kind::kBool, "False"},
                                {"transpose_b", Kind::kBool, "False"}};
constexpr ParamDef kLinear[] = {
    {"x"}, {"w"}, {"b"}, {"activation", Kind::kString, "'none'"}};

Attrs transposes(bool a, bool b) {
  return {{"transpose_a", a}, {"transpose_b", b}};
}

Tensor product(const Tensor& a, const Tensor& b, bool transpose_a = false,
               bool transpose_b = false) {
  return emit("matmul", {a, b}, transposes(transpose_a, transpose_b));
}

Types matmul_type(const TypeContext& c) {
  return TensorSpec{c.in(0).dtype, product_of(c.in(0).shape, c.in(1).shape,
                                              c.attrs.flag("transpose_a"),
                                              c.attrs.flag("transpose_b"))
                                       .shape()};
}

void matmul_kernel(const KernelContext& c) {
  multiply_matrices(c.in(0), c.in(1), c.attrs.flag("transpose_a"),
                    c.attrs.flag("transpose_b"), c.out());
}

// A multiplication and an addition for each term.
int64_t matmul_flops(const KernelContext& c) {
  const MatrixProduct p =
      product_of(c.in(0).shape(), c.in(1).shape(), c.attrs.flag("transpose_a"),
                 c.attrs.flag("transpose_b"));
  return 2 * p.k * c.out().size();
}

class BoundMatmul : public BoundKernel {
 public:
  explicit BoundMatmul(const StoredProduct& product) : product_(product) {}
  void run(const KernelContext& c) override {
    product_.run(c.in(0).raw(), c.in(1).raw(), c.out().raw());
  }

 private:
  StoredProduct product_;
};

std::unique_ptr<BoundKernel> bind_matmul(const KernelContext& c) {
  const auto product =
      stored_product(c.in(0), c.in(1), c.attrs.flag("transpose_a"),
                     c.attrs.flag("transpose_b"), c.out().dtype());
  if (!product) return nullptr;
  return std::make_unique<BoundMatmul>(*product);
}

// A vector's cotangent comes back as a matrix of one row or column.
Tensor to_shape_of(const Tensor& g, const Tensor& matrix, const Tensor& x) {
  const Tensor sum = unbroadcast(g, matrix);
  if (x.ndim() > 1) return sum;
  return emit("reshape", {sum}, {{"shape", x.shape()}});
}

Tensors matmul_vjp(const VjpContext& c) {
  const bool ta = c.attrs.flag("transpose_a") && c.in(0).ndim() > 1;
  const bool tb = c.attrs.flag("transpose_b") && c.in(1).ndim() > 1;
  Tensor a = c.in(0), b = c.in(1), g = c.cotangent();
  if (c.in(1).ndim() == 1) {
    b = insert_ones(b, 1, 1);
    g = insert_ones(g, g.ndim(), 1);
  }
  if (c.in(0).ndim() == 1) {
    a = insert_ones(a, 0, 1);
    g = insert_ones(g, g.ndim() - 1, 1);
  }
  const Tensor da = ta ? product(b, g, tb, true) : product(g, b, false, !tb);
  const Tensor db = tb ? product(g, a, true, ta) : product(a, g, !ta, false);
  return {to_shape_of(da, a, c.in(0)), to_shape_of(db, b, c.in(1))};
}

// Vectors become matrices; batched operands get axes of extent 1 between the
// batch axis and their own, so that the leading axes broadcast.
Tensors matmul_vmap(const VmapContext& c) {
  bool ta = c.attrs.flag("transpose_a"), tb = c.attrs.flag("transpose_b");
  Tensor a = c.inputs[0], b = c.inputs[1];
  const int a_ndim = a.ndim() - c.batched[0], b_ndim = b.ndim() - c.batched[1];
  if (a_ndim == 1) {
    a = insert_ones(a, a.ndim() - 1, 1);
    ta = false;
  }
  if (b_ndim == 1) {
    b = insert_ones(b, b.ndim(), 1);
    tb = false;
  }
  const int ndim = std::max({a_ndim, b_ndim, 2});
  if (c.batched[0]) a = insert_ones(a, 1, ndim + 1 - a.ndim());
  if (c.batched[1]) b = insert_ones(b, 1, ndim + 1 - b.ndim());
  Tensor out = product(a, b, ta, tb);
  std::vector<int64_t> dropped;
  if (a_ndim == 1) dropped.push_back(-2);
  if (b_ndim == 1) dropped.push_back(-1);
  if (!dropped.empty()) out = emit("squeeze", {out}, {{"axis", dropped}});
  return {out};
}

// --- linear ---
Types linear_type(const TypeContext& c) {
  const Shape &x = c.in(0).shape, &w = c.in(1).shape, &b = c.in(2).shape;
  NUMEST_USER_CHECK(x.ndim() >= 1 && w.ndim() == 2 && b.ndim() == 1, ValueError,
                    "linear: got shapes {}, {}, {}, expected (..., inputs), "
                    "(inputs, outputs), (outputs,)",
                    x.to_string(), w.to_string(), b.to_string());
  const Shape shape = product_of(x, w, false, false).shape();
  broadcast_shapes(shape, b, "linear");
  const std::string& f = c.attrs.text("activation");
  NUMEST_USER_CHECK(
      f == "none" || f == "relu" || f == "tanh" || f == "sigmoid", ValueError,
      "linear: got activation '{}', expected 'none', 'relu', 'tanh' or "
      "'sigmoid'",
      f);
  NUMEST_USER_CHECK(is_float(c.in(0).dtype), TypeError,
                    "linear: got dtype {}, expected a floating dtype",
                    name(c.in(0).dtype));
  return TensorSpec{c.in(0).dtype, shape};
}

// The product, the bias and the activation.
int64_t linear_flops(const KernelContext& c) {
  const int64_t extra = c.attrs.text("activation") == "none" ? 1 : 2;
  return (2 * c.in(1).shape()[0] + extra) * c.out().size();
}

Tensor activated(const Tensor& y, const std::string& activation) {
  return activation == "none" ? y : emit(activation, {y});
}

kernels::Activation activation_of(const Attrs& attrs) {
  const std::string& f = attrs.text("activation");
  if (f == "relu") return kernels::Activation::kRelu;
  if (f == "tanh") return kernels::Activation::kTanh;
  if (f == "sigmoid") return kernels::Activation::kSigmoid;
  return kernels::Activation::kNone;
}

void linear_kernel(const KernelContext& c) {
  const Array x = c.in(0).contiguous(), w = c.in(1).contiguous();
  const Array b = c.in(2).broadcast_to(Shape{w.shape()[1]}).contiguous();
  if (c.out().size() == 0) return;
  kernels::matmul_bias_activation(x.dtype(), x.raw(), false, w.raw(), false,
                                  b.raw(), activation_of(c.attrs),
                                  c.out().raw(), c.out().size() / w.shape()[1],
                                  w.shape()[1], w.shape()[0]);
}

class BoundLinear : public BoundKernel {
 public:
  explicit BoundLinear(const KernelContext& c)
      : dtype_(c.out().dtype()),
        activation_(activation_of(c.attrs)),
        n_(c.in(1).shape()[1]),
        k_(c.in(1).shape()[0]),
        m_(c.out().size() / n_) {}
  void run(const KernelContext& c) override {
    kernels::matmul_bias_activation(dtype_, c.in(0).raw(), false, c.in(1).raw(),
                                    false, c.in(2).raw(), activation_,
                                    c.out().raw(), m_, n_, k_);
  }

 private:
  DType dtype_;
  kernels::Activation activation_;
  int64_t n_, k_, m_;
};

std::unique_ptr<BoundKernel> bind_linear(const KernelContext& c) {
  const Array& bias = c.in(2);
  if (c.out().size() == 0 || !c.in(0).is_contiguous() ||
      !c.in(1).is_contiguous() || !bias.is_contiguous() ||
      bias.size() != c.in(1).shape()[1])
    return nullptr;
  return std::make_unique<BoundLinear>(c);
}

// Derivative of the activation by its own value.
Tensor before_activation(const VjpContext& c) {
  const std::string& f = c.attrs.text("activation");
  const Tensor &g = c.cotangent(), &y = c.out();
  const Tensor one(1.0);
  if (f == "none") return g;
  if (f == "relu") {
    const Tensor zero(Array::zeros(g.dtype(), Shape{}));
    return emit("where", {emit("greater", {y, Tensor(0.0)}), g, zero});
  }
  if (f == "tanh")
    return emit("multiply",
                {g, emit("subtract", {one, emit("multiply", {y, y})})});
  return emit("multiply",
              {g, emit("multiply", {y, emit("subtract", {one, y})})});
}

Tensor as_rows(const Tensor& t) {
  if (t.ndim() == 2) return t;
  return emit("reshape", {t}, {{"shape", Shape{-1, t.shape().back()}}});
}

Tensors linear_vjp(const VjpContext& c) {
  const Tensor g = before_activation(c);
  return {product(g, c.in(1), false, true),
          product(as_rows(c.in(0)), as_rows(g), true, false),
          unbroadcast(g, c.in(2))};
}

// With shared weights the batch axis is one more leading axis of x.
Tensors linear_vmap(const VmapContext& c) {
  if (!c.batched[1] && !c.batched[2])
    return call(c.op, Tensors(c.inputs.begin(), c.inputs.end()), c.attrs);
  const Tensor x = batched_input(c, 0), w = batched_input(c, 1);
  const int leading = x.ndim() - 2;
  Tensor y = leading == 0 ? insert_ones(x, 1, 1) : x;
  y = product(y, insert_ones(w, 1, leading - 1));
  if (leading == 0) y = emit("squeeze", {y}, {{"axis", int64_t{1}}});
  const Tensor b = insert_ones(batched_input(c, 2), 1, leading);
  return {activated(emit("add", {y, b}), c.attrs.text("activation"))};
}

constexpr OpDef kOps[] = {
    {.name = "matmul",
     .doc = "Matrix product over the last two axes; the others broadcast.",
     .params = kMatmul,
     .type = matmul_type,
     .kernel = {matmul_kernel, bind_matmul},
     .vjp = matmul_vjp,
     .vmap = matmul_vmap,
     .samples = {.shapes = "3,4;4,2", .dtypes = kNumbers},
     .reference = "np.matmul(x1.swapaxes(-1, -2) if transpose_a else x1, "
                  "x2.swapaxes(-1, -2) if transpose_b else x2)",
     .traits = kPromotes,
     .flops = matmul_flops},
    {.name = "linear",
     .doc = "activation(x @ w + b), the dense layer.",
     .params = kLinear,
     .type = linear_type,
     .kernel = {linear_kernel, bind_linear},
     .vjp = linear_vjp,
     .vmap = linear_vmap,
     .samples = {.shapes = "2,3,4;4,5;5",
                 .attrs = "activation='none'; activation='relu';"
                          "activation='tanh'; activation='sigmoid'",
                 .dtypes = kFloats},
     .traits = kPromotes,
     .flops = linear_flops},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> linalg_ops() { return kOps; }

}  // namespace numest
