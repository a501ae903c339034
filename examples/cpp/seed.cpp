// The three programs of the Python example examples/python/seed.py, line by
// line: NumPy before training, after prediction and inside the input
// pipeline. Smaller images and fewer steps, so that it ends in seconds.
#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "numest/np.h"
#include "numest/numest.h"

using namespace numest;
using data::Dataset;
using estimator::DNNClassifier;
using feature_column::numeric_column;

namespace {

constexpr int64_t kNumExamples = 200;

Array augment_image(const Array& image) {
  if (np::random::rand() > 0.5) return np::fliplr(image).numpy();
  return image;
}

Element augment(const Element& element) {
  const Element& image = element.children[0];
  const Element& label = element.children[1];
  return Element::tuple({augment_image(image.leaf), label});
}

Dataset input_fn(const Tensor& data, const Tensor& labels,
                 int64_t batch_size = 32) {
  return Dataset::from_tensor_slices(
             Element::tuple({data.numpy(), labels.numpy()}))
      .shuffle(data.shape()[0])
      .batch(batch_size);
}

Dataset augmented_input_fn(const Tensor& data, const Tensor& labels) {
  return Dataset::from_tensor_slices(
             Element::tuple({data.numpy(), labels.numpy()}))
      .map(augment)
      .batch(32);
}

void print_result(const estimator::EvalResult& result) {
  for (const auto& [name, value] : result)
    fmt::print("{} = {}\n", name, value.to_string());
}

void run_programs() {
  // Example 1: NumPy before training.
  Tensor x = np::random::rand({kNumExamples, 8, 8, 3});
  const Tensor y = np::random::randint(0, 10, {kNumExamples});
  x = (x - np::mean(x)) / np::std(x);
  const Tensor data = np::astype(x, DType::kFloat32);
  const Tensor labels = np::astype(y, DType::kInt32);

  DNNClassifier classifier({
      .hidden_units = {128, 64},
      .feature_columns = {numeric_column("x", {.shape = {8, 8, 3}})},
      .n_classes = 10,
  });
  classifier.train([&] { return input_fn(data, labels); }, 100);
  print_result(classifier.evaluate([&] { return input_fn(data, labels); }));

  // Example 2: NumPy after prediction.
  const auto predictions =
      classifier.predict_all([&] { return input_fn(data, labels); });
  for (const auto& [key, probabilities] : predictions) {
    if (key != "probabilities") continue;
    const Tensor predicted_classes = np::argmax(probabilities, 1);
    const Tensor accuracy = np::mean(np::equal(predicted_classes, y));
    fmt::print("Accuracy: {}\n", accuracy.numpy().to_string());
  }

  // Example 3: NumPy inside the input pipeline.
  classifier.train([&] { return augmented_input_fn(data, labels); }, 20);
}

}  // namespace

int main() {
  try {
    run_programs();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "seed: %s\n", error.what());
    return 1;
  }
}
