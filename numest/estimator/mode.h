// What a model function is asked to build.
#pragma once

#include <string_view>

namespace numest::estimator {

enum class Mode { kTrain, kEval, kPredict };

/// TensorFlow's strings: "train", "eval", "infer".
constexpr std::string_view mode_key(Mode mode) {
  return mode == Mode::kTrain  ? "train"
         : mode == Mode::kEval ? "eval"
                               : "infer";
}

}  // namespace numest::estimator
