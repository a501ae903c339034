"""W8: a fuller augmentation per image: pad (32, 32, 3), crop 28, flip,
brightness, clip, cutout 8, standardise; batch 32: images/s."""

import sys
from pathlib import Path

import measure
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "augmentations"))
from functions import full  # noqa: E402

ROWS = measure.sized(10000, 64)


def rate(work) -> measure.Figures:
    work()
    best = min(measure.seconds(work) for _ in range(3))
    return {"images": (ROWS / best, "images/s")}


def images():
    return np.random.default_rng(0).random((ROWS, 32, 32, 3), np.float32)


def numest() -> measure.Figures:
    tf = measure.import_party("numest")
    dataset = tf.data.Dataset.from_tensor_slices(images()).map(full).batch(32)
    return rate(lambda: [None for _ in dataset])


def tensorflow() -> measure.Figures:
    tf = measure.import_party("tensorflow")
    dataset = tf.data.Dataset.from_tensor_slices(images()).map(
        lambda x: tf.numpy_function(full, [x], tf.float32),
        num_parallel_calls=tf.data.AUTOTUNE).batch(32)
    return rate(lambda: [None for _ in dataset])


def torch() -> measure.Figures:
    from torch.utils import data

    class Images(data.Dataset):
        rows = images()

        def __len__(self):
            return len(self.rows)

        def __getitem__(self, i):
            return full(self.rows[i])

    loader = data.DataLoader(Images(), batch_size=32, num_workers=2)
    return rate(lambda: [None for _ in loader])


def numpy() -> measure.Figures:
    rows = images()

    def one_epoch():
        for start in range(0, ROWS, 32):
            np.stack([full(x) for x in rows[start:start + 32]])

    return rate(one_epoch)


def numba() -> measure.Figures:
    """Fused by hand, one image per iteration."""
    import numba as nb
    rows, out = images(), np.empty((32, 28, 28, 3), np.float32)

    @nb.njit(parallel=True, fastmath=True)
    def batch(source, target):
        for i in nb.prange(len(source)):
            y, x = np.random.randint(0, 9), np.random.randint(0, 9)
            flip = np.random.random() < 0.5
            scale = np.float32(np.random.uniform(0.8, 1.2))
            shift = np.float32(np.random.uniform(-0.1, 0.1))
            cy, cx = np.random.randint(0, 21), np.random.randint(0, 21)
            total, squares = 0.0, 0.0
            for r in range(28):
                for c in range(28):
                    cut = cy <= r < cy + 8 and cx <= c < cx + 8
                    sr, sc = y + r - 2, x + (27 - c if flip else c) - 2
                    inside = 0 <= sr < 32 and 0 <= sc < 32
                    for k in range(3):
                        v = source[i, sr, sc, k] if inside else np.float32(0)
                        v = min(max(v * scale + shift, np.float32(0)),
                                np.float32(1))
                        v = np.float32(0) if cut else v
                        target[i, r, c, k] = v
                        total += v
                        squares += v * v
            mean = total / 2352
            factor = 1 / (np.sqrt(squares / 2352 - mean * mean) + 1e-6)
            for r in range(28):
                for c in range(28):
                    for k in range(3):
                        v = target[i, r, c, k]
                        target[i, r, c, k] = (v - mean) * factor

    def one_epoch():
        for start in range(0, ROWS, 32):
            part = rows[start:start + 32]
            batch(part, out[:len(part)])

    return rate(one_epoch)


if __name__ == "__main__":
    measure.main(globals())
