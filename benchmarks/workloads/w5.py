"""W5: Fashion-MNIST, DNN 128-64, Adam 1e-3, batch 128, 5 epochs with a full
shuffle each: seconds in all, and the accuracy reached."""

import gzip
from pathlib import Path

import measure

FOLDER = Path("/usr/share/datasets/fashion-mnist")


def load(split: str):
    """Returns images (n, 784) float32 in [0, 1] and labels int32."""
    import numpy as np
    with gzip.open(FOLDER / f"{split}-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16)
    with gzip.open(FOLDER / f"{split}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    rows = measure.sized(len(labels), 256)
    return (images.reshape(-1, 784)[:rows].astype(np.float32) / 255,
            labels[:rows].astype(np.int32))


def train(tf, optimizer) -> measure.Figures:
    x, y = load("train")
    test_x, test_y = load("t10k")

    def train_fn():
        return tf.data.Dataset.from_tensor_slices(({"x": x}, y)).shuffle(
            len(x)).repeat(5).batch(128)

    def test_fn():
        return tf.data.Dataset.from_tensor_slices(
            ({"x": test_x}, test_y)).batch(1000)

    with measure.model_dir() as folder:
        def work():
            nonlocal classifier
            classifier = tf.estimator.DNNClassifier(
                feature_columns=[tf.feature_column.numeric_column(
                    "x", shape=[784])],
                hidden_units=[128, 64], n_classes=10, optimizer=optimizer,
                model_dir=folder)
            classifier.train(train_fn)

        classifier = None
        total = measure.seconds(work)
        accuracy = float(classifier.evaluate(test_fn)["accuracy"])
    return {"5 epochs": (total, "s"), "error": (1 - accuracy, "of 1")}


def numest() -> measure.Figures:
    return train(measure.import_party("numest"), "Adam")


def tensorflow() -> measure.Figures:
    return train(measure.import_party("tensorflow"), "Adam")


def torch() -> measure.Figures:
    import torch as pt
    x, y = (pt.from_numpy(a) for a in load("train"))
    test_x, test_y = (pt.from_numpy(a) for a in load("t10k"))
    y = y.long()
    net = pt.nn.Sequential(pt.nn.Linear(784, 128), pt.nn.ReLU(),
                           pt.nn.Linear(128, 64), pt.nn.ReLU(),
                           pt.nn.Linear(64, 10))
    optimizer = pt.optim.Adam(net.parameters(), lr=1e-3)

    def work():
        for _ in range(5):
            for rows in pt.randperm(len(x)).split(128):
                optimizer.zero_grad()
                pt.nn.functional.cross_entropy(net(x[rows]),
                                               y[rows]).backward()
                optimizer.step()

    total = measure.seconds(work)
    with pt.inference_mode():
        right = (net(test_x).argmax(1) == test_y).float().mean().item()
    return {"5 epochs": (total, "s"), "error": (1 - right, "of 1")}


if __name__ == "__main__":
    measure.main(globals())
