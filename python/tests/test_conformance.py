"""Cases recorded with TensorFlow 2.15.1, computed by Numest.

An operation of a record is a function `run_<operation>` below.
"""
import json
import math
import pathlib

import numpy as np
import pytest

import numest as tf
from numest import _core

V1 = tf.compat.v1
FOLDER = (pathlib.Path(__file__).parents[2] / "tests" / "golden" /
          "conformance")


def load():
  cases = {}
  for file in sorted(FOLDER.glob("*.json")):
    for record in json.loads(file.read_text()):
      for api in ("v1", "v2") if record["api"] == "any" else (record["api"],):
        cases[f"{record['id']}-{api}"] = (record, api)
  return cases


CASES = load()


# --- from JSON to arguments ---

def leaves(value):
  return [x for v in value for x in leaves(v)] if isinstance(
      value, list) else [value]


def array(value):
  if isinstance(value, dict):
    special = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    flat = [special.get(x, x) if isinstance(x, str) else x
            for x in leaves(value["values"])]
    shape = np.array(value["values"], dtype=object).shape
    return np.array(flat, value["dtype"]).reshape(shape)
  kinds = {type(x) for x in leaves(value)}
  dtype = (object if str in kinds else bool if bool in kinds else
           np.float32 if float in kinds else np.int64)
  return np.array(value, dtype)


def nest(value):
  if isinstance(value, dict) and set(value) == {"tuple"}:
    return tuple(nest(v) for v in value["tuple"])
  if isinstance(value, dict) and "dtype" not in value:
    return {k: nest(v) for k, v in value.items()}
  return array(value)


def column(spec):
  options = {k: getattr(tf, v) if k == "dtype" else v
             for k, v in spec.items() if k != "type"}
  return getattr(tf.feature_column, spec["type"])(**options)


REDUCTIONS = {"sum": tf.keras.losses.Reduction.SUM,
              "sum_over_batch_size":
                  tf.keras.losses.Reduction.SUM_OVER_BATCH_SIZE}


def head(spec):
  options = dict(spec)
  kind = getattr(tf.estimator, options.pop("type"))
  if "heads" in options:
    options["heads"] = [head(h) for h in options["heads"]]
  if "loss_reduction" in options:
    options["loss_reduction"] = REDUCTIONS[options["loss_reduction"]]
  return kind(**options)


def make_estimator(record, api, model_dir, **replaced):
  options = dict(record["config"], model_dir=str(model_dir), **replaced)
  options["config"] = tf.estimator.RunConfig(tf_random_seed=1,
                                             save_summary_steps=1)
  if "feature_columns" in options:
    options["feature_columns"] = [column(c)
                                  for c in options["feature_columns"]]
  if "activation_fn" in options:
    options["activation_fn"] = getattr(tf.nn, options["activation_fn"])
  if api == "v2" and "loss_reduction" in options:
    options["loss_reduction"] = REDUCTIONS[options["loss_reduction"]]
  names = tf.estimator if api == "v2" else V1.estimator
  return getattr(names, record["subject"])(**options)


def write_variables(record, model_dir, more=()):
  inputs = record["inputs"]
  if "variables" not in inputs:
    return
  step = inputs.get("global_step", 0)
  values = {k: array(v).astype(np.float32)
            for k, v in inputs["variables"].items()}
  values.update({name: np.float32(0) for name in more})
  _core.write_checkpoint(str(model_dir),
                         dict(values, global_step=np.int64(step)), step)


def input_fn(inputs, batch_size=1000):
  rows = nest(inputs["features"])
  if "labels" in inputs:
    rows = (rows, nest(inputs["labels"]))
  return lambda: tf.data.Dataset.from_tensor_slices(rows).batch(batch_size)


class Catch(tf.estimator.SessionRunHook):
  """Keeps the values of tensors at each step."""

  def __init__(self, tensors, caught):
    self.tensors, self.caught = tensors, caught

  def before_run(self, run_context):
    return tf.estimator.SessionRunArgs(self.tensors)

  def after_run(self, run_context, run_values):
    self.caught.append(run_values.results)


def in_model(function, features, model_dir):
  """What `function` of the features gives inside of a model function."""
  made = tf.estimator.Estimator(
      lambda features, mode: tf.estimator.EstimatorSpec(
          mode, predictions=function(features)), str(model_dir))
  return next(made.predict(lambda: tf.data.Dataset.from_tensors(features),
                           yield_single_examples=False))


# --- operations ---

def run_evaluate(record, api, folder):
  write_variables(record, folder)
  inputs = record["inputs"]
  return make_estimator(record, api, folder).evaluate(
      input_fn(inputs, inputs.get("batch_size", 1000)))


def run_predict(record, api, folder):
  write_variables(record, folder)
  rows = list(make_estimator(record, api, folder).predict(
      input_fn(record["inputs"])))
  return {k: np.stack([r[k] for r in rows]) for k in rows[0]}


def run_train_step(record, api, folder):
  """Steps at rate 0: loss and summaries of the first, the last step."""
  rate0 = (tf.keras.optimizers.legacy.SGD(0.0) if api == "v2" else
           V1.train.GradientDescentOptimizer(0.0))
  write_variables(record, folder)
  made = make_estimator(record, api, folder, optimizer=rate0)
  data = input_fn(record["inputs"])
  made.train(lambda: data().repeat(), steps=record["inputs"].get("steps", 1))
  tags = {}
  for file in sorted(folder.glob("events.out.*")):
    for event in tf.train.summary_iterator(file):
      for value in event.summary.value:
        if value.HasField("simple_value"):
          tags.setdefault(value.tag, value.simple_value)
  return {"loss": tags["loss"], "summaries": tags,
          "global_step": made.get_variable_value("global_step")}


def run_logits(record, api, folder):
  inputs = record["inputs"]
  modes = [inputs["mode"]] if "mode" in inputs else ["train", "eval", "infer"]
  found = []
  for mode in modes:
    caught = []

    class Shows(tf.estimator.RegressionHead):
      def create_estimator_spec(self, features, mode, logits, **ignored):
        hooks = [Catch(logits, caught)]
        step = V1.train.get_global_step()
        return tf.estimator.EstimatorSpec(
            mode, predictions=logits, loss=tf.reduce_mean(logits),
            train_op=V1.assign_add(step, 1), training_hooks=hooks,
            evaluation_hooks=hooks, prediction_hooks=hooks)

    config = dict(record["config"])
    config["head"] = Shows(config.pop("logits_dimension"))
    own = folder / mode
    own.mkdir()
    write_variables(record, own)
    made = make_estimator(dict(record, config=config), api, own)
    use = {"train": made.train, "eval": made.evaluate,
           "infer": lambda f: list(made.predict(f))}[mode]
    use(input_fn(inputs))
    found.append(caught[0])
  for other in found[1:]:
    np.testing.assert_allclose(other, found[0], rtol=1e-6)
  return {"logits": found[0]}


def run_head(record, api, folder):
  made = head(dict(record["config"], type=record["subject"]))
  inputs, wanted, got = record["inputs"], record["expected"], {}
  logits, features = nest(inputs["logits"]), nest(inputs.get("features", {}))
  extra = inputs.get("regularization_losses")
  if "predictions" in wanted:
    got["predictions"] = {
        "/".join(k) if isinstance(k, tuple) else k: v.numpy()
        for k, v in made.predictions(logits).items()}
  labels = nest(inputs["labels"]) if "labels" in inputs else None
  if "loss" in wanted:
    got["loss"] = made.loss(
        labels=labels, logits=logits, features=features,
        mode=inputs.get("mode", "eval"), regularization_losses=extra).numpy()
  if "metrics" in wanted:
    metrics = made.metrics(regularization_losses=extra)
    for begin, end in inputs.get("batches", [[None, None]]):
      part = slice(begin, end)
      arguments = ((features, logits, labels) if begin is None else
                   ({k: v[part] for k, v in features.items()}, logits[part],
                    labels[part]))
      made.update_metrics(metrics, *arguments, regularization_losses=extra)
    got["metrics"] = {k: m.result().numpy() for k, m in metrics.items()}
  return got


def run_input_layer(record, api, folder):
  columns = [column(c) for c in record["config"]["feature_columns"]]
  return in_model(lambda f: {"dense": V1.feature_column.input_layer(
      f, columns)}, nest(record["inputs"]["features"]), folder)


def run_loss(record, api, folder):
  function = getattr(V1.losses, record["subject"])

  def build(features):
    arguments = {k: tf.squeeze(v, 0) for k, v in features.items()}
    return {"loss": tf.expand_dims(
        function(**arguments, **record["config"]), 0)}

  features = {k: np.array(v)[None] for k, v in nest(record["inputs"]).items()}
  return {"loss": in_model(build, features, folder)["loss"][0]}


def run_minimize(record, api, folder):
  inputs, config = record["inputs"], record["config"]
  gradients = [array(g).astype(np.float32) if isinstance(g, list) else
               nest(g) for g in inputs["gradients"]]
  start = array(inputs["initial"]).astype(np.float32)
  if api == "v2":
    optimizer = getattr(tf.keras.optimizers.legacy,
                        record["subject"])(**config)
    variable, steps = tf.Variable(start), []
    for g in gradients:
      optimizer.apply_gradients([(tf.constant(g), variable)])
      steps.append(variable.numpy())
    return {"variable_after_each_step": steps}

  def model_fn(features, mode):
    x = V1.get_variable("x", initializer=start)
    rows = tf.gather(x, features["rows"]) if "rows" in features else x
    loss = tf.reduce_sum(rows * features["g"])  # whose gradient is g
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=getattr(V1.train, record["subject"])(
            **config).minimize(loss, V1.train.get_global_step()))

  made, steps = tf.estimator.Estimator(model_fn, str(folder)), []
  for g in gradients:
    features = ({"g": g["values"], "rows": g["indices"]}
                if isinstance(g, dict) else {"g": g})
    made.train(lambda: tf.data.Dataset.from_tensors(features))
    steps.append(made.get_variable_value("x"))
  return {"variable_after_each_step": steps}


def run_learning_rate(record, api, folder):
  decay = getattr(V1.train, record["subject"])
  name = "x" if record["subject"] == "piecewise_constant" else "global_step"
  return {"rates": [
      decay(**{name: tf.constant(step, tf.int64)}, **record["config"]).numpy()
      for step in record["inputs"]["global_steps"]]}


def run_metric(record, api, folder):
  config = record["config"]
  batches = [nest(b) for b in record["inputs"]["batches"]]
  values = []
  if api == "v2":
    metric = getattr(tf.keras.metrics, record["subject"])(**config)
    for batch in batches:
      metric.update_state(*[batch[k] for k in (
          "labels", "predictions", "values") if k in batch],
          sample_weight=batch.get("weights"))
      values.append(metric.result().numpy())
    return {"value_after_each_batch": values}

  def model_fn(features, mode):
    return tf.estimator.EstimatorSpec(
        mode, loss=tf.constant(0.0), eval_metric_ops={
            "m": getattr(V1.metrics, record["subject"])(**features,
                                                        **config)})

  def all_batches():
    data = tf.data.Dataset.from_tensors(batches[0])
    for batch in batches[1:]:
      data = data.concatenate(tf.data.Dataset.from_tensors(batch))
    return data

  made = tf.estimator.Estimator(model_fn, str(folder))
  return {"value_after_each_batch": [
      made.evaluate(all_batches, steps=k + 1)["m"]
      for k in range(len(batches))]}


def run_numpy_input_fn(record, api, folder):
  inputs, caught = record["inputs"], []
  fn = V1.estimator.inputs.numpy_input_fn(
      nest(inputs["x"]), nest(inputs["y"]) if inputs.get("y") else None,
      **record["config"])
  limit = inputs.get("first_batches", 100)

  def model_fn(features, labels, mode):
    seen = {"features": features}
    if labels is not None:
      seen["labels"] = labels
    return tf.estimator.EstimatorSpec(
        mode, loss=tf.constant(0.0), training_hooks=[Catch(seen, caught)],
        train_op=V1.assign_add(V1.train.get_global_step(), 1))

  tf.estimator.Estimator(model_fn, str(folder)).train(fn, steps=limit)
  return {"batches": caught, "ended": len(caught) < limit}


def run_dataset(record, api, folder):
  def build(spec):
    source = dict(spec["source"])
    make = getattr(tf.data.Dataset, source.pop("op"))
    if "choice_dataset" in source:
      made = make([build(d) for d in source["datasets"]],
                  build(source["choice_dataset"]))
    elif "datasets" in source:
      made = make(tuple(build(d) for d in source["datasets"]))
    elif "args" in source:
      made = make(*source["args"])
    else:
      made = make(nest(source["tensors"]))
    for step in spec.get("then", []):
      options = dict(step)
      method = getattr(made, options.pop("op"))
      if "dataset" in options:
        options["dataset"] = build(options["dataset"])
      made = method(**options)
    return made

  data = build(record["config"])
  first = record["inputs"].get("first_elements")
  return {"elements": list((data.take(first) if first else data)
                           .as_numpy_iterator())}


# --- comparison ---

def agree(want, got, tolerance, path):
  if isinstance(want, dict) and set(want) == {"tuple"}:
    want, got = want["tuple"], list(got)
  if isinstance(want, dict):
    assert set(want) <= set(got), path
    for key, value in want.items():
      agree(value, got[key], tolerance, f"{path}/{key}")
  elif isinstance(want, list):
    got = list(got)
    assert len(got) == len(want), path
    for i, value in enumerate(want):
      agree(value, got[i], tolerance, f"{path}[{i}]")
  elif isinstance(want, float):
    assert abs(float(got) - want) <= tolerance * max(1, abs(want)), (
        f"{path}: got {got}, expected {want}")
  elif isinstance(want, str) and want.endswith(("NaN", "Infinity")):
    np.testing.assert_equal(float(got), float(want), err_msg=path)
  else:
    got = got.decode() if isinstance(got, bytes) else got
    assert got == want, f"{path}: got {got!r}, expected {want!r}"


@pytest.mark.parametrize("name", list(CASES))
def test_record_of_tensorflow_is_reproduced(name, tmp_path):
  record, api = CASES[name]
  got = globals()[f"run_{record['operation']}"](record, api, tmp_path)
  agree(record["expected"], got, record["tolerance"], name)
