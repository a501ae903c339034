"""W16: a step of k-means on 2 * 10^6 points of the plane, 4 centers, plain
NumPy, compiled once: ms."""

import measure
import numpy as np

POINTS = measure.sized(2_000_000, 2000)


def step(points, centers):
    distance = np.linalg.norm(points[:, None] - centers, axis=2)
    nearest = np.argmin(distance, axis=1)
    member = (nearest[:, None] == np.arange(4)).astype(np.float32)
    count = np.sum(member, axis=0)
    return member.T @ points / np.maximum(count, 1)[:, None]


def figures(make) -> measure.Figures:
    random = np.random.default_rng(0)
    points = random.normal(size=(POINTS, 2)).astype(np.float32)
    centers = random.normal(size=(4, 2)).astype(np.float32)
    run = make(points, centers)
    found = np.asarray(run())
    np.testing.assert_allclose(found, step(points, centers), rtol=1e-3,
                               atol=1e-3)
    best = min(measure.seconds(run) for _ in range(7))
    return {"step": (1e3 * best, "ms")}


def numest() -> measure.Figures:
    measure.import_party("numest")
    from numest import _core
    from numest.trace import paths

    def make(points, centers):
        graph, _ = paths.traced(step, [(a.dtype.name, a.shape)
                                       for a in (points, centers)])
        program, key = _core.compile(graph), np.uint64(0)
        return lambda: program.run([points, centers, key])[0]

    return figures(make)


def numpy() -> measure.Figures:
    return figures(lambda *arrays: lambda: step(*arrays))


def torch() -> measure.Figures:
    import torch as th
    compiled = th.compile(step)
    return figures(lambda *arrays: lambda: compiled(*arrays))


if __name__ == "__main__":
    measure.main(globals())
