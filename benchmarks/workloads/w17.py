"""W17: a function that holds Python's lock all the time, some 0.1 ms for each
of (4000, 28, 28) images, batch 32: rows/s of two workers and of one process."""

import measure
import numpy as np

ROWS = measure.sized(4000, 64)


def runs(image):
    """The lengths of the runs of each row's light and dark pixels, summed."""
    out = np.empty(28, np.float32)
    for i, row in enumerate(image.tolist()):
        length, total = 0, 0.0
        for a, b in zip(row, row[1:]):
            if (a > 0.5) == (b > 0.5):
                length += 1
            else:
                total, length = total + length * length, 0
        out[i] = total + length * length
    return out


def images():
    return np.random.default_rng(0).random((ROWS, 28, 28), np.float32)


def rate(work) -> float:
    work()
    return ROWS / min(measure.seconds(work) for _ in range(3))


def figures(workers: float, alone: float) -> measure.Figures:
    return {"2 workers": (workers, "rows/s"), "1 process": (alone, "rows/s")}


def numest() -> measure.Figures:
    tf = measure.import_party("numest")
    rows = tf.data.Dataset.from_tensor_slices(images())

    def epochs(**arguments):
        dataset = rows.map(runs, **arguments).batch(32).prefetch(2)
        return rate(lambda: [None for _ in dataset])

    return figures(epochs(isolate="process", num_parallel_calls=2), epochs())


def torch() -> measure.Figures:
    from torch.utils import data

    class Images(data.Dataset):
        rows = images()

        def __len__(self):
            return len(self.rows)

        def __getitem__(self, i):
            return runs(self.rows[i])

    def epochs(num_workers):
        # The same processes serve all epochs.
        loader = data.DataLoader(Images(), batch_size=32,
                                 num_workers=num_workers,
                                 persistent_workers=num_workers > 0)
        return rate(lambda: [None for _ in loader])

    return figures(epochs(2), epochs(0))


def tensorflow() -> measure.Figures:
    tf = measure.import_party("tensorflow")
    rows = tf.data.Dataset.from_tensor_slices(images())
    dataset = rows.map(lambda x: tf.numpy_function(runs, [x], tf.float32),
                       num_parallel_calls=tf.data.AUTOTUNE).batch(32)
    return {"1 process": (rate(lambda: [None for _ in dataset]), "rows/s")}


def numpy() -> measure.Figures:
    rows = images()
    return {"1 process": (rate(lambda: [
        np.stack([runs(x) for x in rows[i:i + 32]])
        for i in range(0, ROWS, 32)]), "rows/s")}


if __name__ == "__main__":
    measure.main(globals())
