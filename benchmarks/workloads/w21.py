"""W21: sets, searches, positions, scans and reductions of 10^3, 10^5 and 10^6
numbers, compiled programs against NumPy: us of a call, and the geometric mean
of all. Alone it prints the ratios of both in one process, the worst first:

    PYTHONPATH=build/python_package python benchmarks/workloads/w21.py ratios
"""

import math
import sys
import time

import measure
import numpy as np

SIZES = (1000, 100_000, 1_000_000)
DTYPES = ("float32", "float64", "int64")
WIDE = 1 << 40

# Of a flat x, as matrix m, few tests t, sorted s as long as x, positions p, a
# mask b and rows r of three.
CASES = {
    "isin": lambda np, x, t: np.isin(x, t),
    "isin both long": lambda np, x, s: np.isin(x, s),
    "interp": lambda np, x, u: np.interp(x, u, u),
    "unique": lambda np, x: np.unique(x),
    "unique counts": lambda np, x: np.unique(x, return_counts=True),
    "argmax": lambda np, x: np.argmax(x),
    "argmax axis 1": lambda np, m: np.argmax(m, axis=1),
    "argmax axis 0": lambda np, m: np.argmax(m, axis=0),
    "sum": lambda np, x: np.sum(x),
    "sum axis 0": lambda np, m: np.sum(m, axis=0),
    "sum m.T": lambda np, m: np.sum(m.T),
    "sum m.T axis 0": lambda np, m: np.sum(m.T, axis=0),
    "sum m.T axis 1": lambda np, m: np.sum(m.T, axis=1),
    "mean m.T axis 0": lambda np, m: np.mean(m.T, axis=0),
    "max m.T axis 0": lambda np, m: np.max(m.T, axis=0),
    "max m.T axis 1": lambda np, m: np.max(m.T, axis=1),
    "max axis 1": lambda np, m: np.max(m, axis=1),
    "sum x[::2]": lambda np, x: np.sum(x[::2]),
    "max x[::2]": lambda np, x: np.max(x[::2]),
    "sum m[:, ::2] axis 1": lambda np, m: np.sum(m[:, ::2], axis=1),
    "m.T + 1": lambda np, m: m.T + m.dtype.type(1),
    "searchsorted few": lambda np, x, u: np.searchsorted(u, x),
    "searchsorted": lambda np, x, s: np.searchsorted(s, x),
    "cumsum": lambda np, x: np.cumsum(x),
    "cumsum axis 0": lambda np, m: np.cumsum(m, axis=0),
    "cumsum axis 1": lambda np, m: np.cumsum(m, axis=1),
    "nonzero": lambda np, b: np.nonzero(b),
    "nonzero of 2-D": lambda np, c: np.nonzero(c),
    "x[b]": lambda np, x, b: x[b],
    "take": lambda np, x, p: np.take(x, p),
    "take axis 0": lambda np, m, q: np.take(m, q, axis=0),
    "take axis 0 of 3": lambda np, r, o: np.take(r, o, axis=0),
    "take_along_axis 0": lambda np, m, a: np.take_along_axis(m, a, axis=0),
    "sort": lambda np, x: np.sort(x),
    "sort axis 0": lambda np, m: np.sort(m, axis=0),
    "argsort": lambda np, x: np.argsort(x),
    "median": lambda np, x: np.median(x),
    "percentile": lambda np, x: np.percentile(x, 90),
    "where": lambda np, x, b: np.where(b, x, x[0]),
    "clip": lambda np, x: np.clip(x, 1, 5),
    "bincount": lambda np, p: np.bincount(p),
    "diff": lambda np, x: np.diff(x),
    "repeat": lambda np, x: np.repeat(x, 3),
    "tile": lambda np, x: np.tile(x, 3),
    "roll": lambda np, x: np.roll(x, 7),
    "pad": lambda np, m: np.pad(m, 1),
    "concatenate": lambda np, x, s: np.concatenate([x, s]),
    "histogram": lambda np, x: np.histogram(x, 50)[0],
    "histogram range": lambda np, x: np.histogram(x, 256, (-3, 3))[0],
    "histogram2d": lambda np, x, s: np.histogram2d(x, s, 20)[0],
    "add.at": lambda np, z, p, x: write_at(np.add, z, p, x),
    "maximum.at": lambda np, z, p, x: write_at(np.maximum, z, p, x),
}


def write_at(ufunc, z, p, x):
    z = z + z.dtype.type(0)
    ufunc.at(z, p, x)
    return z


def data(size: int, dtype: str):
    random = np.random.default_rng(0)

    def numbers(count):
        if dtype == "int64":
            return random.integers(0, 4 * size, count)
        return random.normal(size=count).astype(dtype)
    x, columns = numbers(size), 100
    rows = size // columns
    mask = random.random(size) < 0.3
    return {"x": x, "m": numbers(size).reshape(rows, columns),
            "t": np.concatenate([x[:50], numbers(50)]),
            "s": np.sort(numbers(size)), "u": np.unique(numbers(200)),
            "b": mask, "c": mask.reshape(rows, columns),
            "p": random.integers(0, size, size),
            "q": random.integers(0, rows, rows),
            "r": numbers(size // 3 * 3).reshape(-1, 3),
            "o": random.integers(0, size // 3, size // 3),
            "a": random.integers(0, rows, (rows, columns)),
            "z": np.zeros(size, dtype)}


def arguments(case, size, dtype):
    given = data(size, dtype)
    names = case.__code__.co_varnames[1:case.__code__.co_argcount]
    return [given[name] for name in names]


def program(case, arrays):
    """The call as a compiled program over the same arrays."""
    from numest import _core
    from numest.trace.paths import traced
    names = ", ".join(f"a{i}" for i in range(len(arrays)))
    scope = {"case": case, "np": np}
    source = f"lambda {names}: case(np, {names})"
    graph, _ = traced(eval(source, scope),  # noqa: S307: of names made here
                      [(a.dtype.name, a.shape) for a in arrays])
    compiled = _core.compile(graph)
    given = [*arrays, np.uint64(0)]
    return lambda: compiled.run(given)


def microseconds(work, size: int, clock=time.perf_counter) -> float:
    """Best of several stretches of calls."""
    work()
    calls = measure.sized(max(1, 20_000 // size), 1)
    best, end = math.inf, time.perf_counter() + measure.sized(200, 0) / 1000
    for round_ in range(measure.sized(30, 1)):
        if round_ >= 3 and time.perf_counter() > end:
            break
        start = clock()
        for _ in range(calls):
            work()
        best = min(best, (clock() - start) / calls)
    return 1e6 * best


def cases():
    for size in SIZES[:measure.sized(len(SIZES), 1)]:
        for dtype in DTYPES:
            for name, case in CASES.items():
                yield f"{name} {dtype} {size}", case, size, dtype


def with_mean(found: dict[str, float]) -> measure.Figures:
    mean = math.exp(sum(math.log(v) for v in found.values()) / len(found))
    figures = {name: (value, "us") for name, value in found.items()}
    return figures | {"geometric mean": (mean, "us")}


def numest() -> measure.Figures:
    found = {}
    for name, case, size, dtype in cases():
        run = program(case, arguments(case, size, dtype))
        found[name] = microseconds(run, size)
    return with_mean(found)


def numpy() -> measure.Figures:
    found = {}
    for name, case, size, dtype in cases():
        arrays = arguments(case, size, dtype)
        found[name] = microseconds(lambda: case(np, *arrays), size)
    return with_mean(found)


def ratios(pattern: str = "") -> None:
    """Prints how many times faster we are, and us of both, the worst first. Of
    one thread it is processor time, which others on the machine do not touch.
    """
    import numest
    clock = (time.process_time if numest.num_threads() == 1
             else time.perf_counter)
    rows = []
    for name, case, size, dtype in cases():
        if pattern not in name:
            continue
        arrays = arguments(case, size, dtype)
        theirs = microseconds(lambda: case(np, *arrays), size, clock)
        ours = microseconds(program(case, arrays), size, clock)
        rows.append((theirs / ours, name, ours, theirs))
    for ratio, name, ours, theirs in sorted(rows):
        print(f"{ratio:7.2f}  {name:38s} {ours:11.1f} us {theirs:11.1f} us")


if __name__ == "__main__":
    if sys.argv[1:2] == ["ratios"]:
        ratios(*sys.argv[2:])
    else:
        measure.main(globals())
