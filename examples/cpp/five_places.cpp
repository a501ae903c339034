// NumPy's functions in the five places, on Fashion-MNIST: on data at once, in
// the input pipeline, in the model, in its loss and metrics, and in the
// program that is served. examples/python/five_places.py is its twin.
//   five_places OUTPUT_FOLDER [DATA_FOLDER]
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "numest/np.h"
#include "numest/numest.h"

using namespace numest;
using data::Dataset;
using estimator::Estimator;
using feature_column::numeric_column;

namespace {

constexpr const char* kDebianFolder = "/usr/share/datasets/fashion-mnist";
constexpr int64_t kSide = 28;

struct Split {
  Tensor images, labels;  // (n, 28, 28) float32, (n,) int32
};

// 1. On data at once: brightness from 0 to 1.
Split read_split(const std::string& folder, const std::string& name, int n) {
  const Array images = read_idx(folder + "/" + name + "-images-idx3-ubyte.gz");
  const Array labels = read_idx(folder + "/" + name + "-labels-idx1-ubyte.gz");
  const Tensor x = np::astype(images.rows(0, n), DType::kFloat32);
  return {(x - np::min(x)) / np::ptp(x),
          labels.rows(0, n).astype(DType::kInt32)};
}

// 2. In the pipeline: half of the pictures mirrored, all moved a little. The
// function runs once, on tensors that stand for any picture, and becomes a
// program over blocks of them: what it decides by draws is a `where`.
std::pair<Nest<Tensor>, Tensor> augment(const Nest<Tensor>& features,
                                        const Tensor& label) {
  const Tensor& original = features["image"].leaf;
  const Tensor image =
      np::where(np::random::uniform() < 0.5, np::fliplr(original), original);
  const auto moved = [](const Tensor& x, int64_t axis) {
    const Tensor by = np::random::randint(-2, 3, {});
    return np::take(x, (np::arange(kSide) - by) % kSide, axis);
  };
  return {Nest<Tensor>::dict({{"image", moved(moved(image, 0), 1)}}), label};
}

Dataset input_fn(const Split& split, bool train) {
  const Element features = Element::dict({{"image", split.images.numpy()}});
  Dataset dataset = Dataset::from_tensor_slices(
      Element::tuple({features, split.labels.numpy()}));
  if (train)
    dataset = dataset.map(augment).shuffle(split.labels.shape()[0]).repeat(3);
  return dataset.batch(128);
}

// 3. In the model: each picture's own mean and deviation do not matter.
Tensor standardised(const Tensor& images) {
  const Tensor mean = np::mean(images, {1, 2}, {}, true);
  return (images - mean) / (np::std(images, {1, 2}, {}, 0, true) + 1e-3);
}

// 4. In the loss: a tenth of the target is spread over all classes.
Tensor smoothed_loss(const Tensor& labels, const Tensor& logits) {
  const Tensor z = logits - np::max(logits, {-1}, true);
  const Tensor log_p = z - np::log(np::sum(np::exp(z), {-1}, {}, true));
  const Tensor own = np::take_along_axis(log_p, labels, -1);
  return -0.9 * own - 0.1 * np::mean(log_p, {-1}, {}, true);
}

// And in metrics: a mean over rows, and one that needs all rows at once.
Metrics metric_fn(const estimator::ModelInputs& inputs,
                  const estimator::Predictions& predictions) {
  const Tensor p = predictions["probabilities"].leaf;
  const Tensor labels = inputs.labels->leaf;
  const Tensor own = np::take_along_axis(
      p, np::expand_dims(np::astype(labels, DType::kInt64), {-1}), -1);
  const Tensor better = np::sum(np::greater(p, own), {-1});
  const auto worst_recall = [](std::span<const Array> rows) {
    const Tensor right =
        np::equal(np::argmax(Tensor(rows[1]), 1), Tensor(rows[0]));
    std::vector<Tensor> recalls;
    for (int64_t c = 0; c < 10; ++c) {
      const Tensor is_class = np::equal(Tensor(rows[0]), c);
      recalls.push_back(np::sum(np::logical_and(right, is_class)) /
                        np::sum(is_class));
    }
    return np::min(np::stack(recalls)).numpy();
  };
  return {{"in_top_three", metrics::mean(np::less(better, 3))},
          {"worst_recall", metrics::of_all_rows({labels, p}, worst_recall)}};
}

std::shared_ptr<Estimator> classifier(const std::string& model_dir) {
  const auto column = numeric_column(
      "image", {.shape = {kSide, kSide}, .normalizer_fn = standardised});
  const auto head = estimator::multi_class_head(10, {.loss_fn = smoothed_loss});
  const Estimator made(estimator::dnn_model_fn({.hidden_units = {64},
                                                .feature_columns = {column},
                                                .head = head,
                                                .optimizer = "Adam"}),
                       {.model_dir = model_dir, .tf_random_seed = 1});
  return estimator::add_metrics(made, metric_fn);
}

// 5. In the program that is served: a file that needs no Estimator.
Tensor served(Estimator& estimator, const Split& test,
              const std::string& path) {
  const ElementSpec features = ElementSpec::dict(
      {{"image", TensorSpec{DType::kFloat32, {fresh_extent(), kSide, kSide}}}});
  const auto program = estimator.prediction_program(features);
  save_program(program.graph, path);
  const Executable run = compile(load_program(path));
  const Array inputs[] = {test.images.numpy()};
  const std::vector<Array> outputs = run.run(inputs);
  for (size_t i = 0; i < program.keys.size(); ++i)
    if (program.keys[i] == "probabilities") return Tensor(outputs[i]);
  throw KeyError("the program gives no probabilities");
}

void run_places(const std::string& output, const std::string& folder) {
  const Split train = read_split(folder, "train", 20000);
  const Split test = read_split(folder, "t10k", 5000);
  const auto estimator = classifier(output + "/model");
  estimator->train([&] { return input_fn(train, true); });
  for (const auto& [name, value] :
       estimator->evaluate([&] { return input_fn(test, false); }))
    fmt::print("{}: {:.4f}\n", name, value.item<double>());
  const Tensor p = served(*estimator, test, output + "/model.numest");
  const Tensor right = np::equal(np::argmax(p, 1), test.labels);
  fmt::print("served accuracy: {:.4f}\n",
             np::mean(right).numpy().item<double>());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: five_places OUTPUT_FOLDER [DATA_FOLDER]\n");
    return 2;
  }
  const char* folder = std::getenv("NUMEST_FASHION_MNIST");
  if (!folder) folder = kDebianFolder;
  if (argc == 3) folder = argv[2];
  try {
    run_places(argv[1], folder);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "five_places: %s\n", error.what());
    return 1;
  }
}
