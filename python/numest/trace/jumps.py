"""Loops without break, continue and return: flags say what is to be left.

`break` sets a flag that the loop asks before its next round, `continue` one
that guards the rest of the round, `return` keeps its value for after the loop.
So a jump under a condition is an `if` like any other (see rewrite.py).
"""
import ast
import copy

LOOPS = (ast.For, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class _CannotLower(Exception):
  """A jump stands where no flag can follow it: in `with` or `try`."""


class _Flags:
  """Names of the flags of one loop; `used` are those that it needs."""

  def __init__(self, number):
    self.stop, self.skip, self.left, self.value = (
        f"__{kind}_{number}" for kind in ("stop", "skip", "left", "value"))
    self.used = set()
    self.num_jumps = 0
    self.has_break = False


class Lowering:
  """Lowers the loops of one function for which `is_eligible` holds."""

  def __init__(self, is_eligible):
    self._is_eligible = is_eligible
    self._number = 0

  def function(self, definition):
    definition.body = self._statements(definition.body, None)

  def _statements(self, statements, flags):
    """The statements with jumps out of the loop of `flags` lowered."""
    result = []
    for i, s in enumerate(statements):
      if isinstance(s, LOOPS):
        result += self._loop(s, flags)
        if flags and isinstance(result[-1], ast.If) and _has_return(result[-1]):
          left = result.pop()
          return result + self._statements([left, *statements[i + 1:]], flags)
        continue
      if flags and isinstance(s, (ast.Break, ast.Continue, ast.Return)):
        return result + _jump(s, flags)
      before = flags.num_jumps if flags else 0
      self._inner(s, flags)
      result.append(s)
      if flags and flags.num_jumps != before:
        rest = self._statements(statements[i + 1:], flags)
        return result + ([_guarded(rest, flags, s)] if rest else [])
    return result

  def _inner(self, s, flags):
    """Lowers the blocks of a compound statement."""
    if isinstance(s, _FUNCTIONS):
      return  # lowered as a function of its own
    is_if = isinstance(s, ast.If)
    if flags and not is_if and _jumps_out(s):
      raise _CannotLower
    for field in ("body", "orelse", "finalbody"):
      inner = getattr(s, field, None)
      if isinstance(inner, list):
        setattr(s, field, self._statements(inner, flags if is_if else None)
                or ([ast.copy_location(ast.Pass(), s)] if field == "body"
                    else []))
    for handler in getattr(s, "handlers", ()):
      handler.body = self._statements(handler.body, None)

  def _loop(self, loop, outer):
    """The loop, what is set before it and what is asked after it."""
    kept = copy.deepcopy(loop)
    if not self._is_eligible(loop):
      if outer and _has_return(loop):
        raise _CannotLower
      return [self._plain(loop)]
    self._number += 1
    flags = _Flags(self._number)
    try:
      loop.body = self._statements(loop.body, flags) or [ast.Pass()]
      loop.orelse = self._statements(loop.orelse, outer)
    except _CannotLower:
      if outer and _has_return(kept):
        raise
      return [self._plain(kept)]
    return _around(loop, flags, is_outermost=outer is None)

  def _plain(self, loop):
    """A loop that stays Python's."""
    loop.numest_stop = None
    loop.numest_is_plain = True
    return loop


def _around(loop, flags, is_outermost):
  used, orelse = flags.used, loop.orelse
  loop.orelse = []
  loop.numest_is_plain = False
  loop.numest_stop = flags.stop if "stop" in used else None
  before, after = [], []
  if "skip" in used:
    loop.body.insert(0, _set(flags.skip, False, loop))
  if "stop" in used:
    before.append(_set(flags.stop, False, loop))
  if "left" in used:
    before.append(_set(flags.left, False, loop))
  if orelse:
    after += [_at(ast.If(ast.UnaryOp(ast.Not(), _load(flags.stop)), orelse,
                         []), loop)] if "stop" in used else orelse
  if "left" in used:
    leave = ast.Return(_load(flags.value))
    # Nothing else leaves a loop without an end, so None is no result.
    is_only_way = is_outermost and _is_endless(loop) and not flags.has_break
    after.append(_at(leave if is_only_way else ast.If(
        _load(flags.left), [leave], []), loop))
  return [*before, loop, *after]


def _is_endless(loop):
  return isinstance(loop, ast.While) and isinstance(
      loop.test, ast.Constant) and bool(loop.test.value)


def _jump(s, flags):
  """What stands in place of the jump."""
  flags.num_jumps += 1
  if isinstance(s, ast.Continue):
    flags.used.add("skip")
    return [_set(flags.skip, True, s)]
  flags.used.add("stop")
  stop = _set(flags.stop, True, s)
  if isinstance(s, ast.Break):
    flags.has_break = True
    return [stop]
  flags.used.add("left")
  value = s.value or ast.Constant(None)
  return [_at(ast.Assign([ast.Name(flags.value, ast.Store())], value), s),
          _set(flags.left, True, s), stop]


def _guarded(rest, flags, place):
  names = [getattr(flags, kind) for kind in ("stop", "skip")
           if kind in flags.used]
  tests = [ast.UnaryOp(ast.Not(), _load(n)) for n in names]
  test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
  # The other flag may be set by the rest only.
  guard = _at(ast.If(test, rest, []), place)
  return guard


def _set(name, value, place):
  return _at(ast.Assign([ast.Name(name, ast.Store())], ast.Constant(value)),
             place)


def _load(name):
  return ast.Name(name, ast.Load())


def _at(node, place):
  ast.copy_location(node, place)
  return ast.fix_missing_locations(node)


def _walk(node, skip):
  for child in ast.iter_child_nodes(node):
    yield child
    if not isinstance(child, skip):
      yield from _walk(child, skip)


def _has_return(node):
  return any(isinstance(n, ast.Return) for n in _walk(node, _FUNCTIONS))


def _jumps_out(s):
  """True if the statement leaves the loop that it stands in."""
  return _has_return(s) or any(
      isinstance(n, (ast.Break, ast.Continue))
      for n in _walk(s, (*_FUNCTIONS, *LOOPS)))
