// Estimators: model functions, input functions and hooks written in Python.
#include "numest/estimator/estimator.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "convert.h"
#include "heads.h"
#include "numest/estimator/add_metrics.h"
#include "numest/estimator/canned.h"
#include "numest/estimator/checkpoints.h"
#include "numest/formats/checkpoint.h"
#include "numest/formats/checkpoint_state.h"
#include "predict.h"
#include "profile.h"

namespace numest::python {

namespace {

using namespace estimator;
using feature_column::ColumnPtr;

MetricFn python_metric_fn(nb::handle function) {
  Callable f(function);
  return [f](const ModelInputs& inputs, const Predictions& predictions) {
    nb::gil_scoped_acquire lock;
    nb::object labels =
        inputs.labels ? from_features(*inputs.labels) : nb::none();
    return to_metrics(f.get()(from_features(inputs.features), labels,
                              from_features(predictions)));
  };
}

ModelFn python_model_fn(nb::handle function) {
  Callable f(function);
  return [f](const ModelInputs& inputs) {
    nb::gil_scoped_acquire lock;
    nb::object labels =
        inputs.labels ? from_features(*inputs.labels) : nb::none();
    nb::object spec = f.get()(from_features(inputs.features), labels,
                              std::string(mode_key(inputs.mode)));
    return to_spec(nb::cast<nb::dict>(spec), inputs.mode);
  };
}

InputFn python_input_fn(nb::handle function) {
  Callable f(function);
  return [f] {
    nb::gil_scoped_acquire lock;
    return nb::cast<data::Dataset>(f.get()());
  };
}

// What Python holds of a session: it may outlive the run.
class ContextRef {
 public:
  void set(RunContext* context) { context_ = context; }
  RunContext& get() const {
    NUMEST_USER_CHECK(context_, ValueError,
                      "session: the run of this session has ended; read "
                      "values in the hook's methods, or by "
                      "Estimator.get_variable_value");
    return *context_;
  }

 private:
  RunContext* context_ = nullptr;
};

// Gives Python a reference that is cleared with its owner.
class ContextOwner {
 public:
  ContextOwner() = default;
  ~ContextOwner() { ref_->set(nullptr); }
  ContextOwner(const ContextOwner&) = delete;
  ContextOwner& operator=(const ContextOwner&) = delete;
  nb::object of(RunContext& context) {
    ref_->set(&context);
    return nb::cast(ref_);
  }

 private:
  std::shared_ptr<ContextRef> ref_ = std::make_shared<ContextRef>();
};

// StopIteration and OutOfRangeError of Python code end a run as the end of
// the data does; other exceptions pass through.
template <class F>
auto ending(const F& call) {
  nb::gil_scoped_acquire lock;
  try {
    return call();
  } catch (nb::python_error& e) {
    if (e.matches(PyExc_StopIteration) ||
        e.matches(nb::module_::import_("numest._core").attr("OutOfRangeError")))
      throw OutOfRangeError(e.what());
    throw;
  }
}

// Calls the methods of a Python hook object.
class PythonHook : public Hook {
 public:
  explicit PythonHook(nb::handle object) : object_(object) {}
  void begin() override {
    nb::gil_scoped_acquire lock;
    object_.get().attr("begin")();
  }
  void after_create_session(RunContext& c) override {
    nb::gil_scoped_acquire lock;
    object_.get().attr("after_create_session")(context(c));
  }
  std::vector<Tensor> before_run(RunContext& c) override {
    return ending([&] {
      return nb::cast<std::vector<Tensor>>(
          object_.get().attr("before_run")(context(c)));
    });
  }
  void after_run(RunContext& c, const std::vector<Array>& values) override {
    ending([&] {
      nb::list arrays;
      for (const Array& a : values) arrays.append(to_ndarray(a.copy(), true));
      object_.get().attr("after_run")(context(c), arrays);
    });
  }
  void end(RunContext& c) override {
    nb::gil_scoped_acquire lock;
    object_.get().attr("end")(context(c));
  }

 private:
  nb::object context(RunContext& c) { return context_.of(c); }
  Callable object_;
  ContextOwner context_;
};

class PythonListener : public CheckpointListener {
 public:
  explicit PythonListener(nb::handle object) : object_(object) {}
  void begin() override {
    nb::gil_scoped_acquire lock;
    object_.get().attr("begin")();
  }
  void before_save(RunContext& c, int64_t step) override {
    nb::gil_scoped_acquire lock;
    object_.get().attr("before_save")(context(c), step);
  }
  bool after_save(RunContext& c, int64_t step) override {
    nb::gil_scoped_acquire lock;
    nb::object stop = object_.get().attr("after_save")(context(c), step);
    return !stop.is_none() && nb::cast<bool>(nb::bool_(stop));
  }
  void end(RunContext& c, int64_t step) override {
    nb::gil_scoped_acquire lock;
    object_.get().attr("end")(context(c), step);
  }

 private:
  nb::object context(RunContext& c) { return context_.of(c); }
  Callable object_;
  ContextOwner context_;
};

nb::dict from_prediction(const Prediction& p) {
  nb::dict result;
  for (const auto& [key, value] : p)
    result[nb::str(key.c_str())] = to_ndarray(value);
  return result;
}

RunConfig to_config(const nb::dict& d) {
  RunConfig c;
  auto has = [&](const char* key) {
    return d.contains(key) && !d[key].is_none();
  };
  auto integer = [&](const char* key) -> std::optional<int64_t> {
    return has(key) ? std::optional(nb::cast<int64_t>(d[key])) : std::nullopt;
  };
  if (has("model_dir")) c.model_dir = nb::cast<std::string>(d["model_dir"]);
  if (const auto seed = integer("tf_random_seed"))
    c.tf_random_seed = uint64_t(*seed);
  c.save_summary_steps = integer("save_summary_steps");
  c.save_checkpoints_steps = integer("save_checkpoints_steps");
  c.save_checkpoints_secs =
      has("save_checkpoints_secs")
          ? std::optional(nb::cast<double>(d["save_checkpoints_secs"]))
          : std::nullopt;
  c.keep_checkpoint_max = integer("keep_checkpoint_max");
  c.log_step_count_steps = integer("log_step_count_steps");
  c.show_progress = has("show_progress") && nb::cast<bool>(d["show_progress"]);
  return c;
}

// What may wait for another thread, whose Python code needs the lock.
auto unlocked(const auto& body) {
  const nb::gil_scoped_release release;
  return body();
}

void bind_runs(nb::class_<Estimator>& c) {
  c.def("__init__",
        [](Estimator* self, nb::handle model_fn, const nb::dict& config) {
          new (self) Estimator(python_model_fn(model_fn), to_config(config));
        })
      .def(
          "train",
          [](Estimator& e, nb::handle input_fn, std::optional<int64_t> steps,
             std::optional<int64_t> max_steps, const Hooks& hooks,
             const CheckpointListeners& listeners) {
            const InputFn f = python_input_fn(input_fn);
            nb::gil_scoped_release unlocked;
            e.train(f, {steps, max_steps, hooks, listeners});
          },
          nb::arg("input_fn"), nb::arg("steps").none(),
          nb::arg("max_steps").none(), nb::arg("hooks"), nb::arg("listeners"))
      .def(
          "evaluate",
          [](Estimator& e, nb::handle input_fn, std::optional<int64_t> steps,
             const Hooks& hooks, const std::string& checkpoint,
             const std::string& name) {
            const InputFn f = python_input_fn(input_fn);
            EvalResult result;
            {
              nb::gil_scoped_release unlocked;
              result = e.evaluate(f, {steps, hooks, checkpoint, name});
            }
            nb::dict d;
            for (const auto& [key, value] : result)
              d[nb::str(key.c_str())] = to_ndarray(value, true);
            return d;
          },
          nb::arg("input_fn"), nb::arg("steps").none(), nb::arg("hooks"),
          nb::arg("checkpoint_path"), nb::arg("name"));
}

void bind_predictions(nb::class_<Estimator>& c) {
  c.def("predict",
        [](Estimator& e, nb::handle input_fn,
           const std::vector<std::string>& keys, const Hooks& hooks,
           const std::string& checkpoint, bool single) {
          return e.predict(python_input_fn(input_fn),
                           {keys, hooks, checkpoint, single});
        })
      .def("predict_all",
           [](Estimator& e, nb::handle input_fn,
              const std::vector<std::string>& keys) {
             const InputFn f = python_input_fn(input_fn);
             Prediction p;
             {
               nb::gil_scoped_release unlocked;
               p = e.predict_all(f, keys);
             }
             return from_prediction(p);
           })
      .def("predict_batch",
           [](Estimator& e, nb::handle features) {
             const Element element = to_nest<Array>(
                 features, [](nb::handle h) { return to_array(h); });
             Prediction p;
             {
               nb::gil_scoped_release unlocked;
               p = e.predict_batch(element);
             }
             return from_prediction(p);
           })
      .def("profile",
           [](const Estimator& e) {
             nb::list all;
             for (const auto& [mode, rows] :
                  unlocked([&] { return e.profile(); }))
               all.append(
                   nb::make_tuple(nb::str(mode.c_str()), profile_list(rows)));
             return all;
           })
      .def(
          "prediction_program",
          [](Estimator& e, nb::handle features) {
            const auto spec =
                to_nest<TensorSpec>(features, [](nb::handle h) -> TensorSpec {
                  return {to_dtype(h.attr("dtype")), to_shape(h.attr("shape"))};
                });
            const PredictionProgram made =
                unlocked([&] { return e.prediction_program(spec); });
            return nb::make_tuple(made.graph, made.keys);
          })
      .def_prop_ro("model_dir", &Estimator::model_dir)
      .def("eval_dir", &Estimator::eval_dir)
      .def("latest_checkpoint", &Estimator::latest_checkpoint)
      .def("get_variable_names", &Estimator::get_variable_names)
      .def("get_variable_value",
           [](const Estimator& e, const std::string& name) {
             return to_ndarray(e.get_variable_value(name), true);
           });
}

void bind_class(nb::module_& m) {
  nb::class_<Estimator> c(m, "Estimator");
  bind_runs(c);
  bind_predictions(c);
}

void bind_hooks(nb::module_& m) {
  using C = ContextRef;
  nb::class_<C>(m, "RunContext")
      .def_prop_ro("global_step",
                   [](const C& c) { return c.get().global_step(); })
      .def_prop_ro("loss", [](const C& c) { return c.get().loss(); })
      .def("variable_tensor",
           [](const C& c, const std::string& name) -> nb::object {
             const Tensor t = c.get().variable(name);
             return t.is_empty() ? nb::none() : nb::cast(t);
           })
      .def("request_stop", [](const C& c) { c.get().request_stop(); })
      .def_prop_ro("stop_requested",
                   [](const C& c) { return c.get().stop_requested(); })
      .def("variable",
           [](const C& c, const std::string& name) {
             return to_ndarray(c.get().variables().at(name).copy(), true);
           })
      .def("variable_names",
           [](const C& c) { return c.get().variables().names(); });
  nb::class_<Hook>(m, "Hook");
  nb::class_<CheckpointListener>(m, "CheckpointListener");
  m.def("python_hook", [](nb::handle object) {
    return std::shared_ptr<Hook>(std::make_shared<PythonHook>(object));
  });
  m.def("python_listener", [](nb::handle object) {
    return std::shared_ptr<CheckpointListener>(
        std::make_shared<PythonListener>(object));
  });
}

OptimizerChoice to_choice(nb::handle object) {
  if (nb::isinstance<nb::str>(object)) return nb::cast<std::string>(object);
  if (nb::isinstance<Optimizer>(object)) return nb::cast<Optimizer>(object);
  Callable f(object);
  return std::function<Optimizer()>([f] {
    nb::gil_scoped_acquire lock;
    return nb::cast<Optimizer>(f.get()());
  });
}

ColumnPtr make_numeric(const std::string& key,
                       const std::vector<int64_t>& shape, nb::handle dtype,
                       nb::handle normalizer) {
  feature_column::NumericOptions o;
  o.shape = shape;
  o.dtype = to_dtype(dtype);
  o.normalizer_fn = to_activation(normalizer);
  return feature_column::numeric_column(key, o);
}

void bind_canned(nb::module_& m) {
  nb::class_<feature_column::FeatureColumn>(m, "FeatureColumn")
      .def_prop_ro("name", &feature_column::FeatureColumn::name);
  m.def("numeric_column", &make_numeric, nb::arg("key"), nb::arg("shape"),
        nb::arg("dtype"), nb::arg("normalizer").none());
  m.def("input_layer", [](nb::handle features,
                          const std::vector<ColumnPtr>& columns) {
    return feature_column::input_layer(
        to_nest<Tensor>(features, [](nb::handle h) { return to_tensor(h); }),
        columns);
  });
  m.def(
      "dnn_estimator",
      [](std::shared_ptr<Head> head, const std::vector<int64_t>& units,
         const std::vector<ColumnPtr>& columns, nb::handle optimizer,
         nb::handle activation, std::optional<double> dropout, bool batch_norm,
         bool is_v1, const nb::dict& config) {
        DnnOptions o;
        o.hidden_units = units;
        o.feature_columns = columns;
        o.head = head;
        o.optimizer = to_choice(optimizer);
        o.activation_fn = to_activation(activation);
        o.dropout = dropout;
        o.batch_norm = batch_norm;
        o.api = is_v1 ? Api::kV1 : Api::kV2;
        return std::make_shared<Estimator>(dnn_model_fn(o), to_config(config));
      },
      nb::arg("head"), nb::arg("hidden_units"), nb::arg("columns"),
      nb::arg("optimizer"), nb::arg("activation").none(),
      nb::arg("dropout").none(), nb::arg("batch_norm"), nb::arg("is_v1"),
      nb::arg("config"));
  m.def("add_metrics", [](const Estimator& e, nb::handle metric_fn) {
    return add_metrics(e, python_metric_fn(metric_fn));
  });
  m.def("baseline_estimator", [](std::shared_ptr<Head> head,
                                 nb::handle optimizer, bool is_v1,
                                 const nb::dict& config) {
    BaselineOptions o;
    o.head = head;
    o.optimizer = to_choice(optimizer);
    o.api = is_v1 ? Api::kV1 : Api::kV2;
    return std::make_shared<Estimator>(baseline_model_fn(o), to_config(config));
  });
  m.def("linear_estimator",
        [](std::shared_ptr<Head> head, const std::vector<ColumnPtr>& columns,
           nb::handle optimizer, bool is_v1, const nb::dict& config) {
          LinearOptions o;
          o.feature_columns = columns;
          o.head = head;
          o.optimizer = to_choice(optimizer);
          o.api = is_v1 ? Api::kV1 : Api::kV2;
          return std::make_shared<Estimator>(linear_model_fn(o),
                                             to_config(config));
        });
}

void bind_checkpoints(nb::module_& m) {
  m.def("latest_checkpoint", &latest_checkpoint);
  m.def("list_variables", [](const std::string& prefix) {
    const auto reader = CheckpointReader::open(prefix);
    nb::list rows;
    for (const std::string& name : reader.names()) {
      nb::list shape;
      for (int64_t e : reader.spec(name).shape) shape.append(e);
      rows.append(nb::make_tuple(nb::str(name.c_str()), shape));
    }
    return rows;
  });
  m.def("write_checkpoint", [](const std::string& model_dir,
                               const nb::dict& variables, int64_t step) {
    VariableStore store;
    for (auto [key, value] : variables)
      store.set(nb::cast<std::string>(key), to_array(value));
    RunConfig config;
    config.model_dir = model_dir;
    return save_checkpoint(config, store, step, {});
  });
  m.def("load_variable",
        [](const std::string& prefix, const std::string& name) {
          return to_ndarray(CheckpointReader::open(prefix).read(name), true);
        });
}

}  // namespace

void bind_estimator(nb::module_& m) {
  bind_hooks(m);
  bind_heads(m);
  bind_predict(m);
  bind_profile(m);
  bind_class(m);
  bind_canned(m);
  bind_checkpoints(m);
}

}  // namespace numest::python
