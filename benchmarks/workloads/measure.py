"""What every workload shares: the clock, the command line, the seed's data.

A workload file defines functions named after who runs it (`numest`,
`tensorflow`, `torch`, ...); each returns figures, name -> (value, unit). A
unit that ends in "/s" is better when higher, any other when lower. With
NUMEST_BENCHMARK_QUICK=1 sizes are tiny: that shows that a workload runs, its
figures mean nothing."""

import contextlib
import json
import os
import sys
import tempfile
import threading
import time

Figures = dict[str, tuple[float, str]]
PARTIES = ("numest", "tensorflow", "torch", "jax", "numpy", "numba",
           "onnxruntime")


def sized(full: int, quick: int) -> int:
    """Returns `full`, or `quick` when only a run is wanted, not figures."""
    return quick if os.environ.get("NUMEST_BENCHMARK_QUICK") == "1" else full


def seconds(work) -> float:
    """Returns how long `work()` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentiles(work, calls: int, callers: int = 1) -> tuple[float, float]:
    """Returns p50 and p99 of one call, in microseconds; of the calls of
    `callers` threads at once if there are several, `calls` in all."""
    each = -(-calls // callers)
    times: list[float] = []

    def call():
        times.extend([seconds(work) for _ in range(each)])

    if callers == 1:
        call()
    else:
        threads = [threading.Thread(target=call) for _ in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    times.sort()
    return 1e6 * times[len(times) // 2], 1e6 * times[len(times) * 99 // 100]


@contextlib.contextmanager
def model_dir():
    with tempfile.TemporaryDirectory(prefix="numest_benchmark_") as folder:
        yield folder


def seed_data(rows: int = 0):
    """Images (rows, 32, 32, 3), standardised, and labels of 10 classes;
    1000 rows unless `rows` is given."""
    import numpy as np
    rows = rows or sized(1000, 64)
    random = np.random.default_rng(0)
    images = random.random((rows, 32, 32, 3), dtype=np.float32)
    images = (images - images.mean()) / images.std()
    return images, random.integers(0, 10, rows).astype(np.int32)


def seed_classifier(tf, folder: str):
    """The seed's DNNClassifier [128, 64]."""
    column = tf.feature_column.numeric_column("x", shape=[32, 32, 3])
    return tf.estimator.DNNClassifier(
        feature_columns=[column], hidden_units=[128, 64], n_classes=10,
        optimizer="Adagrad", model_dir=folder)


def seed_input_fn(tf, images, labels, train: bool):
    def input_fn():
        dataset = tf.data.Dataset.from_tensor_slices(({"x": images}, labels))
        if train:
            dataset = dataset.shuffle(len(images)).repeat()
        return dataset.batch(32)

    return input_fn


def import_party(name: str):
    """Imports what stands for `tf`, quietly."""
    import logging
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("NUMEST_LOG", "error")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    return __import__(name)


def main(namespace: dict) -> None:
    """Runs the party named on the command line; prints its figures."""
    parties = [p for p in PARTIES if p in namespace]
    if len(sys.argv) != 2 or sys.argv[1] not in parties:
        raise SystemExit(f"usage: {sys.argv[0]} {'|'.join(parties)}")
    print("FIGURES " + json.dumps(namespace[sys.argv[1]]()))
