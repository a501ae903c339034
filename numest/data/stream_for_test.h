// Sources without random access and messages of errors, for tests.
#pragma once

#include <memory>
#include <string>

#include "numest/data/dataset.h"

namespace numest::data {

/// 0, 1, … count - 1 as int64 from a generator: elements come in order only.
inline Dataset stream(int64_t count) {
  const GeneratorFactory factory = [count] {
    auto next = std::make_shared<int64_t>(0);
    return [next, count]() -> std::optional<Element> {
      if (*next >= count) return std::nullopt;
      return Element(Array::scalar<int64_t>((*next)++));
    };
  };
  return Dataset::from_generator(factory, TensorSpec{DType::kInt64, Shape{}});
}

/// x copies of x, as a 1-d array: elements of different shapes.
inline Element copies_of(const Element& x) {
  const int64_t value = x.leaf.item<int64_t>();
  return Array::from(std::vector<int64_t>(size_t(value), value));
}
inline Dataset ragged(int64_t begin, int64_t end) {
  return Dataset::range(begin, end)
      .map(copies_of, TensorSpec{DType::kInt64, Shape{fresh_extent()}});
}

inline Element plus_one(const Element& x) {
  return Array::scalar<int64_t>(x.leaf.item<int64_t>() + 1);
}

/// The message with which `body` throws an E; empty if it does not.
template <class E, class F>
std::string message_of(F&& body) {
  try {
    body();
  } catch (const E& error) {
    return error.what();
  }
  return "";
}

}  // namespace numest::data
