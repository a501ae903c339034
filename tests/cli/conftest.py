"""The built program `numest` and small data files for it."""
import gzip
import os
import pathlib
import struct
import subprocess

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "cli" / "numest"


@pytest.fixture
def numest(tmp_path):
  """Runs `numest WORDS` in tmp_path; gives the finished process."""
  assert PROGRAM.exists(), "build first: cmake --build build"

  def run(*words, **options):
    settings = dict(cwd=tmp_path, capture_output=True, text=True, timeout=120,
                    env=dict(os.environ, NUMEST_LOG="info"))
    return subprocess.run([PROGRAM, *map(str, words)],
                          **dict(settings, **options))
  return run


def write_idx(path, array):
  code = {"uint8": 8, "float32": 13}[array.dtype.name]
  header = struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim,
                       *array.shape)
  values = array.astype(array.dtype.newbyteorder(">")).tobytes()
  with gzip.open(path, "wb") as file:
    file.write(header + values)


@pytest.fixture
def data(tmp_path):
  """x (300, 4), y of three classes and values v, in every format."""
  rng = np.random.default_rng(0)
  x = rng.normal(size=(300, 4)).astype(np.float32)
  y = (x[:, 0] > 0).astype(np.int64) + (x[:, 1] > 0.5)
  v = (x @ np.array([1, 2, 3, 4])).astype(np.float32)
  np.save(tmp_path / "x.npy", x)
  np.save(tmp_path / "y.npy", y)
  np.save(tmp_path / "v.npy", v)
  np.savez(tmp_path / "d.npz", x=x, y=y)
  write_idx(tmp_path / "x.idx.gz", x)
  write_idx(tmp_path / "y.idx.gz", y.astype(np.uint8))
  words = np.array(["low", "mid", "high"])[y]
  lines = ["a,b,c,d,label,word"] + [
      ",".join(map(str, row)) + f",{label},{word}"
      for row, label, word in zip(x, y, words)]
  (tmp_path / "all.csv").write_text("\n".join(lines) + "\n")
  (tmp_path / "numbers.csv").write_text(
      "\n".join(line.rpartition(",")[0] for line in lines) + "\n")
  (tmp_path / "words.csv").write_text("\n".join(
      ",".join([*line.split(",")[:4], line.split(",")[5]])
      for line in lines) + "\n")
  return {"x": x, "y": y, "v": v, "words": words}
