"""W7: the seed's third example: py_function with fliplr under a coin toss,
over (10000, 32, 32, 3), batch 32: images/s."""

import measure
import numpy as np

ROWS = measure.sized(10000, 64)


def flip(image):
    image = image.numpy()
    if np.random.rand() > 0.5:
        image = np.fliplr(image)
    return image


def augment(tf) -> measure.Figures:
    images, labels = measure.seed_data(ROWS)

    def mapped(image, label):
        return tf.py_function(flip, [image], tf.float32), label

    dataset = tf.data.Dataset.from_tensor_slices(
        (images, labels)).map(mapped).batch(32)

    def one_epoch():
        for _ in dataset:
            pass

    one_epoch()
    best = min(measure.seconds(one_epoch) for _ in range(3))
    return {"images": (ROWS / best, "images/s")}


def numest() -> measure.Figures:
    return augment(measure.import_party("numest"))


def tensorflow() -> measure.Figures:
    return augment(measure.import_party("tensorflow"))


def numpy() -> measure.Figures:
    images, _ = measure.seed_data(ROWS)

    def one_epoch():
        for start in range(0, ROWS, 32):
            np.stack([image[:, ::-1] if np.random.rand() > 0.5 else image
                      for image in images[start:start + 32]])

    best = min(measure.seconds(one_epoch) for _ in range(3))
    return {"images": (ROWS / best, "images/s")}


def numba() -> measure.Figures:
    import numba as nb
    images, _ = measure.seed_data(ROWS)
    out = np.empty((32, 32, 32, 3), np.float32)

    @nb.njit(parallel=True)
    def batch(source, target):
        for i in nb.prange(len(source)):
            if np.random.rand() > 0.5:
                target[i] = source[i, :, ::-1]
            else:
                target[i] = source[i]

    def one_epoch():
        for start in range(0, ROWS, 32):
            part = images[start:start + 32]
            batch(part, out[:len(part)])

    one_epoch()
    best = min(measure.seconds(one_epoch) for _ in range(3))
    return {"images": (ROWS / best, "images/s")}


if __name__ == "__main__":
    measure.main(globals())
