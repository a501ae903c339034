"""Checks that the documentation describes what stands.

Every path, header, macro, enumerator and link that a Markdown file names in
backticks must exist; no file names a package registry's host or a path of
one machine."""

import re
import sys
from pathlib import Path

from source_files import CPP, report, source_files

SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s#]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"^[\w.*{},+-]+(/[\w.*{},+-]*)*$")
FILE_NAME = re.compile(r"^[\w*]+\.(h|cpp|md|cmake)$")
PLACEHOLDER = re.compile(r"^x(_\w+)?\.")  # x.h: any header
SYMBOL = re.compile(r"^(NUMEST_[A-Z_]+|k[A-Z][A-Za-z0-9]+)(\(.*\))?$")
QUALIFIED = re.compile(r"^(?:numest::)?(?:\w+::)*([A-Za-z_]\w*)(\(.*\))?$")
# Written in parts, so that this file does not name what it forbids.
HOSTS = re.compile(r"\b(pypi\.org|pythonhosted\.org|deb\.debian"
                   r"\.org|crates\.io|npmjs\.com|conda\.io)\b")
MACHINE = re.compile("(?<![\\w.])/" + r"(work|root|home/\w+|Users)/")


def expand(pattern: str) -> list[str]:
    """Expands one `{a,b}` as a shell does."""
    match = re.search(r"\{([^{}]*)\}", pattern)
    if not match:
        return [pattern]
    return [pattern[:match.start()] + part + pattern[match.end():]
            for part in match.group(1).split(",")]


class Tree:
    """What exists: the files of the checkout and the words in its sources."""

    def __init__(self, root: Path):
        self.root = root
        self.entries = {e.name for e in root.iterdir() if e.name != ".git"}
        sources = list(source_files(root, CPP | {".py", ".cmake", ".txt"}))
        self.names = {path.name for path in sources}
        self.words: set[str] = set()
        for path in sources:
            text = path.read_text(encoding="utf-8")
            self.words.update(re.findall(r"\w+", text))

    def has(self, folder: Path, name: str) -> bool:
        """Whether a path or glob exists, from `folder` or from the root."""
        name = name.rstrip("/")
        return all(
            any(base.glob(part)) if "*" in part else (base / part).exists()
            for part in expand(name) for base in [self.base(folder, part)])

    def base(self, folder: Path, name: str) -> Path:
        is_from_root = name.split("/")[0] in self.entries
        return self.root if is_from_root else folder


def wrong_span(span: str, folder: Path, tree: Tree) -> str | None:
    """Returns what is wrong with a span in backticks, or None."""
    words = span.split()
    first = words[0] if words else ""
    top = first.split("/")[0]
    generated = top.startswith(("build", ".venv")) or top == "demo_output"
    if "/" in first and PATH.match(first) and top in tree.entries:
        if not generated and not tree.has(folder, first):
            return f"no file {first}"
    elif FILE_NAME.match(span) and "*" not in span:
        if PLACEHOLDER.match(span):
            return None
        if span not in tree.names and not tree.has(folder, span):
            return f"no file is named {span}"
    elif match := SYMBOL.match(span):
        if match.group(1) not in tree.words:
            return f"no symbol {match.group(1)} in the sources"
    elif span.startswith("numest::"):
        match = QUALIFIED.match(span)
        if match and match.group(1) not in tree.words:
            return f"no symbol {match.group(1)} in the sources"
    return None


def check_markdown(path: Path, tree: Tree) -> list[str]:
    name = path.relative_to(tree.root)
    text = path.read_text(encoding="utf-8")
    prose = FENCE.sub("", text)
    problems = [
        f"{name}: {problem}" for span in SPAN.findall(prose)
        if (problem := wrong_span(span, path.parent, tree))
    ]
    for target in LINK.findall(prose):
        if "://" not in target and not (path.parent / target).exists():
            problems.append(f"{name}: the link {target} leads nowhere")
    return problems


def check_places(path: Path, root: Path) -> list[str]:
    """Finds registry hosts and machine paths in any text file."""
    text = path.read_text(encoding="utf-8", errors="replace")
    name = path.relative_to(root)
    return [
        f"{name}: {what}: {match.group()}"
        for what, pattern in (("names a registry's host", HOSTS),
                              ("names a path of one machine", MACHINE))
        for match in pattern.finditer(text)
    ]


def main(root: Path) -> int:
    tree = Tree(root)
    pages = list(source_files(root, {".md"}))
    problems = [p for page in pages for p in check_markdown(page, tree)]
    suffixes = CPP | {".md", ".py", ".txt", ".toml", ".json", ".cmake", ""}
    for path in source_files(root, suffixes):
        if path != root / "tools" / "check_docs.py":
            problems += check_places(path, root)
    if not pages:
        problems.append(f"no Markdown under {root}: a wrong root?")
    return report("check_docs", problems,
                  f"{len(pages)} pages name only what exists")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
