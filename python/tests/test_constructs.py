"""Ways to write Python: each construct, mapped, gives what NumPy gives, and no
Python runs while the data flows."""
import collections
import contextlib
import dataclasses
import functools
import itertools
import math
import operator
import random
import re
import random as rnd
from functools import partial, reduce
from math import sqrt
from random import randint

import numpy
import numpy as np
import numpy.random as npr
import pytest
from numpy import abs as np_abs
from numpy import clip, mean
from numpy.linalg import norm
from numpy.random import default_rng, uniform

import numest as tf
from native_elements import elements_without_python
import constructs
from constructs import Settings, scaled

IMAGES = np.random.default_rng(1).random((5, 6, 6, 3)).astype(np.float32)
NUMBERS = np.arange(5)
GAIN, PAIR = 1.5, (2.0, 3.0)
SETTINGS = {"gain": 2.0, "shape": (2, 3)}
TABLE = [1.0, 2.0, 3.0]


class Augment:
  """An object of the user's."""

  def __init__(self, gain):
    self.gain = gain
    self.mean = np.array([0.1, 0.2, 0.3], np.float32)
    self.inner = Settings()

  def __call__(self, x):
    return self._normalized(x) * self.gain

  def _normalized(self, x):
    return self.inner.apply(x - self.mean)

  def method(self, x, power=2):
    return x ** power


def closure(gain):
  offset = np.float32(0.5)

  def function(x):
    return x * gain + offset
  return function


def nested_functions(x):
  def inner(y, factor=2):
    return innermost(y) * factor

  def innermost(y):
    return y - y.mean()
  return inner(x)


def generator_inside(x):
  return sum(w.mean() for w in constructs.windows(x, 2)) + x


def own_generator(x):
  def rows():
    for r in range(x.shape[0]):
      yield x[r] * r
  return np.stack(list(rows()))


def comprehensions(x):
  parts = [x[..., c] for c in range(3) if c != 1]
  named = {f"c{c}": x[..., c].mean() for c in range(3)}
  return parts[0] + parts[1] + named["c0"], np.array([*named.values()])


def starred(x):
  first, *rest = x[0], x[1], x[2]
  return np.concatenate([first, *rest])


def unpacked_rows(x):
  a, b, c, d, e, f = x
  return a + f, (b, c, d, e)[1]


def dictionary_kept(x):
  state = {"x": x, "n": 0}
  for k in range(3):
    state["x"] = state["x"] + k
    state["n"] += 1
  return {"out": state["x"], "n": np.int64(state["n"])}


def keyword_only(x, *, gain=2.0, **options):
  return x * gain + len(options)


def variadic(*arrays):
  return sum(a.sum() for a in arrays)


def try_and_with(x):
  try:
    with np.errstate(all="ignore"):
      y = x / x.max()
  except ZeroDivisionError:
    y = x
  finally:
    z = x + 1
  return y, z


def walrus(x):
  if (peak := x.max()) > 0.5:
    x = x / peak
  return x


def lambdas_inside(x):
  square = lambda v: v * v  # noqa: E731
  double, half = (lambda v: v * 2), (lambda v: v / 2)
  return square(double(x)) + half(x), (lambda: x.min())()


def conditional_expressions(x):
  big = x.mean() > 0.5
  y = x * (2 if big else 3)
  return y if not big else y - 1


def named_tuple_out(x):
  return constructs.Pair(x * 2, x.mean())


def typed_named_tuple_inside(x):
  box = constructs.Box(2)
  return x[box.top:box.top + 3, box.left:]


def dataclass_inside(x):
  settings = Settings(gain=3.0)
  changed = dataclasses.replace(settings, offset=x.mean())
  return changed.apply(x)


def map_zip_enumerate(x):
  rows = list(map(lambda r: r * 2, x))
  total = 0.0
  for k, (a, b) in enumerate(zip(rows, x)):
    total = total + (a * b).sum() * k
  return total, np.stack([r for r in reversed(rows)])


def reduces(x):
  return reduce(operator.add, [x[..., c] for c in range(3)]), functools.reduce(
      lambda a, b: np.maximum(a, b), [x[r] for r in range(6)])


def itertools_inside(x):
  pairs = list(itertools.combinations(range(3), 2))
  return np.stack([x[..., a] - x[..., b] for a, b in pairs], axis=-1)


def builtins_of_arrays(x):
  row = x[0, :, 0]
  return (abs(row), max(row[0], row[1]), min(row[0], 0.25), sum(row),
          len(x), round(row[0] * 10), pow(row, 2), divmod(row, 0.3)[0])


def any_and_all(x):
  row = x[0, :, 0]
  return any(row > 0.99), all(row >= 0), (row > 0.5).any(), np.all(row < 2)


def slices_by_name(x):
  window = slice(1, 4)
  key = (slice(None), window, np.newaxis)
  return x[window], x[key], x[..., None]


def matrix_operators(x):
  a = x[..., 0]
  return a @ a.T, a // 0.3, a % 0.3, -a, a ** 2, a > 0.5, (a > 0.5) & (a < 0.8)


def augmented(x):
  a = x[..., 0]
  a = a.astype(np.float64)
  a += 1
  a -= 0.5
  a *= 2
  a /= 3
  a **= 2
  a //= 0.1
  return a


def while_loop(x):
  k = 0
  while k < 3:
    x = x * 0.5
    k += 1
  return x


def breaks_and_continues(x):
  total = np.zeros(())
  for k in range(6):
    if k == 1:
      continue
    if k == 4:
      break
    total = total + x[k].sum()
  else:
    total = total * 0
  return total


def early_return_in_loop(x):
  for k in range(6):
    if k == 2:
      return x[k]
  return x[0]


def early_return_in_loop_on_values(x):
  for k in range(6):
    if x[k, 0, 0] > 0.6:
      return x[k]
  return x[0] * 0


def assertions(x):
  assert x.shape[-1] == 3, f"expected colors: {x.shape}"
  assert x.ndim == 3 and x.size == 108
  return x


def formats(x):
  name = f"{x.shape[0]}x{x.shape[1]} {x.dtype.name} {x.ndim:03d}"
  return x * len(name)


def match_statement(x):
  mode = "double"
  match mode:
    case "half":
      x = x / 2
    case "double":
      x = x * 2
    case _:
      pass
  match x.shape:
    case (h, w, 3):
      return x + h + w
    case _:
      return x


def other_aliases(x):
  y = numpy.clip(x, 0.2, 0.8)
  y = np_abs(y) + clip(y, 0.3, 0.5) + mean(y)
  return y + norm(y[..., 0]) + sqrt(4.0) + math.pi


def local_imports(x):
  import math as m
  import numpy as n
  from numpy.linalg import norm as length
  return n.sin(x) * m.cos(0.5) + length(x[0, 0])


def recursion(x, depth=3):
  return x if depth == 0 else recursion(x, depth - 1) * 0.5 + depth


def cached_helper(x):
  return x * kernel(3)[0]


@functools.lru_cache(maxsize=None)
def kernel(size):
  return np.exp(-np.arange(size, dtype=np.float32))


@functools.lru_cache(maxsize=None)
def ones_of(size):
  return np.ones(size)


def writes_to_a_copy_of_a_cached_array(x):
  k = kernel(3).copy()
  k[0] = 5
  return x * k


def user_decorator(x):
  return decorated(x)


@constructs.logged
def decorated(x):
  return x - x.min() if x.mean() > 0.5 else x


@constructs.logged
@constructs.repeated(3)
def stacked_decorators(x):
  return np.sqrt(x)


def globals_of_many_kinds(x):
  return x * GAIN * PAIR[0] + SETTINGS["gain"] + TABLE[2] + sum(
      SETTINGS["shape"])


def types_and_dtypes(x):
  assert isinstance(x, np.ndarray)
  y = np.asarray(x, dtype=x.dtype)
  y = y.astype("float64") if y.dtype == np.float32 else y
  return y, np.array(y.shape), np.float32(y.mean()), y.dtype.type(3) + y


def numpy_constants(x):
  return (x * np.pi + np.e, np.where(x > 0.5, np.inf, -np.inf),
          np.full(3, np.nan))


def number_out(x):
  return 1.5


def mixed_nest_out(x):
  return {"a": (x, x.mean()), "b": {"c": np.int32(3), "d": 2.5}}


def string_kept(x):
  return x, "name"


def ternary_chain(x, i):
  return x * (1 if i == 0 else 2 if i == 1 else 3 if i < 4 else 4)


def elif_chain(x, i):
  if i == 0:
    kind = 10
  elif i == 1:
    kind = 20
  elif i in (2, 3):
    kind = 30
  else:
    kind = 40
  return x + kind


def table_lookup(x, i):
  return x * TABLE[int(i) % 3] if False else x * np.array(TABLE)[i % 3]


def dispatch_by_number(x, i):
  actions = [np.sin, np.cos, np.tanh]
  if i % 3 == 0:
    return actions[0](x)
  return actions[1](x) if i % 3 == 1 else actions[2](x)


def integer_label(x, i):
  return x / 255, int(i), float(i), bool(i > 2), np.int32(i)


def comparisons_in_arrays(x, i):
  return np.array([i > 2, i == 3, x[0, 0, 0] > 0.5])


def accumulates_conditionally(x, i):
  count = 0
  for k in range(6):
    if x[k].mean() > 0.5 and k != i:
      count += 1
  return count


def range_to_a_number(x, i):
  total = 0.0
  for k in range(5):
    if k < i:
      total += x[k].sum()
  return total


FUNCTIONS = [
    nested_functions, generator_inside, own_generator, comprehensions, starred,
    unpacked_rows, dictionary_kept, keyword_only, variadic, try_and_with,
    walrus, lambdas_inside, conditional_expressions, named_tuple_out,
    typed_named_tuple_inside, dataclass_inside, map_zip_enumerate, reduces,
    itertools_inside, builtins_of_arrays, any_and_all, slices_by_name,
    matrix_operators, augmented, while_loop, breaks_and_continues,
    early_return_in_loop, early_return_in_loop_on_values, assertions,
    formats, match_statement, other_aliases, local_imports,
    recursion, cached_helper, writes_to_a_copy_of_a_cached_array,
    user_decorator, decorated, stacked_decorators, globals_of_many_kinds,
    types_and_dtypes, numpy_constants, number_out,
    mixed_nest_out, ternary_chain, elif_chain, table_lookup,
    dispatch_by_number, integer_label, comparisons_in_arrays,
    accumulates_conditionally, range_to_a_number,
]
NAMED = {
    "function of another module": constructs.scaled,
    "function that calls its module": constructs.brightness,
    "imported function in a lambda": lambda x: scaled(x, shift=1.0),
    "module attribute in a lambda": lambda x: constructs.scaled(x, 3),
    "first lambda of a line": (lambda x: x + 1, lambda x: x + 2)[0],
    "second lambda of a line": (lambda x: x + 1, lambda x: x + 2)[1],
    "lambda with a condition": (
        lambda x: x if x.mean() > 0.5 else -x, lambda x: x)[0],
    "lambda with and": lambda x: x * (x.min() > 0.001 and x.max() > 0.9),
    "lambda with defaults": lambda x, gain=GAIN: x * gain,
    "lambda of a tuple": lambda x: (x, x.sum()),
    "closure": closure(3.0),
    "closure of an array": (lambda k: lambda x: x * k)(np.arange(3.0)),
    "closure of a function": (lambda f: lambda x: f(x) + 1)(
        constructs.luminance),
    "partial": partial(scaled, by=4.0, shift=1.0),
    "partial of a partial": partial(partial(scaled, by=4.0), shift=1.0),
    "partial of a method": partial(Augment(2.0).method, power=3),
    "partial of numpy": partial(np.clip, a_min=0.2, a_max=0.5),
    "numpy function itself": np.tanh,
    "numpy reduction itself": np.mean,
    "callable object": Augment(2.0),
    "bound method": Augment(2.0).method,
    "bound method of a dataclass": Settings().apply,
    "inherited method": constructs.Base(1.0).apply,
    "super": constructs.Derived(1.0).apply,
    "staticmethod": constructs.Base.half,
    "classmethod": constructs.Derived.doubled,
    "property": lambda x, b=constructs.Base(2.0): x * b.twice_offset,
    "slots": constructs.Slotted(1.5),
    "frozen dataclass": lambda x, f=constructs.Frozen(): x * f.table[1],
    "callable in a dict": lambda x: {"f": scaled}["f"](x),
    "callables in a list": lambda x: reduce(
        lambda v, f: f(v), [scaled, Augment(2.0), np.sqrt], x),
    "function attribute": lambda x: x * decorated.__wrapped__(x),
    "composition": (lambda *fs: lambda x: reduce(lambda v, f: f(v), fs, x))(
        scaled, Augment(1.0), np.abs),
    "apply along axis": lambda x: np.apply_along_axis(
        lambda row: row / row.max(), 0, x),
}
CASES = {**{f.__name__: f for f in FUNCTIONS}, **NAMED}


def leaves(value):
  if isinstance(value, dict):
    return [leaf for v in value.values() for leaf in leaves(v)]
  if isinstance(value, (tuple, list)):
    return [leaf for v in value for leaf in leaves(v)]
  return [np.asarray(value)]


def components(function):
  code = getattr(function, "__code__", None)
  names = code.co_varnames[:code.co_argcount] if code else ()
  return (IMAGES, NUMBERS) if "i" in names else (IMAGES,)


def mapped(function):
  arrays = components(function)
  source = arrays if len(arrays) > 1 else arrays[0]
  return tf.data.Dataset.from_tensor_slices(source).map(function)


@pytest.mark.parametrize("name", CASES)
def test_constructs_give_what_numpy_gives(name):
  function = CASES[name]
  got = elements_without_python(mapped(function))
  for k, element in enumerate(got):
    wanted = leaves(function(*[np.copy(a[k]) if a.ndim > 1 else a[k]
                               for a in components(function)]))
    for a, b in zip(leaves(element), wanted, strict=True):
      assert a.shape == b.shape
      np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


# --- draws: each element gets another one, and no Python runs ---
RNG = np.random.default_rng(0)
LEGACY = np.random.RandomState(3)
PIPELINE = [lambda x: x + np.random.rand(), constructs.noisy]


def fresh_generator(x):
  return x + np.random.default_rng().random()


def seeded_generator(x):
  rng = np.random.default_rng(7)
  return x + rng.normal(size=x.shape)


def fresh_random_state(x):
  return x * np.random.RandomState(3).uniform(1, 2)


def generator_as_argument(x, rng=RNG):
  return constructs.flips(x, rng) + rng.random()


def pythons_random(x):
  return x * random.uniform(1, 2) + rnd.gauss(0, 1) + randint(0, 10**6)


def pythons_choice(x):
  return x + random.choice([1.0, 2.0, 3.0]) + random.random()


def pipeline_of_functions(x):
  for step in PIPELINE:
    x = step(x)
  return x


@constructs.randomly(1.0)
def decorated_by_a_draw(x):
  return x + uniform()


def draws_in_a_loop(x):
  for k in range(3):
    x[k] += np.random.rand()
  return x


def draws_in_a_comprehension(x):
  return np.stack([row + np.random.rand() for row in x])


def draws_in_a_generator(x):
  return np.stack(list(row + npr.rand() for row in x))


def draws_in_map(x):
  return np.stack(list(map(lambda row: row * npr.normal(1, 0.1), x)))


DRAWS = {f.__name__: f for f in (
    fresh_generator, seeded_generator, fresh_random_state,
    generator_as_argument, pythons_random, pythons_choice,
    pipeline_of_functions, decorated_by_a_draw, draws_in_a_loop,
    draws_in_a_comprehension, draws_in_a_generator, draws_in_map)} | {
    "global generator": lambda x: x + RNG.random(),
    "global RandomState": lambda x: x + LEGACY.rand(),
    "generator of a closure": (lambda r: lambda x: x + r.random())(
        np.random.default_rng(1)),
    "generator of a partial": partial(lambda x, r: x + r.random(), r=RNG),
    "generator of a partial by position": partial(lambda r, x: x + r.random(),
                                                  RNG),
    "generator of another module": lambda x: x + constructs.GENERATOR.random(),
    "RandomState of another module": lambda x: x + constructs.LEGACY.rand(),
    "generator in a dict": lambda x, d={"rng": RNG}: x + d["rng"].random(),
    "generator of an attribute": constructs.Jitter(),
    "method of an attribute": lambda x, j=constructs.Jitter(): j.inner(x),
    "objects in a list of an attribute": constructs.Compose(
        constructs.Jitter(), constructs.noisy, lambda x: x * 2),
    "function of another module": lambda x: constructs.noisy(x),
    "alias of numpy.random": lambda x: x + npr.rand(),
    "imported from numpy.random": lambda x: x + uniform() + default_rng(
        0).random(),
    "method taken from a generator": lambda x, draw=RNG.random: x + draw(),
    "wrapped by functools.cache": functools.wraps(constructs.noisy)(
        lambda x: constructs.noisy(x)),
}


@pytest.mark.parametrize("name", DRAWS)
def test_draws_vary_however_they_are_reached(name):
  images = np.full((8, 6, 6, 3), 0.5, np.float32)
  dataset = tf.data.Dataset.from_tensor_slices(images).map(DRAWS[name])
  batches = dataset.repeat(2).batch(5)
  rows = np.concatenate(elements_without_python(batches)).reshape(16, -1)
  assert len(np.unique(rows[:, 0])) == 16
  again = np.concatenate(elements_without_python(batches))
  assert not np.array_equal(rows, again.reshape(16, -1))


# --- what Python runs: right as well, and explain says what to write ---
class Counting:
  """Has a state that each call changes."""

  def __init__(self):
    self.calls = 0
    self.log = []

  def count(self, x):
    self.calls += 1
    return x + self.calls

  def note(self, x):
    self.log.append(x.shape)
    return x + len(self.log)


LOG, TOTALS, STEPS = [], {"n": 0}, [np.sqrt, lambda x: x + 1]


def appends(x):
  LOG.append(1)
  return x + len(LOG)


def adds_to_a_dictionary(x):
  TOTALS["n"] += 1
  return x + TOTALS["n"]


def changes_the_steps_that_it_runs(x):
  STEPS.append(lambda x: x + 1)
  for step in STEPS:
    x = step(x)
  return x


def counts_in_a_default(x, seen=[]):
  seen.append(0)
  return x + len(seen)


STATEFUL = {
    "attribute": (lambda: Counting().count, r"changes `calls`"),
    "list of an attribute": (lambda: Counting().note, r"changes `log`"),
    "global list": (lambda: appends, r"changes `LOG`"),
    "global dictionary": (lambda: adds_to_a_dictionary, r"changes `TOTALS`"),
    "mutable default": (lambda: counts_in_a_default, r"changes `defaults`"),
    "list of functions": (lambda: changes_the_steps_that_it_runs, "STEPS|list"),
}


@pytest.mark.parametrize("name", STATEFUL)
def test_functions_with_a_state_are_called_in_order(name):
  make, reason = STATEFUL[name]
  dataset = tf.data.Dataset.from_tensor_slices(IMAGES).map(make())
  assert re.search(reason, tf.explain(dataset)), tf.explain(dataset)
  got = np.stack(list(dataset.as_numpy_iterator()))
  shifts = (got - IMAGES)[:, 0, 0, 0] if "functions" not in name else (
      got - np.sqrt(IMAGES))[:, 0, 0, 0]
  np.testing.assert_allclose(np.diff(shifts), 1, rtol=1e-3)


def test_a_list_without_a_source_says_what_to_write():
  looks_up_a_list = eval(
      "lambda x, i: x * TABLE[int(i) % 3] + [1.0, 2.0, 3.0, 4.0, 5.0][i]",
      globals())
  dataset = mapped(looks_up_a_list)
  assert "np.array(items)[i]" in tf.explain(dataset)
  for x, i, got in zip(IMAGES, NUMBERS, dataset.as_numpy_iterator()):
    np.testing.assert_allclose(got, looks_up_a_list(x, i), rtol=1e-6)


def lambdas():
  by = 7.0
  both = lambda x, i: x * by if x.sum() > by else x, lambda x, i: x - i
  return [
      *both, lambda x, i: x + [1.0, 2.0, 3.0, 4.0, 5.0][i],
      lambda x, i=1: x if i > 1 and x.mean() > 0.5 else -x,
      lambda x, i: np.array([v if v > 0.5 else -v for v in x.ravel()]),
      lambda x, i: (lambda v: v if v.max() > 0.9 else v / 2)(x) + (
          i if i in {0, 2} else 0),
      (lambda x, i:
       x if i == 1
       else 2 * x)]


@pytest.mark.parametrize("at", range(7))
def test_lambdas_are_rewritten_as_functions_are(at):
  function = lambdas()[at]
  dataset = mapped(function)
  assert ": native" in tf.explain(dataset), tf.explain(dataset)
  for x, i, got in zip(IMAGES, NUMBERS, dataset.as_numpy_iterator()):
    np.testing.assert_allclose(got, function(x, i), rtol=1e-6)
