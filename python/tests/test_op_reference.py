"""Every op whose table entry names a NumPy reference gives NumPy's values, for
the samples of the table: all dtypes, shapes and attributes it accepts."""
import numpy as np
import pytest

from numest import _core

OPS = {row["name"]: row for row in _core.op_list() if row["reference"]}
SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 1e-30, 2.5])
TOLERANCE = {"float16": 5e-3, "float32": 2e-5, "complex64": 2e-5}


def names_of(row, kinds):
  return [name for name, kind, _ in row["params"] if kind in kinds]


def is_variadic(row):
  return any(kind == 1 for _, kind, _ in row["params"])


def reference(row, inputs, attrs):
  """NumPy's result: of a function called by name, or of an expression."""
  text = row["reference"]
  arrays = names_of(row, (0,))
  given = dict(zip(arrays, inputs))
  if text.startswith("np.") and "(" not in text:
    function = eval(text)  # the table's own text
    attrs = {k: v for k, v in attrs.items() if v is not None}
    if is_variadic(row):
      return function(inputs, **attrs)
    return function(*inputs, **attrs)
  return eval(text, {"np": np, **given, **attrs})


def call(name, inputs, attrs):
  attrs = {k: v for k, v in attrs.items() if v is not None}
  out = _core.call(name, [_core.constant(a) for a in inputs], attrs)
  return [t._numpy() for t in (out if isinstance(out, tuple) else (out,))]


def check(row, inputs, attrs):
  try:
    with np.errstate(all="ignore"):
      wanted = reference(row, inputs, attrs)
  except (TypeError, ValueError) as error:
    if "not supported" in str(error) or "does not support" in str(error) or (
        "did not contain a loop" in str(error)):
      return False  # NumPy has the function for fewer dtypes
    raise
  got = call(row["name"], inputs, attrs)
  wanted = wanted if isinstance(wanted, tuple) else (wanted,)
  assert len(got) == len(wanted)
  for a, b in zip(got, wanted):
    b = np.asarray(b)
    assert a.shape == b.shape
    if row["reference"].startswith("np.") and "(" not in row["reference"]:
      assert a.dtype == b.dtype, f"{a.dtype} but NumPy gives {b.dtype}"
    tolerance = TOLERANCE.get(a.dtype.name, 1e-10)
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
  return True


@pytest.mark.parametrize("name", sorted(OPS))
def test_op_gives_numpys_values(name):
  samples = _core.op_samples(name)
  assert samples
  checked = [check(OPS[name], *sample) for sample in samples]
  assert any(checked)


def is_unary_float(name):
  row = OPS[name]
  if row["reference"].startswith("np.linalg."):
    return False  # of matrices, not of elements
  return len(row["params"]) == 1 and any(
      inputs[0].dtype == np.float64 for inputs, _ in _core.op_samples(name))


@pytest.mark.parametrize("name", [n for n in sorted(OPS) if is_unary_float(n)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_special_values_are_numpys(name, dtype):
  x = SPECIAL.astype(dtype)
  if name == "unique" or name == "nonzero":
    x = x[1:]  # nan has no order
  check(OPS[name], [x], {})


@pytest.mark.parametrize("name", [n for n in sorted(OPS) if is_unary_float(n)])
def test_strides_change_no_value(name):
  inputs = next(i for i, _ in _core.op_samples(name)
                if i[0].dtype == np.float64 and i[0].ndim >= 1)
  x = np.repeat(inputs[0], 2, axis=0)[::-2]
  check(OPS[name], [x], {})
