// Pipelines recorded with tf.data (tests/golden/tf215/8_tf_data.json): specs,
// cardinalities, elements and classes of errors are TensorFlow's.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "numest/data/dataset_conformance.h"
#include "numest/data/stream_for_test.h"

namespace numest::data {
namespace {

using nlohmann::json;

json recorded() {
  std::ifstream file(std::string(NUMEST_TEST_DATA) + "/tf215/8_tf_data.json");
  return json::parse(file);
}

// As Python prints it: "TensorSpec(shape=(None, 2), dtype=tf.int64, ...)".
std::string print(const TensorSpec& spec) {
  std::string shape;
  for (const int64_t extent : spec.shape) {
    if (!shape.empty()) shape += ", ";
    shape += is_symbol(extent) ? "None" : std::to_string(extent);
  }
  if (spec.shape.ndim() == 1) shape += ",";
  const std::string dtype =
      spec.dtype == DType::kBytes ? "string" : std::string(name(spec.dtype));
  return "TensorSpec(shape=(" + shape + "), dtype=tf." + dtype + ", name=None)";
}

std::string print(const ElementSpec& spec) {
  if (spec.is_leaf()) return print(spec.leaf);
  std::string out;
  for (size_t i = 0; i < spec.children.size(); ++i) {
    if (i > 0) out += ", ";
    if (spec.is_dict()) out += "'" + spec.keys[i] + "': ";
    out += print(spec.children[i]);
  }
  return spec.is_dict() ? "{" + out + "}" : "(" + out + ")";
}

json to_json(const Array& array) {
  if (array.ndim() == 0) {
    if (array.dtype() == DType::kBytes) return array.item<Bytes>();
    if (is_float(array.dtype())) return array.item<double>();
    return array.item<int64_t>();
  }
  json out = json::array();
  for (int64_t i = 0; i < array.shape()[0]; ++i)
    out.push_back(to_json(array.index(0, i)));
  return out;
}

json to_json(const Element& element) {
  if (element.is_leaf()) return to_json(element.leaf);
  json out = element.is_dict() ? json::object() : json::array();
  for (size_t i = 0; i < element.children.size(); ++i) {
    if (element.is_dict())
      out[element.keys[i]] = to_json(element.children[i]);
    else
      out.push_back(to_json(element.children[i]));
  }
  return out;
}

template <class T>
Element list(std::vector<T> values) {
  return Array::from(values);
}
Element int32s(std::vector<int32_t> values) { return list(values); }
int64_t number(const Element& x) { return x.leaf.item<int64_t>(); }
Element scalar(int64_t value) { return Array::scalar<int64_t>(value); }
Dataset slices(const Element& components) {
  return Dataset::from_tensor_slices(components);
}
Dataset times(const Element& x) {
  return Dataset::from_tensors(x).repeat(number(x));
}
Dataset from_list(const std::vector<Element>& elements,
                  const ElementSpec& spec) {
  return Dataset::from_generator(
      [elements] {
        return
            [elements, next = size_t{0}]() mutable -> std::optional<Element> {
              if (next == elements.size()) return std::nullopt;
              return elements[next++];
            };
      },
      spec);
}
Element reversed(const Element& x) {
  const Slice backwards{std::nullopt, std::nullopt, -1};
  return x.leaf.slice({&backwards, 1}).copy();
}
Nest<Dataset> two_ranges() {
  return Nest<Dataset>::tuple({Dataset::range(3), Dataset::range(10, 15)});
}

using Pipelines = std::map<std::string, std::function<Dataset()>>;

Pipelines sources() {
  const Array table =
      Array::from(std::vector<double>{0, 1, 2, 3, 4, 5}, Shape{3, 2});
  const TensorSpec int32{DType::kInt32, Shape{}};
  const TensorSpec float32{DType::kFloat32, Shape{}};
  const auto x = [](float v) {
    return Element::dict({{"x", Array::scalar<float>(v)}});
  };
  return {
      {"DS.range(5)", [] { return Dataset::range(5); }},
      {"DS.range(2, 10, 3)", [] { return Dataset::range(2, 10, 3); }},
      {"DS.range(3, output_type=tf.int32)",
       [] { return Dataset::range(0, 3, 1, DType::kInt32); }},
      {"DS.from_tensors([1, 2, 3])",
       [] {
         return Dataset::from_tensors(int32s({1, 2, 3}));
       }},
      {"DS.from_tensor_slices([1, 2, 3])",
       [] {
         return slices(int32s({1, 2, 3}));
       }},
      {"DS.from_tensor_slices(([1, 2], [3., 4.]))",
       [] {
         return slices(Element::tuple({int32s({1, 2}), list<float>({3, 4})}));
       }},
      {"DS.from_tensor_slices({'b': [1, 2], 'a': ['x', 'y']})",
       [] {
         return slices(Element::dict(
             {{"b", int32s({1, 2})}, {"a", list<Bytes>({"x", "y"})}}));
       }},
      {"DS.from_tensor_slices(({'x': np.arange(6.).reshape(3, 2)}, "
       "np.array([0, 1, 2], np.int32)))",
       [table] {
         return slices(Element::tuple(
             {Element::dict({{"x", table}}), int32s({0, 1, 2})}));
       }},
      {"DS.from_tensor_slices(np.float64([1.5, 2.5]))",
       [] {
         return slices(list<double>({1.5, 2.5}));
       }},
      {"DS.from_tensor_slices([[1, 2], [3, 4]])",
       [] {
         return slices(
             Array::from(std::vector<int32_t>{1, 2, 3, 4}, Shape{2, 2}));
       }},
      {"DS.from_generator(lambda: iter([1, 2, 3]), "
       "output_signature=tf.TensorSpec([], tf.int32))",
       [int32] {
         std::vector<Element> values;
         for (int32_t v : {1, 2, 3}) values.push_back(Array::scalar(v));
         return from_list(values, int32);
       }},
      {"DS.from_generator(lambda: iter([{'x': 1.}, {'x': 2.}]), "
       "output_signature={'x': tf.TensorSpec([], tf.float32)})",
       [x, float32] {
         return from_list({x(1), x(2)}, ElementSpec::dict({{"x", float32}}));
       }},
  };
}

Pipelines parts_and_batches() {
  using D = Dataset;
  return {
      {"DS.range(7).batch(3)", [] { return D::range(7).batch(3); }},
      {"DS.range(7).batch(3, drop_remainder=True)",
       [] { return D::range(7).batch(3, true); }},
      {"DS.range(7).batch(3).unbatch()",
       [] { return D::range(7).batch(3).unbatch(); }},
      {"DS.range(3).repeat(2)", [] { return D::range(3).repeat(2); }},
      {"DS.range(3).repeat(0)", [] { return D::range(3).repeat(0); }},
      {"DS.range(0).repeat().take(3)",
       [] { return D::range(0).repeat().take(3); }},
      {"DS.range(5).repeat(2).batch(4)",
       [] { return D::range(5).repeat(2).batch(4); }},
      {"DS.range(3).take(-1)", [] { return D::range(3).take(-1); }},
      {"DS.range(10).skip(-1)", [] { return D::range(10).skip(-1); }},
      {"DS.range(10).shard(3, 1)", [] { return D::range(10).shard(3, 1); }},
      {"DS.zip((DS.range(3), DS.range(10, 15)))",
       [] { return D::zip(two_ranges()); }},
      {"DS.zip(DS.range(3), DS.range(10, 15))",
       [] { return D::zip(two_ranges()); }},
      {"DS.range(5).enumerate(start=10)",
       [] { return D::range(5).enumerate(10); }},
      {"DS.range(3).prefetch(2)", [] { return D::range(3).prefetch(2); }},
      {"DS.range(1, 5).map(lambda x: tf.fill([x], x)).padded_batch(2, "
       "padded_shapes=[6], padding_values=tf.constant(-1, tf.int64))",
       [] {
         return ragged(1, 5).padded_batch(2, Nest<Shape>(Shape{6}), scalar(-1));
       }},
      {"DS.range(6).batch(2).map(lambda x: tf.reverse(x, [0])).unbatch()",
       [] { return D::range(6).batch(2).map(reversed).unbatch(); }},
      {"DS.range(3).batch(2).with_options(tf.data.Options())",
       [] { return D::range(3).batch(2).with_options(Options()); }},
  };
}

Pipelines functions() {
  using D = Dataset;
  const auto scaled = [](const Element& x) { return scalar(number(x) * 10); };
  const auto tens = [](const Element& x) {
    return D::range(number(x) * 10, number(x) * 10 + 5);
  };
  const auto int32 = [](const Element& x) { return x.leaf.item<int32_t>(); };
  return {
      {"DS.range(5).map(lambda x: x * x)",
       [] {
         return D::range(5).map(
             [](const Element& x) { return scalar(number(x) * number(x)); });
       }},
      {"DS.range(3).map(lambda x: (x, 'const', 3.5))",
       [] {
         return D::range(3).map([](const Element& x) {
           return Element::tuple(
               {x, Array::scalar<Bytes>("const"), Array::scalar<float>(3.5f)});
         });
       }},
      {"DS.from_tensor_slices(([1, 2], [3, 4])).map(lambda a, b: a + b)",
       [int32] {
         return slices(Element::tuple({int32s({1, 2}), int32s({3, 4})}))
             .map([int32](const Element& e) {
               return Element(Array::scalar<int32_t>(int32(e.children[0]) +
                                                     int32(e.children[1])));
             });
       }},
      {"DS.from_tensor_slices({'a': [1, 2], 'b': [3, 4]}).map(lambda d: "
       "d['a'] * d['b'])",
       [int32] {
         return slices(Element::dict(
                           {{"a", int32s({1, 2})}, {"b", int32s({3, 4})}}))
             .map([int32](const Element& e) {
               return Element(Array::scalar<int32_t>(int32(*e.find("a")) *
                                                     int32(*e.find("b"))));
             });
       }},
      {"DS.range(6).map(lambda x: x * 10, num_parallel_calls=2)",
       [scaled] { return D::range(6).map(scaled, std::nullopt, 2); }},
      {"DS.range(4).flat_map(lambda x: DS.from_tensors(x).repeat(x))",
       [] { return D::range(4).flat_map(times); }},
      {"DS.range(4).interleave(lambda x: DS.range(x * 10, x * 10 + 5), "
       "cycle_length=2, block_length=2)",
       [tens] { return D::range(4).interleave(tens, 2, 2); }},
      {"DS.range(5).interleave(lambda x: DS.from_tensors(x).repeat(x), "
       "cycle_length=3, block_length=1)",
       [] { return D::range(5).interleave(times, 3); }},
      {"DS.range(4).cache().map(lambda x: x + 1)",
       [] { return D::range(4).cache().map(plus_one); }},
  };
}

TEST(TfData, RecordedPipelinesComeOutTheSame) {
  Pipelines pipelines = sources();
  pipelines.merge(parts_and_batches());
  pipelines.merge(functions());
  const json records = recorded();
  for (const json& record : records["deterministic"]) {
    const std::string code = record["code"];
    SCOPED_TRACE(code);
    ASSERT_TRUE(pipelines.contains(code));
    const Dataset data = pipelines.at(code)();
    EXPECT_EQ(print(data.element_spec()), record["element_spec"]);
    const json cardinality = data.cardinality() == kUnknownCardinality
                                 ? json("UNKNOWN")
                                 : json(data.cardinality());
    EXPECT_EQ(cardinality, record["cardinality"]);
    json elements = json::array();
    for (const Element& element : data) elements.push_back(to_json(element));
    EXPECT_EQ(elements, record["elements"]);
    expect_conformance(data);
  }
}

using Mistakes = std::map<std::string, std::function<void()>>;

Mistakes mistakes() {
  using D = Dataset;
  const auto range = [](auto method) {
    return [method] { method(D::range(5)); };
  };
  return {
      {"DS.range(5).batch(0)", range([](D d) { d.batch(0); })},
      {"DS.range(5).batch(-1)", range([](D d) { d.batch(-1); })},
      {"DS.range(1, 4).map(lambda x: tf.fill([x], x)).batch(2)",
       [] { numbers(ragged(1, 4).batch(2)); }},
      {"DS.range(5).shuffle(0)", range([](D d) { d.shuffle(0); })},
      {"DS.range(5).shuffle(-3)", range([](D d) { d.shuffle(-3); })},
      {"DS.range(5).shard(0, 0)", range([](D d) { d.shard(0, 0); })},
      {"DS.range(5).shard(3, 3)", range([](D d) { d.shard(3, 3); })},
      {"DS.range(5).shard(3, -1)", range([](D d) { d.shard(3, -1); })},
      {"DS.range(5).filter(lambda x: tf.fill([2], True))", range([](D d) {
         const auto two = [](const Element&) {
           return Element(Array::zeros(DType::kBool, Shape{2}));
         };
         d.filter(map_function(two, d.element_spec()));
       })},
      {"DS.range(3).concatenate(DS.from_tensor_slices(['a']))",
       range([](D d) { d.concatenate(slices(list<Bytes>({"a"}))); })},
      {"DS.range(1, 4).map(lambda x: tf.fill([x], x)).padded_batch(3, "
       "padding_values=0.5)",
       [] { ragged(1, 4).padded_batch(3, {}, Element(Array::scalar(0.5f))); }},
      {"DS.range(1, 4).map(lambda x: tf.fill([x], x)).padded_batch(3, "
       "padded_shapes=[2, 2])",
       [] {
         ragged(1, 4).padded_batch(3, Nest<Shape>(Shape{2, 2}));
       }},
      {"DS.from_generator(lambda: iter([[1, 2], [1]]), "
       "output_signature=tf.TensorSpec([2], tf.int32))",
       [] {
         numbers(from_list({int32s({1, 2}), int32s({1})},
                           TensorSpec{DType::kInt32, Shape{2}}));
       }},
      {"DS.range(2).get_single_element()",
       [] { D::range(2).get_single_element(); }},
  };
}

TEST(TfData, RecordedMistakesAreOfTheSameClass) {
  const Mistakes all = mistakes();
  const json records = recorded();
  for (const json& record : records["errors"]) {
    const std::string code = record["code"];
    SCOPED_TRACE(code);
    ASSERT_TRUE(all.contains(code));
    const bool is_type_error = record["error"] == "TypeError";
    EXPECT_NE(is_type_error ? message_of<TypeError>(all.at(code))
                            : message_of<ValueError>(all.at(code)),
              "");
  }
}

// Mean output position of each of 20 elements over many shuffles.
std::vector<double> mean_positions(const Dataset& data, uint64_t trials) {
  std::vector<double> sums(20, 0);
  for (uint64_t seed = 0; seed < trials; ++seed) {
    const std::vector<double> out = flat_numbers(data, 99, {.seed = seed});
    for (size_t i = 0; i < out.size(); ++i)
      sums[size_t(out[i])] += double(i) / double(trials);
  }
  return sums;
}

TEST(TfData, ShuffleSpreadsElementsAsRecorded) {
  const json properties = recorded()["shuffle_properties"];
  for (const int buffer : {5, 20}) {
    const std::vector<double> got =
        mean_positions(Dataset::range(20).shuffle(buffer), 2000);
    const json expected =
        properties["mean_output_position_of_element_i_buffer_" +
                   std::to_string(buffer) + "_of_20"];
    for (size_t i = 0; i < got.size(); ++i)
      EXPECT_NEAR(got[i], expected[i].get<double>(), 0.6)  // 4.6 sigma
          << "element " << i << ", buffer " << buffer;
  }
}

}  // namespace
}  // namespace numest::data
