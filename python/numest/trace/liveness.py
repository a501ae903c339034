"""Which variables of a loop its next round, or what comes after it, reads.

All others are the round's own: they need not be carried through the loop.
"""
import ast
import collections


def reads(nodes):
  """How often each name is read in the nodes, nested functions included."""
  counts = collections.Counter()
  for top in nodes:
    for n in ast.walk(top):
      if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load):
        counts[n.id] += 1
      elif isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name):
        counts[n.target.id] += 1
  return counts


def carried(loop, function_reads):
  """Names that the body may read before it assigns them, or that are read
  elsewhere in the function.

  Args:
    loop: a For or While.
    function_reads: reads() of the whole function.
  """
  inside = reads([loop])
  elsewhere = {n for n, count in function_reads.items() if count > inside[n]}
  test = set(reads([loop.test])) if isinstance(loop, ast.While) else set()
  return elsewhere | test | _exposed(loop.body, _targets(loop))


def _targets(node):
  if not isinstance(node, ast.For):
    return set()
  return {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}


def _exposed(statements, defined):
  """Names that may be read before they are assigned; `defined` grows."""
  found = set()
  for s in statements:
    found |= _read_first(s, defined)
  return found


def _read_first(s, defined):
  if isinstance(s, ast.If):
    found = set(reads([s.test])) - defined
    then, orelse = set(defined), set(defined)
    found |= _exposed(s.body, then) | _exposed(s.orelse, orelse)
    defined |= then & orelse
    return found
  if isinstance(s, (ast.For, ast.While)):
    head = s.iter if isinstance(s, ast.For) else s.test
    found = set(reads([head])) - defined
    return found | _exposed([*s.body, *s.orelse], defined | _targets(s))
  if isinstance(s, (ast.Try, ast.With)):
    inner = set(defined)
    found = set(reads([s])) - defined
    return found | _exposed(s.body, inner)
  found = set(reads([s])) - defined
  for n in ast.walk(s):
    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
      defined.add(n.id)
    elif isinstance(n, (ast.FunctionDef, ast.ClassDef)):
      defined.add(n.name)
  return found
