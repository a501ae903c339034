"""The verbs of `numest` do what they say, from every file format."""
import json

import numpy as np
import pytest

TRAIN = ["train", "--model-dir", "m", "--hidden-units", "16",
         "--optimizer", "Adam", "--learning-rate", "0.02", "--epochs", "20",
         "--batch-size", "32", "--seed", "1"]
SOURCES = {
    "npy": ["--features", "x.npy", "--labels", "y.npy"],
    "npz": ["--features", "d.npz:x", "--labels", "d.npz:y"],
    "idx": ["--features", "x.idx.gz", "--labels", "y.idx.gz"],
    "csv": ["--features", "numbers.csv", "--labels", "numbers.csv:label"],
}


def metrics(process):
  assert process.returncode == 0, process.stderr
  return {name: float(value) for name, value in
          (line.split(" = ") for line in process.stdout.splitlines())}


@pytest.mark.parametrize("source", SOURCES)
def test_train_evaluate_and_predict_agree(numest, data, source):
  files = SOURCES[source]
  assert numest(*TRAIN, "--classes", 3, *files).returncode == 0
  found = metrics(numest("evaluate", "--model-dir", "m", *files))
  predicted = numest("predict", "--model-dir", "m", *files[:2])
  classes = np.array(predicted.stdout.split(), int)
  assert found["global_step"] == 200
  np.testing.assert_allclose(np.mean(classes == data["y"]),
                             found["accuracy"], atol=1e-6)
  assert found["accuracy"] > 0.9


def test_text_labels_are_classes(numest, data):
  files = ["--features", "words.csv", "--labels", "words.csv:word"]
  assert numest(*TRAIN, *files).returncode == 0
  found = metrics(numest("evaluate", "--model-dir", "m", *files))
  words = numest("predict", "--model-dir", "m", *files[:2]).stdout.split()
  assert set(words) == {"low", "mid", "high"}
  np.testing.assert_allclose(np.mean(np.array(words) == data["words"]),
                             found["accuracy"], atol=1e-6)


def test_csv_columns_are_found_by_name(numest, data, tmp_path):
  files = ["--features", "numbers.csv", "--labels", "numbers.csv:label"]
  assert numest(*TRAIN, "--classes", 3, *files).returncode == 0
  table = np.genfromtxt(tmp_path / "numbers.csv", delimiter=",", names=True)
  names = ["d", "label", "c", "b", "a"]
  np.savetxt(tmp_path / "turned.csv", np.stack([table[n] for n in names], 1),
             delimiter=",", header=",".join(names), comments="")
  predict = ["predict", "--model-dir", "m", "--features"]
  expected = numest(*predict, "numbers.csv").stdout
  assert numest(*predict, "turned.csv").stdout == expected != ""


def test_without_classes_values_are_fitted(numest, data):
  words = [w if w != "16" else None for w in TRAIN]
  words[words.index("--hidden-units")] = "--linear"
  words = [w for w in words if w]
  files = ["--features", "x.npy", "--labels", "v.npy"]
  assert numest(*words, "--epochs", "60", *files).returncode == 2  # twice
  words[words.index("--epochs") + 1] = "60"
  assert numest(*words, *files).returncode == 0
  found = metrics(numest("evaluate", "--model-dir", "m", *files))
  values = np.array(numest("predict", "--model-dir", "m",
                           *files[:2]).stdout.split(), float)
  np.testing.assert_allclose(np.mean((values - data["v"]) ** 2),
                             found["average_loss"], rtol=1e-4)
  assert found["average_loss"] < 0.1


def test_output_holds_all_predictions(numest, data, tmp_path):
  assert numest(*TRAIN, "--classes", 3, *SOURCES["npy"]).returncode == 0
  done = numest("predict", "--model-dir", "m", "--features", "x.npy",
                "--output", "p.npz")
  assert (done.returncode, done.stdout) == (0, "")
  with np.load(tmp_path / "p.npz") as p:
    np.testing.assert_allclose(p["probabilities"].sum(1), 1, atol=1e-5)
    assert p["class_ids"].shape == (300, 1)


def test_training_goes_on_in_the_same_folder(numest, data):
  files = SOURCES["npy"]
  for step in (200, 400):
    assert numest(*TRAIN, "--classes", 3, *files).returncode == 0
    assert f"\nstep {step}\n" in numest("inspect", "m").stdout


def test_equal_seeds_give_equal_models(numest, data):
  outputs = set()
  for folder in ("m1", "m2"):
    words = [folder if w == "m" else w for w in TRAIN]
    assert numest(*words, "--classes", 3, *SOURCES["npy"]).returncode == 0
    outputs.add(numest("evaluate", "--model-dir", folder,
                       *SOURCES["npy"]).stdout)
  assert len(outputs) == 1


def test_inspect_lists_variables(numest, data):
  assert numest(*TRAIN, "--classes", 3, *SOURCES["npy"]).returncode == 0
  lines = numest("inspect", "m").stdout.splitlines()
  assert lines[:2] == ["m/model.ckpt-200", "step 200"]
  assert "dnn/hiddenlayer_0/kernel  float32  (4, 16)" in lines
  assert "global_step  int64  ()" in lines


def test_profile_prints_the_steps_and_keeps_no_model(numest, data, tmp_path):
  before = set(tmp_path.iterdir())
  done = numest("profile", *SOURCES["npy"], "--hidden-units", "16",
                "--classes", "3", "--steps", "20", "--trace", "t.json")
  assert done.returncode == 0, done.stderr
  assert set(tmp_path.iterdir()) - before == {tmp_path / "t.json"}
  train = done.stdout.split("\ntrain: ")[1].split("\n\n")[0].splitlines()
  assert train[0].endswith(" in 1 call")
  shares = [float(line.split("%")[0]) for line in train[2:]]
  assert abs(sum(shares) - 100) < 0.05 * len(shares) + 0.1
  first_layer = next(row for row in train if "linear: float32(?, 16)" in row)
  assert " 20 " in first_layer  # calls
  events = json.loads((tmp_path / "t.json").read_text())["traceEvents"]
  steps = [e for e in events if e["name"] == "train_step"]
  assert len(steps) == 20
  assert f"t.json: {sum(e['ph'] == 'X' for e in events)} events" in done.stdout


def test_ops_prints_the_table_and_one_row(numest):
  table = numest("ops").stdout.splitlines()
  assert len(table) >= 120
  assert numest("ops", "matmul").stdout.splitlines() == [
      line for line in table if line.startswith("matmul(")]


def test_refused_settings_change_nothing(numest, data, tmp_path):
  assert numest(*TRAIN, "--classes", 3, *SOURCES["npy"]).returncode == 0
  before = {p.name: p.read_bytes() for p in (tmp_path / "m").iterdir()}
  wider = ["17" if w == "16" else w for w in TRAIN]
  done = numest(*wider, "--classes", 3, *SOURCES["npy"])
  assert done.returncode == 1
  assert "hidden_units: got [17], expected [16]" in done.stderr
  assert before == {p.name: p.read_bytes()
                    for p in (tmp_path / "m").iterdir()}
  settings = json.loads(before["numest_model.json"])
  assert settings["hidden_units"] == [16]
