// Derivatives and blocks of plain C++ functions of tensors, as in Python:
//
//   const auto loss = [](const Tensor& w, const Tensor& x) {
//     return np::mean(np::square(np::matmul(x, w)));
//   };
//   const Tensor slope = grad(loss)(w, x);
//   const Tensor curvature = hessian(loss)(w, x);
//   const Tensor each = vmap(grad(loss), {-1, 0})(w, rows);
//
// All work on data and inside of other traces, and in one another.
#pragma once

#include <concepts>
#include <span>
#include <utility>
#include <vector>

#include "numest/transforms/vjp.h"
#include "numest/transforms/vmap.h"

namespace numest {

/// Takes one Tensor after the other, not a span of them.
template <class F>
concept PlainFunction = !std::convertible_to<F, ScalarFunction> &&
                        !std::convertible_to<F, TensorFunction>;

/// The derivatives of `function`, a tensor, by argument `argnum`: the axes of
/// the value, then those of the argument. Negative ones count from the end.
/// ValueError for no such argument, a value that is not floating, or extents
/// that are not known while tracing.
Tensor jacobian_at(const ScalarFunction& function,
                   std::span<const Tensor> arguments, int argnum);

/// `function` over a span of `N` tensors.
template <size_t N, class F>
ScalarFunction spanned(F function) {
  return [function](std::span<const Tensor> given) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return Tensor(function(given[I]...));
    }
    (std::make_index_sequence<N>{});
  };
}

/// The function of the gradient by argument `argnum` of a scalar function.
template <PlainFunction F>
auto grad(F function, int argnum = 0) {
  return [ function,
           argnum ]<std::convertible_to<Tensor>... A>(const A&... arguments) {
    const Tensor given[] = {Tensor(arguments)...};
    return grad(spanned<sizeof...(A)>(function),
                std::vector<int>{argnum})(given)[0];
  };
}

/// The function of the gradients by several arguments.
template <PlainFunction F>
auto grad(F function, std::vector<int> argnums) {
  return [ function,
           argnums ]<std::convertible_to<Tensor>... A>(const A&... arguments) {
    const Tensor given[] = {Tensor(arguments)...};
    return grad(spanned<sizeof...(A)>(function), argnums)(given);
  };
}

/// The function of the pair (value, gradient).
template <PlainFunction F>
auto value_and_grad(F function, int argnum = 0) {
  return [ function,
           argnum ]<std::convertible_to<Tensor>... A>(const A&... arguments) {
    const Tensor given[] = {Tensor(arguments)...};
    auto [value, slopes] = value_and_grad(spanned<sizeof...(A)>(function),
                                          std::vector<int>{argnum})(given);
    return std::pair<Tensor, Tensor>(value, slopes[0]);
  };
}

/// The function of the Jacobian; see `jacobian_at`.
template <PlainFunction F>
auto jacobian(F function, int argnum = 0) {
  return [ function,
           argnum ]<std::convertible_to<Tensor>... A>(const A&... arguments) {
    const Tensor given[] = {Tensor(arguments)...};
    return jacobian_at(spanned<sizeof...(A)>(function), given, argnum);
  };
}

/// The function of the second derivatives of a scalar function by argument
/// `argnum`: its axes twice.
template <PlainFunction F>
auto hessian(F function, int argnum = 0) {
  return jacobian(grad(std::move(function), argnum), argnum);
}

/// The function over blocks: argument i has a batch axis at in_axes[i], or is
/// shared by all elements if that is -1; default: axis 0 of all. ValueError if
/// the number of in_axes is another one than that of the arguments.
template <PlainFunction F>
auto vmap(F function, std::vector<int> in_axes = {}) {
  return [ function,
           in_axes ]<std::convertible_to<Tensor>... A>(const A&... arguments) {
    const Tensor given[] = {Tensor(arguments)...};
    const ScalarFunction one = spanned<sizeof...(A)>(function);
    return vmap(
        [one](std::span<const Tensor> in) { return std::vector{one(in)}; },
        in_axes)(given)[0];
  };
}

}  // namespace numest
