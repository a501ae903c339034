"""W20: the functions of W7 and W8 in the pipeline of the C++ API, traced,
called per element, and as functions over arrays that branch on values
(benchmarks/pipeline.cpp): images/s."""

import json
import os
import subprocess
from pathlib import Path

import measure

PROGRAM = Path(__file__).resolve().parents[2] / "build/benchmarks/pipeline"


def numest() -> measure.Figures:
    if not PROGRAM.exists():
        raise SystemExit(f"{PROGRAM} is missing: tools/test build")
    options = measure.sized(0, 1) * ["--quick"]
    result = subprocess.run([PROGRAM, *options], capture_output=True,
                            text=True, check=True, env=os.environ)
    return {name: (rate, "images/s")
            for name, rate in json.loads(result.stdout).items()}


if __name__ == "__main__":
    measure.main(globals())
