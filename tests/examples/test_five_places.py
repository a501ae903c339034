"""The five places, in C++ and in Python: what is learned and what is served."""
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = {
    "cpp": [ROOT / "build/examples/cpp/five_places"],
    "python": [sys.executable, ROOT / "examples/python/five_places.py"],
}


@pytest.mark.parametrize("language", PROGRAMS)
def test_numpy_in_all_five_places(language, tmp_path):
  if not pathlib.Path("/usr/share/datasets/fashion-mnist").exists():
    pytest.skip("the package dataset-fashion-mnist is not installed")
  environment = dict(os.environ, NUMEST_LOG="error",
                     PYTHONPATH=str(ROOT / "build/python_package"))
  done = subprocess.run([*PROGRAMS[language], tmp_path], env=environment,
                        capture_output=True, text=True, timeout=300)
  assert done.returncode == 0, done.stderr
  result = {name: float(value) for name, value in
            (line.split(": ") for line in done.stdout.splitlines())}
  assert result["accuracy"] > 0.7
  assert result["in_top_three"] > 0.93
  assert 0.2 < result["worst_recall"] < result["accuracy"]
  # Smoothing: no prediction costs less than the entropy of the target.
  assert 0.5 < result["average_loss"] < 1.5
  assert result["served accuracy"] == pytest.approx(result["accuracy"],
                                                    abs=1e-3)


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_wrong_folder_is_named(language, tmp_path):
  done = subprocess.run([*PROGRAMS[language], tmp_path, tmp_path / "none"],
                        capture_output=True, text=True, timeout=60,
                        env=dict(os.environ, PYTHONPATH=str(
                            ROOT / "build/python_package")))
  assert done.returncode == 1
  assert "none/train-images-idx3-ubyte.gz" in done.stderr
