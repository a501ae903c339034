"""The source of a function with its conditions and loops as calls.

`if`, `?:`, `and`, `or`, `not` and chained comparisons become calls of
control.py, which decides when it sees the value: a known condition takes its
branch, a traced one traces both and selects. So k conditions cost k selections,
not 2^k paths. `while` and `for` become calls of iteration.py, `a[i]` and
`a in b` of containers.py, `raise`, `assert` and `except` of refusals.py. What
cannot be rewritten (branches that change lists or attributes) stays as it is
and forks.
"""
import ast
import copy
import functools
import inspect
import types

from numest.trace import jumps, liveness
from numest.trace.source import definition_of

# The name under which rewritten code finds control.py.
CONTROL = "__numest_control__"
_MUTATORS = {"append", "extend", "insert", "pop", "popitem", "remove", "clear",
             "update", "add", "discard", "setdefault", "write", "reverse",
             "__setitem__", "send"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_SCOPES = (*_FUNCTIONS, ast.ListComp, ast.SetComp, ast.DictComp,
           ast.GeneratorExp)


@functools.lru_cache(maxsize=1024)
def rewritten(code):
  """The code object with conditions as calls, or None if there are none or if
  the source is not at hand.

  Args:
    code: of a plain function; free variables and arguments stay the same.
  """
  flags = inspect.CO_GENERATOR | inspect.CO_COROUTINE | (
      inspect.CO_ASYNC_GENERATOR)
  if code.co_flags & flags or "__class__" in code.co_freevars:
    return None
  definition = definition_of(code)
  if definition is None:
    return None
  rewriter = _Rewriter()
  definition.decorator_list = []
  definition = rewriter.function(definition)
  return _compiled(definition, code) if rewriter.count else None


def _compiled(definition, code):
  """The function's code inside of a function that has its free variables."""
  outer = ast.FunctionDef(
      name="outer", body=[definition], decorator_list=[], lineno=1,
      col_offset=0, args=_arguments(code.co_freevars))
  module = ast.fix_missing_locations(ast.Module([outer], type_ignores=[]))
  made = compile(module, code.co_filename, "exec")
  for name in ("outer", code.co_name):
    made = next(c for c in made.co_consts
                if isinstance(c, types.CodeType) and c.co_name == name)
  return made if set(made.co_freevars) <= set(code.co_freevars) else None


def _arguments(names):
  return ast.arguments(posonlyargs=[], args=[ast.arg(n) for n in names],
                       kwonlyargs=[], kw_defaults=[], defaults=[])


def _within(node, skip=_SCOPES):
  """The nodes below `node` of the same scope."""
  pending = [node] if isinstance(node, ast.AST) else list(node)
  while pending:
    one = pending.pop()
    yield one
    if not isinstance(one, skip):
      pending.extend(ast.iter_child_nodes(one))


def _has(nodes, kinds, skip=_FUNCTIONS):
  return any(isinstance(n, kinds) for n in _within(nodes, skip))


def _assigned(nodes):
  """Names that the statements bind, in order; not those of exceptions, which
  Python deletes where their `except` ends."""
  names = {}
  for n in _within(nodes):
    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
      names[n.id] = None
    elif isinstance(n, (ast.FunctionDef, ast.ClassDef)):
      names[n.name] = None
    elif isinstance(n, ast.alias):
      names[(n.asname or n.name).partition(".")[0]] = None
  return sorted(names)


def _changes_objects(nodes):
  """True if the statements change what a branch could not take back."""
  for n in _within(nodes, _FUNCTIONS):
    if isinstance(n, (ast.Delete, ast.Global, ast.Nonlocal, ast.Import,
                      ast.ImportFrom, ast.NamedExpr)):
      return True
    if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store):
      return True
    if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and (
        n.func.attr in _MUTATORS) and not _is_numpy(n.func.value):
      return True
  return False


def _is_numpy(node):
  """True for `np`: np.append changes nothing."""
  return isinstance(node, ast.Name) and node.id in ("np", "numpy")


def _ends(statements):
  return bool(statements) and isinstance(statements[-1],
                                         (ast.Return, ast.Raise))


def _as_if(s):
  """An assertion as the condition that it is."""
  if not isinstance(s, ast.Assert) or not __debug__:
    return s
  error = ast.Call(_name("AssertionError"), [s.msg] if s.msg else [], [])
  return _at(ast.If(ast.UnaryOp(ast.Not(), s.test), [ast.Raise(error, None)],
                    []), s)


class _Rewriter(ast.NodeTransformer):
  """Rewrites one function; `count` says how many places."""

  def __init__(self):
    self.count = 0
    self._number = 0
    self._outside = set()  # names of other scopes: global, nonlocal
    self._captured = {}  # local function: names that it reads from outside
    self._reads = {}

  def function(self, definition):
    self._captured = _captures(definition)
    jumps.Lowering(self._is_loop_rewritable).function(definition)
    self._reads = liveness.reads(definition.body)
    self._outside = {name for n in _within(definition.body)
                     if isinstance(n, (ast.Global, ast.Nonlocal))
                     for name in n.names}
    definition.body = self._block(definition.body, None, True)
    return definition

  # --- statements ---
  def _block(self, statements, tail, may_return):
    """Rewrites statements that end, where they do not return, with
    `return <tail()>` if there is a tail."""
    result = []
    for i, s in enumerate(statements):
      s = _as_if(s)
      if isinstance(s, ast.If) and self._is_rewritable(s, may_return):
        self.count += 1
        if _has(s, ast.Return):
          return result + self._returning_if(s, statements[i + 1:], tail)
        result += self._plain_if(s)
      elif not getattr(s, "numest_is_plain", True):
        self.count += 1
        result += self._loop(s)
      else:
        result.append(self._statement(s))
    if tail is not None and not _ends(statements):
      result.append(ast.Return(tail()))
    return result

  def _is_rewritable(self, s, may_return):
    if _has(s, (ast.Break, ast.Continue, ast.Yield, ast.YieldFrom, ast.Await)):
      return False
    if _has(s, ast.Return) and not (may_return and not _has(
        s, (ast.For, ast.While, ast.Try, ast.With))):
      return False
    return not _changes_objects(s.body + s.orelse) and self._is_own(
        s.body + s.orelse)

  def _is_own(self, statements):
    """True if no other function sees what the statements assign."""
    names = set(_assigned(statements))
    seen = (self._captured.get(n, ()) for n in liveness.reads(statements))
    return not names & self._outside.union(*seen)

  def _is_loop_rewritable(self, s):
    refused = (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr, ast.Delete,
               ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom)
    if isinstance(s, ast.For) and _has([s.target], (ast.Attribute,
                                                    ast.Subscript)):
      return False
    return not _has(s, refused) and self._is_own([s])

  def _loop(self, s):
    """The loop as a call: its body is a function of what it assigns."""
    names = _assigned([s])
    stop = s.numest_stop
    kept = liveness.carried(s, self._reads) | {stop}
    is_pure = not _changes_objects(s.body)
    body, state = self._name("round"), _tuple(names, ast.Load)
    options = [_values(names), _constants([n in kept for n in names]),
               ast.Constant(is_pure)]
    if isinstance(s, ast.While):
      test = self._name("test")
      asked = s.test if stop is None else ast.BoolOp(ast.And(), [
          ast.UnaryOp(ast.Not(), _name(stop)), s.test])
      made = [_function(test, names, [ast.Return(self.visit(asked))], s),
              self._branch(body, names, s.body, ast.Return(state), s)]
      value = _call("while_", [_name(test), _name(body), *options])
    else:
      item = self._name("item")
      start = ast.Assign([s.target], _name(item))
      end = ast.Return(state)
      made = [self._branch(body, [item, *names], [start, *s.body], end, s)]
      at = ast.Constant(None if stop is None else names.index(stop))
      value = _call("for_", [self.visit(s.iter), _name(body), *options, at])
    target = _tuple(names, ast.Store)
    assign = ast.Assign([target], value) if names else ast.Expr(value)
    return [_at(n, s) for n in [*made, assign]]

  def _statement(self, s):
    if isinstance(s, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
      return _nested(self, s) if isinstance(s, ast.FunctionDef) else s
    for field in ("body", "orelse", "finalbody"):
      inner = getattr(s, field, None)
      if isinstance(inner, list):
        setattr(s, field, self._block(inner, None, False))
    for handler in getattr(s, "handlers", ()):
      handled = _at(ast.Expr(_call("handled", [])), handler)
      handler.body = [handled, *self._block(handler.body, None, False)]
      self.count += 1
    if isinstance(s, ast.Raise) and s.exc is not None:
      s.exc = _at(_call("refusal", [_thunk(s.exc)]), s)
      self.count += 1
    for name, value in ast.iter_fields(s):
      if isinstance(value, ast.expr):
        setattr(s, name, self.visit(value))
      elif isinstance(value, list) and value and isinstance(value[0],
                                                            ast.expr):
        setattr(s, name, [self.visit(v) for v in value])
    return s

  def _plain_if(self, s):
    names = _assigned(s.body + s.orelse)
    state = _tuple(names, ast.Load)
    then, orelse = self._name("then"), self._name("else")
    bodies = [self._branch(then, names, s.body, ast.Return(state), s),
              self._branch(orelse, names, s.orelse, ast.Return(state), s)]
    value = _call("if_", [self.visit(s.test), _name(then), _name(orelse),
                          _values(names)])
    target = _tuple(names, ast.Store)
    assign = ast.Assign([target], value) if names else ast.Expr(value)
    return [_at(n, s) for n in [*bodies, assign]]

  def _branch(self, name, names, statements, end, place):
    body = self._block(statements, None, False) if statements else []
    return _function(name, names, [*body, end], place)

  def _returning_if(self, s, rest, tail):
    names = _assigned(s.body + s.orelse)
    kept = sorted({*names, *_assigned(rest)})  # what the rest may assign
    then, orelse, after = (self._name(n) for n in ("then", "else", "rest"))

    def go_on():
      return ast.Call(_name(after), [ast.Starred(_values(kept), ast.Load())],
                      [])
    functions = [
        _function(after, kept, self._ended(rest, tail), s),
        _function(then, names, self._ended(s.body, go_on), s),
        _function(orelse, names, self._ended(s.orelse, go_on), s)]
    value = _call("if_", [self.visit(s.test), _name(then), _name(orelse),
                          _values(names)])
    return [_at(n, s) for n in [*functions, ast.Return(value)]]

  def _ended(self, statements, tail):
    """The statements, and what follows them where they do not return."""
    return self._block(statements, tail or (lambda: ast.Constant(None)), True)

  def _name(self, kind):
    self._number += 1
    return f"__{kind}_{self._number}"

  # --- expressions ---
  def visit_Lambda(self, node):
    return self.generic_visit(node)

  def visit_IfExp(self, node):
    if _has(node, (ast.NamedExpr, ast.Yield, ast.Await)):
      return node
    self.count += 1
    node = self.generic_visit(node)
    return _at(_call("if_expression", [
        node.test, _thunk(node.body), _thunk(node.orelse)]), node)

  def visit_Call(self, node):
    selected = _unfiltered(node)
    node = self.generic_visit(node)
    if selected is None:
      return node
    self.count += 1
    return _at(_call("filtered", [node.func, _thunk(node.args[0]), _thunk(
        self.visit(selected))]), node)

  def visit_BoolOp(self, node):
    if _has(node, (ast.NamedExpr, ast.Yield, ast.Await)):
      return node
    self.count += 1
    node = self.generic_visit(node)
    name = "and_" if isinstance(node.op, ast.And) else "or_"
    return _at(_call(name, [node.values[0],
                            *map(_thunk, node.values[1:])]), node)

  def visit_UnaryOp(self, node):
    node = self.generic_visit(node)
    if not isinstance(node.op, ast.Not):
      return node
    self.count += 1
    return _at(_call("not_", [node.operand]), node)

  def visit_Subscript(self, node):
    node = self.generic_visit(node)
    if not isinstance(node.ctx, ast.Load) or isinstance(
        node.slice, (ast.Slice, ast.Tuple, ast.Constant, ast.UnaryOp)):
      return node
    self.count += 1
    return _at(_call("item", [node.value, node.slice]), node)

  def _membership(self, node):
    """`a in b` as a call."""
    self.count += 1
    name = "contains" if isinstance(node.ops[0], ast.In) else "lacks"
    node = self.generic_visit(node)
    return _at(_call(name, [node.left, node.comparators[0]]), node)

  def visit_Compare(self, node):
    simple = (ast.Name, ast.Constant)
    if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
      return self._membership(node)
    if len(node.ops) == 1 or not all(
        isinstance(c, simple) for c in node.comparators[:-1]):
      return self.generic_visit(node)
    sides = [node.left, *node.comparators]
    pairs = [ast.Compare(sides[i], [node.ops[i]], [sides[i + 1]])
             for i in range(len(node.ops))]
    return self.visit_BoolOp(_at(ast.BoolOp(ast.And(), pairs), node))


def _unfiltered(node):
  """Of sum(e for a in b if c) and its kin, the argument with the condition in
  the element, as a selection; None of other calls."""
  made = _ELEMENTS.get(getattr(node.func, "id", None))
  if made is None or len(node.args) != 1 or node.keywords or not isinstance(
      node.args[0], (ast.ListComp, ast.GeneratorExp)):
    return None
  given = copy.deepcopy(node.args[0])
  tests = given.generators[-1].ifs
  if not tests or _has([given], (ast.NamedExpr, ast.Await, ast.Yield)):
    return None
  given.generators[-1].ifs = []
  given.elt = made(tests[0] if len(tests) == 1 else ast.BoolOp(
      ast.And(), tests), given.elt)
  return _at(given, node)


# By function: (condition, element) to the element where the condition may fail.
_ELEMENTS = {
    "sum": lambda test, e: ast.IfExp(test, e, ast.Constant(0)),
    "len": lambda test, e: ast.IfExp(test, ast.Constant(1), ast.Constant(0)),
    "any": lambda test, e: ast.BoolOp(ast.And(), [test, e]),
    "all": lambda test, e: ast.BoolOp(ast.Or(), [
        ast.UnaryOp(ast.Not(), test), e])}


def _captures(definition):
  """By local function of a name: the names that it reads."""
  found = {}
  for n in ast.walk(definition):
    if isinstance(n, ast.FunctionDef) and n is not definition:
      found[n.name] = set(liveness.reads([n]))
    elif isinstance(n, ast.Assign) and isinstance(n.value, ast.Lambda):
      for target in n.targets:
        if isinstance(target, ast.Name):
          found[target.id] = set(liveness.reads([n.value]))
  return found


def _constants(values):
  return ast.Tuple([ast.Constant(v) for v in values], ast.Load())


def _nested(outer, definition):
  """A function inside of the function: rewritten as one of its own."""
  inner = _Rewriter()
  inner._number = outer._number + 100
  definition = inner.function(definition)
  outer.count += inner.count
  return definition


def _name(name):
  return ast.Name(name, ast.Load())


def _tuple(names, context):
  return ast.Tuple([ast.Name(n, context()) for n in names], context())


def _thunk(expression):
  return ast.Lambda(_arguments(()), expression)


def _values(names):
  """The values of the names; a name that is not bound yet is UNDEFINED."""
  return ast.Tuple([_call("value_of", [_thunk(_name(n))]) for n in names],
                   ast.Load())


def _call(name, arguments):
  function = ast.Attribute(_name(CONTROL), name, ast.Load())
  return ast.Call(function, arguments, [])


def _function(name, arguments, body, place):
  return _at(ast.FunctionDef(name=name, args=_arguments(arguments), body=body,
                             decorator_list=[]), place)


def _at(node, place):
  """Gives the node, and what in it has none, the place in the source."""
  ast.copy_location(node, place)
  return ast.fix_missing_locations(node)
