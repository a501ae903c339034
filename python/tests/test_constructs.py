"""Constructs of Python around NumPy: each becomes a program, no Python runs
while the data flows, and the values are those of the function itself."""
import collections
import dataclasses
import functools
import math
import random
import random as rnd
from random import random as random_of_python
from random import uniform as uniform_of_python

import numpy
import numpy as np
import numpy.random as nr
import pytest
import settings_of_user
from numpy import clip
from numpy import random as npr
from numpy import sqrt
from numpy.random import RandomState, default_rng, rand, randint
from settings_of_user import scaled

import numest as tf

X = np.random.default_rng(0).random((6, 8, 3)).astype(np.float32)
GENERATOR, STATE = default_rng(0), RandomState(0)
Point = collections.namedtuple("Point", "a b")


@dataclasses.dataclass
class Pair:
  first: object
  second: object


@dataclasses.dataclass
class Config:
  scale: float = 2.0
  size: int = 2


CONFIG = Config()


def wrapped(function):
  @functools.wraps(function)
  def call(*args, **kwargs):
    return function(*args, **kwargs)
  return call


class Augmenter:
  def __init__(self):
    self.k = 2.0
    self.rng = RandomState(3)
    self.ops = [self.flipped, self.doubled]

  @staticmethod
  def plus_one(x):
    return x + 1

  @classmethod
  def plus_two(cls, x):
    return x + 2

  @property
  def half(self):
    return self.k / 2

  def flipped(self, x):
    return x[::-1]

  def doubled(self, x):
    return x * 2

  def __call__(self, x):
    return self.doubled(x) * self.half + self.plus_one(x) + self.plus_two(x)

  def chained(self, x):
    for op in self.ops:
      x = op(x)
    return x

  def noisy(self, x):
    return x * self.rng.rand()


class Derived(Augmenter):
  def doubled(self, x):
    return super().doubled(x) + 1


def closing_over(k):
  def inner(x):
    return x * k
  return inner


TABLE = {"flip": lambda x: x[::-1], "negative": lambda x: -x}
PAIR = [lambda x: x + 1, lambda x: x * 2]
FIRST, SECOND = lambda x: x + 1, lambda x: x * 3


@wrapped
def decorated(x):
  return x * 2


def with_keywords(x, *, k=2, **others):
  return x * k + others.get("b", 0)


def with_star(*arrays):
  return arrays[0] * len(arrays)


def generated(x):
  for row in x:
    yield row * 2


def of_dataclass(x):
  pair = Pair(x * 2, x + 1)
  return pair.first, pair.second


def recursive(x, n=3):
  return x if n == 0 else recursive(x * 2, n - 1)


def inner_recursion(x):
  def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)
  return x * factorial(4)


def with_try(x):
  try:
    return x * 2
  except ValueError:
    return x


def with_errstate(x):
  with np.errstate(all="ignore"):
    return np.log(x - 0.5)


def with_walrus(x):
  if (mean := x.mean()) > 0.4:
    return x - mean
  return x


def with_match(x):
  match x.ndim:
    case 2:
      return x * 2
    case _:
      return x


def fills_a_dictionary(x):
  found = {}
  found["a"] = x
  found["b"] = x * 2
  return found


def asserts(x):
  assert x.ndim == 2 and x.shape[1] == 3, "bad"
  if x.shape[0] < 2:
    raise ValueError("small")
  return x


def formats_a_name(x):
  return {f"channels_{x.shape[-1]}": x}


def appends(x):
  out = []
  for i in range(x.shape[0]):
    out.append(x[i].sum())
  return np.array(out)


def zips(x):
  return np.stack([a * b + i for i, (a, b) in enumerate(zip(x, x[::-1]))])


def unpacks(x):
  height, width = x.shape
  first, *rest = x
  return first * height + len(rest) + width


def reads_globals(x):
  return globals()["CONFIG"].scale * x


NATIVE = {
    "a module of the user": lambda x: settings_of_user.scaled(x),
    "a function imported by name": lambda x: scaled(x),
    "from numpy import": lambda x: sqrt(clip(x, 0, 0.5)),
    "import numpy": lambda x: numpy.exp(x),
    "math": lambda x: x * math.sqrt(math.pi) * math.floor(x.mean() * 10),
    "a callable object": Augmenter(),
    "a method": Augmenter().doubled,
    "methods in a list": Augmenter().chained,
    "a derived object": Derived(),
    "a method with super": Derived().doubled,
    "a static method": Augmenter.plus_one,
    "a class method": Augmenter.plus_two,
    "methods of a class": lambda x: Augmenter.plus_one(
        Augmenter.plus_two(x)),
    "an object made inside": lambda x: Augmenter()(x),
    "a closure": closing_over(3),
    "functions in a dictionary": lambda x: TABLE["flip"](
        TABLE["negative"](x)),
    "the first of two lambdas on a line": PAIR[0],
    "the second of two lambdas on a line": PAIR[1],
    "a lambda of a tuple": SECOND,
    "a decorated function": decorated,
    "partial": functools.partial(with_keywords, k=3, b=1),
    "default arguments": with_keywords,
    "star arguments": with_star,
    "a ufunc": np.sqrt,
    "a generator in a list": lambda x: np.stack(list(generated(x))),
    "a generator in sum": lambda x: sum(generated(x)),
    "a dataclass inside": of_dataclass,
    "a dataclass captured": lambda x: x[:CONFIG.size] * CONFIG.scale,
    "a dataclass out": lambda x: Pair(x * 2, x + 1),
    "a namedtuple out": lambda x: Point(x * 2, x + 1),
    "nested structure out": lambda x: {"a": (x, {"b": x[0]})},
    "a number out": lambda x: 3,
    "recursion to a known depth": recursive,
    "recursion inside": inner_recursion,
    "try": with_try, "with": with_errstate, ":=": with_walrus,
    "match": with_match, "assert": asserts,
    "a dictionary filled": fills_a_dictionary,
    "a dictionary comprehension": lambda x: {
        f"k{i}": x[i] for i in range(3)},
    "a formatted key": formats_a_name, "append": appends, "zip": zips,
    "unpacking": unpacks, "globals()": reads_globals,
    "map": lambda x: np.array(list(map(lambda row: row.sum(), x))),
    "a filtered comprehension": lambda x: np.stack(
        [row for i, row in enumerate(x) if i % 2 == 0]),
    "reduce": lambda x: functools.reduce(lambda a, b: a + b, list(x)),
    "functions composed": lambda x: functools.reduce(
        lambda v, f: f(v), PAIR, x),
    "sorted": lambda x: np.stack([x[i] for i in sorted([2, 1, 0])]),
    "any": lambda x: any([x.ndim == 2, False]) * x,
    "?:": lambda x: x if x.mean() > 0.5 else -x,
    "a chain of comparisons": lambda x: x * (0 < x.mean() < 0.5),
    "isinstance": lambda x: x * 2 if isinstance(x, np.ndarray) else x,
    "a dtype compared": lambda x: x * 2 if x.dtype == np.float32 else x,
    "max": lambda x: max(x.mean(), 0.2) * x,
    "abs": lambda x: abs(x - 0.5), "len": lambda x: x * len(x),
    "round": lambda x: round(float(x.mean()), 1) * x,
    "item": lambda x: x * x[0, 0].item(),
}

DRAWS = {
    "np.random": lambda x: x * np.random.rand(),
    "from numpy import random": lambda x: x * npr.rand(),
    "import numpy.random as": lambda x: x * nr.uniform(),
    "numpy.random": lambda x: x * numpy.random.rand(),
    "from numpy.random import": lambda x: x[randint(0, 3)] * rand(),
    "from random import random": lambda x: x * random_of_python(),
    "from random import uniform": lambda x: x * uniform_of_python(1, 2),
    "import random": lambda x: x * random.gauss(0, 1),
    "random.choice": lambda x: x * rnd.choice([1.0, 2.0]) * rnd.random(),
    "random.sample": lambda x: x * sum(rnd.sample([1.0, 2.0, 4.0, 9.0], 2)) *
                     rnd.random(),
    "random.Random": lambda x: x * rnd.Random(1).random(),
    "a captured Generator": lambda x: x * GENERATOR.random(),
    "a captured RandomState": lambda x: x * STATE.rand(),
    "default_rng inside": lambda x: x * default_rng(3).normal(),
    "a generator of self": Augmenter().noisy,
}


def leaves(value):
  if dataclasses.is_dataclass(value):
    value = vars(value)
  if isinstance(value, dict):
    value = tuple(value.values())
  if isinstance(value, (tuple, list)):
    return [leaf for v in value for leaf in leaves(v)]
  return [np.asarray(value)]


def run(function):
  """The elements, made without a call of Python."""
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function, strict=True)
  before = tf.counters()["python_calls"]
  found = list(dataset.as_numpy_iterator())
  assert tf.counters()["python_calls"] == before
  return found


@pytest.mark.parametrize("name", NATIVE)
def test_it_becomes_a_program_of_equal_values(name):
  function = NATIVE[name]
  for x, element in zip(X, run(function), strict=True):
    for got, wanted in zip(leaves(element), leaves(function(x)), strict=True):
      assert got.shape == wanted.shape
      np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", DRAWS)
def test_draws_become_ops_that_vary_by_element(name):
  rows = np.stack([np.ravel(v)[:3] for v in run(DRAWS[name])])
  factors = (rows / rows[:, :1]).round(3)
  assert len(np.unique(rows[:, 0])) == len(X)
  assert np.isfinite(factors).all()


@pytest.mark.parametrize("name", DRAWS)
def test_draws_in_python_vary_by_element_too(name):
  function = DRAWS[name]

  def in_python(x):
    x.tolist()
    return function(x)
  rows = [np.ravel(v)[0] for v in tf.data.Dataset.from_tensor_slices(X).map(
      in_python).as_numpy_iterator()]
  assert len(set(rows)) == len(X)


def test_a_dataclass_is_a_dictionary_and_a_namedtuple_a_tuple():
  slices = tf.data.Dataset.from_tensor_slices(X)
  for make in (lambda x: Pair(x, x[0]),
               lambda x: Pair(np.float32(x.tolist()), x[0])):
    spec = slices.map(make).element_spec
    assert list(spec) == ["first", "second"]
    assert tuple(spec["second"].shape) == (3,)
  assert type(slices.map(lambda x: Point(x, x)).element_spec) is tuple
