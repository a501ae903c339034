"""W6: the pipeline alone: (20000, 3072) float32 and labels, full shuffle,
batches of 32 and 256, one epoch: GB/s."""

import measure

ROWS, FEATURES = measure.sized(20000, 300), 3072
GIGABYTES = ROWS * FEATURES * 4 / 1e9


def data():
    import numpy as np
    random = np.random.default_rng(0)
    return (random.random((ROWS, FEATURES), dtype=np.float32),
            random.integers(0, 10, ROWS).astype(np.int32))


def epochs(one_epoch) -> measure.Figures:
    """Times `one_epoch(batch_size)` after one that warms up."""
    figures = {}
    for size in (32, 256):
        one_epoch(size)
        best = min(measure.seconds(lambda: one_epoch(size))
                   for _ in range(3))
        figures[f"batch {size}"] = (GIGABYTES / best, "GB/s")
    return figures


def pipeline(tf) -> measure.Figures:
    x, y = data()
    source = tf.data.Dataset.from_tensor_slices((x, y))

    def one_epoch(size):
        batches = source.shuffle(ROWS).batch(size).prefetch(2)
        for _ in batches:
            pass

    return epochs(one_epoch)


def numest() -> measure.Figures:
    return pipeline(measure.import_party("numest"))


def tensorflow() -> measure.Figures:
    return pipeline(measure.import_party("tensorflow"))


def torch() -> measure.Figures:
    import torch as pt
    x, y = (pt.from_numpy(a) for a in data())

    def one_epoch(size):
        out = pt.empty((size, FEATURES))
        for rows in pt.randperm(ROWS).split(size):
            pt.index_select(x, 0, rows, out=out[:len(rows)])
            y[rows]

    return epochs(one_epoch)


def numpy() -> measure.Figures:
    import numpy as np
    x, _ = data()
    out = np.empty_like(x)

    def copy(_):
        np.copyto(out, x)

    return epochs(copy)


if __name__ == "__main__":
    measure.main(globals())
