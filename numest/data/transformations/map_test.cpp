// Mapped functions: order, blocks, keys, errors.
#include <gmock/gmock.h>

#include <mutex>
#include <numeric>
#include <set>

#include "numest/base/key_scope.h"
#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using ::testing::ElementsAre;

// Adds the block size in `blocks` and a random bit of the key to the values.
class KeyedFunction : public MapFunction {
 public:
  explicit KeyedFunction(bool is_vectorized) : is_vectorized_(is_vectorized) {}
  ElementSpec output_spec(const ElementSpec&) const override {
    return TensorSpec{DType::kInt64, Shape{}};
  }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key key) const override {
    return {Array::scalar<int64_t>(value(leaves[0].item<int64_t>(), key))};
  }
  bool is_vectorized() const override { return is_vectorized_; }
  std::vector<Array> call_block(const std::vector<Array>& leaves,
                                std::span<const Key> keys) const override {
    note_block(keys.size());
    const Array out(DType::kInt64, leaves[0].shape());
    for (size_t i = 0; i < keys.size(); ++i)
      out.data<int64_t>()[i] =
          value(leaves[0].index(0, int64_t(i)).item<int64_t>(), keys[i]);
    return {out};
  }
  mutable std::vector<int64_t> blocks;

 protected:
  // Iterators that read ahead call from threads of their own.
  void note_block(size_t count) const {
    const std::lock_guard lock(mutex_);
    blocks.push_back(int64_t(count));
  }

 private:
  static int64_t value(int64_t x, Key key) {
    NUMEST_USER_CHECK(x != 13, ValueError, "unlucky");
    return x * 1000 + int64_t(key.value % 1000);
  }
  bool is_vectorized_;
  mutable std::mutex mutex_;
};

// Gives the key of the place as a float64, which keeps what is compared.
class PlaceFunction : public MapFunction {
 public:
  ElementSpec output_spec(const ElementSpec&) const override {
    return TensorSpec{DType::kFloat64, Shape{}};
  }
  bool takes_place_key() const override { return true; }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key) const override {
    NUMEST_CHECK(leaves.size() == 2);
    return {leaves.back().astype(DType::kFloat64)};
  }
};

// As the above, for many calls at once, of which the last is done first.
class ManyAtOnce : public KeyedFunction {
 public:
  ManyAtOnce() : KeyedFunction(false) {}
  bool calls_many() const override { return true; }
  bool writes_rows() const override { return true; }
  void call_many(std::span<ElementCall> calls) const override {
    note_block(calls.size());
    for (size_t i = calls.size(); i-- > 0;) {
      try {
        calls[i].results = call(calls[i].leaves, calls[i].key);
        if (!calls[i].rows.empty()) {
          calls[i].rows[0].assign(calls[i].results[0]);
          calls[i].results = calls[i].rows;
        }
      } catch (...) {
        calls[i].error = std::current_exception();
      }
    }
  }
};

std::shared_ptr<KeyedFunction> keyed(bool is_vectorized) {
  return std::make_shared<KeyedFunction>(is_vectorized);
}

// Doubles large rows into given memory and hands the second leaf on.
class Doubling : public MapFunction {
 public:
  static constexpr int64_t kWidth = 1 << 12;
  ElementSpec output_spec(const ElementSpec& input) const override {
    return input;
  }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key) const override {
    const Array out(DType::kInt64, leaves[0].shape());
    write(leaves[0], out);
    return {out, leaves[1]};
  }
  bool is_vectorized() const override { return true; }
  bool writes_into() const override { return true; }
  std::optional<size_t> handed_on(size_t output) const override {
    return output == 1 ? std::optional<size_t>(1) : std::nullopt;
  }
  void call_block_into(const std::vector<Array>& leaves,
                       std::span<const Key> keys,
                       std::span<const Array> out) const override {
    write(leaves[0], out[0]);
    const std::lock_guard lock(mutex);
    blocks.push_back(int64_t(keys.size()));
  }
  mutable std::mutex mutex;
  mutable std::vector<int64_t> blocks;

 private:
  static void write(const Array& from, const Array& to) {
    for (int64_t i = 0; i < from.size(); ++i)
      to.data<int64_t>()[i] = 2 * from.data<int64_t>()[i];
  }
};

// Gives another function to each iterator: adds how often it was asked.
class Following : public MapFunction {
 public:
  ElementSpec output_spec(const ElementSpec&) const override {
    return TensorSpec{DType::kInt64, Shape{}};
  }
  std::vector<Array> call(const std::vector<Array>& leaves,
                          Key) const override {
    return {Array::scalar<int64_t>(leaves[0].item<int64_t>() + 100 * asked)};
  }
  std::shared_ptr<const MapFunction> current(bool is_repeat) const override {
    if (!is_repeat) ++asked;
    auto now = std::make_shared<Following>();
    now->asked = asked;
    return now;
  }
  mutable int64_t asked = 0;
};

TEST(Map, AsksForItsFunctionPerIteratorNotPerEpoch) {
  const auto f = std::make_shared<Following>();
  const Dataset d = Dataset::range(2).map(f);
  EXPECT_THAT(flat_numbers(d), ElementsAre(100, 101));
  EXPECT_THAT(flat_numbers(d), ElementsAre(200, 201));
  for (const Dataset& repeated :
       {d.repeat(2), d.shuffle(1).repeat(2).batch(4)}) {
    const int64_t before = f->asked;
    const auto values = flat_numbers(repeated);
    const int64_t now = 100 * f->asked;
    EXPECT_GT(f->asked, before);
    EXPECT_THAT(values, ElementsAre(now, now + 1, now, now + 1));
  }
}

TEST(Map, AppliesInOrder) {
  for (const int64_t calls : {int64_t{1}, int64_t{4}, kAutotune})
    EXPECT_THAT(
        flat_numbers(Dataset::range(3).map(plus_one, std::nullopt, calls)),
        ElementsAre(1, 2, 3));
}

TEST(Map, Conforms) {
  for (const bool is_vectorized : {false, true}) {
    const auto f = keyed(is_vectorized);
    expect_conformance(Dataset::range(9).map(f).batch(4));
    expect_conformance(stream(9).map(f).batch(4).prefetch(2));
    expect_conformance(Dataset::range(9).map(f).shuffle(9).repeat().batch(4));
    expect_conformance(Dataset::range(9).shuffle(4).map(f).repeat(2));
  }
  expect_conformance(ragged(1, 5));
}

TEST(Map, VectorizedBlocksGiveWhatSingleCallsGive) {
  for (const Dataset& source : {Dataset::range(11), stream(11)}) {
    const IteratorOptions options{.seed = 5};
    EXPECT_EQ(flat_numbers(source.map(keyed(true)).batch(4), 99, options),
              flat_numbers(source.map(keyed(false)), 99, options));
  }
}

TEST(Map, BatchAsksForWholeBlocks) {
  const auto f = keyed(true);
  numbers(Dataset::range(10).shuffle(10).map(f).batch(4));
  EXPECT_THAT(f->blocks, ElementsAre(4, 4, 2));
}

TEST(Map, LargeBlocksAreComputedInSlabs) {
  constexpr int64_t kRows = 37;
  Array x(DType::kInt64, {kRows, Doubling::kWidth});
  std::iota(x.data<int64_t>(), x.data<int64_t>() + x.size(), 0);
  const Array labels = x.index(1, 0).contiguous();
  const auto function = std::make_shared<Doubling>();
  const Dataset dataset =
      Dataset::from_tensor_slices(Element::tuple({Element(x), Element(labels)}))
          .map(function)
          .batch(kRows);
  const Element got = *dataset.begin();
  EXPECT_GE(function->blocks.size(), 2u);
  EXPECT_EQ(std::accumulate(function->blocks.begin(), function->blocks.end(),
                            int64_t{0}),
            kRows);
  const Array& doubled = got.children[0].leaf;
  for (int64_t i = 0; i < x.size(); ++i)
    ASSERT_EQ(doubled.data<int64_t>()[i], 2 * i);
  EXPECT_EQ(got.children[1].leaf.raw(), labels.raw());
}

TEST(Map, ManyCallsAtOnceGiveWhatSingleCallsGive) {
  const auto many = std::make_shared<ManyAtOnce>();
  for (const Dataset& source : {Dataset::range(11), stream(11)}) {
    const IteratorOptions options{.seed = 5};
    EXPECT_EQ(flat_numbers(source.map(many).batch(4), 99, options),
              flat_numbers(source.map(keyed(false)), 99, options));
  }
  EXPECT_THAT(many->blocks, ElementsAre(4, 4, 3, 4, 4, 3));
  expect_conformance(Dataset::range(9).map(many).shuffle(9).repeat().batch(4));
}

TEST(Map, KeyOfThePlaceIsThatOfEveryRun) {
  const auto made = [] {
    return Dataset::range(5).map(std::make_shared<PlaceFunction>()).repeat(2);
  };
  const auto run = [](const Dataset& d, uint64_t entropy) {
    return flat_numbers(d, 99, {.entropy = entropy});
  };
  const std::vector<double> first = run(made(), 1);
  EXPECT_EQ(run(made(), 2), first);
  EXPECT_EQ(run(made().batch(4), 3).size(), first.size());
  EXPECT_EQ(std::set<double>(first.begin(), first.end()).size(), 10u);
  const Dataset twice = made();  // another one for each of its iterators
  EXPECT_EQ(run(twice, 1), first);
  EXPECT_NE(run(twice, 1), first);
  expect_conformance(made());
}

TEST(Map, FirstErrorOfManyCallsNamesItsElement) {
  const auto many = std::make_shared<ManyAtOnce>();
  const Dataset unlucky = Dataset::range(20).map([](const Element& x) {
    return Array::scalar<int64_t>(x.leaf.item<int64_t>() % 4 == 2 ? 13 : 0);
  });
  EXPECT_EQ(
      message_of<ValueError>([&] { numbers(unlucky.map(many).batch(20)); }),
      "unlucky (element 2 of map)");
}

TEST(Map, KeyBelongsToTheElementNotToTheOrder) {
  const Dataset mapped = Dataset::range(10).map(keyed(true));
  const IteratorOptions options{.seed = 5};
  const std::vector<double> in_order =
      flat_numbers(mapped.skip(3), 99, options);
  EXPECT_EQ(flat_numbers(mapped.shard(10, 7), 9, options)[0], in_order[4]);
}

TEST(Map, SymbolsOfTheInputAreFoundInTheInferredSpec) {
  const Dataset batches = Dataset::range(7).batch(3);
  const Dataset twice = batches.map([](const Element& x) {
    return Element::tuple({x, Array::zeros(DType::kFloat32, Shape{2})});
  });
  const auto spec = twice.element_spec().flatten();
  EXPECT_EQ(spec[0].shape, batches.element_spec().leaf.shape);
  EXPECT_EQ(spec[1].shape, Shape{2});
  expect_conformance(twice);
}

TEST(Map, ErrorKeepsItsClassAndNamesTheElement) {
  const Dataset data = Dataset::range(20).skip(4).map(keyed(true)).batch(16);
  EXPECT_EQ(message_of<ValueError>([&] { numbers(data); }),
            "unlucky (element 9 of map)");
  EXPECT_EQ(last_error_element(), 9);
}

TEST(Map, ForeignExceptionsPassUnchanged) {
  struct Foreign {};
  const Dataset data = Dataset::range(5).map(
      [](const Element& x) {
        if (x.leaf.item<int64_t>() == 3) throw Foreign();
        return x;
      },
      TensorSpec{DType::kInt64, Shape{}});
  EXPECT_THROW(numbers(data), Foreign);
  EXPECT_EQ(last_error_element(), 3);
}

TEST(Map, ArgumentsAreChecked) {
  EXPECT_THROW(Dataset::range(5).map(Dataset::ElementFunction()), TypeError);
  EXPECT_THROW(Dataset::range(5).map(plus_one, std::nullopt, 0), ValueError);
  EXPECT_THROW(Dataset::range(5).map(plus_one, std::nullopt, -2), ValueError);
}

// What np::random does: draws by the scope of the element.
Element plus_draw(const Element& x) {
  const auto draw = int64_t(KeyScope::next_key().value().value % 1000);
  return Array::scalar(x.leaf.item<int64_t>() * 1000 + draw);
}

TEST(Map, DrawsOfAFunctionAreKeyedByTheElement) {
  for (const int64_t calls : {int64_t{1}, kAutotune}) {
    const Dataset drawn = Dataset::range(50).map(plus_draw, {}, calls);
    expect_conformance(drawn.shuffle(50, 3).repeat(2).batch(4));
    const std::vector<double> values = flat_numbers(drawn);
    std::set<int64_t> draws;
    for (const double v : values) draws.insert(int64_t(v) % 1000);
    EXPECT_GT(draws.size(), 30u);
  }
}

}  // namespace
}  // namespace numest::data
