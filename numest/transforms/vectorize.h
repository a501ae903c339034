// NumPy's functions of functions: what is written for one element, one row or
// the positions of an array is traced once and computed for all of them.
//
//   const auto bounded = np::vectorize([](const Tensor& a, const Tensor& b) {
//     return np::where(a > b, a - b, a + b);
//   });
//   bounded(rows, 2.0);
//   np::apply_along_axis([](const Tensor& v) { return np::sort(v); }, 0, rows);
//   np::fromfunction([](const Tensor& i, const Tensor& j) { return i + j; },
//                    {3, 4});
#pragma once

#include <concepts>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "numest/ops/keywords.h"
#include "numest/transforms/functional.h"

namespace numest {

/// Keyword arguments of `vectorize`.
struct VectorizeOptions {
  ByName named = {};
  std::vector<DType> otypes = {};  // one an output; none: as they come
  /// Core axes, "(m,n),(n)->(m)"; none: the function takes scalars.
  std::string signature = {};
};

/// `function` for each element of `arguments`, which broadcast; the outputs
/// have the axes of the loop, then those of the function's results. Without
/// elements the function is traced all the same, so that dtypes are known.
/// ValueError for a signature that is none, arguments of too few axes, core
/// axes of one name and several extents, or results that are other ones than
/// the signature and `otypes` say.
std::vector<Tensor> vectorized(const TensorFunction& function,
                               std::span<const Tensor> arguments,
                               const VectorizeOptions& options = {});

/// The function over arrays of a function of scalars, or of arrays of the core
/// axes of a signature; see `vectorized`. It gives a Tensor, or a vector of
/// them if `pyfunc` gives one. Elements have the dtypes of the arrays; it is
/// called once, so that what it draws is one draw for all of them.
template <PlainFunction F>
auto vectorize(F pyfunc, VectorizeOptions options = {}) {
  return [ pyfunc,
           options ]<std::convertible_to<Tensor>... A>(const A&... arguments) {
    using Found =
        std::invoke_result_t<const F&, decltype(Tensor(arguments))...>;
    const Tensor given[] = {Tensor(arguments)...};
    const TensorFunction all = [&](std::span<const Tensor> in) {
      const auto found = [&]<size_t... I>(std::index_sequence<I...>) {
        return pyfunc(in[I]...);
      }
      (std::index_sequence_for<A...>{});
      if constexpr (std::convertible_to<Found, Tensor>)
        return std::vector{Tensor(found)};
      else
        return std::vector<Tensor>(found);
    };
    std::vector<Tensor> results = vectorized(all, given, options);
    if constexpr (std::convertible_to<Found, Tensor>)
      return results[0];
    else
      return results;
  };
}

/// `func1d` of each vector along `axis`; the axes of its results stand in the
/// place of that one. AxisError if `arr` has no such axis.
Tensor apply_along_axis(const std::function<Tensor(const Tensor&)>& func1d,
                        int axis, const Tensor& arr);

/// func(func(a, axes[0]), axes[1]) ...; an axis that a result lost is put back
/// with extent 1. ValueError if it lost, or got, other ones.
Tensor apply_over_axes(
    const std::function<Tensor(const Tensor& a, int64_t axis)>& func,
    const Tensor& a, const std::vector<int64_t>& axes);

/// Keyword arguments of `fromfunction`.
struct FromFunctionOptions {
  ByName named = {};
  DType dtype = DType::kFloat64;  // of the positions
};

/// function(i, j, ...) of arrays of shape `shape`: the positions along each
/// axis. TypeError if the function takes another number of them.
template <class F>
Tensor fromfunction(const F& function, const Shape& shape,
                    const FromFunctionOptions& options = {}) {
  const Tensor at = astype(indices(shape), options.dtype);
  Tensor result;
  const auto call_with = [&]<size_t... I>(std::index_sequence<I...>) {
    if constexpr (requires { function(select(at, int64_t(I))...); })
      if (shape.ndim() == int(sizeof...(I)))
        result = Tensor(function(select(at, int64_t(I))...));
  };
  [&]<size_t... N>(std::index_sequence<N...>) {
    (call_with(std::make_index_sequence<N + 1>{}), ...);
  }
  (std::make_index_sequence<8>{});
  NUMEST_USER_CHECK(!result.is_empty(), TypeError,
                    "fromfunction: got a shape of {} axes, expected as many as "
                    "the function takes arguments, 1 to 8",
                    shape.ndim());
  return result;
}

}  // namespace numest
