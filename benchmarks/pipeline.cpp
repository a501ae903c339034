// Augmentation in the pipeline through the C++ API, for the workload W20:
// the functions of W7 and W8, written over Tensors, traced and called per
// element, and as a function over arrays that branches on values.
//   pipeline [--quick]
// prints {"flip, traced": images per second, ...} as one line of JSON.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

#include "numest/np.h"
#include "numest/numest.h"

using namespace numest;
using data::Dataset;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int64_t kSide = 28;  // of what is cropped

Array images(int64_t rows) {
  Array a(DType::kFloat32, {rows, 32, 32, 3});
  Stream random(Key{1});
  for (float& v : a.span<float>()) v = float(random.next_double());
  return a;
}

Tensor mirrored(const Tensor& image) {
  return np::where(np::random::uniform() > 0.5, np::fliplr(image), image);
}

Tensor integer(int64_t high) { return np::random::randint(0, high, {}); }

// True for the eight rows, or columns, from a random one on.
Tensor strip() {
  const Tensor at = np::arange(kSide) - integer(21);
  return np::greater_equal(at, 0) & np::less(at, 8);
}

Tensor standardised(const Tensor& image) {
  return (image - np::mean(image)) / (np::std(image) + 1e-6);
}

// Pad, crop, flip, brightness, cutout, standardise.
Tensor augmented(const Tensor& image) {
  const Tensor padded = np::pad(image, {2, 2, 2, 2, 0, 0});
  const Tensor zero = np::zeros_like(integer(1));
  const Tensor cropped = np::dynamic_slice(
      padded, np::stack({integer(9), integer(9), zero}), {kSide, kSide, 3});
  const Tensor turned =
      np::where(np::random::uniform() < 0.5, np::fliplr(cropped), cropped);
  const Tensor scale = np::astype(np::random::uniform(0.8, 1.2), image.dtype());
  const Tensor shift =
      np::astype(np::random::uniform(-0.1, 0.1), image.dtype());
  const Tensor lit = np::clip(turned * scale + shift, 0.0, 1.0);
  const Tensor is_cut =
      np::expand_dims(strip(), {1, 2}) & np::expand_dims(strip(), 1);
  return standardised(np::where(is_cut, 0.0, lit));
}

// As values: what such a function was before it could be traced.
Element mirrored_values(const Element& element) {
  if (np::random::rand() <= 0.5) return element;
  return np::fliplr(Tensor(element.leaf)).numpy();
}

int64_t value(int64_t high) { return integer(high).numpy().item<int64_t>(); }

Element augmented_values(const Element& element) {
  const Tensor padded = np::pad(Tensor(element.leaf), {2, 2, 2, 2, 0, 0});
  const int64_t y = value(9), x = value(9);
  Tensor image = np::slice(padded, {y, x}, {y + kSide, x + kSide});
  if (np::random::rand() < 0.5) image = np::fliplr(image);
  const double scale = 0.8 + 0.4 * np::random::rand();
  const double shift = -0.1 + 0.2 * np::random::rand();
  const Array lit = np::clip(image * scale + shift, 0.0, 1.0).numpy();
  const int64_t row = value(21), column = value(21);
  const Slice window[] = {{row, row + 8}, {column, column + 8}};
  lit.slice(window).assign(Array::scalar(0.0F));
  return standardised(Tensor(lit)).numpy();
}

double rate(const Dataset& mapped, int64_t rows, int repeats) {
  const Dataset batches = mapped.batch(32);
  double best = 0;
  for (int i = 0; i <= repeats; ++i) {
    const auto begin = Clock::now();
    for (const Element& batch : batches) static_cast<void>(batch);
    const std::chrono::duration<double> seconds = Clock::now() - begin;
    best = std::max(best, double(rows) / seconds.count());
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_quick = argc > 1 && std::string_view(argv[1]) == "--quick";
  const int64_t rows = is_quick ? 64 : 10000;
  const int repeats = is_quick ? 0 : 5;
  const Dataset source = Dataset::from_tensor_slices(images(rows));
  std::string json;
  const auto add = [&](const std::string& name, const Dataset& mapped) {
    json += fmt::format("{}\"{}\": {:.1f}", json.empty() ? "" : ", ", name,
                        rate(mapped, rows, repeats));
  };
  const auto add_all = [&](const std::string& name, auto function,
                           auto values) {
    const Dataset traced = source.map(function);
    const auto report = traced.map_reports().at(0);
    if (!report.is_traced) throw std::runtime_error(report.why_called);
    add(name + ", traced", traced);
    add(name + ", called", source.map(function, {.traced = false}));
    add(name + ", arrays", source.map(values));
  };
  add_all("flip", mirrored, mirrored_values);
  add_all("full", augmented, augmented_values);
  fmt::print("{{{}}}\n", json);
  return 0;
}
