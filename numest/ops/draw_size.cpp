// `size` and the shape of parameters.
#include "numest/ops/draw_size.h"

#include "numest/base/error.h"

namespace numest::random {

namespace {

// False only where the extents are known, so that it may be right with others.
bool may_broadcast(const Shape& from, const Shape& to) {
  if (from.ndim() > to.ndim()) return false;
  for (int i = 1; i <= from.ndim(); ++i) {
    const int64_t a = from[from.ndim() - i], b = to[to.ndim() - i];
    if (a != b && a != 1 && !is_symbol(a) && !is_symbol(b)) return false;
  }
  return true;
}

}  // namespace

Size Size::of(std::initializer_list<const Tensor*> parameters,
              const char* draw) const {
  if (is_none()) {
    Shape together;
    for (const Tensor* p : parameters)
      together = broadcast_shapes(together, p->shape(), draw);
    return together;
  }
  for (const Tensor* p : parameters)
    NUMEST_USER_CHECK(may_broadcast(p->shape(), shape()), ValueError,
                      "{}: size: got {} and a parameter of shape {}, expected "
                      "a shape that the parameters broadcast to",
                      draw, shape().to_string(), p->shape().to_string());
  return *this;
}

Size Size::with(int64_t extent) const {
  Size longer(is_none() ? Shape{} : shape(), positions_);
  longer.shape_->push_back(extent);
  return longer;
}

}  // namespace numest::random
