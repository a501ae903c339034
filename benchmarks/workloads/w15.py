"""W15: 18 elementwise functions on 10, 10^3 and 10^6 float32 numbers, C++
eager against NumPy: us of a call, and the geometric mean of all."""

import json
import math
import subprocess
from pathlib import Path

import measure

PROGRAM = (Path(__file__).resolve().parents[2] / "build" / "benchmarks" /
           "op_benchmark")
SIZES = (10, 1000, 1000000)
UNARY = ("absolute", "exp", "floor", "log", "negative", "sin", "sqrt",
         "square", "tanh")
BINARY = ("add", "subtract", "multiply", "divide", "maximum", "minimum",
          "power", "greater", "logaddexp")


def with_mean(found: dict[str, float]) -> measure.Figures:
    mean = math.exp(sum(math.log(v) for v in found.values()) / len(found))
    figures = {name: (value, "us") for name, value in found.items()}
    return figures | {"geometric mean": (mean, "us")}


def numest() -> measure.Figures:
    names = "|".join(UNARY + BINARY)
    done = subprocess.run(
        [str(PROGRAM), f"--benchmark_filter=^BM_({names})/1(0|000|000000)$",
         f"--benchmark_min_time={measure.sized(100, 1) / 1000}",
         "--benchmark_format=json"], capture_output=True, text=True,
        check=True)
    return with_mean({
        row["name"].removeprefix("BM_").replace("/", " "):
            row["real_time"] / 1000
        for row in json.loads(done.stdout)["benchmarks"]})


def numpy() -> measure.Figures:
    import numpy as np
    random, found = np.random.default_rng(0), {}
    for size in SIZES:
        x, y = (random.uniform(0.1, 2, size).astype(np.float32)
                for _ in range(2))
        for name in UNARY + BINARY:
            function = getattr(np, name)
            arguments = (x,) if name in UNARY else (x, y)
            calls = measure.sized(max(20, 1_000_000 // size // 20), 2)
            found[f"{name} {size}"] = 1e6 * min(measure.seconds(
                lambda: [function(*arguments) for _ in range(calls)])
                for _ in range(5)) / calls
    return with_mean(found)


if __name__ == "__main__":
    measure.main(globals())
