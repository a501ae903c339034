"""The program of a function against NumPy, on one element, when it is made.

A trace can be wrong where a function asks for what is no value: the class of
its arguments, the time, a file. Then Python runs the function instead.
"""
import numpy as np

from numest import _core
from numest import trace_state as state
from numest.trace import nests
from numest.trace.eager import differing, Eager, of_type

# The order of a sum, or a fused loop, may turn a comparison, and so a pixel.
_MOST_DIFFERING = 0.01
_PROMOTES_BY_TYPE = int(np.__version__.partition(".")[0]) >= 2
_KEY = np.uint64(0x9E3779B97F4A7C15)  # any key: draws are as good as others


class GivesOtherValues(state.Untraceable):
  """A program gives other values than NumPy."""


def compare(function, dataset, graph, drawn, takes_place):
  """Runs `function` on ndarrays and its program on the same element with the
  same draws: the first element of `dataset`, where reading it runs nothing of
  the user's; else numbers of its types.

  Args:
    function: of the user.
    dataset: the core's dataset of the elements.
    graph: the program, with the leaves of an element and keys as inputs.
    drawn: what `watched_draws` noted while the function was traced.
    takes_place: True if the program takes the key of the place, too.

  Raises:
    GivesOtherValues: what NumPy gives is another thing. Functions that NumPy
      does not run, as those that ask for a shape in TensorFlow's way, and those
      that call Python anyway are not compared.
  """
  if any(op == "python_call" for op, _, _ in graph.nodes):
    return
  leaves = dataset.first_if_plain()
  if leaves is None:
    leaves = [nests.ramp(*leaf) for leaf in nests.spec_leaves(dataset.spec)]
  keys = [_KEY] * (2 if takes_place else 1)
  try:
    with np.errstate(all="ignore"):
      eager = Eager(function, dataset.spec, graph, drawn)
      expected = eager.result(leaves, *keys)
  except Exception:  # not NumPy's, or not for this element
    return
  found = [np.asarray(v) for v in _core.evaluate(graph, [*leaves, *keys])]
  for i, (a, b) in enumerate(zip(found, expected, strict=True)):
    difference = _difference(*_alike(a, of_type(b, a.dtype)))
    if difference:
      raise GivesOtherValues(
          f"as a program it gives another component {i} of its result than as "
          f"NumPy: {difference}; does it look at the class of its arguments, "
          "or at what changes without an assignment?")


def _alike(found, expected):
  """Both in the dtype of less precision where NumPy 1 ran, whose promotion
  looks at values; programs promote as NumPy 2."""
  if _PROMOTES_BY_TYPE or found.dtype == expected.dtype or (
      "O" in found.dtype.char + expected.dtype.char):
    return found, expected
  lesser = min(found.dtype, expected.dtype, key=lambda d: d.itemsize)
  return found.astype(lesser), expected.astype(lesser)


def _difference(found, expected):
  """In words, or "" if it is none."""
  if found.dtype != expected.dtype or found.shape != expected.shape:
    return (f"{found.dtype} of shape {found.shape} instead of "
            f"{expected.dtype} of shape {expected.shape}")
  wrong = differing(found, expected)
  if np.sum(wrong) <= max(_MOST_DIFFERING * wrong.size, wrong.size > 1):
    return ""
  first = tuple(int(i) for i in np.argwhere(wrong)[0])
  return (f"{int(np.sum(wrong))} of {wrong.size} values differ, the first at "
          f"index {first}: {found[first]} instead of {expected[first]}")
