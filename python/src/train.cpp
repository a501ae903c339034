// The building blocks of model functions.
#include <nanobind/nanobind.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "convert.h"
#include "numest/train/layers.h"
#include "numest/train/losses.h"
#include "numest/train/metrics.h"
#include "numest/train/optimizer.h"
#include "numest/train/schedules.h"

namespace numest::python {

namespace {

Initializer to_initializer(nb::handle object) {
  if (object.is_none()) return {};
  if (nb::isinstance<Initializer>(object)) return nb::cast<Initializer>(object);
  if (nb::isinstance<nb::str>(object))
    return initializers::by_name(nb::cast<std::string>(object));
  Callable function(object);
  // `initializers.keyed` of the package takes the key of the variable too.
  const bool takes_key = nb::hasattr(object, "takes_key");
  return {"python", [=](const Shape& shape, DType dtype, Key key) {
            nb::gil_scoped_acquire lock;
            nb::object value =
                takes_key
                    ? function.get()(shape_tuple(shape), numpy_dtype(dtype),
                                     key.value)
                    : function.get()(shape_tuple(shape), numpy_dtype(dtype));
            return to_array(value).astype(dtype).copy();
          }};
}

Tensor get_variable(const std::string& name, nb::handle shape, nb::handle dtype,
                    nb::handle initializer, bool trainable, bool local) {
  VariableRequest request;
  request.name = name;
  request.shape = to_shape(shape);
  request.dtype = to_dtype(dtype);
  request.initializer = to_initializer(initializer);
  request.is_trainable = trainable;
  request.is_local = local;
  return ModelScope::current().get_variable(request);
}

void bind_watches(nb::module_& m) {
  m.def("variables_beside", [](const std::vector<Tensor>& outputs,
                               const std::vector<Tensor>& inputs) {
    nb::list found;
    for (const Variable* v :
         ModelScope::current().variables_beside(outputs, inputs))
      found.append(nb::make_tuple(v->name, v->read));
    return found;
  });
  m.def("watch_model", [](nb::handle is_current) {
    ModelScope::current().watch([f = Callable(is_current)] {
      const nb::gil_scoped_acquire lock;
      return nb::cast<bool>(f.get()());
    });
  });
}

void bind_scope(nb::module_& m) {
  bind_watches(m);
  m.def("get_variable", &get_variable, nb::arg("name"), nb::arg("shape"),
        nb::arg("dtype"), nb::arg("initializer").none(), nb::arg("trainable"),
        nb::arg("local"));
  m.def("is_in_model", &ModelScope::is_active);
  m.def("is_training", [] { return ModelScope::current().is_training(); });
  m.def("assign", [](const Tensor& v, nb::handle value) {
    return ModelScope::current().assign(v, to_tensor(value));
  });
  m.def("assign_add", [](const Tensor& v, nb::handle value) {
    return ModelScope::current().assign_add(v, to_tensor(value));
  });
  m.def("global_step", [] { return ModelScope::current().global_step(); });
  m.def("has_global_step",
        [] { return ModelScope::current().has_global_step(); });
  m.def("next_key", [] { return ModelScope::current().next_key(); });
  // The program of a value that only draws can change: of a key.
  m.def("initial_graph", [](const Tensor& value) {
    const Tensor& key = ModelScope::current().step_key();
    Graph graph{"initializer", {}, {value}};
    if (!key.is_empty()) graph.inputs.push_back(key);
    for (const Node* node : topological_order(graph))
      NUMEST_USER_CHECK(
          !is_parameter(*node) || (!key.is_empty() && node == key.node().get()),
          ValueError,
          "get_variable: initializer: got a value that depends on '{}', "
          "expected one that is known before the first step",
          node->name);
    return graph;
  });
  m.def("push_name",
        [](const std::string& name) { ModelScope::current().push_name(name); });
  m.def("pop_name", [] { ModelScope::current().pop_name(); });
  m.def("unique_name", [](const std::string& base) {
    return ModelScope::current().unique_name(base);
  });
  m.def("trainable_variables",
        [] { return ModelScope::current().trainable_variables(); });
  m.def("update_ops", [] { return ModelScope::current().update_ops; });
  m.def("losses", [] { return ModelScope::current().losses; });
  m.def("add_summary",
        [](const std::string& tag, const Tensor& value, bool is_histogram) {
          ModelScope::current().summaries.push_back({tag, value, is_histogram});
        });
  m.def("is_variable", [](const Tensor& t) {
    return ModelScope::is_active() && ModelScope::current().find(t) != nullptr;
  });
}

// Runs `function` in a scope whose variables are data; `values` (name to
// ndarray) are read and updated.
nb::object eagerly(const nb::dict& values, const nb::callable& function) {
  ModelScope::Values arrays;
  for (auto [key, value] : values)
    arrays.emplace(nb::cast<std::string>(key), to_array(value).copy());
  ModelScope scope(false, arrays);
  nb::object result;
  {
    ModelScope::Active active(scope);
    result = function();
  }
  for (const auto& [name, array] : arrays)
    values[nb::str(name.c_str())] = to_ndarray(array.copy());
  return result;
}

void bind_initializers(nb::module_& m) {
  nb::class_<Initializer>(m, "Initializer").def_ro("name", &Initializer::name);
  m.def("initializer",
        [](const std::string& name, const std::vector<double>& v) {
          auto at = [&](size_t i, double d) { return i < v.size() ? v[i] : d; };
          if (name == "constant") return initializers::constant(at(0, 0));
          if (name == "random_uniform")
            return initializers::random_uniform(at(0, 0), at(1, 1));
          if (name == "random_normal")
            return initializers::random_normal(at(0, 0), at(1, 1));
          if (name == "truncated_normal")
            return initializers::truncated_normal(at(0, 0), at(1, 1));
          return initializers::by_name(name);
        });
  m.def("value_initializer", [](nb::handle value) {
    return initializers::value(to_array(value).copy());
  });
  m.def("variance_scaling", &initializers::variance_scaling);
}

std::optional<Tensor> optional_tensor(nb::handle object) {
  if (object.is_none()) return std::nullopt;
  return to_tensor(object);
}

losses::Options loss_options(nb::handle weights, const std::string& r) {
  return {to_tensor(weights), losses::reduction_named(r)};
}

Tensor loss(const std::string& name, nb::handle labels, nb::handle values,
            nb::handle weights, const std::string& reduction, double x) {
  const auto o = loss_options(weights, reduction);
  const Tensor y = to_tensor(labels), p = to_tensor(values);
  if (name == "absolute_difference")
    return losses::absolute_difference(y, p, o);
  if (name == "mean_squared_error") return losses::mean_squared_error(y, p, o);
  if (name == "huber_loss") return losses::huber_loss(y, p, x, o);
  if (name == "log_loss") return losses::log_loss(y, p, x, o);
  if (name == "hinge_loss") return losses::hinge_loss(y, p, o);
  if (name == "cosine_distance")
    return losses::cosine_distance(y, p, int(x), o);
  if (name == "sigmoid_cross_entropy")
    return losses::sigmoid_cross_entropy(y, p, x, o);
  if (name == "softmax_cross_entropy")
    return losses::softmax_cross_entropy(y, p, x, o);
  if (name == "sparse_softmax_cross_entropy")
    return losses::sparse_softmax_cross_entropy(y, p, o);
  fail<KeyError>("no loss is named '{}'", name);
}

nb::tuple metric(const std::string& name, const nb::list& arguments,
                 nb::handle weights, double x) {
  using namespace metrics;
  const auto w = optional_tensor(weights);
  std::vector<Tensor> a;
  for (nb::handle h : arguments) a.push_back(to_tensor(h));
  auto made = [&]() -> Metric {
    if (name == "mean") return mean(a[0], w);
    if (name == "accuracy") return accuracy(a[0], a[1], w);
    if (name == "precision") return precision(a[0], a[1], w);
    if (name == "recall") return recall(a[0], a[1], w);
    if (name == "mean_absolute_error")
      return mean_absolute_error(a[0], a[1], w);
    if (name == "mean_squared_error") return mean_squared_error(a[0], a[1], w);
    if (name == "root_mean_squared_error")
      return root_mean_squared_error(a[0], a[1], w);
    if (name == "mean_relative_error")
      return mean_relative_error(a[0], a[1], a[2], w);
    if (name == "percentage_below") return percentage_below(a[0], x, w);
    if (name == "mean_iou") return mean_iou(a[0], a[1], int64_t(x), w);
    if (name == "mean_per_class_accuracy")
      return mean_per_class_accuracy(a[0], a[1], int64_t(x), w);
    return confusion_count(name, a[0], a[1], w);
  }();
  return nb::make_tuple(made.value, made.update);
}

// Metrics with a list of numbers: thresholds, or one target or k.
nb::tuple metric_at(const std::string& name, nb::handle labels,
                    nb::handle predictions, nb::handle weights,
                    const std::vector<double>& x, int num_thresholds,
                    double epsilon) {
  using namespace metrics;
  const auto w = optional_tensor(weights);
  const Tensor y = to_tensor(labels), p = to_tensor(predictions);
  auto made = [&]() -> Metric {
    if (name == "precision_at_thresholds")
      return precision_at_thresholds(y, p, x, w, epsilon);
    if (name == "recall_at_thresholds")
      return recall_at_thresholds(y, p, x, w, epsilon);
    if (name == "sensitivity_at_specificity")
      return sensitivity_at_specificity(y, p, x.at(0), w, num_thresholds);
    if (name == "specificity_at_sensitivity")
      return specificity_at_sensitivity(y, p, x.at(0), w, num_thresholds);
    if (name == "precision_at_k")
      return precision_at_k(y, p, int64_t(x.at(0)), w);
    if (name == "recall_at_k") return recall_at_k(y, p, int64_t(x.at(0)), w);
    fail<KeyError>("no metric is named '{}'", name);
  }();
  return nb::make_tuple(made.value, made.update);
}

nb::tuple auc(const Tensor& labels, const Tensor& predictions,
              nb::handle weights, bool is_pr, int summation, int num_thresholds,
              bool is_keras) {
  metrics::AucOptions o;
  o.curve = is_pr ? metrics::Curve::kPr : metrics::Curve::kRoc;
  o.summation = metrics::AucSummation(summation);
  o.num_thresholds = num_thresholds;
  o.is_keras = is_keras;
  const Metric made =
      metrics::auc(labels, predictions, optional_tensor(weights), o);
  return nb::make_tuple(made.value, made.update);
}

void bind_layers(nb::module_& m) {
  m.def("dropout", &layers::dropout);
  m.def("flatten", &layers::flatten);
  m.def("batch_normalization", [](const Tensor& x, bool training,
                                  double momentum, double epsilon,
                                  const std::string& name) {
    return layers::batch_normalization(x, training, {momentum, epsilon, name});
  });
  m.def(
      "dense",
      [](const Tensor& x, int64_t units, bool use_bias, nb::handle kernel,
         nb::handle bias, const std::string& name, bool trainable) {
        layers::DenseOptions o;
        o.use_bias = use_bias;
        o.kernel_initializer = to_initializer(kernel);
        o.bias_initializer = to_initializer(bias);
        o.name = name;
        o.is_trainable = trainable;
        return layers::dense(x, units, o);
      },
      nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(),
      nb::arg(), nb::arg());
  m.def(
      "conv2d",
      [](const Tensor& x, int64_t filters, const std::vector<int64_t>& size,
         const std::vector<int64_t>& strides, const std::string& padding,
         bool use_bias, nb::handle kernel, nb::handle bias,
         const std::string& name) {
        layers::Conv2dOptions o;
        o.strides = {strides[0], strides[1]};
        o.padding = padding;
        o.use_bias = use_bias;
        o.kernel_initializer = to_initializer(kernel);
        o.bias_initializer = to_initializer(bias);
        o.name = name;
        return layers::conv2d(x, filters, {size[0], size[1]}, o);
      },
      nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(),
      nb::arg().none(), nb::arg().none(), nb::arg());
  m.def("pooling2d",
        [](const Tensor& x, bool is_max, const std::vector<int64_t>& size,
           const std::vector<int64_t>& strides, const std::string& padding) {
          auto pool =
              is_max ? layers::max_pooling2d : layers::average_pooling2d;
          return pool(x, {size[0], size[1]}, {strides[0], strides[1]}, padding);
        });
}

Optimizer make_optimizer(const std::string& name, bool is_v1,
                         const std::map<std::string, double>& values,
                         nb::handle schedule,
                         const std::map<std::string, double>& clips,
                         const std::string& scope_name) {
  OptimizerOptions o;
  o.values = values;
  if (!schedule.is_none()) {
    Callable f(schedule);
    o.schedule = [f](const Tensor& step) {
      nb::gil_scoped_acquire lock;
      return to_tensor(f.get()(step));
    };
  }
  auto clip = [&](const char* key) -> std::optional<double> {
    auto it = clips.find(key);
    return it == clips.end() ? std::nullopt : std::optional(it->second);
  };
  o.clipnorm = clip("clipnorm");
  o.clipvalue = clip("clipvalue");
  o.global_clipnorm = clip("global_clipnorm");
  o.name = scope_name;
  return Optimizer::named(
      name, is_v1 ? OptimizerFamily::kV1 : OptimizerFamily::kKeras, o);
}

std::vector<Tensor> gradient_list(const nb::list& items) {
  std::vector<Tensor> result;
  for (nb::handle g : items)
    result.push_back(g.is_none() ? Tensor() : to_tensor(g));
  return result;
}

void bind_optimizers(nb::module_& m) {
  nb::class_<Optimizer>(m, "Optimizer")
      .def(
          "minimize",
          [](const Optimizer& o, const Tensor& l,
             const std::vector<Tensor>& variables, nb::handle step) {
            return o.minimize(l, variables, optional_tensor(step));
          },
          nb::arg("loss"), nb::arg("variables"), nb::arg("step").none())
      .def(
          "apply_gradients",
          [](const Optimizer& o, const nb::list& gradients,
             const std::vector<Tensor>& variables, nb::handle step) {
            return o.apply_gradients(gradient_list(gradients), variables,
                                     optional_tensor(step));
          },
          nb::arg("gradients"), nb::arg("variables"), nb::arg("step").none())
      .def("compute_gradients", [](const Optimizer& o, const Tensor& l,
                                   const std::vector<Tensor>& variables) {
        nb::list result;
        for (Tensor& g : o.compute_gradients(l, variables))
          result.append(g.is_empty() ? nb::none() : nb::cast(g));
        return result;
      });
  m.def("optimizer", &make_optimizer, nb::arg("name"), nb::arg("is_v1"),
        nb::arg("values"), nb::arg("schedule").none(), nb::arg("clips"),
        nb::arg("scope_name"));
  m.def("optimizer_table", [] {
    nb::list rows;
    for (const OptimizerDef& d : Optimizer::table()) {
      nb::dict values;
      for (auto group : {d.hypers, d.options})
        for (const HyperDef& h : group)
          values[nb::str(h.name.data(), h.name.size())] = h.default_value;
      rows.append(nb::make_tuple(nb::str(d.name.data(), d.name.size()),
                                 d.family == OptimizerFamily::kV1, values));
    }
    return rows;
  });
}

void bind_schedules(nb::module_& m) {
  using namespace schedules;
  m.def("exponential_decay", &exponential_decay);
  m.def("natural_exp_decay", &natural_exp_decay);
  m.def("inverse_time_decay", &inverse_time_decay);
  m.def("polynomial_decay", &polynomial_decay);
  m.def("cosine_decay", &cosine_decay);
  m.def("cosine_decay_restarts", &cosine_decay_restarts);
  m.def("linear_cosine_decay", &linear_cosine_decay);
  m.def("piecewise_constant", &piecewise_constant);
}

}  // namespace

void bind_train(nb::module_& m) {
  bind_scope(m);
  bind_initializers(m);
  bind_layers(m);
  bind_optimizers(m);
  m.def("loss", &loss);
  m.def("compute_weighted_loss", [](const Tensor& values, nb::handle weights,
                                    const std::string& reduction) {
    return losses::compute_weighted_loss(values, to_tensor(weights),
                                         losses::reduction_named(reduction));
  });
  m.def("metric", &metric, nb::arg("name"), nb::arg("arguments"),
        nb::arg("weights").none(), nb::arg("x"));
  m.def("eagerly", &eagerly, nb::arg("values"), nb::arg("function"));
  m.def("metric_at", &metric_at, nb::arg("name"), nb::arg("labels"),
        nb::arg("predictions"), nb::arg("weights").none(), nb::arg("x"),
        nb::arg("num_thresholds"), nb::arg("epsilon"));
  m.def("mean_pairwise_squared_error",
        [](nb::handle labels, nb::handle predictions, nb::handle weights) {
          return losses::mean_pairwise_squared_error(
              to_tensor(labels), to_tensor(predictions), to_tensor(weights));
        });
  bind_schedules(m);
  m.def("auc", &auc, nb::arg("labels"), nb::arg("predictions"),
        nb::arg("weights").none(), nb::arg("is_pr"), nb::arg("summation"),
        nb::arg("num_thresholds"), nb::arg("is_keras"));
}

}  // namespace numest::python
