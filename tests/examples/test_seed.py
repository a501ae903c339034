"""The founding programs run as they stand, in C++ and in Python."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = {
    "cpp": [ROOT / "build/examples/cpp/seed"],
    "python": [sys.executable, ROOT / "examples/python/seed.py"],
    "tensorflow": [sys.executable, "-m", "numest", "run", "script.py"],
}


@pytest.mark.parametrize("language", PROGRAMS)
def test_seed_runs_and_says_what_it_did(language, tmp_path):
  text = (ROOT / "examples/python/seed.py").read_text()
  (tmp_path / "script.py").write_text(
      text.replace("import numest as tf", "import tensorflow as tf"))
  environment = dict(os.environ, NUMEST_LOG="info",
                     PYTHONPATH=str(ROOT / "build/python_package"))
  done = subprocess.run(PROGRAMS[language], cwd=tmp_path, env=environment,
                        capture_output=True, text=True, timeout=300)
  assert done.returncode == 0, done.stderr
  # 1000 images of noise with ten labels: a tenth by chance, more by heart.
  accuracy = re.fullmatch(r"Accuracy: (\d\.\d+)\n", done.stdout).group(1)
  assert 0.05 < float(accuracy) < 0.6
  log = done.stderr
  assert log.count("they go to the column 'x'") == 1
  assert log.count("plan: 1,000 rows, 32 steps per epoch, 1 epoch") == 2
  assert log.count("the data ended after 32 steps of 1000; add .repeat() to "
                   "go on") == 2
  saved = re.search(r"Saving dict for global step 32: accuracy = (\d\.\d+)",
                    log).group(1)
  assert float(saved) == pytest.approx(float(accuracy), abs=1e-6)
  steps = sorted((tmp_path / "model_dir").glob("model.ckpt-*.index"))
  assert [p.name for p in steps] == [
      f"model.ckpt-{n}.index" for n in (0, 32, 64)]
