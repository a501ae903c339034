"""Random programs over arrays of several dtypes, without axes and with, with
positions in arrays: sources for test_mixed_programs."""
import random

import numpy as np

NUM_ROWS, NUM_COLUMNS = 6, 4


class MixedProgram:
  """Source of a function f(x, i): x is (6, 4) float64, i an int64 in [0, 7).

  Each statement outside of branches also runs while the program is made: that
  tells the dtypes and shapes of what there is. Branches and loops write in
  place only, so these are the same on all paths.
  """

  def __init__(self, seed, row, number):
    self.random = random.Random(seed)
    self.scope = {"np": np, "x": row.copy(), "i": np.int64(number)}
    self.lines, self.depth = ["def f(x, i):"], 1
    for _ in range(self.random.randint(4, 10)):
      self.statement()
    names = sorted(self.arrays())
    results = ", ".join(self.random.sample(names, min(3, len(names))))
    self.lines.append(f"  return {results}, np.float64({self.number()})")
    self.source = "\n".join(self.lines) + "\n"

  # --- what there is ---
  def arrays(self, kinds="fib", **of):
    """Names of arrays of these kinds; `ndim=`, `like=` choose among them."""
    found = [n for n, v in self.scope.items() if isinstance(v, np.ndarray) and
             v.dtype.kind in kinds]
    if "ndim" in of:
      found = [n for n in found if self.scope[n].ndim == of["ndim"]]
    if "like" in of:
      shape = self.scope[of["like"]].shape
      found = [n for n in found if self.scope[n].shape == shape]
    return found

  def pick(self, *options):
    return self.random.choice(options)

  def any(self, kinds="fib", **of):
    return self.random.choice(self.arrays(kinds, **of) or ["x"])

  def kind(self, name):
    return self.scope[name].dtype.kind

  def add(self, line):
    """A statement; it runs now if it is no part of a branch."""
    self.lines.append("  " * self.depth + line)
    if self.depth == 1:
      with np.errstate(all="ignore"):
        exec(line, self.scope)

  def new_name(self):
    return f"a{len(self.lines)}"

  # --- parts of statements ---
  def integer(self):
    return self.pick("2", "-1", "i", "i % 3", "np.int32(2)", "len(x)",
                     "min(i, 3)", f"int({self.any('b')}.sum() % 5)",
                     f"np.argmax({self.any('fi')}.ravel())")

  def number(self):
    a = self.any("fi")
    return self.pick("0.5", "-1.5", "np.float32(0.25)", "x[0, 1]", "i * 0.25",
                     f"{a}.sum()", f"{a}.max()", f"np.array(0.5)",
                     f"{a}.ravel()[i % {max(1, self.scope[a].size)}]",
                     self.integer())

  def value_for(self, name):
    kind = self.kind(name)
    if kind == "b":
      return self.pick("True", "i > 3", f"{self.any('fi')}.sum() > 0")
    return self.integer() if kind == "i" else self.number()

  def condition(self):
    return self.pick("i > 3", "i % 2 == 0", f"{self.any('fi')}.max() > 1",
                     f"{self.any('b')}.any()", f"not {self.any('b')}.all()",
                     "x[0, 0] > 0 and i < 5")

  def rows(self, name):
    """Positions along the first axis of an array that has one."""
    n = len(self.scope[name])
    fixed = [self.random.randrange(-n, n) for _ in range(
        self.random.randint(1, 3))]
    return self.pick(f"{fixed}", f"np.array({fixed})",
                     f"np.array([i % {n}, {fixed[0]}])",
                     f"np.array([{fixed[0]}, -1 - i % {n}], np.int32)",
                     f"(np.arange({n}) + i) % {n}")

  # --- statements ---
  def statement(self):
    kinds = [self.store, self.store_rows, self.update, self.mask, self.copy]
    if self.depth == 1:
      kinds += [self.cast, self.compare, self.mix, self.take_rows, self.view,
                self.scalar, self.reduce]
    if self.depth < 3:
      kinds += [self.branch, self.branch, self.loop]
    self.random.choice(kinds)()

  def cast(self):
    dtype = self.pick("np.float32", "np.int64", "np.int32", "np.float64",
                      "np.uint8", "np.int8", "bool")
    source = self.any()
    if dtype in ("np.uint8", "np.int8"):  # what does not fit is undefined
      source = f"np.clip({source}, 0, 9)" if self.kind(source) != "b" else (
          source)
    self.add(f"{self.new_name()} = {source}.astype({dtype})")

  def compare(self):
    a = self.any("fi")
    self.add(f"{self.new_name()} = {a} {self.pick('>', '<=', '==', '!=')} "
             f"{self.number()}")

  def mix(self):
    a = self.any("fi")
    b = self.random.choice(self.arrays("fi", like=a))
    masks = self.arrays("b", like=a)
    options = [f"{a} + {b}", f"{a} - {b}", f"np.maximum({a}, {b})",
               f"{a} * {self.pick('2', '0.5', 'np.float32(0.5)', 'i % 3')}",
               f"np.clip({a}, -2, 2) * np.clip({b}, -1, 1)",
               f"np.where({a} > {b}, {a}, {self.number()})",
               f"np.concatenate([np.atleast_1d({a}), np.atleast_1d({b})])"]
    if masks:
      options.append(f"np.where({self.random.choice(masks)}, {a}, {b})")
    if self.kind(a) == self.kind(b) == "i":
      options += [f"{a} & {b}", f"{a} // 2 + {b} % 3", f"{a} ^ {b}"]
    self.add(f"{self.new_name()} = {self.random.choice(options)}")

  def take_rows(self):
    a = self.any()
    if self.scope[a].ndim == 0:
      return self.update()
    options = [f"{a}[{self.rows(a)}]", f"np.take({a}, {self.rows(a)}, axis=0)"]
    if self.scope[a].ndim == 2:
      n = self.scope[a].shape[1]
      options += [f"{a}[{self.rows(a)}][:, [{n - 1}, 0]]",
                  f"{a}[[0, 1], [i % {n}, 0]]", f"{a}[:, np.array([i % {n}])]",
                  f"{a}[np.argsort({a}[:, 0], kind='stable')]"]
    return self.add(f"{self.new_name()} = {self.random.choice(options)}")

  def view(self):
    a = self.any()
    options = [f"{a}[...]", f"{a}.T", f"{a}.ravel()[::2]"]
    if self.scope[a].ndim:
      options += [f"{a}[::-1]", f"{a}[1:]", f"{a}[-2:]"]
    if self.scope[a].ndim == 2:
      options += [f"{a}[:, 0]", f"{a}[1]", f"{a}.reshape(-1)[1:]"]
    self.add(f"{self.new_name()} = {self.random.choice(options)}")

  def scalar(self):
    self.add(f"{self.new_name()} = np.array({self.number()})")

  def reduce(self):
    a = self.any()
    axis = self.pick("None", "0") if self.scope[a].ndim else "None"
    function = self.pick("sum", "max", "argmin", "any") if (
        self.scope[a].size) else "sum"
    self.add(f"{self.new_name()} = np.asarray(np.{function}({a}, axis={axis}))")

  def store(self):
    a = self.any()
    keys = ["...", "()"] if self.scope[a].ndim == 0 else [
        "...", ":", "::2", "0", "-1", f"i % {max(1, len(self.scope[a]))}"]
    if not self.scope[a].size:
      keys = ["..."]
    self.add(f"{a}[{self.random.choice(keys)}] = {self.value_for(a)}")

  def store_rows(self):
    a = self.any()
    if self.scope[a].ndim == 0 or not self.scope[a].size:
      return self.store()
    operators = "=" if self.kind(a) == "b" else self.pick("=", "+=", "-=")
    return self.add(f"{a}[{self.rows(a)}] {operators} {self.value_for(a)}")

  def update(self):
    a = self.any()
    if self.kind(a) == "b":
      others = self.arrays("b", like=a)
      return self.add(f"{a} {self.pick('|=', '&=', '^=')} "
                      f"{self.random.choice(others)}")
    if self.random.random() < 0.2:
      same = [b for b in self.arrays(self.kind(a), like=a)
              if self.scope[b].dtype == self.scope[a].dtype]
      b = self.random.choice(same)
      return self.add(f"np.{self.pick('add', 'maximum')}({a}, {b}, out={a})")
    return self.add(f"{a} {self.pick('+=', '-=', '*=')} "
                    f"{self.pick('2', '-1', 'i % 3')}")

  def mask(self):
    a = self.any()
    masks = self.arrays("b", like=a)
    mask = self.random.choice(masks) if masks else f"{a} > {self.value_for(a)}"
    self.add(f"{a}[{mask}] = {self.value_for(a)}")

  def copy(self):
    a = self.any()
    same = [b for b in self.arrays(self.kind(a), like=a)
            if self.scope[b].dtype == self.scope[a].dtype]
    b = self.random.choice(same)
    self.add(self.pick(f"np.copyto({a}, {b})", f"{a}[...] = {b}",
                       f"{a}.fill({self.value_for(a)})"))

  def block(self):
    self.depth += 1
    for _ in range(self.random.randint(1, 3)):
      self.statement()
    self.depth -= 1

  def branch(self):
    self.compound([f"if {self.condition()}:"] +
                  (["else:"] if self.random.random() < 0.5 else []))

  def loop(self):
    self.compound([f"for k{len(self.lines)} in "
                   f"range({self.pick('2', '3', 'i % 3', 'i')}):"])

  def compound(self, heads):
    """Statements with blocks of their own; they run now as a whole."""
    first = len(self.lines)
    for head in heads:
      self.lines.append("  " * self.depth + head)
      self.block()
    if self.depth == 1:
      text = "\n".join(line[2:] for line in self.lines[first:])
      with np.errstate(all="ignore"):
        exec(text, self.scope)
