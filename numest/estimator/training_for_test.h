// For tests of what survives: a training run with all that could tell two
// runs apart (shuffle, augmentation that draws, dropout, batch norm, slots of
// Adam, summaries), small enough to be repeated thousands of times.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "numest/base/file.h"
#include "numest/base/log.h"
#include "numest/base/soak_for_test.h"
#include "numest/estimator/canned.h"
#include "numest/formats/checkpoint.h"
#include "numest/formats/checkpoint_state.h"
#include "numest/np.h"

namespace numest::estimator {

constexpr int64_t kTrainingSteps = 12;

inline data::Dataset training_data(int prefetch = 1) {
  const Key key{3};
  Array x(DType::kFloat32, {37, 2}), y(DType::kInt32, {37});
  Stream random(key);
  for (float& v : x.span<float>()) v = float(random.next_double() - 0.5);
  for (int64_t i = 0; i < 37; ++i)
    y.span<int32_t>()[size_t(i)] = x.span<float>()[size_t(2 * i)] > 0;
  const auto augment = [](const Element& element) {
    const Tensor noise = 0.1 * np::random::rand({2});
    const Tensor image = element.children[0].leaf + noise;
    return Element::tuple(
        {Element::dict({{"x", image.numpy().astype(DType::kFloat32)}}),
         element.children[1]});
  };
  return data::Dataset::from_tensor_slices(Element::tuple({x, y}))
      .shuffle(37)
      .map(augment)
      .repeat()
      .shuffle(5)
      .batch(4)
      .prefetch(prefetch);
}

inline ClassifierOptions training_options(const std::string& model_dir) {
  return {
      .hidden_units = {5},
      .feature_columns = {feature_column::numeric_column("x", {.shape = {2}})},
      .model_dir = model_dir,
      .optimizer = "Adam",
      .dropout = 0.3,
      .config = {.tf_random_seed = 5,
                 .save_summary_steps = 2,
                 .save_checkpoints_steps = 3,
                 .save_checkpoints_secs = {},
                 .keep_checkpoint_max = 2},
      .batch_norm = true};
}

inline void train_to_the_end(Estimator& estimator) {
  estimator.train([] { return training_data(); },
                  {.max_steps = kTrainingSteps});
}

using Values = std::map<std::string, Array>;

/// All variables and slots of a checkpoint, checksums compared.
inline Values values_of(const std::string& prefix) {
  const auto reader = CheckpointReader::open(prefix);
  Values values;
  for (const std::string& name : reader.names())
    values.emplace(name, reader.read(name));
  return values;
}

inline void expect_same_bits(const Values& actual, const Values& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (const auto& [name, value] : expected) {
    ASSERT_TRUE(actual.contains(name)) << name;
    const Array& other = actual.at(name);
    ASSERT_EQ(other.dtype(), value.dtype()) << name;
    ASSERT_EQ(other.shape(), value.shape()) << name;
    const Array a = other.contiguous(), b = value.contiguous();
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(a.raw()),
                               size_t(a.nbytes())),
              std::string_view(reinterpret_cast<const char*>(b.raw()),
                               size_t(b.nbytes())))
        << name << ": " << a.to_string() << " is not " << b.to_string();
  }
}

inline std::map<int64_t, Values> values_by_step(const std::string& model_dir) {
  std::map<int64_t, Values> by_step;
  for (const std::string& prefix : list_checkpoints(model_dir))
    by_step[checkpoint_step(prefix)] = values_of(prefix);
  return by_step;
}

/// A run that is left alone; all of its checkpoints stay.
inline void train_undisturbed(const std::string& model_dir) {
  ClassifierOptions options = training_options(model_dir);
  options.config.keep_checkpoint_max.reset();
  DNNClassifier model(options);
  train_to_the_end(model);
}

/// After one more step, which cleans up: no file is half written, or of a
/// checkpoint that cannot be read.
inline void expect_nothing_is_left_over(Estimator& estimator) {
  estimator.train([] { return training_data(); }, 1);
  for (const std::string& name : list_directory(estimator.model_dir())) {
    EXPECT_EQ(name.find(".tmp-"), std::string::npos) << name;
    if (!name.starts_with("model.ckpt-")) continue;
    const std::string prefix = name.substr(0, name.find('.', 11));
    EXPECT_NO_THROW(values_of(join_path(estimator.model_dir(), prefix)));
  }
}

/// While it lives, log lines are of no interest; files lie in memory.
class Silence {
 public:
  Silence() : level_(log_level()) {
    set_log_level(LogLevel::kError);
    keep_files_in_memory();
  }
  ~Silence() { set_log_level(level_); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  LogLevel level_;
};

}  // namespace numest::estimator
