"""Every public name has a docstring, and type checkers and editors know it:
programs of users pass, and their slips are found."""

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

import numest as tf
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(tf.__file__).parent

SEED = """
import numpy as np
import numest as tf

X_np = np.random.rand(1000, 32, 32, 3)
y_np = np.random.randint(0, 10, 1000)
X_np = (X_np - np.mean(X_np)) / np.std(X_np)
X_tf = tf.constant(X_np, dtype=tf.float32)
y_tf = tf.constant(y_np, dtype=tf.int32)

def input_fn(data, labels, batch_size=32):
  dataset = tf.data.Dataset.from_tensor_slices((data, labels))

  def augment(image, label):
    image = tf.py_function(lambda x: _augment(x), [image], tf.float32)
    return image, label

  dataset = dataset.map(augment)
  return dataset.shuffle(buffer_size=len(data)).batch(batch_size)

def _augment(image):
  image = image.numpy()
  if np.random.rand() > 0.5:
    image = np.fliplr(image)
  return image

classifier = tf.estimator.DNNClassifier(
    feature_columns=[tf.feature_column.numeric_column('x', shape=[32, 32, 3])],
    hidden_units=[128, 64], n_classes=10, model_dir="./model_dir")
classifier.train(input_fn=lambda: input_fn(X_tf, y_tf), steps=1000)
classifier.evaluate(input_fn=lambda: input_fn(X_tf, y_tf))
predictions = list(classifier.predict(input_fn=lambda: input_fn(X_tf, y_tf)))
probabilities = np.array([p['probabilities'] for p in predictions])
print(np.mean(np.argmax(probabilities, axis=1) == y_np))
"""

MODEL_FN = """
import numpy as np
import numest as tf

def model_fn(features, labels, mode, params):
  hidden = tf.compat.v1.layers.dense(features["x"], 8, activation=tf.nn.relu)
  logits = tf.compat.v1.layers.dense(hidden, 1)
  if mode == tf.estimator.ModeKeys.PREDICT:
    return tf.estimator.EstimatorSpec(mode, predictions={"y": logits})
  loss = np.mean((logits - labels) ** 2)
  metrics = {"mae": tf.compat.v1.metrics.mean_absolute_error(labels, logits)}
  optimizer = tf.keras.optimizers.Adam(params["rate"])
  head = tf.estimator.RegressionHead(label_dimension=1)
  print(head.name, optimizer.iterations)
  step = tf.compat.v1.train.get_or_create_global_step()
  train_op = tf.compat.v1.train.AdamOptimizer(0.1).minimize(loss, step)
  return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op,
                                    eval_metric_ops=metrics)

class Stop(tf.estimator.SessionRunHook):
  def after_run(self, run_context, run_values):
    run_context.request_stop()

estimator = tf.estimator.Estimator(
    model_fn, params={"rate": 0.1},
    config=tf.estimator.RunConfig(save_checkpoints_steps=10))
result, _ = tf.estimator.train_and_evaluate(
    estimator,
    tf.estimator.TrainSpec(lambda: tf.data.Dataset.range(3), max_steps=3,
                           hooks=[Stop()]),
    tf.estimator.EvalSpec(lambda: tf.data.Dataset.range(3)))

def values(t: tf.Tensor) -> float:
  best: tf.Tensor = (-t[0] + 2 * t.T @ t).sum(axis=-1)
  count: int = len(t) + t.ndim + best.itemsize
  return float(best) + count
"""


def check(tmp_path, source):
  """What mypy says of a program."""
  path = tmp_path / "program.py"
  path.write_text(source, encoding="utf-8")
  result = subprocess.run(
      [sys.executable, "-m", "mypy", "--follow-imports=silent",
       "--check-untyped-defs", "--no-error-summary", "--config-file=",
       f"--cache-dir={tmp_path / 'cache'}", path.name],
      cwd=tmp_path, env=dict(os.environ, MYPYPATH=str(PACKAGE.parent)),
      capture_output=True, text=True, check=False, timeout=300)
  assert not result.stderr, result.stderr
  return result.stdout.splitlines()


def modules():
  """Public modules by dotted name: those that the package imports openly,
  and those that stand in them under names of TensorFlow."""
  tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
  names = [a.name for node in tree.body if isinstance(node, ast.ImportFrom)
           and node.module == "numest" for a in node.names
           if not a.asname and not a.name.startswith("_")]
  found = {"tf": tf} | {f"tf.{n}": getattr(tf, n) for n in names}
  return found | {
      "tf.compat.v1": tf.compat.v1, "tf.keras.metrics": tf.keras.metrics,
      "tf.compat.v1.estimator": tf.compat.v1.estimator,
      "tf.compat.v1.estimator.inputs": tf.compat.v1.estimator.inputs}


def public_names():
  """(dotted name, value) of all that is no module."""
  return [(f"{owner}.{n}", v) for owner, module in modules().items()
          for n, v in vars(module).items()
          if not n.startswith("_") and not inspect.ismodule(v)]


def test_programs_of_users_have_no_errors(tmp_path):
  assert check(tmp_path, SEED) == []
  assert check(tmp_path, MODEL_FN) == []


def test_every_public_name_is_known(tmp_path):
  names = [name for name, _ in public_names()]
  assert "tf.estimator.DNNClassifier" in names and len(names) > 500
  assert check(tmp_path, "import numest as tf\n" + "\n".join(names)) == []


def test_every_public_member_of_tensors_is_known(tmp_path):
  members = [n for n in dir(tf.Tensor) if not n.startswith("_")]
  assert {"shape", "mean", "T", "reshape"} <= set(members)
  lines = [f"  t.{n}" for n in members]
  assert check(tmp_path, "import numest as tf\ndef f(t: tf.Tensor) -> None:\n"
               + "\n".join(lines)) == []


def is_ours(value):
  return (getattr(value, "__module__", None) or "").startswith("numest")


def undocumented(name, value):
  """Names among a callable and its public members that lack a docstring."""
  if not is_ours(value) or not callable(value):
    return []
  missing = [] if own_doc(value) else [name]
  if not isinstance(value, type):
    return missing
  members = [(n, getattr(m, "__func__", m)) for cls in value.__mro__
             if is_ours(cls) for n, m in vars(cls).items()]
  return missing + [f"{name}.{n}" for n, m in members
                    if not n.startswith("_") and
                    (isinstance(m, property) or inspect.isroutine(m)) and
                    not inspect.getdoc(getattr(value, n))]


def own_doc(value):
  """Its docstring, but for what namedtuple and nanobind write by themselves;
  the signature is enough where NumPy says the rest."""
  doc = value.__doc__ or ""
  head, _, rest = doc.partition("\n")
  if not head.startswith(f"{value.__name__}("):
    return doc
  return head if hasattr(np, value.__name__) else rest


def test_every_public_callable_has_a_docstring():
  names = public_names()
  assert sum(callable(v) and is_ours(v) for _, v in names) > 300
  missing = [m for name, value in names for m in undocumented(name, value)]
  assert not missing, f"{len(missing)} without docstring: {missing}"


def test_a_missing_docstring_is_named():
  bare = type("Bare", (), {"__module__": "numest.bare", "f": lambda self: 1})
  assert undocumented("tf.Bare", bare) == ["tf.Bare", "tf.Bare.f"]


@pytest.mark.parametrize("slip, said", [
    ("t.men()", 'has no attribute "men"'),
    ("t.reshape(2).T.shapes", 'has no attribute "shapes"'),
    ("t.shape.as_lst()", 'has no attribute "as_lst"'),
    ("tf.estimator.DNNClasifier", "has no attribute"),
    ("tf.data.Dataset.range(3).btch(2)", 'has no attribute "btch"'),
    ("tf.data.Dataset.range(3).batch(size=2)", "argument"),
    ("tf.estimator.Estimator(lambda: 0).train(steps=3)", "argument"),
])
def test_slips_are_found(slip, said, tmp_path):
  lines = check(tmp_path, "import numest as tf\ndef f(t: tf.Tensor) -> None:\n"
                f"  {slip}\n")
  assert any(said in line for line in lines), lines


def test_a_stale_stub_is_named(tmp_path):
  folder = tmp_path / "python/numest"
  folder.mkdir(parents=True)
  command = [sys.executable, str(ROOT / "tools/stubs_gen.py"), str(PACKAGE)]
  subprocess.run(command, cwd=tmp_path, check=True)
  check_it = lambda: subprocess.run(  # noqa: E731
      [*command, "--check"], cwd=tmp_path, capture_output=True, text=True,
      check=False)
  assert check_it().returncode == 0
  stub = folder / "_core.pyi"
  stub.write_text(stub.read_text().replace("def reshape", "def shapen"))
  result = check_it()
  assert result.returncode == 1
  assert "_core.pyi is stale" in result.stdout
