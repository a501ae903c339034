"""Derivatives of numpy.linalg by complex matrices: central differences over
the real and the imaginary part of each element."""
import numpy as np
import pytest

import numest as nm

R = np.random.default_rng(5)
STEP = 1e-6


def drawn(*shape):
  return R.normal(size=shape) + 1j * R.normal(size=shape)


W, SHIFT = drawn(5, 5), 3 * np.eye(4)


def hermitian(z):
  return z @ z.conj().T + np.eye(z.shape[0])


def weighed(x):
  """A real number that depends on every part of every element."""
  rows, columns = x.shape[-2:]
  return np.sum((x * W[:rows, :columns]).real)


def modulus(x):
  return np.sum(np.abs(x) ** 2 * np.abs(W[:x.shape[-2], :x.shape[-1]]))


def of_svd(z):
  u, s, vh = np.linalg.svd(z, full_matrices=False)
  k = np.arange(1.0, s.shape[-1] + 1)
  return weighed((u * np.sin(s) * k) @ vh)


def of_eigh(z):
  w, v = np.linalg.eigh(hermitian(z))
  return weighed((v * np.log(w) * np.arange(1.0, w.shape[-1] + 1))
                 @ v.conj().T)


# name: (loss, shape of the matrix)
LOSSES = {
    "inv": (lambda z: weighed(np.linalg.inv(z)), (4, 4)),
    "solve by a": (lambda z: weighed(np.linalg.solve(z, W[:4, :2])), (4, 4)),
    "solve by b": (lambda z: weighed(np.linalg.solve(W[:4, :4], z)), (4, 2)),
    "det": (lambda z: (np.linalg.det(z) * W[0, 0]).real, (4, 4)),
    "modulus of det": (lambda z: np.abs(np.linalg.det(z)), (3, 3)),
    "phase of slogdet": (lambda z: (
        np.linalg.slogdet(z)[0] * W[0, 1]).real, (4, 4)),
    "logarithm of slogdet": (lambda z: np.linalg.slogdet(z)[1], (4, 4)),
    "both of slogdet": (lambda z: (
        lambda sign, log: (sign * W[0, 1]).real * log)(
            *np.linalg.slogdet(z)), (3, 3)),
    "cholesky": (lambda z: weighed(np.linalg.cholesky(hermitian(z))), (4, 4)),
    "eigenvalues": (lambda z: np.sum(np.linalg.eigvalsh(
        hermitian(z)) * np.arange(1.0, 5.0)), (4, 4)),
    "eigenvectors": (of_eigh, (4, 4)),
    "moduli of eigenvectors": (lambda z: modulus(
        np.linalg.eigh(hermitian(z))[1]), (4, 4)),
    "singular values": (lambda z: np.sum(np.linalg.svd(
        z, compute_uv=False) ** 3), (4, 3)),
    "nuclear norm": (lambda z: np.linalg.norm(z, "nuc"), (3, 4)),
    "svd": (of_svd, (3, 3)),
    "svd of a tall one": (of_svd, (5, 3)),
    "svd of a wide one": (of_svd, (3, 5)),
    "moduli of u": (lambda z: modulus(np.linalg.svd(z, False)[0]), (4, 3)),
    "moduli of v": (lambda z: modulus(np.linalg.svd(z, False)[2]), (3, 4)),
    "both vectors": (lambda z: (
        lambda u, s, vh: weighed(u @ vh))(*np.linalg.svd(z, False)), (3, 3)),
    "q of qr": (lambda z: weighed(np.linalg.qr(z)[0]), (4, 3)),
    "r of qr": (lambda z: weighed(np.linalg.qr(z)[1]), (4, 3)),
    "qr of a square": (lambda z: (
        lambda q, r: weighed(q) * weighed(r))(*np.linalg.qr(z)), (3, 3)),
    "pinv": (lambda z: weighed(np.linalg.pinv(z)), (4, 3)),
    "matrix_power": (lambda z: weighed(np.linalg.matrix_power(z, 3)), (3, 3)),
}


def by_parts(loss):
  """The loss as a function of real arrays."""
  return lambda x, y: loss(x + 1j * y)


def differences(function, x, y):
  """Central differences by x and by y."""
  found = []
  for at, moved in ((0, x), (1, y)):
    slopes = np.zeros(moved.shape)
    for i in np.ndindex(*moved.shape):
      values = []
      for step in (STEP, -STEP):
        parts = [x.copy(), y.copy()]
        parts[at][i] += step
        values.append(function(*parts))
      slopes[i] = (values[0] - values[1]) / (2 * STEP)
    found.append(slopes)
  return found


@pytest.mark.parametrize("name", LOSSES)
def test_derivative_is_that_of_differences(name):
  loss, shape = LOSSES[name]
  x, y = R.normal(size=(2, *shape))
  function = by_parts(loss)
  got = nm.grad(function, argnums=(0, 1))(x, y)
  for g, wanted in zip(got, differences(function, x, y)):
    np.testing.assert_allclose(g, wanted, 2e-5, 2e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("name", LOSSES)
def test_block_has_the_derivatives_of_its_elements(name):
  loss, shape = LOSSES[name]
  x, y = R.normal(size=(2, 3, *shape))
  slope = nm.grad(by_parts(loss), argnums=(0, 1))
  got = nm.vmap(slope)(x, y)
  for i in range(3):
    for g, wanted in zip(got, slope(x[i], y[i])):
      size = np.abs(wanted).max()
      np.testing.assert_allclose(g[i], wanted, 1e-8, 1e-8 * size)


@pytest.mark.parametrize("name", LOSSES)
def test_second_derivative_is_that_of_differences(name):
  loss, shape = LOSSES[name]
  x, y = R.normal(size=(2, *shape))
  u, v = R.normal(size=(2, *shape))
  first = nm.grad(by_parts(loss), argnums=(0, 1))

  def along(x, y):
    gx, gy = nm.grad(by_parts(loss), argnums=(0, 1))(x, y)
    return np.sum(gx * u) + np.sum(gy * v)

  def slope(x, y):
    gx, gy = first(x, y)
    return np.sum(gx * u) + np.sum(gy * v)
  got = nm.grad(along, argnums=(0, 1))(x, y)
  for g, wanted in zip(got, differences(slope, x, y)):
    np.testing.assert_allclose(g, wanted, 2e-4, 2e-4 * np.abs(wanted).max())


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("loss", [
    lambda z: weighed(np.linalg.svd(z, False)[0]),
    lambda z: weighed(np.linalg.svd(z, False)[2]),
    lambda z: (lambda u, s, vh: weighed(u) + weighed(vh))(
        *np.linalg.svd(z, False)),
    lambda z: weighed(np.linalg.eigh(hermitian(z))[1]),
])
def test_loss_that_depends_on_a_phase_is_refused(loss, dtype):
  x, y = R.normal(size=(2, 3, 3)).astype(np.dtype(dtype).type(0).real.dtype)
  with pytest.raises(ValueError, match="loss that depends on the phase of "
                     "vector 0, expected one that does not"):
    nm.grad(by_parts(loss), argnums=(0, 1))(x, y)


@pytest.mark.parametrize("name", LOSSES)
def test_short_numbers_have_the_same_derivative(name):
  loss, shape = LOSSES[name]
  x, y = R.normal(size=(2, *shape))
  slope = nm.grad(by_parts(loss), argnums=(0, 1))
  got = slope(x.astype(np.float32), y.astype(np.float32))
  for g, wanted in zip(got, slope(x, y)):
    np.testing.assert_allclose(g, wanted, 2e-2, 2e-2 * np.abs(wanted).max())
