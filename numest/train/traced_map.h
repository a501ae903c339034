// Functions over Tensors in `Dataset::map`: called once with tensors that
// stand for an element, vectorized over blocks and compiled.
//
//   Nest<Tensor> scaled(const Nest<Tensor>& element);      // any structure
//   data.map([](const Tensor& image, const Tensor& label) {  // of a tuple
//     const Tensor flipped = np::fliplr(image);
//     return std::pair(np::where(np::random::uniform() < 0.5, flipped, image),
//                      label);
//   });
//
// What np::random draws is keyed by the element: the same numbers whether the
// function is traced or called, for any threads, blocks and prefetch. A
// function that asks for the value of a tensor, draws from a generator of its
// own or throws on stand-ins is called per element instead; so is one whose
// program gives other values on elements that are made up, as it does if the
// function changes what it reads. `Dataset::map_reports` says why. What a
// traced function does beside its result happens while it is traced only:
// `{.traced = false}` calls it for each element.
#pragma once

#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "numest/data/map_function.h"
#include "numest/graph/tensor.h"

namespace numest::train {

using MappedFunction = std::function<Nest<Tensor>(const Nest<Tensor>&)>;

/// `function` as a program where it can be one, else called per element.
/// `name` is for messages. Throws what the function throws if it can be
/// neither traced nor called on elements that are made up.
std::shared_ptr<const data::MapFunction> traced_map(
    MappedFunction function, const ElementSpec& input,
    const data::MapOptions& options, const std::string& name);

/// "the function mapped at file.cpp:12".
std::string name_of_function(const std::source_location& place);

/// A component of an element as an argument: a Tensor or a structure of them.
class Component {
 public:
  explicit Component(const Nest<Tensor>& value) : value_(value) {}
  operator const Nest<Tensor>&() const { return value_; }  // NOLINT
  /// TypeError if it is a structure.
  operator const Tensor&() const;  // NOLINT

 private:
  const Nest<Tensor>& value_;
};

/// The `count` arguments that the components of `element` are; TypeError if
/// there are others.
std::vector<Component> components_of(const Nest<Tensor>& element, size_t count);

template <size_t>
using ComponentAt = const Component&;

template <class F, size_t... I>
constexpr bool takes_components(std::index_sequence<I...>) {
  return std::is_invocable_v<F&, ComponentAt<I>...>;
}

/// How many components F takes, 1 to 8; 0 if it is no such function.
template <class F, size_t N = 1>
constexpr size_t num_components() {
  if constexpr (N > 8)
    return 0;
  else if constexpr (takes_components<F>(std::make_index_sequence<N>{}))
    return N;
  else
    return num_components<F, N + 1>();
}

/// A result as a nest; pairs and tuples are tuples.
template <class R>
Nest<Tensor> result_nest(R&& result) {
  if constexpr (std::is_convertible_v<R, Nest<Tensor>>)
    return std::forward<R>(result);
  else if constexpr (std::is_convertible_v<R, Tensor>)
    return Tensor(std::forward<R>(result));
  else
    return std::apply(
        [](auto&&... parts) {
          return Nest<Tensor>::tuple(
              {result_nest(std::forward<decltype(parts)>(parts))...});
        },
        std::forward<R>(result));
}

/// `function` over whole elements.
template <class F>
MappedFunction mapped_function(F function) {
  if constexpr (std::is_invocable_v<F&, const Nest<Tensor>&>) {
    return [f = std::move(function)](const Nest<Tensor>& element) mutable {
      return result_nest(f(element));
    };
  } else {
    constexpr size_t kCount = num_components<F>();
    static_assert(kCount > 0,
                  "map: the function takes neither an Element, nor a "
                  "Nest<Tensor>, nor Tensors");
    return [f = std::move(function)](const Nest<Tensor>& element) mutable {
      const std::vector<Component> given = components_of(element, kCount);
      return [&]<size_t... I>(std::index_sequence<I...>) {
        return result_nest(f(given[I]...));
      }
      (std::make_index_sequence<kCount>{});
    };
  }
}

}  // namespace numest::train

namespace numest::data {

/// What `Dataset::map` looks up for functions over Tensors.
template <class F>
std::shared_ptr<const MapFunction> traced_map_function(
    F&& function, const ElementSpec& input, const MapOptions& options,
    const std::source_location& place) {
  return train::traced_map(
      train::mapped_function(std::decay_t<F>(std::forward<F>(function))), input,
      options, train::name_of_function(place));
}

}  // namespace numest::data
