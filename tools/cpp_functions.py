"""Finds the functions of a C++ source and their lengths, without a parser.

The idea: blank out comments, strings and preprocessor lines, then follow the
braces; what stands before a brace says whether it opens a scope, a function
or a value. Lambdas in tables count as functions. Approximate, and tested."""

import re
from dataclasses import dataclass

RAW = r'R"(?P<d>[^(\s]{0,16})\(.*?\)(?P=d)"'
NOISE = re.compile(
    RAW + r"|//[^\n]*|/\*.*?\*/"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'"
    r"|^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*",
    re.DOTALL | re.MULTILINE)
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
BODY_FOLLOWS = re.compile(
    r"(\)|\b(const|noexcept|override|final|mutable|try)|&)\s*$"
    r"|\)[^;{}]*->[\w:<>,&*\s()]+$")
LAMBDA = re.compile(r"\[[^\[\]]*\]\s*(<[^{};]*>)?\s*(\([^{};]*\))?[^{};()]*$",
                    re.DOTALL)


@dataclass(frozen=True)
class Function:
    name: str
    line: int
    lines: int


def blank(source: str) -> str:
    """Replaces comments, strings and directives by spaces; keeps lines."""
    def spaces(match: re.Match) -> str:
        text = match.group()
        lead = re.match(r"\s*", text).group()
        return lead + re.sub(r"[^\n]", " ", text[len(lead):])

    return NOISE.sub(spaces, source)


def without_templates(head: str) -> str:
    """Drops `template <...>`, whose `class` would look like a scope."""
    return re.sub(r"\btemplate\s*<[^{};]*?>(?=\s*(?:[\w:\[]|$))", "", head)


def kind_of(head: str) -> str:
    """Says what a brace after `head` opens: scope, function or value."""
    head = without_templates(head)
    before_parameters = head.split("(")[0]
    if LAMBDA.search(head) and re.search(r"[=,({\[]\s*\[|^\s*\[|return\s*\[",
                                         head):
        return "function"
    if SCOPE.search(before_parameters):
        return "scope"
    if BODY_FOLLOWS.search(head) and "(" in head:
        return "function"
    return "value"


def start_of(head: str) -> int:
    """Returns where the function begins: a lambda at its bracket."""
    match = LAMBDA.search(head)
    if match and not match.group().startswith("[["):
        return match.start()
    return len(head) - len(head.lstrip())


def name_of(head: str) -> str:
    match = re.search(r"([\w:~]+|operator\s*\S+)\s*\(", head)
    return match.group(1) if match else "lambda"


def functions(source: str) -> list[Function]:
    """Returns the outermost functions of a source, in order."""
    text = blank(source)
    found: list[Function] = []
    stack: list[tuple[str, int, str]] = []
    head_start = 0
    in_function = 0
    for match in re.finditer(r"[{};]", text):
        at = match.start()
        if match.group() == ";":
            head_start = at + 1
        elif match.group() == "{":
            head = text[head_start:at]
            kind = "value" if in_function else kind_of(head)
            in_function += kind == "function"
            start = head_start + start_of(head)
            stack.append((kind, start, head))
            if kind != "value" or in_function:
                head_start = at + 1
        elif stack:
            kind, start, head = stack.pop()
            if kind == "function":
                in_function -= 1
                first = text.count("\n", 0, start) + 1
                last = text.count("\n", 0, at) + 1
                found.append(Function(name_of(head), first,
                                      last - first + 1))
            if kind != "value" or in_function:
                head_start = at + 1
    return found
