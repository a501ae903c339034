"""W19: W4's one row through the public C++ API: p50 and p99, computed by one
thread and by two, and asked for by eight threads at once
(benchmarks/latency.cpp)."""

import json
import os
import subprocess
from pathlib import Path

import measure

PROGRAM = Path(__file__).resolve().parents[2] / "build/benchmarks/latency"


def numest() -> measure.Figures:
    if not PROGRAM.exists():
        raise SystemExit(f"{PROGRAM} is missing: tools/test build")
    options = measure.sized(0, 1) * ["--quick"]
    result = subprocess.run([PROGRAM, *options], capture_output=True,
                            text=True, check=True, env=os.environ)
    return {name: (us, "us") for name, us in json.loads(result.stdout).items()}


if __name__ == "__main__":
    measure.main(globals())
