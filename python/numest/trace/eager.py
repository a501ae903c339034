"""A traced function as NumPy runs it: on ndarrays, with the draws of its graph.
"""
import numpy as np

from numest import _core
from numest import trace_state as state
from numest.trace import draws, namespace, nests, python_draws
from numest.trace.element_array import element_array
from numest.trace.rebind import Bindings, rebind

# Relative differences that the order of a sum, or a fused loop, may make.
_TOLERANCE = {"float16": 1e-2, "bfloat16": 1e-1, "float32": 1e-5,
              "float64": 1e-11, "complex64": 1e-5, "complex128": 1e-11}


def differing(found, expected):
  """A bool array: where values of one dtype and shape differ by more than the
  order of a sum explains; NaNs are equal."""
  tolerance = _TOLERANCE.get(found.dtype.name, 0)
  if not tolerance:
    return found != expected
  scale = np.max(np.abs(expected[np.isfinite(expected)]), initial=0.0)
  return ~np.isclose(found, expected, rtol=tolerance, atol=tolerance * scale,
                     equal_nan=True)


def of_type(value, dtype):
  """A leaf that NumPy gave as an array: a number of Python has the dtype that
  other paths give, if that holds its kind."""
  if not isinstance(value, (bool, int, float, complex)) or (
      isinstance(value, np.generic)):
    return nests.as_tensor(value)._numpy()
  array, kinds = np.asarray(value), "biufc"
  holds = kinds.find(dtype.kind) >= kinds.index(array.dtype.kind)
  return array.astype(dtype) if holds else array


class Eager:
  """The function as it is, on ndarrays, with the draws of its graph.

  Args:
    function: of the user.
    spec: of its element.
    graph: its program, over the leaves of an element and keys.
    drawn: what `watched_draws` noted while it was traced.
  """

  def __init__(self, function, spec, graph, drawn):
    self._spec, self._run = spec, _GivenDraws()
    plain, python = (_Plain(random, self._run) for random in (
        draws.RANDOM, python_draws.PYTHON_RANDOM))
    functions = {f: getattr(stand_in, g.__name__) for stand_in, table in (
        (plain, draws.FUNCTIONS), (python, python_draws.FUNCTIONS))
                 for f, g in table.items()}
    self._function = rebind(function, Bindings(
        namespace.NumPy({"random": plain}), plain, python, functions=functions,
        generator=lambda generator: _Plain(draws.Stream(generator),
                                           self._run)))
    self._numbers = [number for number, _ in drawn]
    taken = [_core.tensor(True if t is None else t) for _, t in drawn]
    self._taken = _core.graph(graph.inputs, taken, "taken")

  def values(self, dtypes, leaves, *keys):
    """The leaves of the result, ndarrays: Python's numbers in these `dtypes`;
    arguments as of `result`."""
    found = self.result(leaves, *keys)
    if len(found) != len(dtypes):
      return [nests.as_tensor(v)._numpy() for v in found]
    return list(map(of_type, found, dtypes))

  def result(self, leaves, *keys):
    """The leaves of the result, as the function gave them. `keys` are the last
    inputs of the graph: of the place, if it takes that one, and of the
    element."""
    taken = _core.evaluate(self._taken, [*leaves, *keys])
    self._run.start(keys, sorted({
        n for n, is_taken in zip(self._numbers, taken) if is_taken}))
    element = nests.build(self._spec, iter(leaves),
                          lambda a, s: _argument(a))
    with state.gives_draws(self._run):
      result = namespace.listless(nests.call_user(self._function, element))
    return nests.flatten(result)


def _argument(leaf):
  """A leaf as Python's functions get it, but for methods of tensors."""
  value = np.array(leaf)[()]
  return element_array(value) if isinstance(value, bytes) else value


class _GivenDraws(state.Run):
  """Keys of the draws that an element takes, one after the other."""

  def __init__(self):
    super().__init__(None, [])

  def start(self, keys, numbers):
    self.place, self.key = (_core.constant(k) for k in (keys[0], keys[-1]))
    self._left = iter(numbers)

  def next_key(self):
    return self.keyed(self.key, self.place, next(self._left))


class _Plain:
  """Draws as ndarrays and Python's numbers."""

  def __init__(self, random, run):
    self._random, self._run = random, run

  def __getattr__(self, name):
    draw = getattr(self._random, name)

    def plain(*args, **kwargs):
      with state.activate(self._run):
        return _plain(draw(*args, **kwargs))
    return plain if callable(draw) else draw

  def shuffle(self, x, axis=0):
    x[...] = self.permutation(np.array(x), axis)

  def default_rng(self, seed=None):
    return self

  RandomState = Generator = Random = default_rng


def _plain(value):
  if isinstance(value, list):
    return [_plain(v) for v in value]
  if not isinstance(value, _core.Tensor):
    return value
  array = value._numpy()
  return array.item() if value.is_weak else array[()]
