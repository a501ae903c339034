// Latency of one predicted row through the public C++ API, for the workload
// W19:
//   latency [--quick]
// prints {"a, 1 thread p50": microseconds, ...} as one line of JSON. A call
// is timed by itself; reading the clock, some 20 ns, is part of it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <latch>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/numest.h"

using namespace numest;
using Clock = std::chrono::steady_clock;

namespace {

struct Case {
  const char* name;
  int64_t num_features;
  std::vector<int64_t> hidden_units;
};

Array values(const Shape& shape) {
  Array a(DType::kFloat32, shape);
  Stream random(Key{1});
  for (float& v : a.span<float>()) v = float(random.next_double());
  return a;
}

class Model {
 public:
  explicit Model(const Case& c)
      : num_features_(c.num_features),
        classifier_({.hidden_units = c.hidden_units,
                     .feature_columns = {feature_column::numeric_column(
                         "x", {.shape = {c.num_features}})},
                     .model_dir = folder_.path(),
                     .n_classes = 10}) {
    const Array x = values({64, num_features_});
    const Array y = Array::zeros(DType::kInt32, {64});
    classifier_.train(
        [&] {
          return data::Dataset::from_tensor_slices(
                     Element::tuple({Element::dict({{"x", x}}), y}))
              .batch(32);
        },
        {.steps = 2});
  }

  /// Microseconds of each of `num_calls`, after some that warm up.
  std::vector<double> latencies(int num_calls, std::latch& start) const {
    const Array row = values({num_features_});
    estimator::RowPredictor predictor(classifier_, Element::dict({{"x", row}}));
    for (int i = 0; i < num_calls / 10 + 1; ++i) predictor.run({&row, 1});
    std::vector<double> times;
    times.reserve(size_t(num_calls));
    start.arrive_and_wait();
    for (int i = 0; i < num_calls; ++i) {
      const auto begin = Clock::now();
      predictor.run({&row, 1});
      const std::chrono::duration<double, std::micro> us = Clock::now() - begin;
      times.push_back(us.count());
    }
    return times;
  }

 private:
  TemporaryDirectory folder_;
  int64_t num_features_;
  estimator::DNNClassifier classifier_;
};

// Each caller has a predictor of its own over the one estimator.
std::vector<double> latencies_of(const Model& model, int num_callers,
                                 int num_calls) {
  std::vector<std::vector<double>> by_caller(static_cast<size_t>(num_callers));
  std::latch start(num_callers);
  {
    std::vector<std::jthread> callers;
    for (auto& times : by_caller)
      callers.emplace_back([&] { times = model.latencies(num_calls, start); });
  }
  std::vector<double> all;
  for (const auto& times : by_caller)
    all.insert(all.end(), times.begin(), times.end());
  std::sort(all.begin(), all.end());
  return all;
}

void add_figures(std::string& json, const std::string& name,
                 const std::vector<double>& sorted) {
  json += fmt::format("{}\"{} p50\": {:.4f}, \"{} p99\": {:.4f}",
                      json.empty() ? "" : ", ", name, sorted[sorted.size() / 2],
                      name, sorted[sorted.size() * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_quick = argc > 1 && std::string_view(argv[1]) == "--quick";
  const int num_calls = is_quick ? 10 : 20000;
  set_log_level(LogLevel::kError);
  const Case cases[] = {{"a", 3072, {128, 64}}, {"b", 20, {64, 32}}};
  std::string json;
  for (const Case& c : cases) {
    const Model model(c);
    for (int threads : {1, 2}) {
      set_num_threads(threads);
      add_figures(json,
                  fmt::format("{}, {} thread{}", c.name, threads,
                              threads == 1 ? "" : "s"),
                  latencies_of(model, 1, num_calls));
    }
    add_figures(json, fmt::format("{}, 8 callers", c.name),
                latencies_of(model, 8, num_calls / 8 + 1));
  }
  fmt::print("{{{}}}\n", json);
  return 0;
}
