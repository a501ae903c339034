"""numest.array_api: a call of each function of the standard, on data and
traced, against NumPy's namespace, which follows the same standard."""
import functools
import inspect

import numpy as np
import pytest

import numest as nm
from numest import array_api
from numest.array_api import signatures

pytestmark = pytest.mark.skipif(
    not hasattr(np, "isdtype"), reason="NumPy 1 does not follow the standard")
R = np.random.default_rng(3)
INPUTS = {
    "x": R.normal(size=(3, 4)), "y": R.normal(size=(3, 4)),
    "f": R.uniform(1.1, 2, (3, 4)), "o": R.uniform(-0.9, 0.9, (3, 4)),
    "i": R.integers(1, 7, (3, 4)), "j": R.integers(1, 7, (3, 4)),
    "b": R.random((3, 4)) < 0.5, "m": R.normal(size=(3, 3)) + 3 * np.eye(3),
    "v": R.normal(size=6), "s": np.sort(R.normal(size=6)),
    "z": R.normal(size=(3, 4)) + 1j * R.normal(size=(3, 4)),
    "h": R.normal(size=(3, 4)).astype(np.float32),
    "d": np.array([0.0, np.nan, 1, -0.0, 1, np.nan]),
    "e": np.zeros((0, 3)), "k": np.array([2, 0]),
}

CALLS = {name: f"xp.{name}(x)" for name in signatures.UNARY}
CALLS |= {name: f"xp.{name}(x, y)" for name in signatures.BINARY}
CALLS |= {name: f"xp.{name}(f - 1)" for name in
          "sqrt log log10 log2 log1p".split()}
CALLS |= {name: f"xp.{name}(o)" for name in "acos asin atanh".split()}
CALLS |= {name: f"xp.{name}(i, j)" for name in
          "bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift "
          "bitwise_xor".split()}
CALLS |= {name: f"xp.{name}(b, x > 0)" for name in
          "logical_and logical_or logical_xor".split()}
CALLS |= {
    "acosh": "xp.acosh(f)", "bitwise_invert": "xp.bitwise_invert(i)",
    "logical_not": "xp.logical_not(b)", "conj": "xp.conj(z)",
    "imag": "xp.imag(z)", "real": "xp.real(z)", "pow": "xp.pow(f, y)",
    "clip": "xp.clip(x, -0.5, 0.5) | xp.clip(h, max=0.0)",
    "arange": "xp.arange(5) | xp.arange(1, 7, step=2, dtype=xp.int32)",
    "asarray": "xp.asarray([1.0, 2]) | xp.asarray(x, dtype=xp.float32)",
    "empty": "xp.zeros_like(xp.empty((2, 3)))",
    "empty_like": "xp.zeros_like(xp.empty_like(h))",
    "eye": "xp.eye(2, 3, k=1)", "from_dlpack": "xp.asarray(x)",
    "full": "xp.full((2,), 3) | xp.full((2, 2), 1.5, dtype=xp.float32)",
    "full_like": "xp.full_like(h, 2) | xp.full_like(i, 2)",
    "linspace": "xp.linspace(0.0, 1.0, 5, endpoint=False)",
    "meshgrid": "xp.meshgrid(v, k)[1] | xp.meshgrid(v, k, indexing='ij')[0]",
    "ones": "xp.ones((2, 3))", "ones_like": "xp.ones_like(h)",
    "tril": "xp.tril(x, k=1)", "triu": "xp.triu(x)",
    "zeros": "xp.zeros((2,), dtype=xp.int64)",
    "zeros_like": "xp.zeros_like(x, dtype=xp.int8)",
    "astype": "xp.astype(x, xp.float32) | xp.astype(x, xp.int64)",
    "broadcast_arrays": "xp.broadcast_arrays(x, v[:4])[1]",
    "broadcast_to": "xp.broadcast_to(v, (2, 6))",
    "take": "xp.take(x, k, axis=1)",
    "take_along_axis": "xp.take_along_axis(x, xp.argsort(x), axis=-1)",
    "argmax": "xp.argmax(x) | xp.argmax(x, axis=1, keepdims=True)",
    "argmin": "xp.argmin(x, axis=0)",
    "count_nonzero": "xp.count_nonzero(b) | xp.count_nonzero(b, axis=1)",
    "nonzero": "xp.nonzero(b)[1]",
    "searchsorted": "xp.searchsorted(s, v, side='right')",
    "where": "xp.where(b, x, y)",
    "argsort": "xp.argsort(x) | xp.flip(xp.argsort(x), axis=-1)",
    "sort": "xp.sort(x, axis=0)",
    "unique_all": "xp.unique_all(i)[3]", "unique_counts":
    "xp.unique_counts(i)[1]", "unique_inverse": "xp.unique_inverse(i)[1]",
    "unique_values": "xp.unique_values(i)",
    "matmul": "xp.matmul(m, x)", "vecdot": "xp.vecdot(x, y) |"
    " xp.vecdot(z, z, axis=0)",
    "matrix_transpose": "xp.matrix_transpose(x)",
    "tensordot": "xp.tensordot(m, x, axes=1)",
    "concat": "xp.concat([x, y], axis=1) | xp.concat([x, y], axis=None)",
    "expand_dims": "xp.expand_dims(x, axis=1)",
    "flip": "xp.flip(x) | xp.flip(x, axis=1)",
    "moveaxis": "xp.moveaxis(x, 0, 1)",
    "permute_dims": "xp.permute_dims(x, (1, 0))",
    "repeat": "xp.repeat(x, 2) | xp.repeat(x, 3, axis=1)",
    "reshape": "xp.reshape(x, (4, -1)) | xp.reshape(e, (3, 0))",
    "roll": "xp.roll(x, 1) | xp.roll(x, (1, 2), axis=(0, 1))",
    "squeeze": "xp.squeeze(x[:1, :], 0)",
    "stack": "xp.stack([x, y], axis=1)", "tile": "xp.tile(v, (2, 2))",
    "unstack": "xp.unstack(x, axis=1)[2]",
    "cumulative_prod": "xp.cumulative_prod(v)", "cumulative_sum":
    "xp.cumulative_sum(x, axis=1, include_initial=True) |"
    " xp.cumulative_sum(xp.astype(v, xp.int8))",
    "diff": "xp.diff(x) | xp.diff(v, prepend=v[:1], n=2)",
}
CALLS |= {name: f"xp.{name}(x) | xp.{name}(h, axis=1) | xp.{name}(d)"
          for name in "max mean min prod std sum var".split()}
CALLS |= {name: f"xp.{name}(b) | xp.{name}(b, axis=0, keepdims=True)"
          for name in "all any".split()}
CALLS["std"] += "| xp.std(x, axis=0, correction=1.0)"
CALLS["sum"] += "| xp.sum(xp.astype(i, xp.int8)) | xp.sum(e)"
LINALG = {
    "cholesky": "xp.linalg.cholesky(m @ m.T, upper=True)",
    "cross": "xp.linalg.cross(m, m.T)", "det": "xp.linalg.det(m)",
    "diagonal": "xp.linalg.diagonal(x, offset=1)",
    "eigh": "xp.linalg.eigh(m + m.T)[0]",
    "eigvalsh": "xp.linalg.eigvalsh(m + m.T)", "inv": "xp.linalg.inv(m)",
    "matrix_norm": "xp.linalg.matrix_norm(x) |"
                   " xp.linalg.matrix_norm(x, ord=2, keepdims=True)",
    "matrix_power": "xp.linalg.matrix_power(m, 3)",
    "matrix_rank": "xp.linalg.matrix_rank(x)",
    "outer": "xp.linalg.outer(v, s)", "pinv": "xp.linalg.pinv(x)",
    "qr": "xp.linalg.qr(x)[1]", "slogdet": "xp.linalg.slogdet(m)[1]",
    "solve": "xp.linalg.solve(m, x) | xp.linalg.solve(m, v[:3])",
    "svd": "xp.linalg.svd(x, full_matrices=False)[1]",
    "svdvals": "xp.linalg.svdvals(x)", "trace": "xp.linalg.trace(m, offset=1)",
    "vector_norm": "xp.linalg.vector_norm(x) | xp.linalg.vector_norm(x, "
                   "axis=1, ord=1, keepdims=True)",
}
LINALG |= {name: CALLS[name].replace("xp.", "xp.linalg.") for name in (
    "matmul", "matrix_transpose", "tensordot", "vecdot")}
FFT = {name: f"xp.fft.{name}(x) | xp.fft.{name}(v, n=5, norm='ortho')"
       for name in "rfft ihfft".split()}
FFT |= {name: f"xp.fft.{name}(z) | xp.fft.{name}(z, n=6, axis=0)"
        for name in "fft ifft irfft hfft".split()}
FFT |= {name: f"xp.fft.{name}(z) | xp.fft.{name}(z, s=(2,), axes=(0,))"
        for name in "fftn ifftn irfftn".split()}
FFT |= {"rfftn": "xp.fft.rfftn(x)", "fftshift": "xp.fft.fftshift(x)",
        "ifftshift": "xp.fft.ifftshift(x, axes=1)",
        "fftfreq": "xp.fft.fftfreq(5, d=0.5)",
        "rfftfreq": "xp.fft.rfftfreq(6)"}
# Their results are no arrays.
NO_ARRAYS = {"can_cast", "finfo", "iinfo", "isdtype", "result_type"}
TABLES = ((signatures.MAIN, CALLS, ""), (signatures.LINALG, LINALG, "linalg."),
          (signatures.FFT, FFT, "fft."))
ALL = [c.strip() for _, table, _ in TABLES for text in table.values()
       for c in text.split("|")]
# Extents that depend on values, and what reads memory, need data.
ON_DATA_ONLY = ("unique", "nonzero(b)[")


def test_every_function_has_its_call_and_its_signature():
  for names, table, prefix in TABLES:
    assert set(names) - NO_ARRAYS == set(table)
    for name, parameters in names.items():
      function = functools.reduce(getattr, f"{prefix}{name}".split("."),
                                  array_api)
      expected = inspect.signature(eval(f"lambda {parameters}: None"))
      assert inspect.signature(function) == expected


def function_of(call):
  code = compile(call, call, "eval")
  names = [n for n in INPUTS if n in code.co_names]
  return eval(f"lambda xp, {', '.join(names)}: {call}"), names


def check(got, wanted):
  wanted = np.asarray(wanted)
  assert got.shape == wanted.shape
  assert got.dtype == wanted.dtype
  tolerance = 1e-5 if wanted.dtype == np.float32 else 1e-10
  np.testing.assert_allclose(np.asarray(got), wanted, tolerance, tolerance)


@pytest.mark.parametrize("call", ALL, ids=[c.replace(" ", "") for c in ALL])
def test_call_on_data_gives_numpys_values(call):
  function, names = function_of(call)
  arrays = [INPUTS[n] for n in names]
  got = function(array_api, *map(array_api.asarray, arrays))
  assert isinstance(got, nm.Tensor)
  with np.errstate(all="ignore"):
    check(got, function(np, *arrays))


TRACED = [c for c in ALL if not any(text in c for text in ON_DATA_ONLY) and
          function_of(c)[1]]


@pytest.mark.parametrize("call", TRACED,
                         ids=[c.replace(" ", "") for c in TRACED])
def test_traced_call_gives_numpys_values(call):
  function, names = function_of(call)
  arrays = [INPUTS[n] for n in names]
  got = nm.vmap(functools.partial(function, array_api))(
      *(np.stack([a, a]) for a in arrays))
  with np.errstate(all="ignore"):
    check(got[1], function(np, *arrays))


def test_tensors_know_their_namespace_and_device():
  x = array_api.asarray([1.0, 2.0])
  assert x.__array_namespace__() is array_api
  assert x.__array_namespace__(api_version="2024.12") is array_api
  assert x.device == "cpu" and x.to_device("cpu") is x
  with pytest.raises(ValueError, match="api_version='1999.1', expected one"):
    x.__array_namespace__(api_version="1999.1")
  with pytest.raises(ValueError, match="got 'gpu', expected 'cpu'"):
    array_api.zeros(3, device="gpu")


def test_dtypes_of_functions_about_dtypes():
  xp = array_api
  assert xp.result_type(xp.int32, xp.float32) == xp.float64
  assert xp.result_type(xp.asarray([1], dtype=xp.int8), 2) == xp.int8
  assert xp.result_type(xp.float32, 1j) == xp.complex64
  assert xp.can_cast(xp.int8, xp.int16) and not xp.can_cast(xp.int16, xp.int8)
  assert xp.isdtype(xp.float32, ("integral", "real floating"))
  assert not xp.isdtype(xp.bool, "numeric")
  assert xp.finfo(xp.float32).eps == np.finfo(np.float32).eps
  assert xp.iinfo(xp.int8).max == 127 and xp.iinfo(xp.int8).dtype == xp.int8
  with pytest.raises(ValueError, match="isdtype: got kind 'real'"):
    xp.isdtype(xp.int8, "real")


def test_info_names_devices_and_dtypes():
  info = array_api.__array_namespace_info__()
  assert info.devices() == ["cpu"] and info.default_device() == "cpu"
  assert info.dtypes(kind="complex floating") == {
      "complex64": array_api.complex64, "complex128": array_api.complex128}
  assert info.default_dtypes()["real floating"] == array_api.float64
  assert info.capabilities()["boolean indexing"]


def test_descending_order_keeps_equal_elements_in_place():
  x = array_api.asarray([2.0, 1, 2, 3])
  np.testing.assert_array_equal(array_api.argsort(x, descending=True),
                                [3, 0, 2, 1])
  np.testing.assert_array_equal(array_api.sort(x, descending=True),
                                [3, 2, 2, 1])


def test_index_of_a_float_is_refused():
  with pytest.raises(TypeError):
    [1, 2][array_api.asarray(1.0)]
  assert [1, 2][array_api.asarray(1)] == 2
  assert complex(array_api.asarray(1 + 2j)) == 1 + 2j
