// The place after training: a model that Python saved (see
// docs/tutorial/numpy_everywhere.md) classifies pictures in C++, without
// Python.
//
//   saved_program PROGRAM [DATA_FOLDER]
//
// PROGRAM takes {"image": float32 (batch, 28, 28)} and gives the class first.
#include <fmt/format.h>

#include <cstdlib>
#include <exception>

#include "numest/np.h"
#include "numest/numest.h"

namespace {

constexpr const char* kDebianFolder = "/usr/share/datasets/fashion-mnist";

double accuracy(const std::string& program, const std::string& folder) {
  const numest::Array images =
      numest::read_idx(folder + "/t10k-images-idx3-ubyte.gz");
  const numest::Array labels =
      numest::read_idx(folder + "/t10k-labels-idx1-ubyte.gz");
  const auto run = numest::compile(numest::load_program(program));
  const numest::Tensor scaled =
      numest::astype(images, numest::DType::kFloat32) / 255.0;
  const numest::Array inputs[] = {scaled.numpy()};
  const numest::Array classes = run.run(inputs)[0];
  const numest::Tensor right =
      numest::equal(classes, numest::astype(labels, numest::DType::kInt64));
  return numest::mean(numest::astype(right, numest::DType::kFloat64))
      .numpy()
      .item<double>();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: saved_program PROGRAM [DATA_FOLDER]\n");
    return EXIT_FAILURE;
  }
  try {
    const std::string folder = argc > 2 ? argv[2] : kDebianFolder;
    fmt::print("Accuracy: {:.4f}\n", accuracy(argv[1], folder));
  } catch (const std::exception& e) {
    fmt::print(stderr, "saved_program: {}\n", e.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
