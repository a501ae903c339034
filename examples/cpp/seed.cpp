// The three programs that Numest is made for: NumPy before training, after
// prediction and inside the input pipeline of an Estimator.
// examples/python/seed.py is its twin, line by line.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

#include "numest/np.h"
#include "numest/numest.h"

using namespace numest;
using data::Dataset;
using estimator::DNNClassifier;
using feature_column::numeric_column;

namespace {

// Example 1: NumPy before training.
Dataset input_fn(const Tensor& data, const Tensor& labels,
                 int64_t batch_size = 32) {
  Dataset dataset = Dataset::from_tensor_slices(
      Element::tuple({data.numpy(), labels.numpy()}));
  dataset = dataset.shuffle(data.shape()[0]).batch(batch_size);
  return dataset;
}

// Example 3: NumPy inside the input pipeline.
Tensor augment_image(const Tensor& image) {
  return np::where(np::random::uniform() > 0.5, np::fliplr(image), image);
}

Dataset augmented_input_fn(const Tensor& data, const Tensor& labels,
                           int64_t batch_size = 32) {
  auto augment = [](const Tensor& image, const Tensor& label) {
    return std::pair(augment_image(image), label);
  };

  Dataset dataset = Dataset::from_tensor_slices(
      Element::tuple({data.numpy(), labels.numpy()}));
  dataset = dataset.map(augment);
  return dataset.shuffle(data.shape()[0]).batch(batch_size);
}

void run_programs() {
  Tensor X_np = np::random::rand({1000, 32, 32, 3});
  Tensor y_np = np::random::randint(0, 10, {1000});

  X_np = (X_np - np::mean(X_np)) / np::std(X_np);

  const Tensor X_tf = np::astype(X_np, DType::kFloat32);
  const Tensor y_tf = np::astype(y_np, DType::kInt32);

  DNNClassifier classifier({
      .hidden_units = {128, 64},
      .feature_columns = {numeric_column("x", {.shape = {32, 32, 3}})},
      .model_dir = "./model_dir",
      .n_classes = 10,
  });

  classifier.train([&] { return input_fn(X_tf, y_tf); }, 1000);

  classifier.evaluate([&] { return input_fn(X_tf, y_tf); });

  // Example 2: NumPy after prediction.
  const auto predictions = classifier
                               .predict([&] { return input_fn(X_tf, y_tf); },
                                        {.predict_keys = {"probabilities"}})
                               .to_list();
  std::vector<Tensor> rows;
  for (const auto& p : predictions) rows.emplace_back(p[0].second);
  const Tensor probabilities = np::stack(rows);

  const Tensor predicted_classes = np::argmax(probabilities, 1);
  const Tensor accuracy = np::mean(np::equal(predicted_classes, y_np));
  fmt::print("Accuracy: {}\n", accuracy.numpy().to_string());

  classifier.train([&] { return augmented_input_fn(X_tf, y_tf); }, 1000);
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
