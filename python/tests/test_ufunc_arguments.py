"""Arguments and methods of all ufuncs, traced: NumPy's values and dtypes, or
an error in the trace, and then the call of Python gives NumPy's. Nothing is
silently ignored."""
import numpy as np
import pytest

import numest as nm
from numest import _core, ufuncs

COUNT = 2
R = np.random.default_rng(11)
# a and b: what the ufunc takes, by the kind of its numbers; k: a mask.
INPUTS = {
    "f": (R.uniform(0.1, 0.9, (COUNT, 3, 4)), R.uniform(0.1, 0.9, (COUNT, 4))),
    "i": (R.integers(1, 6, (COUNT, 3, 4)), R.integers(1, 6, (COUNT, 4))),
    "b": (R.random((COUNT, 3, 4)) < 0.5, R.random((COUNT, 4)) < 0.5),
}
MASK = R.random((COUNT, 3, 4)) < 0.5
SQUARES = R.uniform(0.1, 0.9, (COUNT, 3, 3)), R.uniform(0.1, 0.9, (COUNT, 3))

_NO_NUMBERS = {"isnat"}
_ABOVE_ONE = {"arccosh"}
_PRODUCTS = {"matmul", "vecdot", "matvec", "vecmat"}


def kind_of(ufunc):
  codes = {t.split("->")[0][0] for t in ufunc.types}
  return "f" if "d" in codes else "i" if "l" in codes else "b"


UFUNCS = sorted({f for f in vars(np).values() if isinstance(f, np.ufunc) and
                 f.__name__ not in _NO_NUMBERS | _PRODUCTS},
                key=lambda f: f.__name__)
UNARY = [f for f in UFUNCS if f.nin == 1 and f.nout == 1]
BINARY = [f for f in UFUNCS if f.nin == 2 and f.nout == 1]

# Of one element; r is made in the function, as NumPy's result is.
CALLS = {
    "out": "r = blank(result); f(*x, out=r); return r",
    "out as a tuple": "r = blank(result); f(*x, out=(r,)); return r",
    "out by position": "r = blank(result); f(*x, r); return r",
    "out given back": "r = blank(result); return f(*x, out=r) + r",
    "out of a view": "r = np.zeros((2, 3, 4), result); f(*x, out=r[1]); "
                     "return r",
    "out and where": "r = blank(result); f(*x, out=r, where=k); return r",
    "out of a wider shape": "r = np.zeros((2, 3, 4), result); f(*x, out=r); "
                            "return r",
    "out of another dtype": "r = np.zeros((3, 4), 'f4'); "
                            "f(*x, out=r, casting='unsafe'); return r",
    "order": "return f(*x, order='F')",
    "subok": "return f(*x, subok=False)",
    "casting": "return f(*x, casting='safe')",
    "dtype of the result": "return f(*x, dtype=result)",
    "dtype float32": "return f(*x, dtype='f4', casting='same_kind')",
    "dtype float32, safe": "return f(*x, dtype='f4', casting='safe')",
    "signature": "return f(*x, signature=signature)",
    "out of ints": "r = np.zeros((3, 4), int); f(*x, out=r); return r",
}
REDUCTIONS = {
    "reduce": "return f.reduce(x[0])",
    "reduce axis": "return f.reduce(x[0], axis=1)",
    "reduce last axis by position": "return f.reduce(x[0], -1)",
    "reduce all": "return f.reduce(x[0], axis=None)",
    "reduce axes": "return f.reduce(x[0], axis=(0, 1))",
    "reduce no axes": "return f.reduce(x[0], axis=())",
    "reduce keepdims": "return f.reduce(x[0], axis=1, keepdims=True)",
    "reduce initial": "return f.reduce(x[0], axis=1, initial=1)",
    "reduce where": "return f.reduce(x[0], axis=0, where=k)",
    "reduce initial and where":
        "return f.reduce(x[0], axis=0, initial=1, where=k)",
    "reduce dtype": "return f.reduce(x[0], dtype=result)",
    "reduce dtype float32": "return f.reduce(x[0], dtype='f4')",
    "reduce out": "r = np.zeros(4, result); f.reduce(x[0], out=r); return r",
    "reduce out by position":
        "r = np.zeros(3, result); f.reduce(x[0], 1, None, r); return r",
    "accumulate": "return f.accumulate(x[0])",
    "accumulate axis": "return f.accumulate(x[0], axis=1)",
    "accumulate dtype": "return f.accumulate(x[0], dtype='f4')",
    "accumulate out":
        "r = blank(result); f.accumulate(x[0], 0, None, r); return r",
    "reduceat": "return f.reduceat(x[0], [0, 2, 1])",
    "reduceat axis": "return f.reduceat(x[0], [0, 3], axis=1)",
    "reduceat dtype": "return f.reduceat(x[0], [0, 1], dtype='f4')",
    "reduceat out":
        "r = np.zeros((2, 4), result); f.reduceat(x[0], [0, 1], out=r); "
        "return r",
    "outer": "return f.outer(x[0], x[1])",
    "outer dtype": "return f.outer(x[0], x[1], dtype=result)",
    "outer out":
        "r = np.zeros((3, 4, 4), result); f.outer(x[0], x[1], out=r); "
        "return r",
    "at": "y = x[0].copy(); f.at(y, [0, 2, 0], x[1]); return y",
    "at axes": "y = x[0].copy(); f.at(y, ([0, 0], [1, 1]), x[1][:2]); "
               "return y",
}
PRODUCTS = {
    "out": "r = np.zeros(len(m)); np.matmul(m, v, out=r); return r",
    "axes": "return np.matmul(m, m, axes=[(1, 0), (1, 0), (1, 0)])",
    "dtype": "return np.matmul(m, m, dtype='f4', casting='same_kind')",
    "order": "return np.matmul(m, m, order='F')",
}
if hasattr(np, "vecdot"):
  PRODUCTS |= {
      "vecdot axis": "return np.vecdot(m, m, axis=0)",
      "vecdot keepdims": "return np.vecdot(m, m, keepdims=True)",
      "vecdot out": "r = np.zeros(3); np.vecdot(m, m, out=r); return r",
      "matvec": "return np.matvec(m, v)", "vecmat": "return np.vecmat(v, m)",
  }


def blank(dtype):
  return np.zeros((3, 4), dtype)


def function_of(f, text, arguments, dtype):
  """The function of one element."""
  scope = {"np": np, "f": f, "result": dtype, "signature": f and next(
      t for t in f.types if t[0] == {"f": "d", "i": "l", "b": "?"}[
          kind_of(f)])}
  lines = ["def blank(dtype):", "  return np.zeros((3, 4), dtype)",
           f"def call({arguments}):"]
  lines += [f"  {s.strip()}" for s in text.split(";")]
  exec("\n".join(lines), scope)
  return scope["call"]


# What is called in Python: ufuncs that are not associative, or rare.
IN_PYTHON = {"reduce", "accumulate", "reduceat"}
OPS = {row["name"] for row in _core.op_list()}
ALL_NATIVE = {"add", "multiply", "maximum", "minimum", "logical_and",
              "logical_or"}


def is_native(ufunc, name):
  """Whether the trace must have a form of it."""
  if name.split()[0] == "at":
    return ufuncs.RENAMED.get(ufunc.__name__, ufunc.__name__) in OPS
  return name.split()[0] not in IN_PYTHON or (
      ufunc.__name__ in ALL_NATIVE and "initial" not in name)


def check(function, arrays, is_native=False):
  """Traced, or else by the call of Python: NumPy's results and errors."""
  wanted, error = numpys(function, arrays)
  try:
    got = nm.vmap(function)(*(a.copy() for a in arrays))
  except Exception as problem:
    if error is not None:
      return
    assert not is_native, problem
    got = in_python(function, arrays, problem)
  assert error is None, f"NumPy: {error!r}, traced: {got}"
  assert got.dtype == wanted.dtype and got.shape == wanted.shape
  single = wanted.dtype in (np.float32, np.float16)
  np.testing.assert_allclose(got, wanted, rtol=1e-5 if single else 1e-12)


def check_on_data(function, arrays):
  """On tensors outside of a trace: NumPy's results and errors, by NEP 50."""
  with np.errstate(all="ignore"):
    try:
      wanted = function(*(a.copy() for a in arrays))
    except Exception as error:
      with pytest.raises(type(error)):
        function(*map(nm.constant, arrays))
      return
    got = np.asarray(function(*map(nm.constant, arrays)))
  assert got.dtype == wanted.dtype and got.shape == wanted.shape
  np.testing.assert_allclose(got, wanted, rtol=1e-5 if (
      wanted.dtype in (np.float32, np.float16)) else 1e-12)


def numpys(function, arrays):
  with np.errstate(all="ignore"):
    try:
      return np.stack([function(*(a[e].copy() for a in arrays))
                       for e in range(COUNT)]), None
    except Exception as error:
      return None, error


def in_python(function, arrays, problem):
  assert str(problem)
  dataset = nm.data.Dataset.from_tensor_slices(arrays).map(function)
  assert nm.explain(dataset).functions[0]["reason"]
  return np.stack(list(dataset.as_numpy_iterator()))


def operands(ufunc):
  a, b = INPUTS[kind_of(ufunc)]
  a = a + 1 if ufunc.__name__ in _ABOVE_ONE else a
  if ufunc.__name__ == "ldexp":
    b = INPUTS["i"][1]
  return (a, b)[:ufunc.nin]


def result_dtype(ufunc, arrays):
  with np.errstate(all="ignore"):
    return ufunc(*(a[0] for a in arrays)).dtype


def ids(cases):
  return [f"{f.__name__}-{n.replace(' ', '_')}" for f, n in cases]


CASES = [(f, name) for f in UNARY + BINARY for name in CALLS]


@pytest.mark.parametrize("ufunc, name", CASES, ids=ids(CASES))
def test_argument_of_a_call_is_numpys(ufunc, name):
  arrays = operands(ufunc)
  names = ("a", "b")[:ufunc.nin]
  text = f"x = ({', '.join(names)},); {CALLS[name]}"
  function = function_of(ufunc, text, ", ".join([*names, "k"]),
                         result_dtype(ufunc, arrays))
  check(function, (*arrays, MASK), is_native(ufunc, name))


@pytest.mark.parametrize("ufunc, name", CASES, ids=ids(CASES))
def test_argument_of_a_call_on_data_is_numpys(ufunc, name):
  arrays = operands(ufunc)
  names = ("a", "b")[:ufunc.nin]
  function = function_of(ufunc, f"x = ({', '.join(names)},); {CALLS[name]}",
                         ", ".join([*names, "k"]), result_dtype(ufunc, arrays))
  check_on_data(function, [x[0] for x in (*arrays, MASK)])


METHODS = [(f, name) for f in BINARY for name in REDUCTIONS]


@pytest.mark.parametrize("ufunc, name", METHODS, ids=ids(METHODS))
def test_method_is_numpys(ufunc, name):
  arrays = operands(ufunc)
  function = function_of(ufunc, f"x = (a, b); {REDUCTIONS[name]}", "a, b, k",
                         result_dtype(ufunc, arrays))
  check(function, (*arrays, MASK), is_native(ufunc, name))


@pytest.mark.parametrize("ufunc, name", METHODS, ids=ids(METHODS))
def test_method_on_data_is_numpys(ufunc, name):
  arrays = operands(ufunc)
  function = function_of(ufunc, f"x = (a, b); {REDUCTIONS[name]}", "a, b, k",
                         result_dtype(ufunc, arrays))
  check_on_data(function, [x[0] for x in (*arrays, MASK)])


@pytest.mark.parametrize("name", ["out", "at"])
def test_tensor_that_is_written_to_gets_an_array_of_its_own(name):
  array = np.zeros(3)
  t = nm.constant(array)
  other = t.copy()
  if name == "out":
    assert np.add(1, 2.0, out=t) is t
  else:
    np.add.at(t, [0, 1, 2, 2], [3, 3, 1, 2])
  np.testing.assert_array_equal(t, 3)
  np.testing.assert_array_equal(array, 0)
  np.testing.assert_array_equal(other, 0)


@pytest.mark.parametrize("name", PRODUCTS)
def test_argument_of_a_product_is_numpys(name):
  check(function_of(None, PRODUCTS[name], "m, v", None), SQUARES)
