// Five small programs whose instructions tools/instructions counts:
//   instructions NAME
// What is counted is `measured_work`; all before it is warming up.
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "numest/base/file.h"
#include "numest/base/log.h"
#include "numest/data/map_function.h"
#include "numest/np.h"
#include "numest/numest.h"
#include "numest/runtime/executable.h"

using namespace numest;
using data::Dataset;

/// A name that the tool can ask for, in no other function's body.
extern "C" [[gnu::noinline]] void measured_work(
    const std::function<void()>* work) {
  (*work)();
  asm volatile("");
}

namespace {

constexpr int64_t kRows = 512, kColumns = 32;

Array values(const Shape& shape) {
  Array a(DType::kFloat32, shape);
  Stream random(Key{1});
  for (float& v : a.span<float>()) v = float(random.next_double());
  return a;
}

Dataset rows() {
  Array labels(DType::kInt32, {kRows});
  Stream random(Key{2});
  for (int32_t& v : labels.span<int32_t>()) v = int32_t(random.next_below(10));
  return Dataset::from_tensor_slices(Element::tuple(
      {Element::dict({{"x", values({kRows, kColumns})}}), labels}));
}

// Without checkpoints and summaries: files are not what is counted.
struct Classifier {
  TemporaryDirectory folder;
  estimator::DNNClassifier model{{
      .hidden_units = {32, 16},
      .feature_columns = {feature_column::numeric_column(
          "x", {.shape = {kColumns}})},
      .model_dir = folder.path(),
      .n_classes = 10,
      .config = {.tf_random_seed = 1,
                 .save_summary_steps = 0,
                 .save_checkpoints_secs = {},
                 .log_step_count_steps = {}},
  }};

  void train(int64_t steps) {
    model.train([] { return rows().shuffle(kRows).repeat().batch(32); }, steps);
  }
};

std::function<void()> train() {
  auto classifier = std::make_shared<Classifier>();
  classifier->train(2);
  return [classifier] { classifier->train(100); };
}

std::function<void()> evaluate() {
  auto classifier = std::make_shared<Classifier>();
  const auto once = [classifier] {
    classifier->model.evaluate([] { return rows().batch(32); });
  };
  once();
  return once;
}

std::function<void()> predict() {
  auto classifier = std::make_shared<Classifier>();
  const Element one = Element::dict({{"x", values({1, kColumns})}});
  const auto many = [classifier, one] {
    for (int i = 0; i < 100; ++i) classifier->model.predict_batch(one);
  };
  many();
  return many;
}

std::function<void()> pipeline() {
  const Dataset dataset = rows().shuffle(kRows).batch(16).repeat(4);
  return [dataset] {
    auto iterator = dataset.make_iterator({.seed = 3});
    data::Leaves leaves;
    while (iterator.next_leaves(leaves)) {
    }
  };
}

// A program over rows in the place of a function over one.
class CompiledMap : public data::MapFunction {
 public:
  CompiledMap() : program_(compile(graph(), {})) {}
  ElementSpec output_spec(const ElementSpec& input) const override {
    return input;
  }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    const std::vector<Array> row = {leaves[0].reshape({1, kColumns})};
    return {call_block(row, {&key, 1})[0].index(0, 0)};
  }
  bool is_vectorized() const override { return true; }
  std::vector<Array> call_block(const std::vector<Array>& leaves,
                                std::span<const Key>) const override {
    return program_.run(leaves);
  }

 private:
  static Graph graph() {
    const Tensor x =
        parameter({DType::kFloat32, {fresh_extent(), kColumns}}, "x");
    const Tensor centred = x - mean(x, {1}, std::nullopt, true);
    return {"map", {x}, {where(greater(centred, 0.0), centred, x * 0.5)}};
  }
  Executable program_;
};

std::function<void()> map() {
  const Dataset dataset =
      Dataset::from_tensor_slices(Element(values({4 * kRows, kColumns})))
          .map(std::make_shared<CompiledMap>())
          .batch(32);
  const auto once = [dataset] {
    auto iterator = dataset.make_iterator();
    data::Leaves leaves;
    while (iterator.next_leaves(leaves)) {
    }
  };
  once();
  return once;
}

const std::map<std::string, std::function<void()> (*)()> kPrograms = {
    {"train", train},       {"evaluate", evaluate}, {"predict", predict},
    {"pipeline", pipeline}, {"map", map},
};

}  // namespace

int main(int argc, char** argv) {
  const auto found = kPrograms.find(argc == 2 ? argv[1] : "");
  if (found == kPrograms.end()) {
    for (const auto& [name, program] : kPrograms) std::puts(name.c_str());
    return argc == 1 ? 0 : 2;
  }
  set_log_level(LogLevel::kError);
  const std::function<void()> work = found->second();
  measured_work(&work);
  return 0;
}
