"""A table of the forty functions: images (elements) per second of each party,
batch 32, and how Numest runs each.

    .venv/bin/python benchmarks/augmentations/run.py [--peer-python PYTHON]

Each party is a process of its own. numba runs the functions that it compiles
as they stand; `by_hand` is NumPy over the whole batch (vectorised.py); the
others call Python or, as Numest does, trace."""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))
from elements import elements  # noqa: E402
from functions import CASES  # noqa: E402
from vectorised import VECTORISED, Draws  # noqa: E402

ROOT = FOLDER.parents[1]
SECONDS = 0.2  # per function and repeat
COUNT = 512
PARTIES = ("numest", "tensorflow", "torch", "grain", "numba", "numpy",
           "by_hand")


def rate(one_epoch) -> float:
    """Elements per second: the best of three repeats."""
    one_epoch()
    best = 0.0
    for _ in range(3):
        start, epochs = time.perf_counter(), 0
        while time.perf_counter() - start < SECONDS:
            one_epoch()
            epochs += 1
        best = max(best, COUNT * epochs / (time.perf_counter() - start))
    return best


def exhaust(iterable) -> None:
    for _ in iterable:
        pass


def numest(function, rows):
    import numest as tf
    dataset = tf.data.Dataset.from_tensor_slices(rows).map(function).batch(32)
    return rate(lambda: exhaust(dataset)), how(tf.explain(dataset))


def how(explained: str) -> str:
    return explained.splitlines()[0].rpartition(": ")[2].partition(",")[0]


def tensorflow(function, rows):
    import tensorflow as tf
    result = np.asarray(function(rows[0].copy()))

    def called(x):
        return tf.py_function(lambda t: function(np.array(t)), [x],
                              result.dtype)
    dataset = tf.data.Dataset.from_tensor_slices(rows).map(called).batch(32)
    return rate(lambda: exhaust(dataset)), ""


class Rows:
    """A map-style data set of torch and grain."""

    def __init__(self, function, rows):
        self.function, self.rows = function, rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return np.ascontiguousarray(self.function(self.rows[i].copy()))


def torch(function, rows):
    from torch.utils.data import DataLoader
    loader = DataLoader(Rows(function, rows), batch_size=32, num_workers=2,
                        persistent_workers=True)
    return rate(lambda: exhaust(loader)), ""


def grain(function, rows):
    import grain.python as pygrain
    dataset = pygrain.MapDataset.source(list(rows)).map(
        lambda x: np.asarray(function(x.copy()))).batch(32)
    return rate(lambda: exhaust(iter(dataset))), ""


def numba(function, rows):
    import numba as nb
    compiled = nb.njit(function)
    compiled(rows[0].copy())

    def one_epoch():
        for start in range(0, COUNT, 32):
            np.stack([compiled(x.copy()) for x in rows[start:start + 32]])
    return rate(one_epoch), ""


def numpy(function, rows):
    def one_epoch():
        for start in range(0, COUNT, 32):
            np.stack([function(x.copy()) for x in rows[start:start + 32]])
    return rate(one_epoch), ""


def by_hand(function, rows):
    draws = Draws()

    def one_epoch():
        for start in range(0, COUNT, 32):
            function(rows[start:start + 32].copy(), draws)
    return rate(one_epoch), ""


def run_party(party: str) -> None:
    found = {}
    for name, (function, kind) in CASES.items():
        if party == "by_hand":
            function = VECTORISED[name]
        try:
            found[name] = globals()[party](function, elements(kind, COUNT))
        except Exception as error:  # numba does not compile it, say
            found[name] = (None, f"{type(error).__name__}")
    print("FIGURES " + json.dumps(found))


def measured(python: str, party: str):
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "build" / "python_package"),
        "TF_CPP_MIN_LOG_LEVEL": "3", "NUMEST_LOG": "error"}
    done = subprocess.run([python, __file__, party], capture_output=True,
                          text=True, env=environment, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("FIGURES "):
            return json.loads(line.removeprefix("FIGURES "))
    print(f"{party}: not measured: {(done.stderr.splitlines() or [''])[-1]}")
    return None


def print_table(found) -> None:
    parties = list(found)
    print("| function | runs | " + " | ".join(parties) + " |")
    print("| --- " * (len(parties) + 2) + "|")
    for name in CASES:
        cells = [f"{found[p][name][0]:,.0f}" if found[p][name][0] else "-"
                 for p in parties]
        print(f"| `{name}` | {found['numest'][name][1]} | "
              + " | ".join(cells) + " |")
    for party in parties[1:]:
        ratios = [found["numest"][n][0] / found[party][n][0] for n in CASES
                  if found[party][n][0] and found["numest"][n][0]]
        if ratios:
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            print(f"against {party}: {mean:.2f} times as fast (geometric mean "
                  f"of {len(ratios)}), at least {min(ratios):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("party", nargs="?", choices=PARTIES)
    parser.add_argument("--peer-python", metavar="PYTHON",
                        default=str(ROOT / ".venv-peers" / "bin" / "python"))
    parser.add_argument("--grain-python", metavar="PYTHON", default="",
                        help="Python of an environment with grain and NumPy: "
                        "its protobuf is newer than TensorFlow 2.15's")
    options = parser.parse_args()
    if options.party:
        return run_party(options.party)
    found = {}
    for party in PARTIES:
        python = {"numest": sys.executable,
                  "grain": options.grain_python}.get(
                      party, options.peer_python)
        figures = (measured(python, party)
                   if python and Path(python).exists() else None)
        if figures is not None:
            found[party] = figures
    print_table(found)


if __name__ == "__main__":
    main()
