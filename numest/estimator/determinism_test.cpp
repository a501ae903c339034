// Weights have the same bits whatever the number of threads, the depth of
// prefetch, and however often the place in the data was saved and restored.
#include <gtest/gtest.h>

#include <stdexcept>

#include "numest/base/soak_for_test.h"
#include "numest/base/thread_pool.h"
#include "numest/estimator/training_for_test.h"
#include "numest/ops/functions.h"
#include "numest/train/initializers.h"
#include "numest/train/model_scope.h"

namespace numest::estimator {
namespace {

// Large enough for loops and products to be split between threads.
ClassifierOptions wide_options(const std::string& model_dir) {
  ClassifierOptions options = training_options(model_dir);
  options.hidden_units = {128, 64};
  options.feature_columns = {
      feature_column::numeric_column("x", {.shape = {96}})};
  return options;
}

data::Dataset wide_data(int64_t prefetch) {
  Array x(DType::kFloat32, {600, 96}), y(DType::kInt32, {600});
  Stream random(Key{3});
  for (float& v : x.span<float>()) v = float(random.next_double() - 0.5);
  for (int32_t& v : y.span<int32_t>()) v = int32_t(random.next_below(2));
  const auto augment = [](const Element& element) {
    const Tensor noise = 0.1 * np::random::rand({96});
    const Tensor row = element.children[0].leaf + noise;
    return Element::tuple(
        {Element::dict({{"x", row.numpy().astype(DType::kFloat32)}}),
         element.children[1]});
  };
  const auto rows = data::Dataset::from_tensor_slices(Element::tuple({x, y}));
  const auto batches = rows.shuffle(600)
                           .map(augment, std::nullopt, data::kAutotune)
                           .repeat()
                           .batch(256);
  return prefetch == 0 ? batches : batches.prefetch(prefetch);
}

Values trained(int threads, int64_t prefetch) {
  const TemporaryDirectory folder;
  set_num_threads(threads);
  DNNClassifier model(wide_options(folder.path()));
  model.train([&] { return wide_data(prefetch); }, {.max_steps = 6});
  return values_of(model.latest_checkpoint());
}

class Determinism : public testing::Test {
 protected:
  ~Determinism() override { set_num_threads(num_threads_); }
  const int num_threads_ = num_threads();
  const Silence silence_;
};

TEST_F(Determinism, WeightsDependNeitherOnThreadsNorOnPrefetch) {
  const Values expected = trained(1, 0);
  for (const int threads : {1, 2, 4, 8})
    for (int64_t prefetch = 0; prefetch <= 8; ++prefetch) {
      if (sanitizer_share() > 1 && prefetch % 4 != 1) continue;
      SCOPED_TRACE(fmt::format("{} threads, prefetch {}", threads, prefetch));
      expect_same_bits(trained(threads, prefetch), expected);
      if (HasFailure()) return;
    }
}

class FailAtTheSecondStep : public Hook {
 public:
  void after_run(RunContext&, const std::vector<Array>&) override {
    if (++num_steps_ == 2) throw std::runtime_error("enough");
  }

 private:
  int num_steps_ = 0;
};

// Each step in an estimator of its own, so that the place in the data goes
// through get_state, a file and set_state.
TEST_F(Determinism, WeightsDoNotDependOnSavesOfTheDataPosition) {
  const TemporaryDirectory whole, parts;
  DNNClassifier undisturbed(training_options(whole.path()));
  train_to_the_end(undisturbed);

  ClassifierOptions options = training_options(parts.path());
  options.config.save_checkpoints_steps = 1;
  int num_failures = 0;
  for (bool is_over = false; !is_over && num_failures < 100;) try {
      DNNClassifier model(options);
      model.train([] { return training_data(); },
                  {.max_steps = kTrainingSteps,
                   .hooks = {std::make_shared<FailAtTheSecondStep>()}});
      is_over = true;
    } catch (const std::runtime_error&) {
      ++num_failures;
    }
  EXPECT_EQ(num_failures, kTrainingSteps - 1);
  expect_same_bits(values_of(latest_checkpoint(parts.path())),
                   values_of(undisturbed.latest_checkpoint()));
}

// Adds what np::random gives to a variable, in every step.
EstimatorSpec walk(const ModelInputs& inputs) {
  ModelScope& scope = ModelScope::current();
  const Tensor place =
      scope.get_variable({.name = "place",
                          .shape = {2},
                          .dtype = DType::kFloat64,
                          .initializer = initializers::zeros()});
  const Tensor moved =
      scope.assign_add(place, np::random::normal(0.0, 1.0, {2}));
  np::random::RandomState data(7);  // a generator of its own gives data
  const Tensor by = scope.assign_add(
      scope.get_variable({.name = "by",
                          .shape = {},
                          .dtype = DType::kFloat64,
                          .initializer = initializers::zeros()}),
      data.uniform());
  const Tensor step = scope.assign_add(scope.global_step(), int64_t{1});
  EstimatorSpec spec;
  spec.mode = inputs.mode;
  spec.loss = sum(moved);
  spec.train_op = group({moved, by, step});
  return spec;
}

TEST_F(Determinism, DrawsInAModelFunctionAreOthersInEachStep) {
  const auto places = [&](uint64_t seed, int64_t steps) {
    const TemporaryDirectory folder;
    Estimator model(
        walk, {.model_dir = folder.path(), .tf_random_seed = int64_t(seed)});
    model.train([] { return training_data(); }, {.steps = steps});
    return values_of(model.latest_checkpoint());
  };
  const Values one = places(5, 1), two = places(5, 2), three = places(5, 3);
  const auto place = [](const Values& v) {
    return v.at("place").to_vector<double>();
  };
  const double first = place(one)[0], second = place(two)[0] - first,
               third = place(three)[0] - place(two)[0];
  EXPECT_NE(first, 0);
  EXPECT_NE(first, second);
  EXPECT_NE(second, third);
  EXPECT_NE(place(one)[0], place(one)[1]);
  EXPECT_NEAR(three.at("by").item<double>(), 3 * one.at("by").item<double>(),
              1e-12);
  expect_same_bits(places(5, 3), three);
  EXPECT_NE(place(places(6, 1))[0], first);
}

}  // namespace
}  // namespace numest::estimator
