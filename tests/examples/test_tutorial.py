"""The blocks of the tutorial run as they are written, one after the other."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/tutorial/numpy_everywhere.md"


def run_page(tmp_path):
  if not pathlib.Path("/usr/share/datasets/fashion-mnist").exists():
    pytest.skip("the package dataset-fashion-mnist is not installed")
  code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S))
  (tmp_path / "page.py").write_text(code)
  environment = dict(os.environ, NUMEST_LOG="error",
                     PYTHONPATH=str(ROOT / "build/python_package"))
  return subprocess.run([sys.executable, "page.py"], cwd=tmp_path,
                        env=environment, capture_output=True, text=True,
                        timeout=300)


def test_blocks_say_what_the_page_says(tmp_path):
  done = run_page(tmp_path)
  assert done.returncode == 0, done.stderr
  lines = done.stdout.splitlines()
  assert lines[0] == "(4000, 28, 28) uint8"
  assert re.fullmatch(r"\(28, 28\) \d", lines[1])
  explained = done.stdout[done.stdout.index("augment ("):]
  assert ": native" in explained.splitlines()[0]
  numbers = [line for line in lines if re.fullmatch(r"[-\d. e\[\]]+", line)]
  accuracy, slopes, metrics, difference, served = (
      [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", line)]
      for line in numbers[-5:])
  assert 0.75 < accuracy[0] <= 1
  assert slopes[0] == pytest.approx(slopes[1], rel=1e-2, abs=1e-6)
  loss, recall, confidence = metrics
  assert loss < 1 and recall > 0.7 and 0.3 < confidence < 1
  assert difference[0] < 1e-6
  assert served[0] > 0.7


def test_a_saved_model_runs_in_cpp(tmp_path):
  program = ROOT / "build/examples/cpp/saved_program"
  done = run_page(tmp_path)
  assert done.returncode == 0, done.stderr
  done = subprocess.run([program, tmp_path / "model.numest"],
                        capture_output=True, text=True, timeout=300)
  assert done.returncode == 0, done.stderr
  assert float(done.stdout.removeprefix("Accuracy: ")) > 0.7
  done = subprocess.run([program, tmp_path / "none"], capture_output=True,
                        text=True, timeout=300)
  assert done.returncode != 0 and "none" in done.stderr
