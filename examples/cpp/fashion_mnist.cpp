// The main job: a classifier of Fashion-MNIST from the IDX files to a table
// of results and two pictures. examples/python/fashion_mnist.py is its twin.
//   fashion_mnist OUTPUT_FOLDER [DATA_FOLDER]
// The model is kept in OUTPUT_FOLDER/model: a second run goes on training it.
// DATA_FOLDER: else $NUMEST_FASHION_MNIST, else where Debian's package
// dataset-fashion-mnist puts it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "numest/np.h"
#include "numest/numest.h"

using namespace numest;
using data::Dataset;
using estimator::DNNClassifier;
using feature_column::numeric_column;

namespace {

constexpr const char* kDebianFolder = "/usr/share/datasets/fashion-mnist";
constexpr std::array<const char*, 10> kClasses{
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
constexpr int64_t kBatchSize = 128, kEpochs = 5, kStepsPerEpoch = 469;
constexpr int64_t kSide = 28;
constexpr double kRequiredAccuracy = 0.87;

// Asks for the loss before each step and keeps its value.
class LossCurve : public estimator::Hook {
 public:
  std::vector<Tensor> before_run(estimator::RunContext& context) override {
    return {context.loss()};
  }
  void after_run(estimator::RunContext&,
                 const std::vector<Array>& values) override {
    losses.push_back(values[0].item<double>());
  }
  std::vector<double> losses;
};

struct Split {
  Tensor images, labels;  // (n, 28, 28) uint8, (n,) int32
};

Split read_split(const std::string& folder, const std::string& name) {
  const Array images = read_idx(folder + "/" + name + "-images-idx3-ubyte.gz");
  const Array labels = read_idx(folder + "/" + name + "-labels-idx1-ubyte.gz");
  return {images, labels.astype(DType::kInt32)};
}

Dataset train_input_fn(const Tensor& x, const Tensor& y) {
  const Element features = Element::dict({{"x", x.numpy()}});
  return Dataset::from_tensor_slices(Element::tuple({features, y.numpy()}))
      .shuffle(y.shape()[0])
      .batch(kBatchSize)
      .repeat(kEpochs);
}

Dataset test_input_fn(const Tensor& x, const Tensor& y) {
  const Element features = Element::dict({{"x", x.numpy()}});
  return Dataset::from_tensor_slices(Element::tuple({features, y.numpy()}))
      .batch(kBatchSize);
}

// The learning rate: 2e-3, halved with every epoch.
Tensor halved_each_epoch(const Tensor& step) {
  return 2e-3 *
         np::power(0.5, np::astype(step, DType::kFloat32) / kStepsPerEpoch);
}

Optimizer adam() {
  return Optimizer::named("Adam", OptimizerFamily::kKeras,
                          {.schedule = halved_each_epoch});
}

// Counts by (label, prediction).
Tensor confusion_matrix(const Tensor& labels, const Tensor& predicted) {
  const Tensor pairs = np::bincount(labels * 10 + predicted, 100);
  return np::reshape(pairs, {10, 10});
}

// The first images that are classified wrongly, `side` by `side`.
Tensor misclassified_grid(const Tensor& images, const Tensor& labels,
                          const Tensor& predicted, int64_t side = 10) {
  Tensor wrong = np::flatnonzero(np::not_equal(predicted, labels));
  const int64_t count = std::min(wrong.shape()[0], side * side);
  wrong = np::slice(wrong, {0}, {int(count)}, {1});
  Tensor cells = np::pad(np::take(images, wrong, 0), {0, 0, 1, 1, 1, 1});
  const Tensor empty =
      np::zeros({side * side - count, kSide + 2, kSide + 2}, DType::kUInt8);
  cells = np::concatenate({cells, empty});
  cells = np::reshape(cells, {side, side, kSide + 2, kSide + 2});
  cells = np::transpose(cells, {0, 2, 1, 3});
  return np::reshape(cells, {side * (kSide + 2), side * (kSide + 2)});
}

// The losses from left to right on a logarithmic scale.
Tensor draw_curve(const Tensor& losses, int64_t height = 120,
                  int64_t width = 320, int64_t zoom = 3) {
  const Tensor columns =
      np::floor(np::linspace(0, double(width - 1), losses.shape()[0]));
  const Tensor level = np::log(losses);
  const Tensor rows = np::floor((height - 1) * (np::max(level) - level) /
                                (np::max(level) - np::min(level) + 1e-9));
  const Tensor places = np::astype(rows * width + columns, DType::kInt64);
  Tensor picture = np::full(255, {height * width}, DType::kUInt8);
  picture = np::scatter_set(picture, places,
                            np::zeros(places.shape(), DType::kUInt8));
  picture = np::reshape(picture, {height, width});
  return np::repeat(np::repeat(picture, zoom, 0), zoom, 1);
}

void print_results(const estimator::EvalResult& result, const Tensor& matrix) {
  fmt::print("\nconfusion matrix (rows: label, columns: prediction)\n");
  fmt::print("{:12}", "");
  for (size_t c = 0; c < 10; ++c) fmt::print("{:6}", c);
  fmt::print("{:>9}\n", "recall");
  const Tensor recall =
      np::diagonal(matrix) / np::maximum(np::sum(matrix, 1), 1);
  const auto counts = matrix.numpy().to_vector<int64_t>();
  const auto shares = recall.numpy().to_vector<double>();
  for (size_t r = 0; r < 10; ++r) {
    fmt::print("{:12}", kClasses[r]);
    for (size_t c = 0; c < 10; ++c) fmt::print("{:6}", counts[r * 10 + c]);
    fmt::print("{:9.3f}\n", shares[r]);
  }
  fmt::print("\n{:20}{:>12}\n", "result", "value");
  for (const auto& [name, value] : result)
    fmt::print("{:20}{:12.6g}\n", name, value.item<double>());
}

// Returns the accuracy on the test images.
double run_job(const std::string& output, const std::string& folder) {
  const auto [train_images, train_y] = read_split(folder, "train");
  const auto [test_images, test_y] = read_split(folder, "t10k");
  Tensor train_x = np::astype(train_images, DType::kFloat32) / 255;
  Tensor test_x = np::astype(test_images, DType::kFloat32) / 255;
  const Tensor mean = np::mean(train_x), std = np::std(train_x);
  train_x = (train_x - mean) / std;
  test_x = (test_x - mean) / std;

  DNNClassifier classifier({
      .hidden_units = {128, 64},
      .feature_columns = {numeric_column("x", {.shape = {kSide, kSide}})},
      .model_dir = output + "/model",
      .n_classes = 10,
      .optimizer = adam(),
      .config = {.tf_random_seed = 1, .show_progress = true},
  });

  const auto curve = std::make_shared<LossCurve>();
  classifier.train([&] { return train_input_fn(train_x, train_y); },
                   {.hooks = {curve}});
  const auto result =
      classifier.evaluate([&] { return test_input_fn(test_x, test_y); });
  const auto predictions = classifier.predict_all(
      [&] { return test_input_fn(test_x, test_y); }, {"probabilities"});
  const Tensor predicted = np::argmax(predictions[0].second, 1);

  print_results(result, confusion_matrix(test_y, predicted));
  write_png(output + "/loss_curve.png",
            draw_curve(Array::from(curve->losses)).numpy());
  write_png(output + "/misclassified.png",
            misclassified_grid(test_images, test_y, predicted).numpy());
  return result.at("accuracy").item<double>();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: fashion_mnist OUTPUT_FOLDER [DATA_FOLDER]\n");
    return 2;
  }
  const char* folder = std::getenv("NUMEST_FASHION_MNIST");
  if (!folder) folder = kDebianFolder;
  if (argc == 3) folder = argv[2];
  try {
    const InterruptScope interrupts;
    const double accuracy = run_job(argv[1], folder);
    if (accuracy >= kRequiredAccuracy) return 0;
    std::fprintf(stderr,
                 "fashion_mnist: got the accuracy %.4f, expected %.2f or "
                 "more\n",
                 accuracy, kRequiredAccuracy);
  } catch (const InterruptedError& error) {
    std::fprintf(stderr, "fashion_mnist: %s\n", error.what());
    return 130;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fashion_mnist: %s\n", error.what());
  }
  return 1;
}
