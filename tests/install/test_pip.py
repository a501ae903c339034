"""`pip install .` gives `import numest as tf` outside of the tree."""
import pathlib
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

CONSUMER = """
import pathlib
import numpy as np
import numest as tf

assert "consumer" in tf.__file__, tf.__file__
x = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
y = (x[:, 0] > 0).astype(np.int32)

def input_fn():
  dataset = tf.data.Dataset.from_tensor_slices((x, y))
  return dataset.map(lambda a, b: (np.tanh(a), b)).repeat(20).batch(8)

model = tf.estimator.DNNClassifier(
    [8], [tf.feature_column.numeric_column("x", [3])], model_dir="model",
    optimizer="Adam")
model.train(input_fn)
print(model.evaluate(input_fn)["global_step"])
"""


def run(words, **options):
  done = subprocess.run(list(map(str, words)), capture_output=True, text=True,
                        timeout=1200, **options)
  assert done.returncode == 0, done.stdout + done.stderr
  return done


@pytest.fixture(scope="module")
def python(tmp_path_factory, environment):
  """Python of a fresh virtual environment with the package. NumPy is the one
  of this environment: nothing comes from the network."""
  if "CMAKE_CXX_COMPILER_LAUNCHER" not in environment:
    pytest.skip("without ccache the package would be compiled anew, minutes")
  folder = tmp_path_factory.mktemp("consumer")
  pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
  run([*pip, "wheel", "--quiet", "--no-index", "--no-deps",
       "--no-build-isolation", "--wheel-dir", folder, "."], cwd=ROOT,
      env=environment)
  run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"])
  made = folder / "venv/bin/python"
  run([*pip, "--python", made, "install", "--quiet", "--no-index",
       "--no-deps", *folder.glob("*.whl")])
  site = next((folder / "venv/lib").glob("python3*/site-packages"))
  (site / "numpy").symlink_to(pathlib.Path(np.__file__).parent)
  for libraries in pathlib.Path(np.__file__).parents[1].glob("numpy.libs"):
    (site / "numpy.libs").symlink_to(libraries)
  return made


def test_a_program_outside_of_the_tree_trains(python, tmp_path, environment):
  (tmp_path / "program.py").write_text(CONSUMER)
  done = run([python, "program.py"], cwd=tmp_path, env=environment)
  assert done.stdout == "160\n"


def test_the_command_is_installed(python, tmp_path, environment):
  numest = python.parent / "numest"
  (tmp_path / "script.py").write_text(CONSUMER.replace("numest", "tensorflow"))
  done = run([numest, "run", "script.py"], cwd=tmp_path, env=environment)
  assert done.stdout == "160\n"
  assert "step 160" in run([numest, "inspect", "model"], cwd=tmp_path,
                           env=environment).stdout
  assert run([numest, "--version"], env=environment).stdout == (
      "numest 0.1.0\n")


def test_the_wheel_has_no_tests_and_no_sources(python):
  package = next(python.parents[1].glob("lib/python3*/site-packages/numest"))
  names = {p.suffix for p in package.rglob("*") if p.is_file()}
  assert names <= {".py", ".so", "", ".pyc", ".pyi", ".typed"}
