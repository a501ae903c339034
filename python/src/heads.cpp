// Heads: options, use outside of estimators, heads written in Python.
#include "heads.h"

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace numest::python {

using namespace estimator;

nb::object from_features(const Features& features) {
  return from_nest(features, [](const Tensor& t) { return nb::cast(t); });
}

Features to_features(nb::handle object) {
  return to_nest<Tensor>(object, [](nb::handle h) { return to_tensor(h); });
}

// A metric of all rows is a pair (inputs, function of arrays).
Metric to_metric(nb::handle value) {
  if (!nb::isinstance<nb::list>(value[0]))
    return {to_tensor(value[0]), to_tensor(value[1])};
  std::vector<Tensor> inputs;
  for (nb::handle input : nb::cast<nb::list>(value[0]))
    inputs.push_back(to_tensor(input));
  const nb::object function = value[1];
  return metrics::of_all_rows(
      std::move(inputs), [f = Callable(function)](std::span<const Array> rows) {
        nb::gil_scoped_acquire lock;
        nb::list arguments;
        for (const Array& a : rows) arguments.append(to_ndarray(a));
        return to_array(f.get()(arguments)).copy();
      });
}

Metrics to_metrics(nb::handle dict) {
  Metrics metrics;
  for (auto [key, value] : nb::cast<nb::dict>(dict))
    metrics[nb::cast<std::string>(key)] = to_metric(value);
  return metrics;
}

EstimatorSpec to_spec(const nb::dict& d, Mode mode) {
  EstimatorSpec spec;
  spec.mode = mode;
  auto tensor = [&](const char* key) {
    return d[key].is_none() ? Tensor() : to_tensor(d[key]);
  };
  if (!d["predictions"].is_none())
    spec.predictions = to_features(d["predictions"]);
  spec.loss = tensor("loss");
  spec.train_op = tensor("train_op");
  spec.eval_metric_ops = to_metrics(d["eval_metric_ops"]);
  auto hooks = [&](const char* key) { return nb::cast<Hooks>(d[key]); };
  spec.training_hooks = hooks("training_hooks");
  spec.evaluation_hooks = hooks("evaluation_hooks");
  spec.prediction_hooks = hooks("prediction_hooks");
  return spec;
}

std::function<Tensor(const Tensor&)> to_activation(nb::handle object) {
  if (object.is_none()) return {};
  Callable f(object);
  return [f](const Tensor& x) {
    nb::gil_scoped_acquire lock;
    return to_tensor(f.get()(x));
  };
}

namespace {

HeadOptions to_head_options(const nb::dict& d) {
  HeadOptions o;
  o.name = nb::cast<std::string>(d["name"]);
  o.weight_column = nb::cast<std::string>(d["weight_column"]);
  o.label_vocabulary =
      nb::cast<std::vector<std::string>>(d["label_vocabulary"]);
  o.thresholds = nb::cast<std::vector<double>>(d["thresholds"]);
  if (!d["loss_reduction"].is_none())
    o.loss_reduction =
        losses::reduction_named(nb::cast<std::string>(d["loss_reduction"]));
  o.inverse_link_fn = to_activation(d["inverse_link_fn"]);
  if (!d["loss_fn"].is_none()) {
    Callable f(d["loss_fn"]);
    o.loss_fn = [f](const Tensor& labels, const Tensor& logits) {
      nb::gil_scoped_acquire lock;
      return to_tensor(f.get()(labels, logits));
    };
  }
  o.api = nb::cast<bool>(d["is_v1"]) ? Api::kV1 : Api::kV2;
  return o;
}

std::shared_ptr<Head> shared(const HeadPtr& head) {
  return std::const_pointer_cast<Head>(head);
}

// A head whose create_estimator_spec is a Python method; the rest is the
// core's.
class PythonHead : public Head {
 public:
  PythonHead(HeadPtr base, nb::handle method)
      : base_(std::move(base)), method_(method) {}
  std::string name() const override { return base_->name(); }
  int64_t logits_dimension() const override {
    return base_->logits_dimension();
  }
  Items predictions(const Features& logits) const override {
    return base_->predictions(logits);
  }
  Tensor loss(const HeadInputs& inputs) const override {
    return base_->loss(inputs);
  }
  Metrics metrics(const HeadInputs& inputs) const override {
    return base_->metrics(inputs);
  }
  EstimatorSpec create_estimator_spec(const Features& features, Mode mode,
                                      const Features& logits,
                                      const std::optional<Features>& labels,
                                      const TrainFn& train) const override {
    nb::gil_scoped_acquire lock;
    nb::object spec = method_.get()(
        from_features(features), std::string(mode_key(mode)),
        from_features(logits), labels ? from_features(*labels) : nb::none(),
        nb::cpp_function([train](const Tensor& loss) { return train(loss); }));
    return to_spec(nb::cast<nb::dict>(spec), mode);
  }

 private:
  HeadPtr base_;
  Callable method_;
};

HeadInputs to_inputs(nb::handle features, nb::handle labels, nb::handle logits,
                     const nb::list& regularization) {
  HeadInputs inputs;
  if (!features.is_none()) inputs.features = to_features(features);
  if (!labels.is_none()) inputs.labels = to_features(labels);
  inputs.logits = to_features(logits);
  for (nb::handle h : regularization)
    inputs.regularization_losses.push_back(to_tensor(h));
  return inputs;
}

nb::dict metric_pairs(const Metrics& metrics) {
  nb::dict result;
  for (const auto& [name, m] : metrics)
    result[nb::str(name.c_str())] = nb::make_tuple(m.value, m.update);
  return result;
}

void bind_use(nb::class_<Head>& c) {
  c.def_prop_ro("logits_dimension", &Head::logits_dimension)
      .def_prop_ro("name", &Head::name)
      .def("predictions",
           [](const Head& h, nb::handle logits) {
             nb::dict result;
             for (const auto& [key, value] : h.predictions(to_features(logits)))
               result[nb::str(key.c_str())] = nb::cast(value);
             return result;
           })
      .def(
          "loss",
          [](const Head& h, nb::handle features, nb::handle labels,
             nb::handle logits, const nb::list& regularization) {
            return h.loss(to_inputs(features, labels, logits, regularization));
          },
          nb::arg("features").none(), nb::arg("labels"), nb::arg("logits"),
          nb::arg("regularization_losses"))
      .def(
          "metrics",
          [](const Head& h, nb::handle features, nb::handle labels,
             nb::handle logits, const nb::list& regularization) {
            return metric_pairs(
                h.metrics(to_inputs(features, labels, logits, regularization)));
          },
          nb::arg("features").none(), nb::arg("labels"), nb::arg("logits"),
          nb::arg("regularization_losses"));
}

}  // namespace

void bind_heads(nb::module_& m) {
  nb::class_<Head> c(m, "Head");
  bind_use(c);
  m.def("python_head", [](std::shared_ptr<Head> base, nb::handle method) {
    return std::shared_ptr<Head>(std::make_shared<PythonHead>(base, method));
  });
  m.def("classification_head", [](int64_t n, const nb::dict& o) {
    return shared(classification_head(n, to_head_options(o)));
  });
  m.def("regression_head", [](int64_t n, const nb::dict& o) {
    return shared(regression_head(n, to_head_options(o)));
  });
  m.def("poisson_regression_head", [](int64_t n, bool full, const nb::dict& o) {
    return shared(poisson_regression_head(n, full, to_head_options(o)));
  });
  m.def("logistic_regression_head", [](const nb::dict& o) {
    return shared(logistic_regression_head(to_head_options(o)));
  });
  m.def("multi_label_head",
        [](int64_t n, const nb::dict& o, const std::vector<int64_t>& classes) {
          return shared(multi_label_head(n, to_head_options(o), classes));
        });
  m.def("multi_head", [](const std::vector<std::shared_ptr<Head>>& heads,
                         const std::vector<double>& weights) {
    return shared(multi_head({heads.begin(), heads.end()}, weights));
  });
}

}  // namespace numest::python
