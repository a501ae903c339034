// Softmax and the losses over it. Their derivatives are entries of their own
// because those of the parts would lose digits.
#include "numest/kernels/softmax.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/positions.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kSoftmax[] = {{"x"}, {"axis", Kind::kInt, "-1"}};
constexpr ParamDef kSoftmaxLoss[] = {{"logits"}, {"labels"}};
constexpr ParamDef kSigmoidLoss[] = {{"logits"}, {"labels"}};

// --- softmax ---
Types softmax_type(const TypeContext& c) {
  NUMEST_USER_CHECK(is_float(c.in(0).dtype), TypeError,
                    "{}: got dtype {}, expected a floating dtype; use astype",
                    c.op.name, name(c.in(0).dtype));
  axis_of(c.op, c.attrs, c.in(0).shape.ndim());
  return c.in(0);
}

using RowsKernel = void (*)(DType, const void*, void*, int64_t, int64_t);

// Rows along the axis, the axis moved to the end.
template <RowsKernel kKernel>
void rows_kernel(const KernelContext& c) {
  const int axis = axis_of(c.op, c.attrs, c.in(0).ndim());
  if (c.out().size() == 0) return;
  std::vector<int> axes;
  for (int i = 0; i < c.in(0).ndim(); ++i)
    if (i != axis) axes.push_back(i);
  axes.push_back(axis);
  const Array rows = c.in(0).transpose(axes).contiguous();
  const bool is_last = axis == c.in(0).ndim() - 1;
  const Array out = is_last ? c.out() : Array(rows.dtype(), rows.shape());
  const int64_t n = rows.shape().back();
  kKernel(rows.dtype(), rows.raw(), out.raw(), rows.size() / n, n);
  if (!is_last) move_last_to(out, axis, c.out());
}

// One request to a classifier: nothing is looked up or allocated.
class BoundSoftmax : public BoundKernel {
 public:
  BoundSoftmax(int64_t rows, int64_t n) : rows_(rows, n) {}
  void run(const KernelContext& c) override {
    rows_.run(c.in(0).data<float>(), c.out().data<float>());
  }

 private:
  kernels::FewRowsSoftmax rows_;
};

std::unique_ptr<BoundKernel> bind_softmax(const KernelContext& c) {
  const Array& x = c.in(0);
  const bool is_last = axis_of(c.op, c.attrs, x.ndim()) == x.ndim() - 1;
  if (!is_last || x.dtype() != DType::kFloat32 || !x.is_contiguous())
    return nullptr;
  const int64_t n = x.shape().back();
  const int64_t rows = n == 0 ? 0 : x.size() / n;
  if (!kernels::FewRowsSoftmax::takes(rows, n)) return nullptr;
  return std::make_unique<BoundSoftmax>(rows, n);
}

Tensor sum_kept(const Tensor& t, const Attrs& attrs) {
  return emit("sum", {t},
              {{"axis", attrs.integer("axis")}, {"keepdims", true}});
}

// y (g - sum(g y)).
Tensors softmax_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  const Tensor mean = sum_kept(emit("multiply", {g, c.out()}), c.attrs);
  return {emit("multiply", {c.out(), emit("subtract", {g, mean})})};
}

// g - softmax sum(g).
Tensors log_softmax_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  const Tensor share =
      emit("multiply", {emit("exp", {c.out()}), sum_kept(g, c.attrs)});
  return {emit("subtract", {g, share})};
}

// --- softmax_cross_entropy ---
Types softmax_loss_type(const TypeContext& c) {
  check_integers(c.op, c.in(1).dtype);
  Shape shape = c.in(0).shape;
  NUMEST_USER_CHECK(is_float(c.in(0).dtype) && shape.ndim() >= 1, TypeError,
                    "softmax_cross_entropy: got logits of dtype {} and shape "
                    "{}, expected floats of shape (..., classes)",
                    name(c.in(0).dtype), shape.to_string());
  shape.erase(shape.ndim() - 1);
  bool fits = shape.ndim() == c.in(1).shape.ndim();
  for (int i = 0; fits && i < shape.ndim(); ++i)
    fits = is_symbol(shape[i]) || is_symbol(c.in(1).shape[i]) ||
           shape[i] == c.in(1).shape[i];
  NUMEST_USER_CHECK(fits, ValueError,
                    "softmax_cross_entropy: got labels of shape {}, expected "
                    "{}, the shape of the logits without the classes",
                    c.in(1).shape.to_string(), shape.to_string());
  return TensorSpec{c.in(0).dtype, shape};
}

void softmax_loss_kernel(const KernelContext& c) {
  const Array logits = c.in(0).contiguous();
  const std::span<const int64_t> labels = integers_of(c.in(1));
  const int64_t n = logits.shape().back();
  for (size_t i = 0; i < labels.size(); ++i)
    NUMEST_USER_CHECK(labels[i] >= 0 && labels[i] < n, ValueError,
                      "softmax_cross_entropy: got label {} at row {}, expected "
                      "0 <= label < {}, the number of classes",
                      labels[i], i, n);
  kernels::softmax_cross_entropy(logits.dtype(), logits.raw(), labels.data(),
                                 c.out().raw(), nullptr, c.out().size(), n);
}

// (softmax - one_hot) g.
Tensors softmax_loss_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  const int64_t classes = c.in(0).shape().back();
  NUMEST_USER_CHECK(!is_symbol(classes), NotSupportedError,
                    "softmax_cross_entropy: the derivative needs a known "
                    "number of classes");
  const Tensor hot = emit("one_hot", {c.in(1)},
                          {{"depth", classes}, {"dtype", c.in(0).dtype()}});
  const Tensor difference = emit("subtract", {emit("softmax", {c.in(0)}), hot});
  return {emit("multiply", {difference, insert_ones(g, g.ndim(), 1)}),
          Tensor()};
}

// --- sigmoid_cross_entropy ---
// max(z, 0) - z y + log1p(exp(-|z|)): no overflow for large |z|.
void sigmoid_loss_kernel(const KernelContext& c) {
  const Tensor z(c.in(0)), y(c.in(1));
  const Tensor tail =
      emit("softplus", {emit("negative", {emit("absolute", {z})})});
  const Tensor linear =
      emit("subtract", {emit("relu", {z}), emit("multiply", {z, y})});
  c.out().assign(emit("add", {linear, tail}).numpy());
}

// By parts it would be wrong at 0, where linear models start.
Tensors sigmoid_loss_vjp(const VjpContext& c) {
  const Tensor& g = c.cotangent();
  const Tensor difference =
      emit("subtract", {emit("sigmoid", {c.in(0)}), c.in(1)});
  const Tensor dz = emit("multiply", {difference, g});
  const Tensor dy = emit("negative", {emit("multiply", {c.in(0), g})});
  return {unbroadcast(dz, c.in(0)), unbroadcast(dy, c.in(1))};
}

// Maximum, difference, exp, sum and quotient of each element.
int64_t softmax_flops(const KernelContext& c) { return 5 * c.in(0).size(); }
// max(x, 0) - x * y + log1p(exp(-abs(x))).
int64_t sigmoid_loss_flops(const KernelContext& c) {
  return 8 * c.out().size();
}

constexpr OpDef kOps[] = {
    {.name = "softmax",
     .doc = "exp(x) divided by its sum along an axis.",
     .params = kSoftmax,
     .type = softmax_type,
     .kernel = {rows_kernel<kernels::softmax>, bind_softmax},
     .vjp = softmax_vjp,
     .vmap = vmap_shift_axis,
     .samples = {.shapes = "3,4",
                 .attrs = "axis=-1; axis=0",
                 .dtypes = "float16 float32 float64"},
     .reference = "(lambda e: e / e.sum(axis, keepdims=True))"
                  "(np.exp(x - x.max(axis, keepdims=True)))",
     .flops = softmax_flops},
    {.name = "log_softmax",
     .doc = "Logarithm of the softmax along an axis.",
     .params = kSoftmax,
     .type = softmax_type,
     .kernel = rows_kernel<kernels::log_softmax>,
     .vjp = log_softmax_vjp,
     .vmap = vmap_shift_axis,
     .samples = {.shapes = "3,4",
                 .attrs = "axis=-1; axis=0",
                 .dtypes = "float16 float32 float64"},
     .reference = "(lambda z: z - np.log(np.exp(z).sum(axis, keepdims=True)))"
                  "(x - x.max(axis, keepdims=True))",
     .flops = softmax_flops},
    {.name = "softmax_cross_entropy",
     .doc = "-log(softmax(logits)[label]) of each row.",
     .params = kSoftmaxLoss,
     .type = softmax_loss_type,
     .kernel = softmax_loss_kernel,
     .vjp = softmax_loss_vjp,
     .vmap = vmap_same,
     .samples = {.low = 0,
                 .shapes = "4,3;4",
                 .dtypes = "float32,int64 float64,int32"},
     .flops = softmax_flops},
    {.name = "sigmoid_cross_entropy",
     .doc = "Cross entropy of sigmoid(logits) with labels in [0, 1].",
     .params = kSigmoidLoss,
     .type = broadcast_type,
     .kernel = sigmoid_loss_kernel,
     .vjp = sigmoid_loss_vjp,
     .vmap = vmap_elementwise,
     .samples = {.dtypes = kFloats},
     .traits = kPromotes | kInexact,
     .flops = sigmoid_loss_flops},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> nn_ops() { return kOps; }

}  // namespace numest
