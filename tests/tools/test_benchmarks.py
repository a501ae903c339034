"""The benchmarks run: every workload at a tiny size, and the rows that are
made from the op table. What they measure is nobody's business here."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
WORKLOADS = sorted(path.stem.upper()
                   for path in (BENCHMARKS / "workloads").glob("w*.py"))


def run(*arguments: str):
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / "run.py"), *arguments],
        capture_output=True, text=True, check=False, timeout=120)


def needs_program(workload: str) -> bool:
    program = {"W19": "latency", "W20": "pipeline"}.get(workload)
    return program is not None and not (
        ROOT / "build" / "benchmarks" / program).exists()


def needs_fashion_mnist(workload: str) -> bool:
    folder = Path("/usr/share/datasets/fashion-mnist")
    return workload == "W5" and not folder.exists()


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_workload_gives_figures(workload, tmp_path):
    if needs_fashion_mnist(workload):
        pytest.skip("the package dataset-fashion-mnist is not installed")
    if needs_program(workload):
        pytest.skip("built without NUMEST_BUILD_BENCHMARKS")
    values = tmp_path / "values.json"
    result = run(workload, "--quick", "--repeats", "1", "--json", str(values))
    assert result.returncode == 0, result.stderr
    parties = json.loads(values.read_text())[workload]
    assert "numest" in parties, result.stdout
    assert parties["numest"]
    for figures in parties["numest"].values():
        assert all(math.isfinite(value) for value, _ in figures)


def test_a_missing_peer_is_named():
    result = run("W7", "--quick", "--repeats", "1",
                 "--peer-python", "/nonexistent/python")
    assert "W7 tensorflow: not measured" in result.stdout


def test_an_unknown_workload_is_refused():
    result = run("W99")
    assert result.returncode != 0
    assert "no workload W99; expected some of: W1 W2" in result.stderr


def test_op_rows_run():
    program = ROOT / "build" / "benchmarks" / "op_benchmark"
    if not program.exists():
        pytest.skip("built without NUMEST_BUILD_BENCHMARKS")
    result = subprocess.run(
        [str(program), "--benchmark_filter=BM_(exp|matmul)/",
         "--benchmark_min_time=0.001", "--benchmark_format=json"],
        capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    names = {row["name"] for row in json.loads(result.stdout)["benchmarks"]}
    assert {"BM_exp/10", "BM_exp/1000", "BM_exp/1000000"} <= names
    assert any(name.startswith("BM_matmul/") for name in names)
