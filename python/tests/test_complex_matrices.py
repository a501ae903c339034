"""numpy.linalg of complex matrices, traced: NumPy's values and dtypes."""
import numpy as np
import pytest

import numest as nm

R = np.random.default_rng(2)
COUNT = 3


def drawn(*shape):
  return R.normal(size=(COUNT, *shape)) + 1j * R.normal(size=(COUNT, *shape))


A, B, V = drawn(3, 3), drawn(4, 3), drawn(3)
H = A @ A.conj().swapaxes(-1, -2) + np.eye(3)  # Hermitian, definite
PRODUCTS = {
    "inv": lambda a, b, h, v: np.linalg.inv(a),
    "solve": lambda a, b, h, v: np.linalg.solve(a, b.T),
    "solve of a vector": lambda a, b, h, v: np.linalg.solve(a, v),
    "det": lambda a, b, h, v: np.linalg.det(a),
    "phase": lambda a, b, h, v: np.linalg.slogdet(a)[0],
    "logarithm": lambda a, b, h, v: np.linalg.slogdet(a)[1],
    "power": lambda a, b, h, v: np.linalg.matrix_power(a, -2),
    "cholesky": lambda a, b, h, v: np.linalg.cholesky(h),
    "eigenvalues": lambda a, b, h, v: np.linalg.eigvalsh(h),
    "singular values": lambda a, b, h, v: np.linalg.svd(
        b, compute_uv=False),
    "rank": lambda a, b, h, v: np.linalg.matrix_rank(b),
    "pinv": lambda a, b, h, v: np.linalg.pinv(b),
    "r of qr": lambda a, b, h, v: np.abs(np.linalg.qr(b)[1]),
    "q of qr": lambda a, b, h, v: np.linalg.qr(b, "complete")[0],
    "all of r": lambda a, b, h, v: np.linalg.qr(b, "complete")[1],
    "svd multiplied": lambda a, b, h, v: (
        lambda u, s, vh: (u * s) @ vh)(*np.linalg.svd(b, False)),
    "eigh multiplied": lambda a, b, h, v: (
        lambda w, x: (x * w) @ x.conj().T)(*np.linalg.eigh(h)),
    "round": lambda a, b, h, v: np.round(10 * a, 1),
}


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_traced_function_gives_numpys_values(name, dtype):
  function = PRODUCTS[name]
  arrays = [x.astype(dtype) for x in (A, B, H, V)]
  wanted = np.stack([function(*(x[i] for x in arrays)) for i in range(COUNT)])
  got = nm.vmap(function)(*arrays)
  assert got.dtype == wanted.dtype
  tolerance = 2e-4 if dtype == "complex64" else 1e-10
  np.testing.assert_allclose(got, wanted, tolerance, tolerance)


def test_a_mask_without_elements_selects_nothing():
  got = nm.vmap(lambda x: x[np.zeros(0, bool)])(np.ones((2, 3)))
  assert got.shape == (2, 0)
