// Functions over Tensors in pipelines: what is traced gives what is called.
#include "numest/train/traced_map.h"

#include <gmock/gmock.h>

#include <atomic>
#include <set>

#include "numest/base/counters.h"
#include "numest/base/thread_pool.h"
#include "numest/data/dataset.h"
#include "numest/data/dataset_conformance.h"
#include "numest/np.h"

namespace numest::train {
namespace {

using data::Dataset;
using data::MapOptions;
using data::MapReport;
using testing::HasSubstr;

Array numbers(const Shape& shape) {
  Array a(DType::kFloat32, shape);
  Stream random(Key{5});
  for (float& v : a.span<float>()) v = float(random.next_double());
  return a;
}

// Images and labels, as a tuple.
Dataset images(int64_t rows = 40) {
  return Dataset::from_tensor_slices(
      Element::tuple({numbers({rows, 6, 5, 3}),
                      np::arange(rows).numpy().astype(DType::kInt32)}));
}

std::vector<Array> elements(const Dataset& dataset, uint64_t seed = 3) {
  std::vector<Array> out;
  auto iterator = dataset.make_iterator({.seed = seed});
  while (const auto element = iterator.next())
    for (const Array& leaf : element->flatten()) out.push_back(leaf.copy());
  return out;
}

void expect_equal(const std::vector<Array>& a, const std::vector<Array>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_TRUE(array_equal(a[i], b[i])) << i;
}

// Traced, and with the same elements as if it were called.
template <class F>
void expect_traced_as_called(const Dataset& source, const F& function,
                             bool has_batches = true) {
  const Dataset traced = source.map(function);
  const MapReport report = traced.map_reports().at(0);
  EXPECT_TRUE(report.is_traced) << report.why_called;
  const Dataset called = source.map(function, {.traced = false});
  EXPECT_FALSE(called.map_reports().at(0).is_traced);
  EXPECT_EQ(called.map_reports().at(0).why_called, "traced = false was given");
  expect_equal(elements(traced), elements(called));
  if (has_batches)
    expect_equal(elements(traced.batch(7)), elements(called.batch(7)));
  EXPECT_FALSE(elements(traced).empty());
}

template <class F>
std::string why_called(const Dataset& source, const F& function) {
  const Dataset mapped = source.map(function);
  const MapReport report = mapped.map_reports().at(0);
  EXPECT_FALSE(report.is_traced);
  elements(mapped);  // it works all the same
  return report.why_called;
}

Tensor either(const Tensor& condition, const Tensor& a, const Tensor& b) {
  return np::where(condition, a, b);
}

// Crop, flip, brightness, noise: draws of all kinds.
std::pair<Tensor, Tensor> augment(const Tensor& image, const Tensor& label) {
  const Tensor turned =
      either(np::random::uniform() < 0.5, np::fliplr(image), image);
  const Tensor row = np::random::randint(0, 3, {});
  const Tensor moved = np::take(turned, np::add(np::arange(4), row), 0);
  const Tensor noise = np::random::randn({4, 5, 3});
  const Tensor light = np::random::uniform(0.8, 1.2);
  const Tensor out = np::clip(moved * light + 0.1 * noise, 0.0, 1.0);
  return {np::astype(out, DType::kFloat32), label};
}

TEST(TracedMap, AFunctionOfTwoComponentsIsOneProgram) {
  expect_traced_as_called(images(), augment);
}

// Draws whose shapes and parameters are those of the element.
std::pair<Tensor, Tensor> drawn_for(const Tensor& image, const Tensor& label) {
  const Tensor row = np::select(np::select(image, 0, 0), 0, 0);
  const Tensor p = np::array({0.5, 0.1, 0.1, 0.1, 0.1, 0.1});
  const Tensor noise = np::random::normal(image, 0.1);
  const Tensor chosen = np::random::choice(image, {2}, true, p);
  const Tensor numbers = np::stack(
      {np::random::gamma(row + 1.0), np::random::beta(1, row + 1.0),
       np::random::triangular(-1, row, 2.0), np::random::wald(1, row + 1.0)});
  const Tensor counts = np::random::poisson(row * 3.0);
  const Tensor order = np::random::permutation(np::random::permuted(image));
  return {np::concatenate({np::ravel(noise), np::ravel(chosen),
                           np::ravel(numbers), counts, np::ravel(order)}),
          label};
}

TEST(TracedMap, DistributionsOfTheElementAreOneProgram) {
  expect_traced_as_called(images(), drawn_for);
}

TEST(TracedMap, DrawsDifferByElementAndPassAndFollowTheSeed) {
  const auto draw = [](const Tensor&) { return np::random::rand({2}); };
  const Dataset data = Dataset::range(30).map(draw);
  EXPECT_TRUE(data.map_reports().at(0).is_traced);
  std::set<double> seen;
  for (const Array& a : elements(data.repeat(2)))
    for (const double v : a.to_vector<double>()) seen.insert(v);
  EXPECT_EQ(seen.size(), 120u);
  expect_equal(elements(data, 8), elements(data, 8));
  EXPECT_FALSE(array_equal(elements(data, 8)[0], elements(data, 9)[0]));
}

TEST(TracedMap, ThreadsBlocksPrefetchAndResumingChangeNothing) {
  const Dataset data = images().map(augment);
  for (const int threads : {1, 4}) {
    const int before = num_threads();
    set_num_threads(threads);
    data::expect_conformance(data.shuffle(40, 3).repeat(2).batch(16));
    data::expect_conformance(
        images().map(augment, {.num_parallel_calls = 2}).batch(8).prefetch(2));
    set_num_threads(before);
  }
}

TEST(TracedMap, DictionariesKeepTheirStructure) {
  const Dataset data = Dataset::from_tensor_slices(Element::tuple(
      {Element::dict({{"a", numbers({9, 4})}, {"b", numbers({9})}}),
       np::arange(9).numpy()}));
  const auto function = [](const Nest<Tensor>& e) {
    const Nest<Tensor>& features = e.children[0];
    const Tensor sum = features.find("a")->leaf + features.find("b")->leaf;
    return Nest<Tensor>::dict(
        {{"sum", sum},
         {"both", Nest<Tensor>::tuple({e.children[1], np::max(sum)})}});
  };
  expect_traced_as_called(data, function);
  const ElementSpec spec = data.map(function).element_spec();
  EXPECT_EQ(data::to_string(spec),
            "{sum: float32 (4,), both: (int64 (), float32 ())}");
  const auto by_component = [](const Nest<Tensor>& features, Tensor label) {
    return std::tuple(features.find("a")->leaf * 2.0, label, 1);
  };
  expect_traced_as_called(data, by_component);
}

TEST(TracedMap, TheFunctionRunsAsOftenAsItTakesToCompileIt) {
  std::atomic<int> calls = 0;
  const Dataset data = Dataset::range(50).map([&](const Tensor& x) {
    ++calls;
    return x * 2;
  });
  EXPECT_EQ(calls, 2);  // a trace, and a call to compare it with
  const int64_t compiled = counter_value(Counter::compilations);
  elements(data.batch(10).repeat(3));
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(counter_value(Counter::compilations), compiled);
}

TEST(TracedMap, ExtentsThatAreNotKnownAreOneProgram) {
  const Dataset rows = images(10).batch(4);  // the last batch has 2
  const auto function = [](const Tensor& image, const Tensor& label) {
    return std::pair(np::mean(image, {0, 3}), np::sum(label) + label);
  };
  expect_traced_as_called(rows, function, false);
  EXPECT_EQ(rows.map(function).element_spec().children[0].leaf.shape,
            (Shape{6, 5}));
}

TEST(TracedMap, ExtentsThatDependOnValuesRunByElement) {
  const auto positive = [](const Tensor& x) {
    return np::flatnonzero(np::greater(x, 0.5));
  };
  const Dataset data = Dataset::from_tensor_slices(numbers({20, 8}));
  EXPECT_TRUE(data.map(positive).map_reports().at(0).is_traced);
  expect_equal(elements(data.map(positive)),
               elements(data.map(positive, {.traced = false})));
}

TEST(TracedMap, AFunctionThatAsksForAValueIsCalled) {
  const auto coin = [](const Tensor& image, const Tensor& label) {
    const bool turn = np::random::rand() < 0.5;
    return std::pair(turn ? np::fliplr(image) : image, label);
  };
  EXPECT_THAT(why_called(images(), coin),
              HasSubstr("got the symbolic tensor Tensor('random_uniform:0'"));
  const auto as_selection = [](const Tensor& image, const Tensor& label) {
    return std::pair(
        either(np::random::uniform() < 0.5, np::fliplr(image), image), label);
  };
  expect_equal(elements(images().map(coin)),
               elements(images().map(as_selection)));
}

TEST(TracedMap, AFunctionThatThrowsWhileTracedIsCalled) {
  const auto function = [](const Tensor& x) {
    if (x.is_symbolic()) throw std::runtime_error("no stand-ins");
    return x;
  };
  EXPECT_EQ(why_called(Dataset::range(3), function), "no stand-ins");
}

TEST(TracedMap, AFunctionThatChangesWhatItReadsIsCalled) {
  int64_t count = 0;
  EXPECT_THAT(why_called(Dataset::range(4),
                         [&](const Tensor& x) { return x + count++; }),
              HasSubstr("it changes what it reads"));
}

TEST(TracedMap, AnUnknownExtentAsANumberIsNotTakenForTheExtent) {
  const auto halved = [](const Tensor& x) {
    return np::sum(x) / double(x.shape()[0]);
  };
  const Dataset batches = Dataset::from_tensor_slices(numbers({10})).batch(4);
  EXPECT_THAT(why_called(batches, halved),
              HasSubstr("an extent that is not known"));
  EXPECT_TRUE(batches.take(2)
                  .batch(2, true)
                  .map([](const Tensor& x) { return x / double(x.shape()[0]); })
                  .map_reports()
                  .at(0)
                  .is_traced);
}

TEST(TracedMap, AGeneratorFromOutsideIsNoConstant) {
  np::random::RandomState outside(3);
  const std::string why = why_called(Dataset::range(4), [&](const Tensor& x) {
    return x + outside.rand(Shape{});
  });
  EXPECT_THAT(why, HasSubstr("RandomState that was made outside of it"));
  expect_traced_as_called(Dataset::range(4), [](const Tensor& x) {
    np::random::RandomState own(3);
    return x + own.rand(Shape{});
  });
}

TEST(TracedMap, AnErrorNamesElementAndFunction) {
  const auto pick = [](const Tensor& x) {
    return np::take(np::arange(6), x, 0);
  };
  for (const bool traced : {true, false}) {
    const Dataset data = Dataset::range(10).map(pick, {.traced = traced});
    EXPECT_EQ(data.map_reports().at(0).is_traced, traced);
    try {
      elements(data.batch(10));
      FAIL();
    } catch (const IndexError& error) {
      EXPECT_THAT(error.what(), HasSubstr("traced_map_test.cpp:"));
      EXPECT_THAT(error.what(), HasSubstr("(element 6 of map)"));
    }
  }
}

TEST(TracedMap, AFunctionThatNeverWorksSaysWhere) {
  const auto wrong = [](const Tensor& x) { return np::reshape(x, Shape{7}); };
  try {
    Dataset::from_tensor_slices(numbers({4, 6})).map(wrong);
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("(in the function mapped at traced_map_test.cpp:"));
    EXPECT_THAT(error.what(), Not(HasSubstr("it is called, as")));  // again
  }
}

TEST(TracedMap, ArgumentsAreTheComponents) {
  const auto two = [](const Tensor& a, const Tensor& b) { return a + b; };
  EXPECT_THROW(Dataset::range(3).map(two), TypeError);
  const auto one = [](const Tensor& a) { return a; };
  EXPECT_THROW(images().map(one), TypeError);
  const Dataset nested = Dataset::zip(Nest<Dataset>::tuple(
      {Nest<Dataset>::tuple({Dataset::range(3), Dataset::range(3)}),
       Dataset::range(3)}));
  EXPECT_THROW(nested.map(two), TypeError);
}

TEST(TracedMap, OutputSpecIsChecked) {
  const auto doubled = [](const Tensor& x) { return x * 2; };
  const ElementSpec right(TensorSpec{DType::kInt64, Shape{}});
  EXPECT_EQ(Dataset::range(3)
                .map(doubled, {.output_spec = right})
                .element_spec()
                .leaf.dtype,
            DType::kInt64);
  const ElementSpec wrong(TensorSpec{DType::kFloat32, Shape{}});
  try {
    Dataset::range(3).map(doubled, {.output_spec = wrong});
    FAIL();
  } catch (const TypeError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("output_spec: got float32 (), but the function "
                          "mapped at traced_map_test.cpp:"));
    EXPECT_THAT(error.what(), HasSubstr("gives int64 ()"));
  }
}

TEST(TracedMap, ReportsFollowThePipeline) {
  const auto add = [](const Tensor& x) { return x + 1; };
  const Dataset mapped = Dataset::range(3).map(add).shuffle(3).map(
      [](const Element& e) { return e; });
  const auto reports = mapped.batch(2).concatenate(mapped.batch(2));
  const std::vector<MapReport> found = reports.map_reports();
  ASSERT_EQ(found.size(), 4u);
  EXPECT_THAT(found[0].function, HasSubstr("traced_map_test.cpp:"));
  EXPECT_TRUE(found[0].is_traced);
  EXPECT_EQ(found[1].why_called, "it takes arrays, not tensors");
  EXPECT_TRUE(found[2].is_traced);
}

TEST(TracedMap, StringsPassThrough) {
  const Array names(DType::kBytes, {3});
  const char* const texts[] = {"a", "", "long enough to lie on the heap"};
  for (int i = 0; i < 3; ++i) names.data<Bytes>()[i] = texts[i];
  const Dataset data =
      Dataset::from_tensor_slices(Element::tuple({numbers({3}), names}));
  expect_traced_as_called(data, [](const Tensor& x, const Tensor& name) {
    return std::pair(x * 2.0, name);
  });
}

}  // namespace
}  // namespace numest::train
