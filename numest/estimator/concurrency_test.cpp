// One estimator in eight threads, and predictions that are read in turns or
// left in the middle. Under TSan each race ends the program.
#include <gtest/gtest.h>

#include <thread>

#include "numest/base/soak_for_test.h"
#include "numest/base/thread_pool.h"
#include "numest/estimator/training_for_test.h"

namespace numest::estimator {
namespace {

constexpr int kThreads = 8;

// Rows in order, and no draws: each reader sees the same.
data::Dataset plain_data() {
  Array x(DType::kFloat32, {20, 2}), y(DType::kInt32, {20});
  Stream random(Key{4});
  for (float& v : x.span<float>()) v = float(random.next_double());
  for (int32_t& v : y.span<int32_t>()) v = int32_t(random.next_below(2));
  return data::Dataset::from_tensor_slices(
             Element::tuple({Element::dict({{"x", x}}), y}))
      .batch(5);
}

Element some_features() {
  return Element::dict({{"x", Array::from<float>({1, 2, 3, 4}, {2, 2})}});
}

std::string text_of(const Prediction& prediction) {
  std::string text;
  for (const auto& [key, value] : prediction)
    text += key + " " + value.to_string() + "\n";
  return text;
}

std::string text_of(const std::vector<Prediction>& rows) {
  std::string text;
  for (const Prediction& row : rows) text += text_of(row);
  return text;
}

std::string text_of(const EvalResult& result) {
  std::string text;
  for (const auto& [name, value] : result)
    text += name + " " + value.to_string() + "\n";
  return text;
}

class Concurrency : public testing::Test {
 protected:
  Concurrency() { train_to_the_end(model_); }

  std::string predictions() {
    return text_of(model_.predict(plain_data).to_list());
  }
  std::string batch() { return text_of(model_.predict_batch(some_features())); }
  std::string evaluation() { return text_of(model_.evaluate(plain_data)); }

  static void in_threads(const std::function<void(int)>& body) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i)
      threads.push_back(
          start_thread("test", [&body, i](std::stop_token) { body(i); }));
  }

  const Silence silence_;
  const TemporaryDirectory folder_;
  DNNClassifier model_{training_options(folder_.path())};
};

TEST_F(Concurrency, EightThreadsGetWhatOneGets) {
  const std::string all = predictions(), two = batch(), metrics = evaluation();
  const int64_t num_rounds = rounds(50, 1000);
  in_threads([&](int thread) {
    for (int64_t round = 0; round < num_rounds; ++round) {
      switch ((thread + round) % 3) {
        case 0:
          ASSERT_EQ(predictions(), all);
          break;
        case 1:
          ASSERT_EQ(batch(), two);
          break;
        default:
          ASSERT_EQ(evaluation(), metrics);
      }
    }
  });
}

TEST_F(Concurrency, EightThreadsMayBeTheFirst) {
  std::vector<std::string> found(kThreads);
  in_threads(
      [&](int i) { found[size_t(i)] = i % 2 ? batch() : predictions(); });
  for (int i = 0; i < kThreads; ++i)
    EXPECT_EQ(found[size_t(i)], i % 2 ? batch() : predictions());
}

TEST_F(Concurrency, PredictionsMayBeReadInTurnsAndLeft) {
  const auto expected = model_.predict(plain_data).to_list();
  for (int64_t round = 0; round < rounds(20, 1000); ++round) {
    Predictor first = model_.predict(plain_data);
    Predictor second = model_.predict(plain_data);
    const Predictor unused = model_.predict(plain_data);
    for (size_t row = 0; row < 10; ++row) {
      ASSERT_EQ(text_of(*first.next()), text_of(expected[row]));
      if (row % 3 != 0) continue;
      ASSERT_EQ(text_of(*second.next()), text_of(expected[row / 3]));
    }
    ASSERT_EQ(evaluation(), evaluation());
  }
}

// A reader keeps the weights of its start: those of a training that follows
// or goes on in another thread are for the next one.
TEST_F(Concurrency, PredictionsKeepTheirWeightsWhileTrainingGoesOn) {
  const auto expected = model_.predict(plain_data).to_list();
  Predictor reader = model_.predict(plain_data);
  ASSERT_EQ(text_of(*reader.next()), text_of(expected[0]));
  model_.train([] { return training_data(); }, 5);
  for (size_t row = 1; row < expected.size(); ++row)
    ASSERT_EQ(text_of(*reader.next()), text_of(expected[row])) << row;
  EXPECT_NE(predictions(), text_of(expected));
}

TEST_F(Concurrency, ThreadsMayPredictWhileOneTrains) {
  const size_t num_keys = model_.predict_batch(some_features()).size();
  in_threads([&](int thread) {
    for (int64_t round = 0; round < rounds(10, 100); ++round) {
      if (thread == 0)
        model_.train([] { return training_data(); }, 2);
      else if (thread % 2)
        ASSERT_EQ(model_.predict_batch(some_features()).size(), num_keys);
      else
        ASSERT_EQ(model_.predict(plain_data).to_list().size(), 20u);
    }
  });
}

}  // namespace
}  // namespace numest::estimator
