"""The blocks of the README run as they are written, one after the other. The
C++ block is built in tests/install."""
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def blocks(language):
  return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def environment(tmp_path):
  """What installation gives: the package, and `numest` and `python` on the
  path."""
  programs = tmp_path / "bin"
  programs.mkdir()
  (programs / "numest").symlink_to(ROOT / "build/cli/numest")
  (programs / "python").symlink_to(sys.executable)
  return dict(os.environ, PYTHONPATH=str(ROOT / "build/python_package"),
              PATH=f"{programs}:{os.environ['PATH']}",
              NUMEST_PYTHON=sys.executable)


def run(words, tmp_path):
  return subprocess.run(words, cwd=tmp_path, env=environment(tmp_path),
                        capture_output=True, text=True, timeout=300)


def test_python_blocks_run_in_order(tmp_path):
  code = "\n".join(blocks("python"))
  assert "classifier.train" in code and "tf.explain" in code
  (tmp_path / "script.py").write_text(code)
  done = run([sys.executable, "script.py"], tmp_path)
  assert done.returncode == 0, done.stderr
  assert re.match(r"Accuracy: 0\.\d+\n", done.stdout)
  # Every line of the augmentation is said to run as a program.
  assert "augment" in done.stdout


def test_command_lines_run(tmp_path):
  commands = [b for b in blocks("sh") if b.startswith("numest")]
  assert len(commands) == 1
  rng = np.random.default_rng(0)
  np.save(tmp_path / "x.npy", rng.random((100, 5)))
  np.save(tmp_path / "y.npy", rng.integers(0, 10, 100))
  (tmp_path / "script.py").write_text(
      "import tensorflow as tf\nprint(tf.__name__)\n")
  done = run(["bash", "-euc", commands[0]], tmp_path)
  assert done.returncode == 0, done.stderr
  lines = done.stdout.splitlines()
  assert lines[0].startswith("accuracy = ")
  assert len([w for w in lines if re.fullmatch(r"\d", w)]) == 100
  assert "step 1" in lines and lines[-1] == "numest"
  assert any(line.startswith("sin(x): ") for line in lines)


@pytest.mark.parametrize("name", ["demo", "test"])
def test_the_two_commands_are_there_and_parse(name):
  assert f"tools/{name} " in blocks("sh")[0]
  path = ROOT / "tools" / name
  assert os.access(path, os.X_OK)
  subprocess.run(["bash", "-n", path], check=True)
