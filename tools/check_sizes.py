"""Checks the hard limits of STYLE.md on files, functions and columns.

Exceptions stand in tools/size_exceptions.txt, one a line, with a reason; an
exception that is no longer needed is a failure too."""

import ast
import sys
from pathlib import Path

from cpp_functions import functions
from source_files import is_generated, report, source_files

SOURCE_LINES = 500
HEADER_LINES = 300
TEST_LINES = 800
FUNCTION_LINES = 60
COLUMNS = 80

Excess = tuple[str, str, int, str]  # path, what, size, message


def file_limit(path: Path) -> int:
    if path.suffix == ".h":
        return HEADER_LINES
    is_test = path.stem.endswith("_test") or path.stem.startswith("test_")
    return TEST_LINES if is_test else SOURCE_LINES


def python_functions(source: str) -> list[tuple[str, int, int]]:
    """Returns (name, first line, lines) of every function."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(node.name, node.lineno, node.end_lineno - node.lineno + 1)
            for node in ast.walk(ast.parse(source))
            if isinstance(node, kinds)]


def functions_of(path: Path, source: str) -> list[tuple[str, int, int]]:
    if path.suffix == ".py":
        return python_functions(source)
    return [(f.name, f.line, f.lines) for f in functions(source)]


def excesses(path: Path, name: str) -> list[Excess]:
    """Returns what in the file is over a limit."""
    source = path.read_text(encoding="utf-8")
    if is_generated(source):
        return []
    lines = source.splitlines()
    found = []
    limit = file_limit(path)
    if len(lines) > limit:
        found.append((name, "file", len(lines),
                      f"{name}: {len(lines)} lines, at most {limit}; split "
                      "it by subject"))
    for function, line, length in functions_of(path, source):
        if length > FUNCTION_LINES:
            found.append((name, function, length,
                          f"{name}:{line}: {function} has {length} lines, at "
                          f"most {FUNCTION_LINES}; name its parts"))
    for number, text in enumerate(lines, 1):
        if len(text) > COLUMNS and "://" not in text:
            found.append((name, "column", len(text),
                          f"{name}:{number}: {len(text)} columns, at most "
                          f"{COLUMNS}"))
    return found


def read_exceptions(path: Path) -> dict[tuple[str, str], tuple[int, str]]:
    """Reads lines "path what limit reason..." by (path, what)."""
    exceptions = {}
    if not path.exists():
        return exceptions
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split(None, 3)
        if fields and not line.startswith("#"):
            reason = fields[3] if len(fields) > 3 else ""
            exceptions[fields[0], fields[1]] = (int(fields[2]), reason)
    return exceptions


def main(root: Path) -> int:
    exceptions = read_exceptions(root / "tools" / "size_exceptions.txt")
    problems = [
        f"size_exceptions.txt: {path} {what}: give a reason"
        for (path, what), (_, reason) in exceptions.items() if not reason
    ]
    used = set()
    files = list(source_files(root, {".h", ".cpp", ".py"}))
    for path in files:
        name = str(path.relative_to(root))
        for name, what, size, message in excesses(path, name):
            limit, _ = exceptions.get((name, what), (0, ""))
            if size <= limit:
                used.add((name, what))
            else:
                problems.append(message)
    problems += [
        f"size_exceptions.txt: {path} {what} keeps the limit now; remove "
        "the line" for path, what in sorted(exceptions.keys() - used)
    ]
    if not files:
        problems.append(f"no source file under {root}: a wrong root?")
    return report("check_sizes", problems,
                  f"{len(files)} files keep the limits, "
                  f"{len(used)} by exception")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
