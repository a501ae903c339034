"""Runs the workloads and prints our figure, each peer's, and the ratio.

    .venv/bin/python benchmarks/run.py [W1 W6 ...]

The peers run in the environment .venv-peers (made of
benchmarks/peers/requirements.txt) or that of --peer-python; a missing one is
named. Every measurement is a process of its own; parties take turns, so that
a slow minute of the machine meets all of them. Peers run on one core and on
all; the better one counts. Build first: tools/test build."""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORKLOADS = ROOT / "benchmarks" / "workloads"
sys.path.insert(0, str(WORKLOADS))

from measure import PARTIES  # noqa: E402

Figures = dict[str, list[tuple[float, str]]]


def workload_files(names: list[str]) -> list[Path]:
    files = sorted(WORKLOADS.glob("w*.py"), key=lambda p: int(p.stem[1:]))
    known = {path.stem.upper(): path for path in files}
    unknown = [name for name in names if name.upper() not in known]
    if unknown:
        raise SystemExit(f"run.py: no workload {unknown[0]}; expected some "
                         f"of: {' '.join(known)}")
    return [known[n.upper()] for n in names] or files


def parties_of(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [party for party in PARTIES if f"def {party}(" in text]


def environment(cores: int, quick: bool) -> dict[str, str]:
    package = ROOT / "build" / "python_package"
    # What tunes OpenBLAS for another library would slow NumPy.
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("OPENBLAS_")}
    return kept | {"PYTHONPATH": str(package),
                   "OMP_NUM_THREADS": str(cores),
                   "NUMBA_NUM_THREADS": str(cores),
                   "NUMEST_BENCHMARK_QUICK": "1" if quick else "0"}


def measure(python: str, path: Path, party: str, cores: int, quick: bool):
    """Runs one process; returns its figures, or the reason for none."""
    if not Path(python).exists():
        return f"not measured: there is no {python}"
    first_cores = sorted(os.sched_getaffinity(0))[:cores]
    result = subprocess.run(
        [python, str(path), party], capture_output=True, text=True,
        env=environment(cores, quick), check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, first_cores))
    for line in result.stdout.splitlines():
        if line.startswith("FIGURES "):
            return json.loads(line.removeprefix("FIGURES "))
    errors = result.stderr.strip().splitlines()
    return f"not measured: {(errors or [f'status {result.returncode}'])[-1]}"


def is_higher_better(unit: str) -> bool:
    return unit.endswith("/s")


def better(unit: str, values: list[float]) -> float:
    return max(values) if is_higher_better(unit) else min(values)


def better_setting(settings: dict[int, list[tuple[float, str]]]):
    """Returns the values of the number of cores that reached the best."""
    unit = next(iter(settings.values()))[0][1]
    bests = {cores: better(unit, [value for value, _ in values])
             for cores, values in settings.items()}
    winner = better(unit, list(bests.values()))
    return next(settings[c] for c, best in bests.items() if best == winner)


def run_workload(path: Path, options) -> dict[str, Figures]:
    """Returns party -> figure -> its values, at its best number of cores."""
    everything: dict[str, dict[str, dict[int, list]]] = {}
    all_cores = len(os.sched_getaffinity(0))
    for turn in range(options.repeats):
        for party in parties_of(path):
            is_ours = party == "numest"
            python = options.python if is_ours else options.peer_python
            if not python:
                continue  # said once, in main
            for cores in {all_cores} if is_ours else {1, all_cores}:
                found = measure(python, path, party, cores,
                                options.quick)
                if isinstance(found, str):
                    if turn == 0:
                        print(f"  {path.stem.upper()} {party}: {found}")
                    break
                for name, figure in found.items():
                    everything.setdefault(party, {}).setdefault(
                        name, {}).setdefault(cores, []).append(figure)
    return {party: {name: better_setting(settings)
                    for name, settings in figures.items()}
            for party, figures in everything.items()}


def row(title: str, party: str, values: list[tuple[float, str]],
        ours: list[tuple[float, str]] | None) -> str:
    unit = values[0][1]
    numbers = [value for value, _ in values]
    best, median = better(unit, numbers), statistics.median(numbers)
    text = f"{title:30} {party:12} {best:12.4g} {median:12.4g} {unit:9}"
    if ours and party != "numest":
        our_best = better(unit, [value for value, _ in ours])
        ratio = our_best / best if is_higher_better(unit) else \
            best / our_best
        text += f" {ratio:8.2f}x"
    return text


def print_workload(name: str, everything: dict[str, Figures]) -> None:
    ours = everything.get("numest", {})
    figures = dict.fromkeys(f for found in everything.values() for f in found)
    for figure in figures:
        for party, found in everything.items():
            if figure in found:
                print(row(f"{name} {figure}", party, found[figure],
                          ours.get(figure)))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", metavar="W1",
                        help="default: all")
    parser.add_argument("--python", default=sys.executable,
                        help="Python that runs Numest")
    peers = ROOT / ".venv-peers" / "bin" / "python"
    parser.add_argument("--peer-python", metavar="PYTHON",
                        default=str(peers) if peers.exists() else None,
                        help="Python of the peers' environment; without it "
                        "only our figures are printed")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true",
                        help="tiny sizes: tests that the workloads run")
    parser.add_argument("--json", type=Path, help="write all values here")
    return parser.parse_args()


def main() -> None:
    options = parse_arguments()
    results = {}
    if not options.peer_python:
        print("no peers: benchmarks/peers/requirements.txt says how to get "
              "them")
    print(f"{'workload':30} {'party':12} {'best':>12} {'median':>12} "
          f"{'unit':9} {'we win':>9}")
    for path in workload_files(options.workloads):
        name = path.stem.upper()
        results[name] = run_workload(path, options)
        print_workload(name, results[name])
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
