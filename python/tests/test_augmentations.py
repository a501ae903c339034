"""The functions of benchmarks/augmentations: traced, they give what Python
gives, from the same draws.

The draws of both come from a tape: numbers that each element brings along,
read by the line and the how-manieth draw there, so that a branch that only one
of them takes moves no other draw.
"""
import inspect
import pathlib
import sys

import numpy as np
import pytest

import numest as tf
from numest.trace import draws, namespace, python_draws

FOLDER = pathlib.Path(__file__).resolve().parents[2] / (
    "benchmarks/augmentations")
sys.path.insert(0, str(FOLDER))
import elements as made_up  # noqa: E402
import functions  # noqa: E402

COUNT, SLOTS, LENGTH = 7, 16, 3200


class Tape:
  """np.random, random and a Generator, over uniform numbers of an element."""

  def __init__(self):
    self.places, self.counts, self.numbers = {}, {}, None

  def start(self, numbers):
    self.numbers = numbers
    self.counts.clear()

  def _next(self):
    frame = sys._getframe(1)
    while frame.f_code.co_filename != functions.__file__:
      frame = frame.f_back
    line = frame.f_lineno
    self.counts[line] = count = self.counts.get(line, -1) + 1
    slot = self.places.setdefault((line, count), len(self.places))
    return self.numbers[slot]

  def random(self, size=None):
    row = self._next()
    if size is None:
      return row[0]
    size = size if isinstance(size, tuple) else (size,)
    return row[:int(np.prod(size))].reshape(size)

  def rand(self, *shape):
    return self.random(shape or None)

  def uniform(self, low=0.0, high=1.0, size=None):
    return low + (high - low) * self.random(size)

  def normal(self, loc=0.0, scale=1.0, size=None):
    u = self.random(size)
    return loc + scale * np.sqrt(-2 * np.log(u)) * np.cos(7 * u)

  def randn(self, *shape):
    return self.normal(size=shape or None)

  def randint(self, low, high=None, size=None):
    low, high = (0, low) if high is None else (low, high)
    return np.floor(self.uniform(low, high, size)).astype(np.int64)

  integers = randint

  def permutation(self, n):
    return np.argsort(self._next()[:n])

  def choice(self, options):
    drawn, picked = self.randint(len(options)), options[0]
    for i, option in enumerate(options):
      picked = np.where(drawn == i, option, picked)
    return picked

  def beta(self, a, b):
    return self.random()


@pytest.fixture
def tape(monkeypatch):
  """A tape that both the trace and Python read."""
  made = Tape()
  monkeypatch.setattr(draws, "RANDOM", made)
  monkeypatch.setattr(draws, "Stream", lambda captured: made)
  monkeypatch.setattr(python_draws, "PYTHON_RANDOM", made)
  monkeypatch.setitem(vars(namespace.NUMPY), "random", made)
  return made


def in_python(function, tape, numbers, element, monkeypatch):
  with monkeypatch.context() as patch:
    patch.setattr(np, "random", tape)
    patch.setattr(functions, "random", tape)
    patch.setattr(functions, "rng", tape)
    tape.start(numbers)
    return np.asarray(function(element.copy()))


def closeness(result):
  return {"rtol": 2e-5, "atol": 2e-5} if result.dtype.kind == "f" else {
      "rtol": 0}


@pytest.mark.parametrize("name", functions.CASES)
def test_traced_equals_python_with_the_same_draws(name, tape, monkeypatch):
  function, kind = functions.CASES[name]
  inputs = made_up.elements(kind, COUNT)
  numbers = np.random.default_rng(9).uniform(0.001, 1, (COUNT, SLOTS, LENGTH))
  numbers[0, :, 0], numbers[1, :, 0] = 0.001, 0.999

  def drawn(numbers, element):
    np.random.start(numbers)  # the tape, where the trace sees it
    return function(element)
  dataset = tf.data.Dataset.from_tensor_slices((numbers, inputs)).map(drawn)
  assert tf.explain(dataset).splitlines()[0].endswith(": native"), (
      tf.explain(dataset))
  want = [in_python(function, tape, n, x, monkeypatch)
          for n, x in zip(numbers, inputs)]
  rows = [row.numpy() for row in dataset]
  blocks = np.concatenate([b.numpy() for b in dataset.batch(3)])
  for i, value in enumerate(want):
    np.testing.assert_allclose(rows[i], value, **closeness(value))
    np.testing.assert_array_equal(blocks[i], rows[i])


@pytest.mark.parametrize("name", functions.CASES)
def test_equal_elements_get_draws_of_their_own(name):
  np.random.seed(3)  # of the pipeline: what is rare happens
  function, kind = functions.CASES[name]
  equal = np.repeat(made_up.elements(kind, 1), 16, axis=0)
  dataset = tf.data.Dataset.from_tensor_slices(equal).map(function)
  rows = np.stack([x.numpy() for x in dataset]).reshape(16, -1)
  body = inspect.getsource(
      function if inspect.isfunction(function) else type(function))
  draws = "random." in body or "rng." in body
  assert (len(np.unique(rows, axis=0)) > 1) == draws


def test_there_are_forty():
  assert len(functions.CASES) == 40
