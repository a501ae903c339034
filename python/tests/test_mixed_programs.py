"""Random programs over several dtypes, 0-d arrays, positions in arrays, copies
and `out=`: what the trace gives is what NumPy gives, element by element, in one
block for 1 and 8 threads, and after the program was bytes.

NUMEST_TRACE_PROGRAMS sets how many, NUMEST_TRACE_SEED the first.
"""
import numpy as np
import pytest
from mixed_programs import MixedProgram
from test_trace_programs import (BLOCKS, COUNT, FIRST, NUMBERS, ROWS, compare,
                                 exported, function_of,
                                 same_threads)  # noqa: F401, a fixture

import numest as tf

# Numbers that are exact in float32, in whatever order they are added.
LARGEST = 2**18


def made(seed):
  """A program that NumPy runs on all elements, and its results; or None."""
  try:
    source = MixedProgram(seed, ROWS[3], NUMBERS[3]).source
    function = function_of(source, f"mixed {seed}")
    with np.errstate(all="ignore"):
      wanted = [function(ROWS[i].copy(), np.int64(i)) for i in NUMBERS]
  except (IndexError, ValueError, TypeError, OverflowError):
    return None  # NumPy refuses it
  values = [np.asarray(v) for row in wanted for v in row]
  is_exact = all(np.abs(v.astype(np.float64)).max(initial=0) < LARGEST
                 for v in values)
  types = {tuple((np.asarray(v).dtype, np.shape(v)) for v in row)
           for row in wanted}
  return (source, function, wanted) if is_exact and len(types) == 1 else None


def check(function, wanted):
  dataset = tf.data.Dataset.from_tensor_slices((ROWS, NUMBERS)).map(function)
  compare(dataset.as_numpy_iterator(), wanted)
  for threads in (1, 8):
    tf.set_num_threads(threads)
    [block] = dataset.batch(len(NUMBERS)).as_numpy_iterator()
    compare(zip(*block), wanted)
  if ": native" not in tf.explain(dataset):
    return False
  compare(zip(*exported(function)), wanted)
  return True


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_programs_of_mixed_dtypes_give_what_numpy_gives(block):
  num_made, num_native = 0, 0
  for seed in range(FIRST + block, FIRST + COUNT, BLOCKS):
    program = made(seed)
    if program is None:
      continue
    source, function, wanted = program
    try:
      num_native += check(function, wanted)
    except Exception as error:
      raise AssertionError(f"seed {seed}:\n{source}") from error
    num_made += 1
  # Of few, a few may be unlucky.
  assert num_made >= 0.4 * COUNT / BLOCKS - 2
  assert num_native >= 0.8 * num_made - 2


# Programs that once gave something else.
FOUND = ["""\
def f(x, i):  # NumPy's memory of a1 is not in the order of its axes
  a1 = x[np.array([-2, -5, 0])][:, [3, 0]]
  a4 = a1.reshape(-1)[1:]
  a1[...] = x[0, 1]
  return a4, x
""", """\
def f(x, i):
  a1 = x.T * 2
  a2 = a1.reshape(-1)
  a2[0] = i
  return a1, a2
""", """\
def f(x, i):
  x.T[0] = 1
  a1 = x.reshape(-1)
  a1[1] = i
  return x, a1
""", """\
def f(x, i):
  return x[[0, 1], [i % 4, 0]], x
""", """\
def f(x, i):  # NumPy made a1, from arrays of the trace
  a1 = np.concatenate([np.zeros(1), np.ones(2)])
  if i % 2 == 0:
    a1[0] = 2
  return a1, x
""", *(f"""\
def f(x, i):
  a1 = {view}
  a1[0] = i
  return x, a1
""" for view in (
    "x[...].reshape(-1)", "x[i % 6].reshape(2, 2)", "x[:, 1].reshape(2, 3)",
    "x[1:3].reshape(-1)", "x[None, 2:].ravel()", "x[:, 1:3].ravel()",
    "x[:, 1].ravel()", "x[::2].ravel()", "x[..., 0].ravel()",
    "x.T[None].squeeze(0)", "np.expand_dims(x.T, 0)[0]",
    "x[:, [1, 0]][1:].reshape(-1)"))]


@pytest.mark.parametrize("source", FOUND)
def test_programs_that_were_wrong_stay_right(source):
  function = function_of(source, f"found {hash(source)}")
  check(function, [function(ROWS[i].copy(), np.int64(i)) for i in NUMBERS])
