"""Wrong uses: each message names the argument, what came and what to do."""
import tempfile

import numpy as np
import pytest

import numest as tf

V1 = tf.compat.v1
Dataset = tf.data.Dataset
X = np.linspace(0, 1, 24, dtype=np.float32).reshape(8, 3)
Y = np.arange(8) % 2


def column(key="x", **options):
  return tf.feature_column.numeric_column(key, shape=[3], **options)


def classifier(**options):
  arguments = dict(hidden_units=[4], feature_columns=[column()],
                   model_dir=tempfile.mkdtemp())
  arguments.update(options)
  return tf.estimator.DNNClassifier(**arguments)


def data(x=None, y=Y, batch=4):
  features = {"x": X} if x is None else x
  return lambda: Dataset.from_tensor_slices((features, y)).batch(batch)


def train(y=Y, x=None, **options):
  return lambda: classifier(**options).train(data(x, y))


def custom(body):
  """Trains a model whose function is `body(features, labels, mode)`."""
  def model_fn(features, labels, mode):
    return body(features, labels, mode)
  return lambda: tf.estimator.Estimator(
      model_fn, model_dir=tempfile.mkdtemp()).train(data())


def leaking_model():
  """A model that uses a variable of another model."""
  kept = []

  def first(features, labels, mode):
    kept.append(V1.get_variable("kept", initializer=np.float32(1.0)))
    return tf.estimator.EstimatorSpec(mode, predictions=features["x"])

  def second(features, labels, mode):
    return tf.estimator.EstimatorSpec(
        mode, loss=kept[0] * 2, train_op=V1.train.get_global_step())

  next(tf.estimator.Estimator(first, tempfile.mkdtemp()).predict(data()))
  return tf.estimator.Estimator(second, tempfile.mkdtemp())


def hooked(**methods):
  """Trains with a hook that has these methods."""
  cls = type("Stranger", (tf.estimator.SessionRunHook,), methods)
  return lambda: classifier().train(data(), hooks=[cls()])


def spec(**fields):
  return lambda features, labels, mode: tf.estimator.EstimatorSpec(
      mode, **fields)


def after_training(use, **options):
  def run():
    made = classifier(**options)
    made.train(data())
    return use(made)
  return run


# Name: (what is done, exception class, parts of the message).
CASES = {
    # --- datasets ---
    "lengths differ": (
        lambda: Dataset.from_tensor_slices((X, Y[:7])), ValueError,
        ["component [1] has 7 rows", "expected 8", "component [0]"]),
    "slices of a scalar": (
        lambda: Dataset.from_tensor_slices(3.0), ValueError,
        ["scalar", "from_tensors"]),
    "slices of nothing": (
        lambda: Dataset.from_tensor_slices({}), ValueError,
        ["without components"]),
    "slices of None": (
        lambda: Dataset.from_tensor_slices(None), TypeError,
        ["got None", "expected an array"]),
    "slices of objects": (
        lambda: Dataset.from_tensor_slices(np.array([object()])), TypeError,
        ["object", "expected numbers or strings"]),
    "rows of a list differ": (
        lambda: Dataset.from_tensor_slices([[1, 2], [3]]), ValueError,
        ["rows of a list differ", "padded_batch"]),
    "batch of nothing": (
        lambda: Dataset.range(3).batch(0), ValueError,
        ["batch_size", "greater than zero", "got 0"]),
    "batch size as text": (
        lambda: Dataset.range(3).batch("a"), TypeError,
        ["batch_size", "got 'a' of type str", "integer"]),
    "batch size as a fraction": (
        lambda: Dataset.range(3).batch(2.5), TypeError,
        ["batch_size", "got 2.5", "integer"]),
    "shuffle buffer": (
        lambda: Dataset.range(3).shuffle(0), ValueError,
        ["buffer_size", "got 0"]),
    "take": (lambda: Dataset.range(3).take(-5), ValueError,
             ["take: count", "got -5"]),
    "repeat": (lambda: Dataset.range(3).repeat(-3), ValueError,
               ["repeat: count", "got -3"]),
    "shard": (lambda: Dataset.range(3).shard(2, 5), ValueError,
              ["index must be between 0 and 1", "got index 5"]),
    "map of a number": (lambda: Dataset.range(3).map(3), TypeError,
                        ["map_func", "got 3", "expected a function"]),
    "filter without a bool": (
        lambda: Dataset.range(3).filter(lambda x: x + 1), ValueError,
        ["predicate", "bool scalar", "int64"]),
    "zip of a number": (lambda: Dataset.zip((Dataset.range(2), 3)), TypeError,
                        ["zip: got int", "expected a Dataset"]),
    "concatenate other elements": (
        lambda: Dataset.range(2).concatenate(Dataset.from_tensor_slices(X)),
        TypeError, ["int64 ()", "float32 (3,)"]),
    "unbatch of scalars": (lambda: Dataset.range(2).unbatch(), ValueError,
                           ["unbatch", "scalar"]),
    "len of an infinite dataset": (
        lambda: len(Dataset.range(2).repeat()), TypeError, ["infinite"]),
    "reduce an infinite dataset": (
        lambda: Dataset.range(2).repeat().reduce(0, lambda a, b: a),
        ValueError, ["infinite", "take(n)"]),
    "generator without signature": (
        lambda: Dataset.from_generator(lambda: iter([1])), TypeError,
        ["output_signature or output_types"]),
    "generator of another shape": (
        lambda: list(Dataset.from_generator(
            lambda: iter([np.zeros(3, np.float32)]),
            output_signature=tf.TensorSpec([2], tf.float32))), ValueError,
        ["from_generator", "shape (3,)", "expected (2,)"]),
    "batch of unequal shapes": (
        lambda: list(Dataset.from_generator(
            lambda: iter([np.zeros(2), np.zeros(3)]),
            output_signature=tf.TensorSpec([None], tf.float32)).batch(2)),
        ValueError, ["unequal shapes", "padded_batch"]),
    "state of another dataset": (
        lambda: iter(Dataset.range(3)).set_state(
            iter(Dataset.range(3).batch(2)).get_state()), ValueError,
        ["state is of another dataset", "same pipeline"]),
    "missing text file": (
        lambda: list(tf.data.TextLineDataset("/no/such.txt")),
        FileNotFoundError, ["/no/such.txt"]),
    "file names of another type": (
        lambda: tf.data.TFRecordDataset(3), TypeError,
        ["filenames: got 3", "list of paths"]),
    "csv fields": (
        lambda: tf.io.decode_csv("1,2,3", [[0], [0]]), ValueError,
        ["Expect 2 fields but have 3", "'1,2,3'"]),
    "csv number": (
        lambda: tf.io.decode_csv("1,x", [[0], [0]]), ValueError,
        ["Field 1", "not a valid int32", "got 'x'"]),
    "csv required field": (
        lambda: tf.io.decode_csv("1,", [[0], tf.float32]), ValueError,
        ["Field 1 is required", "default"]),
    "example without the key": (
        lambda: tf.io.parse_single_example(
            tf.train.Example().SerializeToString(),
            {"a": tf.io.FixedLenFeature([], tf.float32)}), ValueError,
        ["Feature: a is required", "default_value"]),
    "example that is none": (
        lambda: tf.io.parse_single_example(
            b"\xff\xff\xff", {"a": tf.io.FixedLenFeature([], tf.float32)}),
        tf.DataLossError, ["3 bytes are not a tf.train.Example"]),
    "numpy_input_fn without shuffle": (
        lambda: V1.estimator.inputs.numpy_input_fn({"x": X}, Y), ValueError,
        ["shuffle must be provided"]),
    "numpy_input_fn lengths": (
        lambda: V1.estimator.inputs.numpy_input_fn({"x": X}, Y[:3],
                                                   shuffle=False),
        ValueError, ["mismatched", "8", "3"]),
    # --- labels, features, weights ---
    "label beyond the classes": (
        train(np.arange(8)), ValueError,
        ["got 2", "expected 0 to 1", "2 classes"]),
    "label below zero": (train(Y - 3), ValueError,
                         ["got -3", "expected 0 to 1"]),
    "label beyond three classes": (
        train(np.arange(8), n_classes=3), ValueError,
        ["got 3", "expected 0 to 2"]),
    "labels of another dtype": (
        train(Y.astype(np.float32), n_classes=3), ValueError,
        ["Labels dtype should be integer", "float32"]),
    "labels of text": (train(np.array(["a"] * 8)), ValueError,
                       ["labels: got dtype bytes", "label_vocabulary"]),
    "label not in the vocabulary": (
        train(np.array(["a", "c"] * 4), label_vocabulary=["a", "b"]),
        ValueError, ["'c'", "vocabulary"]),
    "label rank": (train(np.zeros((8, 2), int)), ValueError,
                   ["labels: got shape", "expected (batch,)"]),
    "no labels": (
        lambda: classifier().train(
            lambda: Dataset.from_tensor_slices({"x": X}).batch(4)),
        ValueError, ["labels", "expected (features, labels)"]),
    "missing feature": (train(x={"z": X}), ValueError,
                        ["feature 'x' is missing", "got 'z'"]),
    "feature of another shape": (
        train(x={"x": X[:, :2]}), ValueError,
        ["numeric_column 'x'", "(?, 2)", "expected (batch, 3)"]),
    "feature of text": (
        train(x={"x": np.full((8, 3), "a")}), TypeError,
        ["numeric_column 'x'", "strings", "expected numbers"]),
    "dataset not batched": (
        lambda: classifier().train(
            lambda: Dataset.from_tensor_slices(({"x": X}, Y))), ValueError,
        ["expected (batch, 3)", "batch the dataset"]),
    "three parts": (
        lambda: classifier().train(
            lambda: Dataset.from_tensor_slices(({"x": X}, Y, Y)).batch(2)),
        ValueError, ["(features, labels)", "3 parts"]),
    "missing weights": (train(weight_column="w"), ValueError,
                        ["feature 'w' is missing"]),
    "shape of weights": (
        train(x={"x": X, "w": np.ones((8, 3), np.float32)},
              weight_column="w"), ValueError,
        ["weight_column 'w'", "(?, 3)", "expected (batch,)"]),
    "NaN in the data": (train(x={"x": X * np.nan}), tf.NanLossError,
                        ["NaN loss", "step 1", "learning rate"]),
    "empty dataset in evaluate": (
        after_training(lambda c: c.evaluate(data({"x": X[:0]}, Y[:0]))),
        ValueError, ["evaluate", "empty"]),
    # --- calls of an Estimator ---
    "steps and max_steps": (
        lambda: classifier().train(data(), steps=1, max_steps=2), ValueError,
        ["Can not provide both steps and max_steps"]),
    "no steps": (lambda: classifier().train(data(), steps=0), ValueError,
                 ["Must specify steps > 0", "0"]),
    "steps as text": (lambda: classifier().train(data(), steps="3"),
                      TypeError, ["steps: got '3'", "integer"]),
    "input_fn that is a dataset": (
        lambda: classifier().train(Dataset.range(3)), TypeError,
        ["input_fn must be callable", "Dataset"]),
    "input_fn without return": (
        lambda: classifier().train(lambda: None), ValueError,
        ["input_fn returned None", "return"]),
    "unknown predict_keys": (
        after_training(lambda c: list(c.predict(data(),
                                                predict_keys=["no"]))),
        ValueError, ["predict_keys", "'probabilities'"]),
    "missing checkpoint": (
        after_training(lambda c: c.evaluate(
            data(), checkpoint_path="/no/model.ckpt-3")), FileNotFoundError,
        ["/no/model.ckpt-3"]),
    "unknown variable": (
        after_training(lambda c: c.get_variable_value("no")),
        FileNotFoundError, ["no not found in checkpoint"]),
    "variables before training": (
        lambda: classifier().get_variable_names(), ValueError,
        ["Couldn't find trained model", "train first"]),
    "hook of another class": (
        lambda: classifier().train(data(), hooks=[3]), TypeError,
        ["SessionRunHook", "3"]),
    "train_and_evaluate of numbers": (
        lambda: tf.estimator.train_and_evaluate(classifier(), 3, 4),
        TypeError, ["train_spec", "TrainSpec", "int"]),
    "TrainSpec input_fn": (lambda: tf.estimator.TrainSpec(3), TypeError,
                           ["input_fn", "callable", "3"]),
    "EvalSpec steps": (lambda: tf.estimator.EvalSpec(data(), steps=0),
                       ValueError, ["steps > 0", "0"]),
    # --- constructors ---
    "one class": (lambda: classifier(n_classes=1), ValueError,
                  ["n_classes must be > 2: 1"]),
    "classes as text": (lambda: classifier(n_classes="3"), ValueError,
                        ["n_classes must be an integer", "'3'"]),
    "size of the vocabulary": (
        lambda: classifier(n_classes=3, label_vocabulary=["a", "b"]),
        ValueError, ["got 2 entries", "n_classes=3"]),
    "no hidden units": (lambda: classifier(hidden_units=[0]), ValueError,
                        ["hidden_units: got 0", "positive"]),
    "hidden units as a number": (
        lambda: classifier(hidden_units=4), TypeError,
        ["hidden_units: got 4", "list"]),
    "no columns": (lambda: classifier(feature_columns=[]), ValueError,
                   ["feature_columns", "at least one"]),
    "column as text": (lambda: classifier(feature_columns=["x"]), ValueError,
                       ["feature_columns: got 'x'", "numeric_column"]),
    "columns of one name": (
        lambda: classifier(feature_columns=[column(), column()]), ValueError,
        ["two columns are named 'x'"]),
    "unknown optimizer": (
        lambda: classifier(optimizer="adam"), ValueError,
        ["Unsupported optimizer name: adam", "'Adam'"]),
    "optimizer of another class": (
        lambda: classifier(optimizer=3), ValueError,
        ["not an Optimizer instance", "3"]),
    "dropout beyond one": (train(dropout=1.5), ValueError,
                           ["dropout", "[0, 1)", "1.5"]),
    "activation as text": (
        lambda: classifier(activation_fn="relu"), TypeError,
        ["activation_fn", "'relu'", "function"]),
    "unknown reduction": (
        lambda: classifier(loss_reduction="avg"), ValueError,
        ["reduction: got 'avg'", "'sum'"]),
    "config of another class": (lambda: classifier(config={"a": 1}),
                                ValueError, ["RunConfig", "{'a': 1}"]),
    "two model_dirs": (
        lambda: classifier(model_dir="/a",
                           config=tf.estimator.RunConfig(model_dir="/b")),
        ValueError, ["model_dir", "different values"]),
    "unknown setting": (
        lambda: tf.estimator.RunConfig(save_steps=3), TypeError,
        ["'save_steps'"]),
    "setting as text": (
        lambda: tf.estimator.RunConfig(save_checkpoints_steps="a"),
        TypeError, ["save_checkpoints_steps", "'a'"]),
    "steps and seconds": (
        lambda: tf.estimator.RunConfig(save_checkpoints_steps=3,
                                       save_checkpoints_secs=3),
        ValueError, ["cannot be both set"]),
    "column key": (lambda: tf.feature_column.numeric_column(3), ValueError,
                   ["key must be a string", "3"]),
    "column shape": (
        lambda: tf.feature_column.numeric_column("x", shape=[0]), ValueError,
        ["'x'", "positive", "0"]),
    "column dtype": (lambda: column(dtype=tf.string), ValueError,
                     ["dtype", "float", "bytes"]),
    "column default": (lambda: column(default_value=[1.0, 2.0]), ValueError,
                       ["default_value", "(2,)", "(3,)"]),
    "normalizer": (lambda: column(normalizer_fn=3), TypeError,
                   ["normalizer_fn must be a callable", "3"]),
    "learning rate below zero": (
        lambda: tf.keras.optimizers.legacy.SGD(-1.0), ValueError,
        ["learning_rate", "-1"]),
    "learning rate as text": (
        lambda: tf.keras.optimizers.legacy.SGD("a"), TypeError,
        ["learning_rate", "'a'"]),
    "optimizer argument": (
        lambda: tf.keras.optimizers.legacy.SGD(beta=1), TypeError,
        ["SGD", "'beta'"]),
    # --- model functions ---
    "no model_fn": (lambda: tf.estimator.Estimator(None), ValueError,
                    ["model_fn must be provided"]),
    "model_fn without features": (
        lambda: tf.estimator.Estimator(lambda x, mode: None), ValueError,
        ["features argument"]),
    "model_fn without params": (
        lambda: tf.estimator.Estimator(lambda features, mode: None,
                                       params={"a": 1}), ValueError,
        ["params"]),
    "model_fn without result": (custom(lambda f, l, m: None), ValueError,
                                ["EstimatorSpec", "NoneType"]),
    "spec without loss": (custom(spec(train_op=tf.constant(1))), ValueError,
                          ["Missing loss"]),
    "spec without train_op": (custom(spec(loss=tf.constant(1.0))),
                              ValueError, ["Missing train_op"]),
    "loss that is no scalar": (
        custom(lambda f, l, m: tf.estimator.EstimatorSpec(
            m, loss=f["x"], train_op=V1.train.get_global_step())),
        ValueError, ["Loss must be scalar", "(?, 3)"]),
    "mode misspelt": (
        lambda: tf.estimator.EstimatorSpec("trian", loss=tf.constant(1.0)),
        ValueError, ["mode: got 'trian'", "ModeKeys"]),
    "metric that is no pair": (
        lambda: tf.estimator.EstimatorSpec(
            "eval", loss=tf.constant(1.0), eval_metric_ops={"a": 3}),
        TypeError, ["eval_metric_ops", "key: a"]),
    "loss without variables": (
        custom(lambda f, l, m: tf.estimator.EstimatorSpec(
            m, loss=tf.reduce_mean(f["x"]),
            train_op=V1.train.GradientDescentOptimizer(0.1).minimize(
                tf.reduce_mean(f["x"])))), ValueError,
        ["No gradients provided", "the model has none"]),
    "if of a tensor": (
        custom(lambda f, l, m: [] if bool(f["x"][0, 0] > 0) else 2), TypeError,
        ["bool of a symbolic tensor", "np.where"]),
    "NumPy function without a form": (
        custom(lambda f, l, m: np.linalg.eig(f["x"])), TypeError,
        ["eig", "symbolic tensor"]),
    "shapes that do not broadcast": (
        custom(lambda f, l, m: f["x"] + np.zeros(5, np.float32)),
        ValueError, ["add", "(?, 3) (5,)"]),
    "matmul of other extents": (
        custom(lambda f, l, m: tf.matmul(f["x"],
                                         np.zeros((5, 2), np.float32))),
        ValueError, ["matmul", "3 against 5"]),
    "variable outside of a model": (
        lambda: V1.get_variable("w", [3]), ValueError, ["model_fn"]),
    "variable of two shapes": (
        custom(lambda f, l, m: (V1.get_variable("w", [3]),
                                V1.get_variable("w", [4]))), ValueError,
        ["'w' exists with shape (3,)", "got shape (4,)"]),
    "unknown loss labels": (
        lambda: tf.estimator.MultiHead([tf.estimator.RegressionHead(
            name="a")]).loss({"b": Y}, np.zeros((8, 1), np.float32)),
        ValueError, ["labels must contain a"]),
    "model_fn with another argument": (
        lambda: tf.estimator.Estimator(lambda features, rate: None),
        ValueError, ["not expected args: ['rate']", "params"]),
    "overridden method": (
        lambda: type("Mine", (tf.estimator.Estimator,),
                     {"train": lambda self: None})(lambda features: None),
        ValueError, ["cannot override", "['train']"]),
    "warm start": (
        lambda: tf.estimator.Estimator(lambda features: None,
                                       warm_start_from="/a"),
        NotImplementedError, ["warm_start_from", "'/a'", "model_dir"]),
    "loss as text": (
        lambda: tf.estimator.EstimatorSpec("eval", loss="small"), TypeError,
        ["loss must be Tensor", "small"]),
    "export output of another class": (
        lambda: tf.estimator.EstimatorSpec(
            "infer", predictions=tf.constant(1.0),
            export_outputs={"a": tf.constant(1.0)}), TypeError,
        ["ExportOutput", "key: a"]),
    "listeners without checkpoints": (
        lambda: classifier(config=tf.estimator.RunConfig(
            save_checkpoints_steps=None, save_checkpoints_secs=None)).train(
                data(), saving_listeners=[
                    tf.estimator.CheckpointSaverListener()]),
        ValueError, ["saving_listeners", "save_checkpoints_steps"]),
    "list of three from input_fn": (
        lambda: classifier().train(lambda: [X, Y, Y]), ValueError,
        ["(features, labels)", "3 parts"]),
    "exporter of another class": (
        lambda: tf.estimator.EvalSpec(data(), exporters=[3]), TypeError,
        ["exporters", "3"]),
    "tensor of another model": (
        lambda: leaking_model().train(data()), ValueError,
        ["'kept'", "another call", "inside of model_fn"]),
    "key of an array": (
        lambda: classifier().train(
            lambda: Dataset.from_tensor_slices((X, Y)).map(
                lambda x, y: (x["x"], y))), IndexError,
        ["only integers", "indices"]),  # NumPy's; a note says what is traced
    "state as text": (lambda: iter(Dataset.range(3)).set_state("a"),
                      TypeError, ["got str", "bytes of get_state"]),
    "state that is damaged": (
        lambda: iter(Dataset.range(3)).set_state(b"12345"), ValueError,
        ["state is damaged", "got 5 bytes"]),
    "column of too many values": (
        lambda: tf.feature_column.numeric_column("x", shape=[2**40, 2**40]),
        ValueError, ["'x'", "elements per example"]),
    "IDX file that is text": (
        lambda: tf.formats.read_idx(__file__), tf.DataLossError,
        ["not an IDX file", "expected 00 00"]),
    "missing IDX file": (lambda: tf.formats.read_idx("/no/idx"),
                         FileNotFoundError, ["/no/idx"]),
    # --- tensors ---
    "concat of nothing": (lambda: tf.concat([], 0), ValueError,
                          ["concatenate: need at least one array"]),
    "depth below zero": (lambda: tf.one_hot([1], -3), ValueError,
                         ["depth", "-3"]),
    "constant of another size": (
        lambda: tf.constant([1, 2, 3], shape=[2, 2]), ValueError,
        ["got 3 values", "expected 4"]),
    "unknown dtype": (lambda: tf.cast(X, "float31"), TypeError,
                      ["'float31'", "float32"]),
    "reshape to another size": (
        lambda: tf.reshape(X, [5, 5]), ValueError,
        ["reshape", "(8, 3)", "(5, 5)"]),
    "log level": (lambda: tf.logging.set_verbosity("loud"), TypeError,
                  ["'loud'", "tf.logging.INFO"]),
    # --- what strangers tried ---
    "mean of nothing": (lambda: tf.reduce_mean(None), TypeError,
                        ["got None", "expected a tensor"]),
    "labels that are not there": (
        lambda: tf.losses.mean_squared_error(None, X), TypeError,
        ["mean_squared_error: labels: got None"]),
    "a layer of all features": (
        custom(lambda f, l, m: tf.layers.dense(f, 3)), TypeError,
        ["dense: inputs: got a dictionary", "['x']"]),
    "units that are text": (
        custom(lambda f, l, m: tf.layers.dense(f["x"], "3")), TypeError,
        ["dense: units: got '3'", "expected an integer"]),
    "flat_map over a dataset": (
        lambda: Dataset.range(3).flat_map(Dataset.range(2)), TypeError,
        ["flat_map: map_func: got <Dataset", "expected a function"]),
    "function without graph form in a model": (
        custom(lambda f, l, m: np.busday_count(f["x"], f["x"])), TypeError,
        ["np.busday_count has no graph form"]),
    "before_run gives a name": (
        hooked(before_run=lambda self, context: "loss"), TypeError,
        ["Stranger.before_run: got 'loss'", "SessionRunArgs(fetches)"]),
    "before_run asks for an unknown name": (
        hooked(before_run=lambda self, context:
               tf.estimator.SessionRunArgs("accuracy")), KeyError,
        ["'accuracy'", "expected 'loss'", "name="]),
    "session runs a number": (
        hooked(after_create_session=lambda self, session, _: session.run(3)),
        TypeError, ["Session.run: got 3", "SessionRunArgs"]),
    "a hook without a list": (
        lambda: classifier().train(data(), hooks=tf.estimator.NanTensorHook(
            "loss")), TypeError,
        ["hooks: got NanTensorHook", "expected a list"]),
    "unknown predict_keys": (
        lambda: classifier().predict_all(data(), predict_keys="score"),
        ValueError, ["'probabilities'", "got 'score'"]),
    "model_dir that is a number": (
        lambda: classifier(model_dir=3), TypeError,
        ["model_dir: got 3 of type int"]),
    "string labels of a regression": (
        lambda: tf.estimator.LinearRegressor([column()]).train(
            data(y=np.array(["1"] * 8))), TypeError,
        ["labels: got strings", "expected numbers"]),
    # --- options that are not among those there are ---
    "range without bounds": (lambda: Dataset.range(), TypeError,
                             ["got 0 bounds", "start, stop, step"]),
    "range of four": (lambda: Dataset.range(1, 2, 3, 4), TypeError,
                      ["got 4 bounds"]),
    "distribution of weights": (
        lambda: V1.variance_scaling_initializer(distribution="gamma"),
        ValueError, ["'gamma'", "'truncated_normal'"]),
    "sum of an area": (
        lambda: V1.metrics.auc([1], [1.0], summation_method="simpson"),
        ValueError, ["'simpson'", "'careful_interpolation'"]),
    "collection": (lambda: V1.get_collection("weights"), ValueError,
                   ["'weights'", "'update_ops'"]),
    "warm start": (
        lambda: classifier(warm_start_from="model"), NotImplementedError,
        ["'model'", "model_dir"]),
    "warm start of a linear model": (
        lambda: tf.estimator.LinearRegressor([column()],
                                             warm_start_from="model"),
        NotImplementedError, ["'model'", "model_dir"]),
}


@pytest.mark.parametrize("name", list(CASES))
def test_message_names_what_is_wrong(name):
  wrong_use, kind, parts = CASES[name]
  with pytest.raises(kind) as caught:
    wrong_use()
  message = str(caught.value)
  missing = [p for p in parts if p not in message]
  assert not missing, f"{missing} not in: {message}"
