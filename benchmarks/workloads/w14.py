"""W14: elementwise chains on 10^4 and 10^6 float32, compiled once: us."""

import measure
import numpy as np

SIZES = (10_000, measure.sized(1_000_000, 20_000))


def standardise(x):
    return (x - np.mean(x)) / np.sqrt(np.var(x) + 1e-6)


def chain(x):
    return np.tanh(x * 1.5 + 0.5) * np.exp(-x * x) + np.maximum(x, 0)


def leaky_sum(x):
    return np.sum(np.where(x > 0, x, x * 0.1) ** 2)


WORK = (standardise, chain, leaky_sum)


def figures(make) -> measure.Figures:
    """`make(function, x)` gives what is timed, without arguments."""
    found = {}
    for size in SIZES:
        x = np.random.default_rng(0).normal(size=size).astype(np.float32)
        for function in WORK:
            run = make(function, x)
            for _ in range(5):
                run()
            calls = 2000 if size <= 20_000 else 200
            best = min(measure.seconds(lambda: [run() for _ in range(
                calls // 5)]) for _ in range(5)) / (calls // 5)
            found[f"{function.__name__} {size}"] = (1e6 * best, "us")
    return found


def numest() -> measure.Figures:
    measure.import_party("numest")
    from numest import _core
    from numest.trace import paths

    def make(function, x):
        graph, _ = paths.traced(function, [(x.dtype.name, x.shape)])
        program, key = _core.compile(graph), np.uint64(0)
        return lambda: program.run([x, key])

    return figures(make)


def numpy() -> measure.Figures:
    return figures(lambda function, x: lambda: function(x))


def torch() -> measure.Figures:
    import torch as th

    def make(function, x):
        compiled = th.compile(function)
        return lambda: compiled(x)

    return figures(make)


def jax() -> measure.Figures:
    import jax as jx
    import jax.numpy as jnp

    def make(function, x):
        globals()["np"] = jnp  # the same source
        compiled, x = jx.jit(function), jnp.asarray(x)
        compiled(x)
        globals()["np"] = np_module
        return lambda: compiled(x).block_until_ready()

    return figures(make)


np_module = np

if __name__ == "__main__":
    measure.main(globals())
