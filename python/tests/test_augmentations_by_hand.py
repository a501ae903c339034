"""The functions of benchmarks/augmentations/vectorised.py: over a batch they
give what those of functions.py give per element, from the same draws.

The draws of each element are written to a tape; a draw for the batch takes the
next numbers of each row's tape, after a look at what they were drawn from.
"""
import pathlib
import sys

import numpy as np
import pytest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / (
    "benchmarks/augmentations")
sys.path.insert(0, str(FOLDER))
import elements as made_up  # noqa: E402
import functions  # noqa: E402
import vectorised  # noqa: E402

COUNT = 40
WITHOUT_PARAMETERS = {"rand", "randn", "random", "python_random"}


def parameters(name, args, kwargs):
  """(what is drawn from, the size)."""
  if name in ("rand", "randn"):
    return (), args
  kwargs = dict(kwargs)
  size = kwargs.pop("size", None)
  places = 0 if name in WITHOUT_PARAMETERS else 1 if name == "choice" else 2
  if size is None and len(args) > places:
    args, size = args[:places], args[places]
  return (*map(str, args), *sorted(kwargs.items())), size


class Recorder:
  """np.random, random and a Generator, that write down what they draw."""

  def __init__(self, seed):
    self._source, self.tape = np.random.RandomState(seed), []

  def __getattr__(self, name):
    drawn_by = {"integers": "randint", "python_random": "random"}

    def draw(*args, **kwargs):
      found = getattr(self._source, drawn_by.get(name, name))(*args, **kwargs)
      key = (name, parameters(name, args, kwargs)[0])
      self.tape += [(key, x) for x in np.ravel(found)]
      return found
    return draw

  def permutation(self, count):
    order = self._source.permutation(count)
    self.tape += [(("permutation", (str(count),)), i) for i in order]
    return order


class PythonsRandom:
  """The module random, on a recorder's tape."""

  def __init__(self, recorder):
    self.random = recorder.python_random


class Replayed:
  """Draws for a batch, of the tapes of its rows."""

  def __init__(self, tapes):
    self.rest = [list(tape) for tape in tapes]

  def __getattr__(self, name):
    def draw(*args, **kwargs):
      key, size = parameters(name, args, kwargs)
      size = tuple(size) if np.iterable(size) else (size,)
      return self._taken((name, key), size)
    return draw

  def permutations(self, count, size):
    return self._taken(("permutation", (str(size),)), (count, size))

  def _taken(self, key, size):
    rows = [tape for tape in self.rest if tape]
    assert len(rows) == size[0], f"{key} for {size[0]} rows"
    count, values = int(np.prod(size[1:])), []
    for tape in rows:
      assert {k for k, _ in tape[:count]} == {key}
      values.append([x for _, x in tape[:count]])
      del tape[:count]
    return np.array(values).reshape(size)


def by_element(function, element, seed, monkeypatch):
  """(result, tape)."""
  recorder = Recorder(seed)
  with monkeypatch.context() as patch:
    patch.setattr(np, "random", recorder)
    patch.setattr(functions, "random", PythonsRandom(recorder))
    patch.setattr(functions, "rng", recorder)
    return np.asarray(function(element.copy())), recorder.tape


@pytest.mark.parametrize("name", functions.CASES)
def test_batch_is_that_of_the_elements_with_the_same_draws(name, monkeypatch):
  function, kind = functions.CASES[name]
  rows = made_up.elements(kind, COUNT)
  found = [by_element(function, row, seed, monkeypatch)
           for seed, row in enumerate(rows)]
  wanted = np.stack([result for result, _ in found])
  draws = Replayed([tape for _, tape in found])
  got = vectorised.VECTORISED[name](rows.copy(), draws)
  assert not any(draws.rest), "draws that the batch does not make"
  assert got.dtype == wanted.dtype
  tolerance = 2e-5 if wanted.dtype.kind == "f" else 0
  np.testing.assert_allclose(got, wanted, tolerance, tolerance)


@pytest.mark.parametrize("name", functions.CASES)
def test_numpys_own_generator_has_the_draws(name):
  function, kind = functions.CASES[name]
  rows = made_up.elements(kind, 9)
  got = vectorised.VECTORISED[name](rows.copy(), vectorised.Draws())
  assert got.shape == (9, *np.asarray(function(rows[0].copy())).shape)


def test_all_forty_have_a_form():
  assert vectorised.VECTORISED.keys() == functions.CASES.keys()
