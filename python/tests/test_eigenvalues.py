"""The ops `eig` and `eigvals` against NumPy, and their derivatives against
differences: values that are apart, vectors up to their phases."""
import numpy as np
import pytest

import numest as nm
from numest.tensor import call

RNG = np.random.default_rng(3)
REAL = RNG.normal(size=(4, 4))
COMPLEX = REAL + 1j * RNG.normal(size=(4, 4))
WEIGHTS = RNG.normal(size=(4, 4))


def in_order(w):
  return w[np.lexsort((w.imag.round(3), w.real.round(3)))]


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64",
                                   "complex128"])
@pytest.mark.parametrize("name", ["eig", "eigvals"])
def test_values_are_numpys(name, dtype):
  a = (COMPLEX if "complex" in dtype else REAL).astype(dtype)

  def values(x):
    found = call(name, [x])
    return found[0] if name == "eig" else found
  got = nm.vmap(values)(np.stack([a, a.T @ a]))
  for found, matrix in zip(got, (a, a.T @ a)):
    assert found.dtype == np.result_type(dtype, np.complex64)
    np.testing.assert_allclose(
        in_order(found), in_order(np.linalg.eigvals(matrix)),
        rtol=1e-3 if dtype in ("float32", "complex64") else 1e-9)


def differences(function, x, step=1e-6):
  """Cotangents pair as Re(g dx): the imaginary part has the other sign."""
  result = np.zeros_like(x)
  units = (1, 1j) if np.iscomplexobj(x) else (1,)
  for k in np.ndindex(x.shape):
    for unit in units:
      moved = [x.copy(), x.copy()]
      moved[0][k] += step * unit
      moved[1][k] -= step * unit
      slope = (function(moved[0]) - function(moved[1])) / (2 * step)
      result[k] += slope if unit == 1 else -1j * slope
  return result


def sum_of_values(w):
  return (w.real ** 3 + w.imag ** 2 * w.real).sum()


def of_vectors(w, v):
  """Does not change if a vector is multiplied by a phase."""
  return (np.abs(WEIGHTS @ v) ** 2 * np.abs(w)).sum() + np.abs(v[0, 0])


NUMPYS = {"values": lambda a: sum_of_values(np.linalg.eigvals(a)),
          "vectors": lambda a: of_vectors(*np.linalg.eig(a))}
OURS = {"values": lambda a: sum_of_values(call("eigvals", [a])),
        "vectors": lambda a: of_vectors(*call("eig", [a]))}


@pytest.mark.parametrize("kind", NUMPYS)
@pytest.mark.parametrize("a", [REAL, COMPLEX, REAL @ REAL.T], ids=[
    "real", "complex", "symmetric"])
def test_derivatives(a, kind):
  got = nm.grad(OURS[kind])(a)
  assert got.dtype == a.dtype
  np.testing.assert_allclose(got, differences(NUMPYS[kind], a), rtol=1e-5,
                             atol=1e-6)


def test_derivatives_of_values_of_both_outputs_are_one():
  got = nm.grad(lambda a: sum_of_values(call("eig", [a])[0]))(REAL)
  np.testing.assert_allclose(got, nm.grad(OURS["values"])(REAL), rtol=1e-9)


def test_loss_that_depends_on_phases_is_refused():
  with pytest.raises(ValueError, match="depends on the phase"):
    nm.grad(lambda a: call("eig", [a])[1].real.sum())(COMPLEX)


@pytest.mark.parametrize("name", ["eig", "eigvals"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_matrices_that_are_not_finite_are_refused(name, value):
  a = REAL.copy()
  a[1, 2] = value
  def function(x):
    found = call(name, [x])
    return found[0] if name == "eig" else found
  with pytest.raises(ValueError, match="must not contain infs or NaNs"):
    nm.vmap(function)(a[None])
