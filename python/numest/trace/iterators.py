"""How far iterators have come: a branch of a traced condition that asks one for
an item takes it from the other branch, too."""
import itertools
import operator
import types
import warnings

_PYTHONS = ("builtins", "itertools")


def is_iterator(value):
  """True for generators and the iterators of Python itself."""
  return hasattr(type(value), "__next__") and (
      type(value).__module__ in _PYTHONS)


def progress(iterator, depth=4):
  """What changes when the iterator gives an item: numbers, and objects of which
  the identity counts."""
  if isinstance(iterator, types.GeneratorType):
    frame = iterator.gi_frame
    held = [] if frame is None else [frame.f_lasti, *frame.f_locals.values()]
  else:
    left = operator.length_hint(iterator, -1)
    held = [left] if left >= 0 else _reduced(iterator)
  return [progress(v, depth - 1) if depth and is_iterator(v) else v
          for v in held]


def _reduced(iterator):
  """The parts of zip, map, enumerate, itertools.count and their kin."""
  if isinstance(iterator, itertools.count):
    return [repr(iterator)]
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # itertools will not tell for ever
    try:
      return [v for part in iterator.__reduce__()[1:] if part is not None
              for v in (part if isinstance(part, tuple) else (part,))]
    except (TypeError, AttributeError):
      return []
