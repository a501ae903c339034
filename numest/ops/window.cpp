// Geometry of sliding windows.
#include "numest/ops/window.h"

#include <algorithm>

#include "numest/ops/emit.h"

namespace numest {

namespace {

void check_positive(const OpDef& op, int64_t value, const char* what) {
  NUMEST_USER_CHECK(value > 0, ValueError, "{}: {} must be positive: got {}",
                    op.name, what, value);
}

}  // namespace

WindowAxis window_axis(const OpDef& op, int64_t in, int64_t window,
                       int64_t stride, int64_t dilation,
                       const std::string& padding) {
  const bool is_same = padding == "SAME";
  NUMEST_USER_CHECK(is_same || padding == "VALID", ValueError,
                    "{}: padding must be 'SAME' or 'VALID': got '{}'", op.name,
                    padding);
  check_positive(op, window, "the window");
  check_positive(op, stride, "a stride");
  check_positive(op, dilation, "a dilation");
  WindowAxis a{in, window, stride, dilation};
  const int64_t reach = (window - 1) * dilation + 1;
  if (is_symbol(in)) {
    const bool is_kept = stride == 1 && (is_same || reach == 1);
    a.out = is_kept ? in : fresh_extent();
    return a;
  }
  if (is_same) {
    a.out = (in + stride - 1) / stride;
    a.pad = std::max<int64_t>((a.out - 1) * stride + reach - in, 0) / 2;
  } else {
    a.out = std::max<int64_t>(0, (in - reach + stride) / stride);
    if (in < reach) a.out = 0;
  }
  return a;
}

kernels::WindowAxis kernel_axis(const WindowAxis& a) {
  const int64_t reach = (a.window - 1) * a.dilation + 1;
  const int64_t after = (a.out - 1) * a.stride + reach - a.in - a.pad;
  return {a.in,       a.window, a.stride,
          a.dilation, a.pad,    std::max<int64_t>(after, 0)};
}

std::array<int64_t, 2> pair_of(const OpDef& op, const Attrs& attrs,
                               std::string_view key) {
  const auto& ints = attrs.get<std::vector<int64_t>>(key);
  NUMEST_USER_CHECK(ints.size() == 1 || ints.size() == 2, ValueError,
                    "{}: {} must be one or two ints: got {}", op.name, key,
                    to_string(*attrs.find(key)));
  return {ints.front(), ints.back()};
}

std::vector<Tensor> vmap_merged(const VmapContext& c, std::vector<Tensor> in,
                                const std::vector<bool>& is_merged,
                                const Attrs& attrs) {
  int64_t elements = 1;
  for (size_t i = 0; i < in.size(); ++i) {
    if (!is_merged[i]) continue;
    Shape shape = in[i].shape();
    elements = shape[1];
    shape.erase(0);
    shape[0] = -1;
    in[i] = emit("reshape", {in[i]}, {{"shape", shape}});
  }
  const Tensor out = call_one(c.op, in, attrs);
  Shape shape = out.shape();
  shape[0] = elements;
  shape.insert(0, batch_extent(c));
  return {emit("reshape", {out}, {{"shape", shape}})};
}

}  // namespace numest
