"""Random programs over assignments, views, masks, conditions and loops: what
the trace gives is what NumPy gives, bit by bit: element by element, in one
block for 1 and 8 threads, and after the program was bytes.

NUMEST_TRACE_PROGRAMS sets how many, NUMEST_TRACE_SEED the first.
"""
import contextlib
import linecache
import os
import random

import numpy as np
import pytest

import numest as tf
from numest import trace

COUNT = int(os.environ.get("NUMEST_TRACE_PROGRAMS", 150))
FIRST = int(os.environ.get("NUMEST_TRACE_SEED", 0))
BLOCKS = max(10, COUNT // 100)  # each ends before a test takes too long
# Small dyadic numbers: all arithmetic is exact, in any order.
ROWS = np.random.default_rng(5).integers(-8, 9, size=(7, 6, 4)) / 4.0
NUMBERS = np.arange(7)


class Program:
  """Source of a function f(x, i): x is (6, 4) float64, i an int in [0, 7)."""

  def __init__(self, seed):
    self.random = random.Random(seed)
    self.lines = ["def f(x, i):"]
    self.arrays = {"x": (6, 4)}  # name: shape
    self.numbers = ["i"]
    self.depth = 1
    for _ in range(self.random.randint(3, 9)):
      self.statement()
    self.write("return " + ", ".join(self.results()))
    self.source = "\n".join(self.lines) + "\n"

  def results(self):
    names = sorted(self.arrays)
    return [names[0], names[-1], f"np.float64({self.number()})"]

  def write(self, line):
    self.lines.append("  " * self.depth + line)

  def pick(self, *options):
    return self.random.choice(options)

  def array(self):
    return self.random.choice(sorted(self.arrays))

  def number(self):
    return self.pick("1.5", "-0.5", "2", "x[0, 1]", f"{self.array()}.sum()",
                     f"{self.array()}.max()", "float(i)", "i % 3",
                     "min(i, 3)", "int(i * 0.75)")

  def factor(self):
    return self.pick("0.5", "-1", "2", "i % 3", "min(i, 2)")

  def expression(self, name):
    return self.pick(
        f"{name} * {self.factor()}", f"{name} + {self.number()}",
        f"np.abs({name}) - 1", f"np.where({name} > 0, {name}, 0.5)",
        f"np.clip({name}, -1, 1)", f"np.sign({name}) + {name}",
        f"np.sort({name}, axis=0)", f"{name}[::-1].copy()",
        f"np.cumsum({name}, axis=-1)", f"np.maximum({name}, {self.number()})")

  def key(self, name):
    """(key, shape of name[key]) of a basic index."""
    shape = self.arrays[name]
    extent = shape[0]
    start = self.random.randrange(extent)
    options = [(f"[{start}]", shape[1:]), (f"[{start}:]",
                                           (extent - start, *shape[1:])),
               ("[::2]", ((extent + 1) // 2, *shape[1:])),
               ("[::-1]", shape), ("[:]", shape)]
    if len(shape) > 1:
      options += [("[:, 1]", (shape[0],) + shape[2:]),
                  ("[..., ::-1]", shape), (".T", shape[::-1])]
    return self.random.choice([o for o in options if o[1]] or options[-1:])

  def condition(self):
    a = self.array()
    return self.pick("i > 3", "i % 2 == 0", f"{a}.sum() > 0",
                     f"{a}.max() > 1 and i < 5", "not i > 2",
                     f"i == 1 or {a}.min() < -1", "1 < i < 5", "x[0, 0] > 0")

  def statement(self):
    kinds = [self.assign, self.assign, self.view, self.store, self.store,
             self.update, self.mask]
    if self.depth < 3:
      kinds += [self.branch, self.branch, self.branch, self.loop]
    self.random.choice(kinds)()

  def new_name(self):
    return f"a{len(self.arrays)}"

  def assign(self):
    source = self.array()
    if self.depth == 1:
      name = self.new_name()
    else:  # a branch assigns what exists already
      name = self.random.choice([n for n in sorted(self.arrays)
                                 if self.arrays[n] == self.arrays[source]])
    self.write(f"{name} = {self.expression(source)}")
    self.arrays[name] = self.arrays[source]

  def view(self):
    if self.depth > 1:
      return self.update()
    source = self.array()
    key, shape = self.key(source)
    if shape:
      name = self.new_name()
      self.write(f"{name} = {source}{key}")
      self.arrays[name] = shape
    return None

  def store(self):
    name = self.array()
    key, _ = self.key(name)
    if key == ".T":
      key = "[:]"
    value = self.pick(self.number(), self.number(), f"{name}{key} * 0.5")
    self.write(f"{name}{key} {self.pick('=', '=', '+=', '-=')} {value}")

  def update(self):
    self.write(self.pick(
        f"{self.array()} {self.pick('+=', '-=')} {self.number()}",
        f"{self.array()} *= {self.factor()}"))

  def mask(self):
    name = self.array()
    self.write(f"{name}[{name} > {self.pick('0.5', '1', 'i * 0.25')}] = "
               f"{self.number()}")

  def block(self):
    self.depth += 1
    for _ in range(self.random.randint(1, 3)):
      self.statement()
    self.depth -= 1

  def branch(self):
    self.write(f"if {self.condition()}:")
    self.block()
    if self.random.random() < 0.5:
      self.write("else:")
      self.block()

  def loop(self):
    self.write(f"for k in range({self.pick(2, 3)}):")
    self.depth += 1
    name = self.array()
    self.write(f"{name} += k + 1")
    self.statement()
    self.depth -= 1


class ValueProgram(Program):
  """One that also has masks that are read, loops that end by values, and
  slices whose extent depends on values."""

  def number(self):
    a, rows = self.array(), "i % 6"
    return self.pick(
        super().number(), super().number(), f"{a}[{a} > 0].sum()",
        f"len({a}[{a} > 0.5]) * 0.5", f"{a}[:i].sum()",
        f"{a}[{a}[{rows} % len({a})].sum() > 3].size",
        f"np.unique(np.sign({a})).sum()", f"np.flatnonzero({a} > 1).size",
        f"np.repeat({a}, i % 3).max(initial=-2)", f"np.arange(i).sum()")

  def expression(self, name):
    return self.pick(
        super().expression(name), super().expression(name),
        f"{name} + np.zeros(i % 4).sum()",
        f"np.where({name} > {name}[{name} < 1].sum(), {name}, 1)")

  def statement(self):
    if self.depth < 3 and self.random.random() < 0.3:
      return self.pick(self.while_loop, self.traced_for, self.traced_for)()
    if self.random.random() < 0.15:
      return self.write(f"{self.array()}[{self.pick(':i', 'i:', '1:i', 'i::2')}"
                        f"] {self.pick('=', '+=')} {self.number()}")
    return super().statement()

  def while_loop(self):
    count = f"n{len(self.lines)}"
    self.write(f"{count} = 0")
    self.write(f"while {count} < {self.pick('i', '3', 'i % 4')} and "
               f"({self.condition()}):")
    self.depth += 1
    self.write(f"{count} += 1")
    self.round(count)
    self.depth -= 1

  def traced_for(self):
    name = f"k{len(self.lines)}"
    bounds = self.pick("i", "i % 3", "1, i", "i, 7, 2", "i, 0, -1")
    self.write(f"for {name} in range({bounds}):")
    self.depth += 1
    self.round(name)
    self.depth -= 1

  def round(self, count):
    if self.random.random() < 0.3:
      self.write(f"if {self.condition()}:")
      self.write("  " + self.pick("break", "continue", "break"))
    rows = self.array()
    self.write(f"{rows}[{count} % len({rows})] {self.pick('=', '+=')} "
               f"{self.pick(count, '0.5', self.number())}")
    for _ in range(self.random.randint(0, 2)):
      self.statement()
    if self.random.random() < 0.1:
      self.write(f"if {self.condition()}:")
      self.write(f"  return {', '.join(self.results())}")

  def mask(self):
    name = self.array()
    self.write(f"{name}[{name} > {self.pick('0.5', 'i * 0.25')}] = "
               f"{self.number()}")

  def results(self):
    return ["x * 1", "x[::-1] * 1", "np.float64(x.sum())"]


class Dear:
  """Mixed into a program: values that are worth a branch of their own."""

  def dear(self, name):
    wide = f"({name}[..., None] * np.ones(96))"
    return self.pick(
        f"np.sort(np.tile({name}, 400), axis=-1)[..., ::400]",
        f"({wide} @ np.eye(96))[..., 5] + {self.number()}",
        f"np.cumsum(np.sort({wide}, axis=-1)[..., 3] @ "
        f"np.ones(({name}.shape[-1], 96)), axis=-1)[..., :{name}.shape[-1]]")

  def expression(self, name):
    return (self.dear if self.random.random() < 0.2 else super().expression)(
        name)

  def block(self):
    super().block()
    name = self.array()
    self.write(f"  {name}[:] = {self.dear(name)}")

  def results(self):
    return [*super().results(), "x * 2"]


class DearProgram(Dear, Program):
  pass


class DearValueProgram(Dear, ValueProgram):
  pass


def function_of(source, name):
  file = f"<program {name}>"
  linecache.cache[file] = (len(source), None, source.splitlines(True), file)
  scope = {"np": np}
  exec(compile(source, file, "exec"), scope)
  return scope["f"]


def wanted_of(function):
  with np.errstate(all="ignore"):
    return [function(ROWS[i].copy(), np.int64(i)) for i in NUMBERS]


def check(source, name):
  function = function_of(source, name)
  wanted = wanted_of(function)
  dataset = tf.data.Dataset.from_tensor_slices((ROWS, NUMBERS)).map(
      function, num_parallel_calls=8)
  assert ": native" in tf.explain(dataset), tf.explain(dataset)
  compare(dataset.as_numpy_iterator(), wanted)
  for threads in (1, 8):
    tf.set_num_threads(threads)
    [block] = dataset.batch(len(NUMBERS)).as_numpy_iterator()
    compare(zip(*block), wanted)
  compare(zip(*exported(function)), wanted)


def graph_of(function):
  graph, _ = trace.paths.traced(function, [("float64", ROWS.shape[1:]),
                                           ("int64", ())])
  return graph


def exported(function):
  """The columns of the results of a program that was bytes in between."""
  core, graph = tf._core, graph_of(function)
  loaded = core.deserialize(core.serialize(core.vmap_graph(graph)))
  return core.compile(loaded).run([ROWS, NUMBERS,
                                   NUMBERS.astype(np.uint64)])


def compare(found, wanted):
  for got, want in zip(found, wanted, strict=True):
    for a, b in zip(got, want, strict=True):
      assert a.dtype == np.asarray(b).dtype and a.shape == np.shape(b)
      np.testing.assert_array_equal(a, b)


@pytest.fixture(autouse=True)
def same_threads():
  before = tf.num_threads()
  yield
  tf.set_num_threads(before)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_programs_give_what_numpy_gives(block):
  for seed in range(FIRST + block, FIRST + COUNT, BLOCKS):
    source = Program(seed).source
    try:
      check(source, seed)
    except Exception as error:
      raise AssertionError(f"seed {seed}:\n{source}") from error


def check_values(source, name):
  """As `check`; True if it is native, as what cannot be still has to agree."""
  function = function_of(source, name)
  wanted = wanted_of(function)
  largest = max(np.abs(v).max(initial=0) for row in wanted for v in row)
  if not largest < 2**40:  # sums are not exact in any order
    return True
  dataset = tf.data.Dataset.from_tensor_slices((ROWS, NUMBERS)).map(function)
  compare_values(dataset.as_numpy_iterator(), wanted)
  for threads in (1, 8):
    tf.set_num_threads(threads)
    [block] = dataset.batch(len(NUMBERS)).as_numpy_iterator()
    compare_values(zip(*block), wanted)
  if ": native" not in tf.explain(dataset):
    return False
  with contextlib.suppress(NotImplementedError):  # it runs on each element
    compare_values(zip(*exported(function)), wanted)
  return True


def compare_values(found, wanted):
  """To the bit; products with 0.5 and 1.5 may have more digits than a sum
  holds, whose order then counts."""
  is_exact = all(np.array_equal(v * 2**12, np.round(v * 2**12))
                 for row in wanted for v in row)
  for got, want in zip(found, wanted, strict=True):
    for a, b in zip(got, want, strict=True):
      np.testing.assert_allclose(a, b, rtol=0 if is_exact else 1e-12)


@pytest.mark.parametrize("kind", [ValueProgram, DearValueProgram])
@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_programs_over_values_give_what_numpy_gives(block, kind):
  step = BLOCKS if kind is ValueProgram else 3 * BLOCKS
  seeds = range(FIRST + block, FIRST + COUNT, step)
  num_native = 0
  for seed in seeds:
    source = kind(seed).source
    try:
      num_native += check_values(source, f"{kind.__name__} {seed}")
    except Exception as error:
      raise AssertionError(f"seed {seed}:\n{source}") from error
  assert num_native >= 0.7 * len(seeds) - 2  # of few, a few may be unlucky


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_programs_of_dear_branches_give_what_numpy_gives(block):
  seeds = range(FIRST + block, FIRST + COUNT, 2 * BLOCKS)
  num_chosen = 0
  for seed in seeds:
    source = DearProgram(seed).source
    try:
      function = function_of(source, f"dear {seed}")
      wanted = wanted_of(function)
      largest = max(np.abs(v).max(initial=0) for row in wanted for v in row)
      if largest < 2**30:  # sums are exact in any order
        check(source, f"dear {seed}")
      num_chosen += "cond" in {op for op, _, _ in graph_of(function).nodes}
    except Exception as error:
      raise AssertionError(f"seed {seed}:\n{source}") from error
  assert num_chosen >= 0.3 * len(seeds) - 2  # of few, a few may be unlucky


# Programs that once gave something else.
FOUND = ["""\
def f(x, i):
  if i > 3:
    if x.max() > 1 and i < 5:
      x[:, 1] = x[:, 1] * 0.5
      x = np.cumsum(x, axis=-1)
  if x.max() > 1 and i < 5:
    if x.sum() > 0:
      x[1] = x[0, 1]
  else:
    x = np.cumsum(x, axis=-1)
  a1 = x.T
  a1[::-1] += a1[::-1] * 0.5
  return a1, x, np.float64(i % 3)
""", """\
def f(x, i):
  a1 = x[..., ::-1]
  a2 = x[1:]
  if not i > 2:
    a2 = np.cumsum(a2, axis=-1)
    x[::-1] = x[0, 1]
  else:
    if i % 2 == 0:
      a2 = np.sort(a2, axis=0)
  for k in range(3):
    a2 *= 2
  return a1, x, np.float64(i)
""", """\
def f(x, i):
  a2 = x.T
  if 1 < i < 5:
    for k in range(3):
      a2 = np.cumsum(a2, axis=-1)
  if not i > 2:
    a2[..., ::-1] = min(i, 3)
  return a2, x, np.float64(i)
"""]


@pytest.mark.parametrize("source", FOUND)
def test_programs_that_were_wrong_stay_right(source):
  check(source, hash(source))
