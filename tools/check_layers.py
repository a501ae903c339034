"""Checks every include against tools/layers.txt, and that no cycle exists.

A file of numest/<layer>/ may include its own layer and those that the table
names; tests may include anything; nothing includes the leaves cli/ and
python/src/."""

import re
import sys
from pathlib import Path

from source_files import CPP, report, source_files

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
LEAVES = ("cli/", "python/", "examples/", "benchmarks/", "tests/")

Includes = dict[str, list[str]]


def read_layers(path: Path) -> dict[str, set[str]]:
    """Returns the layers that each layer may include, itself among them."""
    layers = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line:
            name, _, below = line.partition(":")
            layers[name] = {name, *below.split()}
    return layers


def read_includes(root: Path) -> Includes:
    """Returns the quoted includes of every C++ file, by its path."""
    return {
        str(path.relative_to(root)): INCLUDE.findall(
            path.read_text(encoding="utf-8"))
        for path in source_files(root, CPP)
    }


def layer_of(path: str) -> str | None:
    """Returns "ops" for "numest/ops/x.h"; None outside of the layers."""
    parts = path.split("/")
    return parts[1] if parts[0] == "numest" and len(parts) > 2 else None


def is_test(path: str) -> bool:
    return path.endswith(("_test.cpp", "_for_test.h"))


def check_include(path: str, include: str, includes: Includes,
                  layers: dict[str, set[str]]) -> str | None:
    layer = layer_of(path)
    here = str(Path(path).parent / include)
    if layer and include not in includes and here in includes:
        return (f'{path}: include "{include}" is relative; write the path '
                f'from the root: "{here}"')
    if include.startswith(LEAVES) and path.split("/")[0] == "numest":
        return f'{path}: nothing includes the leaves: got "{include}"'
    if layer is None or is_test(path) or not include.startswith("numest/"):
        return None
    if layer not in layers:
        return f"{path}: the layer '{layer}' is not in tools/layers.txt"
    below = layer_of(include)
    if below in layers[layer]:
        return None
    allowed = " ".join(sorted(layers[layer]))
    return (f'{path}: {layer} may not include "{include}"; '
            f"tools/layers.txt allows: {allowed}")


def find_cycle(includes: Includes) -> list[str] | None:
    """Returns one cycle of files, or None; depth first, three colours."""
    state: dict[str, int] = {}
    trail: list[str] = []

    def visit(path: str) -> list[str] | None:
        state[path] = 1
        trail.append(path)
        for include in includes[path]:
            if include not in includes:
                continue
            if state.get(include) == 1:
                return trail[trail.index(include):] + [include]
            if include not in state and (cycle := visit(include)):
                return cycle
        trail.pop()
        state[path] = 2
        return None

    for path in includes:
        if path not in state and (cycle := visit(path)):
            return cycle
    return None


def main(root: Path) -> int:
    layers = read_layers(root / "tools" / "layers.txt")
    includes = read_includes(root)
    problems = [
        problem for path, names in includes.items() for name in names
        if (problem := check_include(path, name, includes, layers))
    ]
    if cycle := find_cycle(includes):
        problems.append("cycle of includes: " + " -> ".join(cycle))
    if not includes:
        problems.append(f"no C++ file under {root}: a wrong root?")
    return report("check_layers", problems,
                  f"{len(includes)} files keep the order of {len(layers)} "
                  "layers")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
