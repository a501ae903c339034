"""`numest run SCRIPT` and `python -m numest`."""
import os
import pathlib
import signal
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = dict(os.environ, PYTHONPATH=str(ROOT / "build/python_package"),
                   NUMEST_PYTHON=sys.executable)


@pytest.fixture(params=["program", "package"])
def run(request, numest, tmp_path):
  """`numest run script.py WORDS` with the script's text, both ways."""
  def call(text, *words):
    (tmp_path / "script.py").write_text(text)
    if request.param == "program":
      return numest("run", "script.py", *words, env=ENVIRONMENT)
    return subprocess.run(
        [sys.executable, "-m", "numest", "run", "script.py", *words],
        cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True,
        timeout=120)
  return call


def test_every_import_of_tensorflow_gives_numest(run):
  done = run("""
import tensorflow as tf
import tensorflow.compat.v1 as tf1
import tensorflow.estimator
from tensorflow import estimator, keras
from tensorflow.estimator import DNNClassifier
import numest
assert tf is numest and tf1 is numest.compat.v1
assert tensorflow.estimator is estimator is numest.estimator
assert DNNClassifier is numest.estimator.DNNClassifier
assert numest.__spec__.name == "numest"
print(tf.constant([1.0]).numpy() + 1)
""")
  assert (done.stdout, done.returncode) == ("[2.]\n", 0), done.stderr


def test_what_numest_lacks_is_named(run):
  done = run("import tensorflow.lite\n")
  assert done.returncode == 1
  assert "No module named 'tensorflow.lite': Numest has no such" in done.stderr


def test_arguments_and_folder_are_the_script_s(run, tmp_path):
  (tmp_path / "beside.py").write_text("NAME = 'beside'\n")
  done = run("import sys, beside\n"
             "print(__name__, sys.argv, beside.NAME)\n", "-v", "--x=1", "2")
  assert done.stdout == "__main__ ['script.py', '-v', '--x=1', '2'] beside\n"


def test_the_status_is_the_script_s(run):
  assert run("import sys; sys.exit(7)\n").returncode == 7
  done = run("raise ValueError('mine')\n")
  assert done.returncode == 1
  assert "script.py" in done.stderr
  assert done.stderr.endswith("ValueError: mine\n")


def test_a_missing_script_ends_with_2(numest):
  done = numest("run", "no.py", env=ENVIRONMENT)
  assert done.returncode == 2
  assert done.stderr == (
      "numest run: there is no script no.py: check the path\n")


def test_a_missing_python_is_named(numest):
  done = numest("run", "a.py", env=dict(ENVIRONMENT, NUMEST_PYTHON="/no/py"))
  assert done.returncode == 1
  assert "cannot start /no/py" in done.stderr


def test_the_package_hands_other_verbs_to_the_program(numest, tmp_path):
  for words in (["--help"], ["ops", "sum"], ["fly"], ["run", "--help"]):
    ours = subprocess.run([sys.executable, "-m", "numest", *words],
                          cwd=tmp_path, env=ENVIRONMENT, capture_output=True,
                          text=True, timeout=120)
    program = numest(*words, env=ENVIRONMENT)
    assert (ours.returncode, ours.stdout, ours.stderr) == (
        program.returncode, program.stdout, program.stderr)


ENDLESS = """
import numpy as np
import tensorflow as tf

x = np.zeros((64, 2), np.float32)

def input_fn():
  return tf.data.Dataset.from_tensor_slices((x, x[:, 0])).repeat().batch(8)

class Tell(tf.estimator.SessionRunHook):
  def after_run(self, run_context, run_values):
    print("step", flush=True)

model = tf.estimator.LinearRegressor(
    [tf.feature_column.numeric_column("x", [2])], model_dir="m")
model.train(input_fn, hooks=[Tell()])
"""


@pytest.mark.parametrize("prefix,status", [
    (["-m", "numest", "run"], 130), ([], -signal.SIGINT)])
def test_ctrl_c_in_python_writes_a_checkpoint(tmp_path, prefix, status):
  """A script under Python itself ends by the signal, which shells call 130."""
  script = ENDLESS.replace("tensorflow", "numest") if not prefix else ENDLESS
  (tmp_path / "script.py").write_text(script)
  with subprocess.Popen([sys.executable, *prefix, "script.py"], cwd=tmp_path,
                        env=ENVIRONMENT, stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE, text=True) as process:
    assert process.stdout.readline() == "step\n"
    process.send_signal(signal.SIGINT)
    error = process.communicate(timeout=60)[1]
    assert process.returncode == status
  assert "training was interrupted at step" in error
  assert "its checkpoint is in m: train again to go on" in error
  assert len(list((tmp_path / "m").glob("model.ckpt-*.index"))) == 2
