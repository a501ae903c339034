// The main job: a classifier of Fashion-MNIST from the IDX files to a table
// of results and two pictures.
//   fashion_mnist OUTPUT_FOLDER [DATA_FOLDER]
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

#include "examples/cpp/loss_curve.h"
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
constexpr int64_t kBatchSize = 128, kEpochs = 5, kSide = 28;
constexpr float kRequiredAccuracy = 0.85f;

struct Split {
  Array images;  // (n, 28, 28) uint8
  Array x;       // (n, 28, 28) float32, normalized
  Array y;       // (n,) int32
  int64_t size() const { return y.size(); }
};

Split read_split(const std::string& folder, const std::string& name) {
  Split split;
  split.images = read_idx(join_path(folder, name + "-images-idx3-ubyte.gz"));
  split.y = read_idx(join_path(folder, name + "-labels-idx1-ubyte.gz"))
                .astype(DType::kInt32);
  return split;
}

// Mean and deviation of the training images serve both splits.
void normalize(Split& train, Split& test) {
  const Tensor x = np::astype(train.images, DType::kFloat32) / 255.0;
  const Tensor mean = np::mean(x);
  const Tensor std = np::std(x);
  train.x = ((x - mean) / std).numpy();
  const Tensor t = np::astype(test.images, DType::kFloat32) / 255.0;
  test.x = ((t - mean) / std).numpy();
}

Dataset train_input_fn(const Split& split) {
  return Dataset::from_tensor_slices(Element::tuple({split.x, split.y}))
      .shuffle(split.size())
      .repeat(kEpochs)
      .batch(kBatchSize);
}

Dataset eval_input_fn(const Split& split) {
  return Dataset::from_tensor_slices(Element::tuple({split.x, split.y}))
      .batch(kBatchSize);
}

Optimizer adam() {
  OptimizerOptions options;
  options.values["learning_rate"] = 1e-3;
  return Optimizer::named("Adam", OptimizerFamily::kKeras, options);
}

// Class ids, (n,).
std::vector<int64_t> predicted_classes(DNNClassifier& classifier,
                                       const Split& split) {
  const auto all = classifier.predict_all([&] { return eval_input_fn(split); },
                                          {"probabilities"});
  return np::argmax(all[0].second, 1).numpy().to_vector<int64_t>();
}

using Confusion = std::array<std::array<int64_t, 10>, 10>;

Confusion count_pairs(const std::vector<int64_t>& predicted,
                      const std::vector<int64_t>& labels) {
  Confusion counts{};
  for (size_t i = 0; i < labels.size(); ++i)
    ++counts[size_t(labels[i])][size_t(predicted[i])];
  return counts;
}

void print_confusion(const Confusion& counts) {
  fmt::print("\nconfusion matrix (rows: label, columns: prediction)\n{:12}",
             "");
  for (size_t c = 0; c < 10; ++c) fmt::print("{:>6}", c);
  fmt::print("{:>9}\n", "recall");
  for (size_t r = 0; r < 10; ++r) {
    int64_t total = 0;
    fmt::print("{:12}", kClasses[r]);
    for (int64_t n : counts[r]) {
      fmt::print("{:>6}", n);
      total += n;
    }
    fmt::print("{:>9.3f}\n",
               double(counts[r][r]) / double(std::max(total, int64_t{1})));
  }
}

// The first misclassified images, `side` by `side`, with a margin.
Array misclassified_grid(const Split& split,
                         const std::vector<int64_t>& predicted,
                         const std::vector<int64_t>& labels,
                         int64_t side = 10) {
  constexpr int64_t kCell = kSide + 2;
  const Array grid = Array::zeros(DType::kUInt8, {side * kCell, side * kCell});
  int64_t cell = 0;
  for (size_t i = 0; i < labels.size() && cell < side * side; ++i) {
    if (predicted[i] == labels[i]) continue;
    const int64_t top = cell / side * kCell + 1, left = cell % side * kCell + 1;
    const std::array<Slice, 2> window{Slice{top, top + kSide},
                                      Slice{left, left + kSide}};
    grid.slice(window).assign(split.images.index(0, int64_t(i)));
    ++cell;
  }
  return grid;
}

void print_plan(const Split& train, const Split& test) {
  fmt::print(
      "plan: {} training and {} test images, DNNClassifier [128, 64], Adam "
      "1e-3, {} epochs in batches of {}\n",
      train.size(), test.size(), kEpochs, kBatchSize);
  std::fflush(stdout);
}

void print_results(const estimator::EvalResult& result) {
  fmt::print("\n{:<20} {:>12}\n", "result", "value");
  for (const auto& [name, value] : result)
    fmt::print("{:<20} {:>12}\n", name, value.to_string());
}

// Returns the accuracy on the test images.
float run_job(const std::string& output, const std::string& folder) {
  Split train = read_split(folder, "train"), test = read_split(folder, "t10k");
  print_plan(train, test);
  normalize(train, test);
  estimator::RunConfig config;
  config.tf_random_seed = 1;
  config.show_progress = true;
  DNNClassifier classifier({
      .hidden_units = {128, 64},
      .feature_columns = {numeric_column("x", {.shape = {kSide, kSide}})},
      .n_classes = 10,
      .optimizer = adam(),
      .config = config,
  });

  const auto curve = std::make_shared<example::LossCurve>();
  classifier.train([&] { return train_input_fn(train); },
                   estimator::TrainOptions{.hooks = {curve}});
  const auto result = classifier.evaluate([&] { return eval_input_fn(test); });
  const auto predicted = predicted_classes(classifier, test);
  const auto labels = test.y.to_vector<int64_t>();

  print_confusion(count_pairs(predicted, labels));
  print_results(result);
  make_directories(output);
  write_png(join_path(output, "loss_curve.png"),
            example::draw_curve(curve->losses()));
  write_png(join_path(output, "misclassified.png"),
            misclassified_grid(test, predicted, labels));
  return result.at("accuracy").item<float>();
}

std::string data_folder(int argc, char** argv) {
  if (argc > 2) return argv[2];
  const char* folder = std::getenv("NUMEST_FASHION_MNIST");
  return folder ? folder : kDebianFolder;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: fashion_mnist OUTPUT_FOLDER [DATA_FOLDER]\n");
    return 2;
  }
  try {
    const InterruptScope interrupts;
    const float accuracy = run_job(argv[1], data_folder(argc, argv));
    if (accuracy >= kRequiredAccuracy) return 0;
    std::fprintf(stderr, "fashion_mnist: accuracy %.4f is below %.2f\n",
                 double(accuracy), double(kRequiredAccuracy));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fashion_mnist: %s\n", error.what());
  }
  return 1;
}
