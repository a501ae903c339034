"""Made-up elements of each kind that functions.py names."""
import numpy as np


def elements(kind: str, count: int) -> np.ndarray:
    random = np.random.default_rng(0)

    def floats(*shape):
        return random.random((count, *shape), dtype=np.float32)

    if kind == "image":
        return floats(32, 32, 3)
    if kind == "bytes":
        return random.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    if kind == "sound":
        return floats(1600) * 2 - 1
    if kind == "spectrogram":
        return floats(20, 50)
    if kind == "series":
        return floats(64, 4)
    if kind == "tokens":
        return random.integers(2, 1000, (count, 128))
    corner = random.random((count, 10, 2), dtype=np.float32) * 60
    return np.concatenate([corner, corner + floats(10, 2) * 40], axis=2)
