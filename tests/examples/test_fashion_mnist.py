"""The main job on the real images, in C++ and in Python."""
import os
import pathlib
import re
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = {
    "cpp": [ROOT / "build/examples/cpp/fashion_mnist"],
    "python": [sys.executable, ROOT / "examples/python/fashion_mnist.py"],
}
ENVIRONMENT = dict(os.environ, PYTHONPATH=str(ROOT / "build/python_package"),
                   NUMEST_LOG="info")


def run(language, *words):
  return subprocess.run([*PROGRAMS[language], *words], env=ENVIRONMENT,
                        capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
  """Both jobs, done: (process, output folder) by language."""
  folders = {name: tmp_path_factory.mktemp(name) for name in PROGRAMS}
  return {name: (run(name, folder), folder)
          for name, folder in folders.items()}


def read_png(path):
  """A gray picture; libpng filters rows, so the filters are undone."""
  raw = path.read_bytes()
  assert raw[:8] == b"\x89PNG\r\n\x1a\n"
  place, packed = 8, b""
  while place < len(raw):
    size, kind = struct.unpack(">I4s", raw[place:place + 8])
    body = raw[place + 8:place + 8 + size]
    if kind == b"IHDR":
      width, height, depth, color = struct.unpack(">IIBB", body[:10])
      assert (depth, color) == (8, 0)
    packed += body if kind == b"IDAT" else b""
    place += size + 12
  rows = np.frombuffer(zlib.decompress(packed), np.uint8)
  rows = rows.reshape(height, width + 1)
  return unfiltered(rows[:, 0], rows[:, 1:].astype(int))


def unfiltered(kinds, rows):
  image = np.zeros((len(rows) + 1, rows.shape[1] + 1), int)
  for y, (kind, row) in enumerate(zip(kinds, rows), 1):
    for x, value in enumerate(row, 1):
      left, (corner, up) = image[y, x - 1], image[y - 1, x - 1:x + 1]
      p = left + up - corner
      nearest = min((left, up, corner), key=lambda v: abs(p - v))
      add = [0, left, up, (left + up) // 2, nearest][kind]
      image[y, x] = (value + add) % 256
  return image[1:, 1:]


def confusion(text):
  rows = re.findall(r"^.{12}((?: +\d+){10}) +[01]\.\d{3}$", text, re.M)
  return np.array([row.split() for row in rows], int)


def results(text):
  return {k: float(v) for k, v in
          re.findall(r"^(\w+) +([\d.e+-]+)$", text, re.M)}


@pytest.mark.parametrize("language", PROGRAMS)
def test_five_epochs_reach_the_accuracy(jobs, language):
  process, _ = jobs[language]
  assert process.returncode == 0, process.stderr
  found = results(process.stdout)
  assert found["accuracy"] >= 0.87
  assert found["global_step"] == 2345
  matrix = confusion(process.stdout)
  assert matrix.shape == (10, 10)
  assert (matrix.sum(axis=1) == 1000).all()
  assert found["accuracy"] == pytest.approx(np.trace(matrix) / 10000)


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_plan_comes_first_and_progress_last(jobs, language):
  log = jobs[language][0].stderr.splitlines()
  lines = [line for line in log if not line.startswith("INFO")]
  assert log[0] == ("plan: 60,000 rows, 469 steps per epoch, 5 epochs, "
                    "2,345 steps")
  assert lines[-1].startswith("step 2,345 of 2,345: loss ")
  for line in lines[1:]:
    assert re.fullmatch(r"step [\d,]+ of 2,345: loss \d\.\d{4}, [\d,]+ "
                        r"examples/s, (\d.* left|took \d+\.\d s)", line)
  assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", jobs[language][0].stderr)


@pytest.mark.parametrize("language", PROGRAMS)
def test_pictures_show_misclassified_images_and_the_curve(jobs, language):
  process, folder = jobs[language]
  curve = read_png(folder / "loss_curve.png")
  assert curve.shape == (360, 960)
  assert set(np.unique(curve)) == {0, 255}
  heights = [np.mean(np.nonzero(part == 0)[0])
             for part in np.array_split(curve, 4, axis=1)]
  assert heights == sorted(heights)  # the loss falls
  grid = read_png(folder / "misclassified.png")
  assert grid.shape == (300, 300)
  cells = grid.reshape(10, 30, 10, 30).max(axis=(1, 3))
  wrong = 10000 - np.trace(confusion(process.stdout))
  assert np.count_nonzero(cells) == min(100, wrong)


def test_twins_print_the_same_form(jobs):
  forms = {re.sub(r"[\d.]+", "0", re.sub(r" +", " ", process.stdout))
           for process, _ in jobs.values()}
  assert len(forms) == 1


@pytest.mark.parametrize("language", PROGRAMS)
def test_wrong_arguments_and_missing_data_are_said(language, tmp_path):
  for words in ([], ["a", "b", "c"]):
    done = run(language, *words)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: fashion_mnist")
  done = run(language, tmp_path / "out", tmp_path / "none")
  assert done.returncode == 1
  assert done.stderr.startswith("fashion_mnist: ")
  assert "none/train-images-idx3-ubyte.gz" in done.stderr
  assert done.stderr.count("\n") == 1
