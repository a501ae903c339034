"""The source of a code object, as a function definition with the line numbers
of its file."""
import ast
import functools
import inspect
import textwrap


def definition_of(code):
  """The FunctionDef of `code`, a lambda's too, or None if its source is not at
  hand."""
  try:
    if code.co_name == "<lambda>":
      return _of_lambda(code)
    lines, first = inspect.getsourcelines(code)
    tree = ast.parse(textwrap.dedent("".join(lines)))
  except (OSError, TypeError, SyntaxError, IndentationError):
    return None
  if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef) or (
      tree.body[0].name != code.co_name):
    return None
  return ast.increment_lineno(tree, first - 1).body[0]


def _of_lambda(code):
  """The lambda whose body all instructions come from; a line may hold several.
  """
  places = [p for p in code.co_positions() if None not in p and p[3]]
  lines, _ = inspect.findsource(code)
  found = [n for n in _lambdas("".join(lines))
           if n.lineno == code.co_firstlineno and _holds(n.body, places)]
  if not found or not places:
    return None
  given = max(found, key=lambda n: (n.body.lineno, n.body.col_offset))  # inner
  return ast.copy_location(ast.FunctionDef(
      name="<lambda>", args=_copied(given.args), decorator_list=[],
      body=[ast.copy_location(ast.Return(_copied(given.body)), given.body)],
      returns=None), given)


@functools.lru_cache(maxsize=16)
def _lambdas(text):
  return [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Lambda)]


def _holds(body, places):
  """True if (first line, last line, first column, end column) lie in `body`."""
  start, end = (body.lineno, body.col_offset), (body.end_lineno,
                                                body.end_col_offset)
  return all(start <= (first, column) and (last, end_column) <= end
             for first, last, column, end_column in places)


def _copied(node):
  """Of its own: the source is kept, and what is rewritten is changed."""
  if isinstance(node, list):
    return [_copied(n) for n in node]
  if not isinstance(node, ast.AST):
    return node
  made = type(node)(**{k: _copied(v) for k, v in ast.iter_fields(node)})
  return ast.copy_location(made, node)
