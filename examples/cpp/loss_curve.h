// A hook that keeps the loss of every step, and its curve as a picture.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "numest/numest.h"

namespace example {

/// Asks for the loss before each step and keeps its value.
class LossCurve : public numest::estimator::Hook {
 public:
  std::vector<numest::Tensor> before_run(
      numest::estimator::RunContext& context) override {
    return {context.loss()};
  }
  void after_run(numest::estimator::RunContext&,
                 const std::vector<numest::Array>& values) override {
    losses_.push_back(values[0].item<float>());
  }
  const std::vector<float>& losses() const { return losses_; }

 private:
  std::vector<float> losses_;
};

/// (height, width) uint8: the losses from left to right, zero at the bottom.
inline numest::Array draw_curve(const std::vector<float>& losses,
                                int64_t height = 240, int64_t width = 640) {
  std::vector<uint8_t> pixels(size_t(height * width), 255);
  float top = 1e-6f;
  for (float loss : losses) top = std::max(top, loss);
  const size_t n = losses.size();
  for (size_t i = 0; i < n; ++i) {
    const auto x =
        int64_t(i) * (width - 1) / std::max(int64_t(n) - 1, int64_t{1});
    const auto up = int64_t(losses[i] / top * float(height - 1));
    pixels[size_t((height - 1 - up) * width + x)] = 0;
  }
  return numest::Array::from(pixels, {height, width});
}

}  // namespace example
