"""Functions of datasets that Python runs, once per element.

C++ enters Python once for a block of elements and hands over views. A function
that writes to its arguments gets copies instead: that is learned from the
first write, which read-only views refuse.
"""
import itertools
import random as python_random
import re
import threading

import numpy as np

from numest import _core
from numest import trace_state as state
from numest.tensor import Tensor
from numest.trace import draws, namespace, nests
from numest.trace.element_array import array_repr, element_array
from numest.trace.failures import name_of
from numest.trace.rebind import Bindings, rebind, writes_outside
from numest.trace.rebound import write_back

_REFUSED_WRITE = re.compile("read.?only|writ(e|a)able", re.IGNORECASE)


def python_map(function, dataset, num_workers=0, spec=None):
  """A core MapFunction that calls `function` in Python.

  Args:
    function: takes the components of an element as arguments.
    dataset: the core's dataset of the elements.
    num_workers: number of processes that call it; 0: this one does.
    spec: the core's spec of what it gives; None: it is tried on elements.

  Returns:
    (object that counts `num_bytes_copied` of arguments, the MapFunction, spec
    of what it gives).

  Raises:
    what `function` raises for the first element, if zeros fail too.
  """
  calls = _ElementCalls(function, dataset.spec)
  if spec is None:
    spec = calls.learned_spec(dataset)
  else:
    calls.expect(spec)
  made = _core.python_map(calls, spec) if num_workers == 0 else (
      _core.isolated_map(calls, name_of(function), spec, num_workers))
  return calls, made, spec


class _ElementCalls:
  """Calls a user's function with the leaves of an element and its key."""

  def __init__(self, function, spec):
    self._users, self._spec = function, spec
    self._thread = threading.local()  # draws of threads must not mix
    self._is_writing = False
    self._structure = None  # of a result
    self._dtypes = []  # of its leaves
    self.num_bytes_copied = 0

  def __call__(self, leaves, key):
    """The leaves of the result, a list of arrays and tensors. The last of
    `leaves` is the key of the place."""
    *leaves, place = leaves
    key = key, place
    result = self._checked(self._result(leaves, key))
    dtypes = self._dtypes or itertools.repeat(None)
    return [_leaf(v, dtype) for v, dtype in zip(nests.flatten(result), dtypes)]

  def _checked(self, result):
    found = "*" if isinstance(result, (np.ndarray, Tensor)) else (
        nests.structure(result))
    if found != self._structure:
      raise TypeError(
          f"map: the function gives another structure: got {found}, expected "
          f"{self._structure}, as for the element that it was tried on; return "
          "the same keys and number of values always")
    return result

  def expect(self, spec):
    """Results have the structure and the dtypes of the core's `spec`."""
    self._dtypes = [dtype for dtype, _ in nests.spec_leaves(spec)]
    self._structure = nests.structure(nests.build(
        spec, itertools.repeat(None), lambda value, s: value))

  def learned_spec(self, dataset):
    """The core's spec of results: from two made-up elements, or the first two
    if the function does not take these. What differs is not known."""
    saved = np.random.get_state()
    try:
      spec = self._tried_spec(dataset)
    finally:
      np.random.set_state(saved)
    self._dtypes = [dtype for dtype, _ in nests.spec_leaves(spec)]
    return spec

  def _tried_spec(self, dataset):
    try:
      spec = self._common_spec(self._made_up())
    except Exception:  # a path of a file, say, can't be made up
      first = list(itertools.islice(dataset.make_iterator(), 2))
      if not first:
        raise
      return self._common_spec([np.asarray(leaf) for leaf in nests.flatten(e)]
                               for e in first)
    if self._type_is_open:
      first = dataset.first_if_plain()
      if first is not None:
        spec = self._with_another(spec, first)
    return spec

  def _common_spec(self, elements):
    result = self._result(next(elements), (0, 0))
    self._structure = nests.structure(result)
    self._type_is_open = _tells_no_type(result)
    return self._with_another(nests.spec_of(result), next(elements))

  def _with_another(self, spec, leaves):
    """The spec that is also that of what the function gives for `leaves`."""
    try:
      result = self._result(leaves, (0, 0))
      self._type_is_open |= _tells_no_type(result)
      return _common_spec(spec, nests.spec_of(result))
    except Exception:  # it says so when it gets there
      return spec

  def _made_up(self):
    for sample in (nests.sample, nests.ramp):
      yield [sample(d, s) for d, s in nests.spec_leaves(self._spec)]

  def _result(self, leaves, key):
    if self._is_writing:
      return self._call_on_copies(leaves, key)
    try:
      return self._call([element_array(a) for a in leaves], key)
    except Exception as error:  # whatever the writer raises
      if not _REFUSED_WRITE.search(str(error)):
        raise
    result = self._call_on_copies(leaves, key)
    self._is_writing = True
    return result

  def _call_on_copies(self, leaves, key):
    copies = [element_array(a, is_writable=True) for a in leaves]
    self.num_bytes_copied += sum(a.nbytes for a in copies)
    return self._call(copies, key)

  def _call(self, arrays, key):
    function, keyed = self._of_thread()
    if keyed is not None:
      keyed.start(*key)
    element = nests.build(self._spec, iter(arrays), lambda a, s: a)
    try:
      with state.element():
        return _plain(nests.call_user(function, element))
    finally:
      if keyed is not None:
        write_back(keyed.copies)

  def _of_thread(self):
    """The function with its draws keyed, and these; a copy for each thread."""
    try:
      return self._thread.keyed
    except AttributeError:
      self._thread.keyed = keyed_function(self._users)
      return self._thread.keyed


def _common_spec(a, b):
  """The spec `a` with extents unknown where `b` has others, and with dtypes
  that hold the values of both."""
  if isinstance(a, dict):
    return a if not isinstance(b, dict) or a.keys() != b.keys() else {
        k: _common_spec(v, b[k]) for k, v in a.items()}
  if isinstance(a, list):
    return a if not isinstance(b, list) or len(a) != len(b) else [
        _common_spec(x, y) for x, y in zip(a, b)]
  if not isinstance(b, tuple):
    return a
  if 0 in (*a[1], *b[1]) and (a[0], len(a[1])) != (b[0], len(b[1])):
    return _spec_of_filled(a, b)
  if len(a[1]) != len(b[1]):
    return a
  extents = tuple(x if x == y else None for x, y in zip(a[1], b[1]))
  return (_common_dtype(a[0], b[0]), extents)


def _spec_of_filled(a, b):
  """The dtype and number of axes that one of both has elements for: NumPy makes
  an empty list an array of float64 with one axis."""
  dtype, extents = b if 0 in a[1] else a
  return dtype, (None,) * len(extents)


def _tells_no_type(result):
  """True if elements may give another dtype: for an empty array, and for a
  number of Python, that stands for no value of the array's."""
  return any(type(v) in (int, float) or np.size(v) == 0
             for v in nests.flatten(result))


def _leaf(value, dtype):
  """A leaf of a result as an array, of the dtype that was learned if it has
  none of its own: Python's numbers, and arrays without elements."""
  if isinstance(value, (np.ndarray, np.number, np.bool_)):
    has_own = value.size or dtype in (None, "bytes") or "O" in value.dtype.char
    return value if has_own else value.astype(dtype)
  kind = "iu" if type(value) is int else "f" if type(value) is float else ""
  is_wider = dtype in _WIDE and (np.dtype(dtype).kind in kind or kind == "iu")
  return (np.asarray(value, dtype) if kind and is_wider else
          nests.as_tensor(value)._numpy())


_WIDE = {"int64", "uint64", "float64"}


def _common_dtype(a, b):
  return a if a == b or "bytes" in (a, b) else np.result_type(a, b).name


class KeyedRandom:
  """np.random for one element: NumPy's own generators, seeded by its key; and
  those for captured ones, seeded by the place and by their own seed."""

  def __init__(self):
    self._own = _Keyed(0)
    self._place = 0
    self._streams = {}
    self.python = _KeyedPythonRandom()
    self.copies = []  # of containers that hold functions or generators
    self.bindings = None  # of the function that draws

  def start(self, key, place=0):
    """A call begins: its draws follow from `key` and `place` alone, and it sees
    what names stand for now."""
    if self.bindings is not None:
      self.bindings.renew()
    self._own.start(key)
    self._place = place
    for stream in self._streams.values():
      stream.start(place)
    self.python.start(key)

  def seed(self, value=None):
    """Draws are keyed by the element: a seed changes nothing."""

  def default_rng(self, seed=None):
    return self._own.generator

  def RandomState(self, seed=None):
    return self._own.legacy

  def generator_like(self, captured):
    """What stands for a generator that the function holds."""
    seed = draws.stream_of(captured)
    if seed not in self._streams:
      self._streams[seed] = _Keyed(seed)
      self._streams[seed].start(self._place)
    stream = self._streams[seed]
    is_new = isinstance(captured, np.random.Generator)
    return stream.generator if is_new else stream.legacy

  def __getattr__(self, name):
    found = getattr(self._own.legacy, name, None)
    return getattr(np.random, name) if found is None else found


class _Keyed:
  """Generators of one stream, which begins anew at each key."""

  def __init__(self, seed):
    self._bits = np.random.Philox(key=np.array([0, seed], np.uint64))
    self._fresh = self._bits.state  # of no draw yet
    self.legacy = np.random.RandomState(self._bits)
    self.generator = np.random.Generator(self._bits)

  def start(self, key):
    self._fresh["state"]["key"][0] = key
    self._bits.state = self._fresh


class _KeyedPythonRandom:
  """Python's random for one element; seeded when something is drawn, as that
  costs more than most draws."""

  def __init__(self):
    self._drawn = python_random.Random(0)
    self._key = None

  def start(self, key):
    self._key = int(key)

  def seed(self, a=None, version=2):
    """Draws are keyed by the element: a seed changes nothing."""

  def Random(self, x=None):
    return self

  def __getattr__(self, name):
    if self._key is not None:
      self._drawn.seed(self._key)
      self._key = None
    found = getattr(self._drawn, name, None)
    return getattr(python_random, name) if found is None else found


def keyed_function(function, make=KeyedRandom):
  """The function with its draws keyed, and the generator; or as it is."""
  if writes_outside(function):
    return function, None
  keyed = make()
  numpy = _KeptNumPy({"random": keyed, "array_repr": array_repr})
  bindings = Bindings(numpy, keyed, keyed.python,
                      functions=_functions(keyed),
                      generator=keyed.generator_like)
  bindings.copies, bindings.kept = keyed.copies, [numpy]
  keyed.bindings = bindings
  return rebind(function, bindings), keyed


class _KeptNumPy(namespace.NumPy):
  """numpy with keyed draws, whose functions are looked up once for each call
  of the user's function."""

  def __init__(self, replaced):
    super().__init__(replaced)
    self.__dict__["_kept"] = {}

  def __getattr__(self, name):
    found = self._kept[name] = self.__dict__[name] = getattr(np, name)
    return found

  def renew(self):
    """Forgets what is another value now."""
    changed = [name for name, value in self._kept.items()
               if getattr(np, name, None) is not value]
    for name in changed:
      del self._kept[name], self.__dict__[name]


def _functions(keyed):
  """Functions that code may hold under a name of its own."""
  def drawing(stand_in, name):  # Python's generator is seeded by look-up
    return lambda *args, **kwargs: getattr(stand_in, name)(*args, **kwargs)
  return {getattr(module, name): drawing(stand_in, name)
          for module, stand_in in ((np.random, keyed),
                                   (python_random, keyed.python))
          for name in dir(module) if not name.startswith("_") and
          callable(getattr(module, name)) and
          not isinstance(getattr(module, name), type)}


def _plain(value):
  """Lists become arrays, as in the trace."""
  if isinstance(value, dict):
    return {k: _plain(v) for k, v in value.items()}
  if isinstance(value, tuple):
    return tuple(_plain(v) for v in value)
  if isinstance(value, list):
    return np.asarray([np.asarray(v) for v in value])
  return value
