"""Wrong uses of `numest`: one line with a remedy, and the right status."""
import pathlib
import re

import pytest

MODEL = ["--model-dir", "m"]
FILES = ["--features", "x.npy", "--labels", "y.npy"]
DNN = ["--hidden-units", "4"]

USAGE = [
    ([], "expected a verb; see `numest --help`"),
    (["fly"], "got the verb 'fly', expected one of train, evaluate"),
    (["--fly"], "see `numest --help`"),
    (["train"], "--features is required; see `numest train --help`"),
    (["train", *FILES, *MODEL], "--hidden-units or --linear is required"),
    (["train", *FILES, *MODEL, *DNN, "--linear"], "excludes"),
    (["train", *FILES, *MODEL, *DNN, "--steps", "0"],
     "--steps: got '0', expected a whole number of 1 or more"),
    (["train", *FILES, *MODEL, *DNN, "--epochs", "1.5"],
     "--epochs: got '1.5', expected a whole number"),
    (["train", *FILES, *MODEL, *DNN, "--steps", "1", "--epochs", "1"],
     "excludes"),
    (["train", *FILES, *MODEL, *DNN, "--classes", "1"],
     "--classes: got '1', expected a whole number of 2 or more"),
    (["train", *FILES, *MODEL, "--hidden-units", "8,-1"], "got '-1'"),
    (["train", *FILES, *MODEL, *DNN, "--learning-rate", "inf"],
     "--learning-rate: got 'inf', expected a number above 0"),
    (["train", *FILES, *MODEL, *DNN, "--bogus", "1"], "--bogus"),
    (["evaluate", *FILES], "--model-dir is required"),
    (["predict", *MODEL], "--features is required"),
    (["predict", *MODEL, "--features", "x.npy", "--batch-size", "no"],
     "--batch-size: got 'no'"),
    (["profile", *FILES], "--hidden-units or --linear is required"),
    (["profile", *FILES, *DNN, "--steps", "0"],
     "--steps: got '0', expected a whole number of 1 or more"),
    (["profile", *FILES, *DNN, "--rows", "x"], "--rows: got 'x'"),
    (["inspect"], "MODEL_DIR is required"),
    (["run"], "SCRIPT is required"),
]

FAILURES = [
    (["profile", *FILES, *DNN, "--classes", "3", "--steps", "2", "--trace",
      "no/trace.json"], "no/trace.json"),
    (["train", "--features", "no.npy", "--labels", "y.npy", *MODEL, *DNN],
     "no.npy: there is no such file; check the path"),
    (["train", "--features", ".", "--labels", "y.npy", *MODEL, *DNN],
     "got a folder, expected a file"),
    (["train", "--features", "d.npz", "--labels", "y.npy", *MODEL, *DNN],
     "d.npz has several arrays (x, y): write d.npz:NAME"),
    (["train", "--features", "d.npz:q", "--labels", "y.npy", *MODEL, *DNN],
     "d.npz has no 'q': it has x, y"),
    (["train", "--features", "all.csv", "--labels", "y.npy", *MODEL, *DNN],
     "column 'word' is text, expected numbers"),
    (["train", "--features", "cut.npy", "--labels", "y.npy", *MODEL, *DNN],
     "cut.npy"),
    (["train", "--features", "junk", "--labels", "y.npy", *MODEL, *DNN],
     "not an IDX file"),
    (["train", *FILES, *MODEL, *DNN, "--classes", "2"],
     "y.npy: got the label 2, expected 0 to 1"),
    (["train", "--features", "x.npy", "--labels", "v.npy", *MODEL, *DNN,
      "--classes", "3"], "v.npy: got fractions, expected whole numbers"),
    (["train", "--features", "x.npy", "--labels", "words.csv:word", *MODEL,
      *DNN, "--classes", "2"], "got 3 distinct text labels"),
    (["train", "--features", "x.npy", "--labels", "short.npy", *MODEL, *DNN],
     "x.npy has 300 examples but short.npy has 299 labels"),
    (["train", *FILES, *MODEL, *DNN, "--optimizer", "Foo"],
     "Unsupported optimizer name: Foo. Supported names are"),
    (["train", *FILES, *DNN, "--model-dir", "/proc/no"],
     "--model-dir /proc/no cannot be written"),
    (["train", *FILES, *DNN, "--model-dir", "x.npy"],
     "--model-dir x.npy cannot be written"),
    (["evaluate", *FILES, *MODEL], "run `numest train`"),
    (["evaluate", "--features", "v.npy", "--labels", "y.npy", "--model-dir",
      "trained"], "got examples of shape (1,), expected (4,) as in training"),
    (["predict", "--features", "x.npy", "--model-dir", "damaged"],
     "numest_model.json is damaged"),
    (["predict", "--features", "x.npy", "--model-dir", "trained", "--output",
      "/proc/no/p.npz"], "/proc/no/p.npz: No such file"),
    (["inspect", "nothing"], "there is no folder nothing: check the path"),
    (["inspect", "."], "no checkpoint in .: train first"),
    (["inspect", "cut"], "cut/model.ckpt-"),
    (["ops", "summ"], "did you mean 'sum'?"),
]


def is_one_line(text):
  return text.startswith("numest") and text.count("\n") == 1


@pytest.mark.parametrize("words,message", USAGE,
                         ids=[" ".join(w) or "none" for w, _ in USAGE])
def test_wrong_usage_ends_with_2(numest, data, words, message):
  done = numest(*words)
  assert done.returncode == 2
  assert message in done.stderr and is_one_line(done.stderr)
  assert done.stdout == ""


@pytest.fixture
def folders(numest, data, tmp_path):
  """Damaged files, and model folders: trained, damaged, cut."""
  (tmp_path / "cut.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:200])
  (tmp_path / "junk").write_bytes(b"not a file of ours")
  import numpy as np
  np.save(tmp_path / "short.npy", data["y"][1:])
  for name in ("trained", "cut"):
    assert numest("train", *FILES, *DNN, "--classes", 3, "--model-dir",
                  name).returncode == 0
  for path in (tmp_path / "cut").glob("*.index"):
    path.write_bytes(path.read_bytes()[:50])
  (tmp_path / "damaged").mkdir()
  (tmp_path / "damaged/numest_model.json").write_text("{")


@pytest.mark.parametrize("words,message", FAILURES,
                         ids=[" ".join(w) for w, _ in FAILURES])
def test_failed_work_ends_with_1(numest, folders, words, message):
  done = numest(*words)
  assert done.returncode == 1
  last = done.stderr.splitlines(keepends=True)[-1]
  assert message in last and is_one_line(last)
  assert done.stdout == ""


@pytest.mark.parametrize("verb", ["train", "evaluate", "predict", "inspect",
                                  "ops", "run"])
def test_help_names_every_option_of_the_source(numest, verb):
  done = numest(verb, "--help")
  assert (done.returncode, done.stderr) == (0, "")
  source = pathlib.Path(__file__).parents[2] / "cli" / f"{verb}.cpp"
  options = re.findall(r'"(--[a-z-]+|MODEL_DIR|NAME)"', source.read_text())
  assert [o for o in options if o not in done.stdout] == []
  assert verb in numest("--help").stdout


def test_version_is_that_of_the_package(numest):
  text = (pathlib.Path(__file__).parents[2] / "pyproject.toml").read_text()
  version = re.search(r'^version = "(.*)"', text, re.M).group(1)
  assert numest("--version").stdout == f"numest {version}\n"
