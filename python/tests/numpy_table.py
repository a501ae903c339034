"""One row for each public function of NumPy: calls that are traced, compared
with NumPy and, in GRADIENT, differentiated; or why Python is called.

Calls are Python over the names of `inputs`; several are separated by "|", and
the last of statements separated by ";" is the result. Functions of numpy have
their plain names; methods stand in numpy_methods_table.py, draws in
numpy_draws_table.py. The page docs/reference/numpy.md is made of these tables.
"""
import numpy as np

import numpy_methods_table

COUNT = 3  # elements


def inputs():
  """What the calls name, each with a leading axis of COUNT elements."""
  r = np.random.default_rng(5)
  square = r.normal(size=(COUNT, 3, 3))
  values = {
      "x": r.normal(size=(COUNT, 3, 4)), "y": r.normal(size=(COUNT, 3, 4)),
      "f": r.uniform(0.5, 2, (COUNT, 3, 4)),  # positive
      "o": r.uniform(-0.9, 0.9, (COUNT, 3, 4)),  # inside of one
      "q": r.normal(size=(COUNT, 2, 3, 4)),
      "v": r.normal(size=(COUNT, 5)), "w": r.normal(size=(COUNT, 3)),
      "s": np.sort(r.normal(size=(COUNT, 6)), axis=-1),
      "c": r.uniform(0.5, 2, COUNT),  # a positive number
      "m": square + 3 * np.eye(3),
      "p": square @ square.swapaxes(-1, -2) + np.eye(3),  # definite
      "h": r.normal(size=(COUNT, 3, 4)).astype(np.float32),
      "i": r.integers(0, 5, (COUNT, 6)), "j": r.integers(1, 9, (COUNT, 3, 4)),
      "k": r.integers(1, 5, (COUNT, 3, 4)),
      "b": r.random((COUNT, 3, 4)) < 0.5,
      "z": r.normal(size=(COUNT, 3, 4)) + 1j * r.normal(size=(COUNT, 3, 4)),
      "n": r.normal(size=(COUNT, 3, 4)),
  }
  values["n"][:, 1, 2] = np.nan
  values["n"][:, :, 3] = np.nan
  return values


def calls(text):
  return [call.strip() for call in text.split("|")]


# --- native, with a derivative ---
_X = "absolute negative positive sin cos tanh sinh cosh arctan arcsinh exp " \
     "exp2 expm1 square cbrt sinc"
_F = "sqrt log log2 log10 log1p reciprocal"
_O = "arcsin arccos arctanh tan"
GRADIENT = {name: f"np.{name}(x)" for name in _X.split()}
GRADIENT |= {name: f"np.{name}(f)" for name in _F.split()}
GRADIENT |= {name: f"np.{name}(o)" for name in _O.split()}
GRADIENT |= {name: f"np.{name}(x, y) | np.{name}(x, y[0])" for name in
             "add subtract multiply maximum minimum fmax fmin hypot logaddexp "
             "logaddexp2 arctan2 copysign".split()}
GRADIENT |= {
    "arccosh": "np.arccosh(f + 1)", "divide": "np.divide(x, f) |"
    " np.divide(f, np.maximum(x, 0), out=np.zeros((3, 4)), where=x > 0)",
    "ufunc.__call__": "np.add(x, y, out=x); x |"
    " r = np.ones(4); np.add(r, 1, out=r); x * r |"
    " np.exp(x, where=y > 0, out=y); y",
    "fabs": "np.fabs(x)",
    "power": "np.power(f, y) | np.power(x, 2)",
    "float_power": "np.float_power(f, y)", "ldexp": "np.ldexp(x, 2)",
    "modf": "np.modf(x)[0]", "remainder": "np.remainder(x, f)",
    "fmod": "np.fmod(x, f)", "deg2rad": "np.deg2rad(x)",
    "rad2deg": "np.rad2deg(x)", "radians": "np.radians(x)",
    "degrees": "np.degrees(x)", "matmul": "np.matmul(m, x) | m @ w",
    # shapes
    "reshape": "np.reshape(x, (2, -1)) | np.reshape(x, 12)",
    "ravel": "np.ravel(x)", "squeeze": "np.squeeze(x[:, :1], 1)",
    "expand_dims": "np.expand_dims(x, (0, 2))",
    "transpose": "np.transpose(x) | np.transpose(q, (1, 2, 0))",
    "swapaxes": "np.swapaxes(q, 0, 2)", "moveaxis": "np.moveaxis(q, 0, -1)",
    "rollaxis": "np.rollaxis(q, 2)",
    "flip": "np.flip(x) | np.flip(x, 1)", "fliplr": "np.fliplr(x)",
    "flipud": "np.flipud(x)", "rot90": "np.rot90(x) | np.rot90(x, -2)",
    "broadcast_to": "np.broadcast_to(w, (2, 3))",
    "broadcast_arrays": "tuple(np.broadcast_arrays(x, w[:, None]))",
    "atleast_1d": "np.atleast_1d(c)", "atleast_2d": "np.atleast_2d(v)",
    "atleast_3d": "np.atleast_3d(x) | np.atleast_3d(v) | np.atleast_3d(c)",
    "matrix_transpose": "np.matrix_transpose(q)",
    "astype": "np.astype(x, np.float64)",
    # joining and splitting
    "concatenate": "np.concatenate([x, y]) | np.concatenate((x, y), axis=1) |"
                   " np.concatenate([x, y], axis=None)",
    "stack": "np.stack([x, y]) | np.stack([x, y], axis=-1)",
    "vstack": "np.vstack([x, y]) | np.vstack([w, w])",
    "row_stack": "np.row_stack([x, y])", "hstack": "np.hstack([x, y])",
    "dstack": "np.dstack([x, y])",
    "column_stack": "np.column_stack([w, w])",
    "block": "np.block([[m, x], [m, y]]) | np.block([w, w])",
    "append": "np.append(x, y) | np.append(x, y, axis=1)",
    "split": "tuple(np.split(x, 2, axis=1)) | tuple(np.split(v, [1, 3]))",
    "array_split": "tuple(np.array_split(v, 2))",
    "hsplit": "tuple(np.hsplit(x, 2))", "vsplit": "tuple(np.vsplit(x, 3))",
    "dsplit": "tuple(np.dsplit(q, 2))", "unstack": "np.unstack(x)",
    "meshgrid": "tuple(np.meshgrid(v, w)) |"
                " tuple(np.meshgrid(v, w, indexing='ij'))",
    "delete": "np.delete(x, 1) | np.delete(x, [0, 2], axis=1) |"
              " np.delete(x, slice(0, 2), axis=0) |"
              " np.delete(x, -1, axis=-1) | np.delete(x, slice(None, None, -2))"
              " | np.delete(v, []) | np.delete(v, np.array([True] + 4 *"
              " [False]))",
    "insert": "np.insert(v, 2, 7.0) | np.insert(x, 1, w, axis=1) |"
              " np.insert(v, [0, 3], [1.0, 2.0])",
    "pad": "np.pad(x, 1) | np.pad(x, ((1, 0), (0, 2)), mode='edge') |"
           " np.pad(v, 2, mode='reflect') | np.pad(v, 2, mode='wrap') |"
           " np.pad(x, 2, mode='symmetric') | np.pad(x, 2, mode='mean') |"
           " np.pad(x, ((1, 0), (0, 3)), mode='maximum') |"
           " np.pad(x, 1, mode='minimum') | np.pad(x, 2, mode='median') |"
           " np.pad(x, 2, mode='linear_ramp', end_values=(1, -2)) |"
           " np.pad(x, 1, constant_values=((1, 2), (3, 4)))",
    "tile": "np.tile(x, (2, 1)) | np.tile(v, 3)",
    "repeat": "np.repeat(x, 2) | np.repeat(x, 2, axis=1)",
    "roll": "np.roll(x, 2) | np.roll(x, 1, axis=1) |"
            " np.roll(x, (1, -1), (0, 1))",
    "resize": "np.resize(v, (2, 4))",
    # reductions
    "sum": "np.sum(x) | np.sum(x, axis=0) | np.sum(x, 1, keepdims=True) |"
           " np.sum(x, axis=0, where=y > 0, initial=2.0)",
    "prod": "np.prod(x, axis=1) | np.prod(x, where=y > 0)",
    "max": "np.max(x) | np.max(x, axis=1) |"
           " np.max(x, axis=1, where=y > 0, initial=-1.0)",
    "amax": "np.amax(x, axis=0)", "amin": "np.amin(x)",
    "min": "np.min(x) | np.min(x, axis=0)",
    "mean": "np.mean(x) | np.mean(x, axis=(0, 1), keepdims=True) |"
            " np.mean(x, where=x < 1)",
    "average": "np.average(x) | np.average(x, axis=0, weights=f * f)",
    "var": "np.var(x) | np.var(x, axis=1, ddof=1)", "std": "np.std(x, axis=0)",
    "ptp": "np.ptp(x, axis=1)", "median": "np.median(x, axis=0)",
    "quantile": "np.quantile(x, 0.3) | np.quantile(x, [0.2, 0.7], axis=1)",
    "percentile": "np.percentile(x, 30, axis=0) |"
                  " np.percentile(x, [25, 60], axis=1, method='nearest') |"
                  " np.percentile(x, 30, method='lower') |"
                  " np.percentile(v, 60, method='higher') |"
                  " np.percentile(x, 30, axis=0, method='midpoint')",
    "cumsum": "np.cumsum(x) | np.cumsum(x, axis=1)",
    "cumprod": "np.cumprod(x, axis=0)",
    "cumulative_sum": "np.cumulative_sum(x, axis=-1, include_initial=True) |"
    " np.cumulative_sum(h, axis=0, dtype=np.float64) | np.cumulative_sum(v)",
    "cumulative_prod": "np.cumulative_prod(v, include_initial=True)",
    "trace": "np.trace(m) | np.trace(x, offset=1)",
    "diff": "np.diff(x) | np.diff(x, n=2, axis=0) | np.diff(x, prepend=0) |"
            " np.diff(x, axis=0, append=y, prepend=1.0) |"
            " np.diff(x, prepend=x[:, :1], append=x[:, -1:]) |"
            " np.diff(h, append=2) | np.diff(x, axis=0, prepend=y[:1])",
    "ediff1d": "np.ediff1d(x) | np.ediff1d(v, w, x[0])",
    # elementwise
    "where": "np.where(x > 0, x, y) | np.where(b, x, 0.0)",
    "clip": "np.clip(x, -0.5, 0.5) | np.clip(x, None, y)",
    "select": "np.select([x > 1, x > 0], [x, 2 * x], default=-1.0)",
    "choose": "np.choose(j % 2, [x, y]) | np.choose(i, [c, 2], mode='wrap')",
    "piecewise": "np.piecewise(x, [x < 0, x >= 0], [lambda t: -t, np.sin])",
    "nan_to_num": "np.nan_to_num(x) | np.nan_to_num(x, copy=False); x",
    "copy": "np.copy(x)",
    "full_like": "np.full_like(x, c)",
    "linspace": "np.linspace(c, w, 4) | np.linspace(c, 3.0, 5, endpoint=False)"
                " | np.linspace(w, 2 * w, 3, axis=-1) |"
                " np.linspace(c, 3.0, 5, retstep=True)",
    "logspace": "np.logspace(c, 2.0, 4)",
    "geomspace": "np.geomspace(c, 8.0, 4)",
    "unwrap": "np.unwrap(3 * v) | np.unwrap(3 * x, 4, 0)",
    "interp": "np.interp(x, s, 2 * s) | np.interp(x, w, x[0, :3], period=1.5)",
    "vander": "np.vander(w) | np.vander(w, 2, increasing=True)",
    # order
    "sort": "np.sort(x) | np.sort(x, axis=0) | np.sort(x, axis=None)",
    "partition": "np.partition(v, 2)[2]",
    "take": "np.take(x, [0, 2], axis=1) | np.take(x, 5)",
    "take_along_axis": "np.take_along_axis(x, np.argsort(x, 1), 1)",
    "compress": "np.compress([True, False, True], x, axis=0)",
    "diagonal": "np.diagonal(x) | np.diagonal(x, offset=1)",
    "diag": "np.diag(m) | np.diag(w) | np.diag(w, 1)",
    "diagflat": "np.diagflat(w)", "triu": "np.triu(x)",
    "tril": "np.tril(x, -1)",
    # products
    "dot": "np.dot(m, w) | np.dot(m, x) | np.dot(w, w)",
    "inner": "np.inner(x, y) | np.inner(w, w)", "outer": "np.outer(v, w)",
    "vdot": "np.vdot(x, y)", "vecdot": "np.vecdot(x, y)",
    "kron": "np.kron(x, m)", "cross": "np.cross(m, w)",
    "einsum": "np.einsum('ij,kj->ik', x, y) | np.einsum('ii', m) |"
              " np.einsum('ij,jk,kl->il', m, m, x) |"
              " np.einsum('...ij,...j->...i', m, w) | np.einsum('ij->j', x) |"
              " np.einsum('i,j', v, w) | np.einsum('aij,aij->a', q, q)",
    "tensordot": "np.tensordot(m, x, 1) | np.tensordot(x, y, 2) |"
                 " np.tensordot(q, x, ([1, 2], [0, 1]))",
    "cov": "np.cov(x) | np.cov(x, None, False, ddof=0) | np.cov(v) |"
           " np.cov(z) | np.cov(x, fweights=j[0], aweights=np.exp(x[0]))",
    "corrcoef": "np.corrcoef(x)",
    "convolve": "np.convolve(v, w) | np.convolve(v, w, 'same') |"
                " np.convolve(w, v, 'valid') | np.convolve(s, v[:4], 'same')",
    "correlate": "np.correlate(v, w) | np.correlate(v, w, 'full') |"
                 " np.correlate(w, v, 'same') |"
                 " np.correlate(v[:4], s, 'same')",
    "gradient": "np.gradient(v) | tuple(np.gradient(x)) |"
                " np.gradient(x, 0.5, axis=1, edge_order=2) |"
                " tuple(np.gradient(x, s[:3], 2.0, edge_order=2)) |"
                " np.gradient(v, np.array([0, 1, 3, 4, 7]))",
    "trapezoid": "np.trapezoid(x) | np.trapezoid(x, dx=0.5, axis=0) |"
                 " np.trapezoid(s, s * 2)",
    "histogram2d": "np.histogram2d(v, v, 2, weights=w[0] * v)[0] |"
                   " np.histogram2d(v, 2 * v, [3, 4], [[-1, 1], [-2, 2]],"
                   " density=True, weights=v)[0]",
    "histogramdd": "np.histogramdd(x[:, :2], [np.array([-1, 0, 1.0]), 3],"
                   " weights=w)[0]",
    "polydiv": "np.polydiv(v, w)[0] | np.polydiv(v, w)[1].sum() |"
               " np.polydiv(w, v)[0]",
    "trapz": "np.trapz(x)", "polyval": "np.polyval(w, x)",
    # without nan
    "nansum": "np.nansum(x)", "nanmean": "np.nanmean(x, axis=0)",
    "nanmax": "np.nanmax(x, axis=0)", "nanmin": "np.nanmin(x)",
    "nanprod": "np.nanprod(x, axis=1)", "nanvar": "np.nanvar(x, axis=0)",
    "nanstd": "np.nanstd(x)", "nanmedian": "np.nanmedian(x, axis=1)",
    "nanquantile": "np.nanquantile(x, 0.3)",
    "nanpercentile": "np.nanpercentile(x, 30, axis=0)",
    "nancumsum": "np.nancumsum(x)", "nancumprod": "np.nancumprod(x, axis=1)",
    # writes
    "copyto": "np.copyto(x, y, where=y > 0); x",
    "putmask": "np.putmask(x, y > 0, 5 * y); x",
    "place": "np.place(x, y > 0, v); x",
    "put": "np.put(x, [1, 7], w[:2]); x | np.put(x, [-1, 70], w, 'clip'); x",
    "put_along_axis":
        "np.put_along_axis(x, np.array([[0], [2], [1]]), y[:, :1], 1); x",
    "fill_diagonal": "np.fill_diagonal(m, w); m |"
                     " r = np.zeros((3, 3)); np.fill_diagonal(r, 2); r @ m",
    # functions of functions
    "apply_along_axis":
        "np.apply_along_axis(lambda r: r - r.mean(), 1, x) |"
        " np.apply_along_axis(np.sum, 0, x)",
    "apply_over_axes": "np.apply_over_axes(np.sum, q, [0, 2])",
    "vectorize": "np.vectorize(lambda a: a * a if a > 0 else 3 * a)(x) |"
                 " np.vectorize(lambda a, b, n=1: a * b ** n)(x, w[:, None],"
                 " n=2) | np.vectorize(lambda a: a * a)(h) |"
                 " np.vectorize(lambda a, n: a ** n, excluded={1})(x, 3) |"
                 " np.vectorize(lambda a: (a, a > 1))(j) |"
                 " np.vectorize(lambda a: a + 1, otypes=[np.int8])(j) |"
                 " np.vectorize(lambda a, b: a @ b,"
                 " signature='(i),(i)->()')(q, x[0]) |"
                 " np.vectorize(lambda m, v: (v * m.sum(0), m.max()),"
                 " signature='(i,j), (j) -> (j),()')(q, x[:1]) |"
                 " np.vectorize(lambda a: a + a, signature='()->()',"
                 " otypes='f')(h)",
    # made in the trace
    "asfortranarray": "np.asfortranarray(x)",
    "require": "np.require(x, requirements='C')",
    "fromiter": "np.fromiter(v, float) |"
                " np.fromiter((a * 2 for a in v), float, 3) |"
                " np.fromiter([1, 2], int) * c",
}
GRADIENT |= {f"linalg.{name}": call for name, call in {
    "inv": "np.linalg.inv(m)", "det": "np.linalg.det(m)",
    "slogdet": "np.linalg.slogdet(m)[1]",
    "solve": "np.linalg.solve(m, x) | np.linalg.solve(m, w)",
    "cholesky": "np.linalg.cholesky(m @ m.T)",
    "qr": "np.linalg.qr(m)[1] | np.linalg.qr(m, 'complete')[0] |"
          " np.linalg.qr(x.T)[0]",
    "svd": "np.linalg.svd(x)[1] |"
           " np.linalg.svd(x, full_matrices=False)[0] ** 2",
    "svdvals": "np.linalg.svdvals(x)",
    "eigh": "np.linalg.eigh(m + m.T)[0] | np.linalg.eigh(m + m.T)[1] ** 2",
    "eigvalsh": "np.linalg.eigvalsh(m + m.T)",
    "pinv": "np.linalg.pinv(x)", "matrix_power":
    "np.linalg.matrix_power(m, 3) | np.linalg.matrix_power(m, -2)",
    "multi_dot": "np.linalg.multi_dot([m, x, x.T, w])",
    "norm": "np.linalg.norm(x) | np.linalg.norm(x, axis=1) |"
            " np.linalg.norm(x, 1, axis=0) | np.linalg.norm(v, np.inf) |"
            " np.linalg.norm(v, 3) | np.linalg.norm(x, 2) |"
            " np.linalg.norm(x, 'nuc') | np.linalg.norm(x, -1) |"
            " np.linalg.norm(x, 'fro', axis=(0, 1), keepdims=True)",
    "matrix_norm": "np.linalg.matrix_norm(x) |"
                   " np.linalg.matrix_norm(x, ord=2)",
    "vector_norm": "np.linalg.vector_norm(x) |"
                   " np.linalg.vector_norm(x, axis=1, ord=3)",
    "cond": "np.linalg.cond(m) | np.linalg.cond(m, 1)",
    "lstsq": "np.linalg.lstsq(x.T, v[:4], rcond=None)[0]",
    "trace": "np.linalg.trace(m)", "outer": "np.linalg.outer(v, w)",
    "cross": "np.linalg.cross(m, w)", "matmul": "np.linalg.matmul(m, x)",
    "tensordot": "np.linalg.tensordot(m, x, axes=1)",
    "vecdot": "np.linalg.vecdot(x, y)",
    "diagonal": "np.linalg.diagonal(q)",
    "matrix_transpose": "np.linalg.matrix_transpose(q)",
}.items()}

# --- native; positions, predicates, integers, or numbers known in the trace ---
NATIVE = {name: f"np.{name}(x)" for name in
          "floor ceil trunc rint sign isfinite signbit fix isneginf isposinf "
          "isreal iscomplex isrealobj iscomplexobj shape ndim size zeros_like "
          "ones_like round around spacing".split() if name != "spacing"}
NATIVE |= {name: f"np.{name}(x, y) | np.{name}(j, k)" for name in
           "equal not_equal less less_equal greater greater_equal "
           "floor_divide".split()}
NATIVE |= {name: f"np.{name}(b, x > 0)" for name in
           "logical_and logical_or logical_xor".split()}
NATIVE |= {name: f"np.{name}(j, k)" for name in
           "bitwise_and bitwise_or bitwise_xor left_shift right_shift gcd "
           "lcm".split()}
NATIVE |= {name: f"np.{name}(4) * x[0]" for name in
           "bartlett blackman hamming hanning arange ones zeros".split()}
NATIVE |= {
    "isnan": "np.isnan(n)", "isinf": "np.isinf(x / 0)",
    "logical_not": "np.logical_not(b)", "invert": "np.invert(j) | ~b",
    "heaviside": "np.heaviside(x, 0.5)", "nextafter": "np.nextafter(x, y)",
    "conjugate": "np.conjugate(z)", "real": "np.real(z) | np.real(x)",
    "imag": "np.imag(z) | np.imag(x)", "angle": "np.angle(z)",
    "divmod": "np.divmod(x, f) | np.divmod(j, k)",
    "all": "np.all(b) | np.all(b, axis=0) | np.all(b, where=x > 0)",
    "any": "np.any(b, axis=1) | np.any(b, axis=0, where=x > 0)",
    "argmax": "np.argmax(x) | np.argmax(x, axis=1)",
    "argmin": "np.argmin(x, axis=0)",
    "nanargmax": "np.nanargmax(n) | np.nanargmax(n[:, :3], axis=1)",
    "nanargmin": "np.nanargmin(n)",
    "count_nonzero": "np.count_nonzero(b) | np.count_nonzero(b, axis=0)",
    "argsort": "np.argsort(x) | np.argsort(x, axis=0)",
    "argpartition": "np.sort(np.argpartition(v, 2)[:2])",
    "lexsort": "np.lexsort((v, i[:5])) | np.lexsort((i, s))",
    "searchsorted": "np.searchsorted(s, v) |"
                    " np.searchsorted(s, x, side='right') |"
                    " np.searchsorted(v, w, sorter=np.argsort(v))",
    "digitize": "np.digitize(x, [-1.0, 0.0, 1.0]) |"
                " np.digitize(i, [3, 1]) | np.digitize(i, [3, 1], right=True)",
    "histogram": "np.histogram(x, 4) | np.histogram(x, 3, (-1, 1)) |"
                 " np.histogram(h, 5, (-1.0, 1.0), density=True) |"
                 " np.histogram(v, [-1.0, 0.0, 2.0], weights=v)",
    "histogram_bin_edges": "np.histogram_bin_edges(x, 4) |"
                           " np.histogram_bin_edges(h, 3, (0, 1))",
    "isin": "np.isin(j, k) | np.isin(j, [1, 2], invert=True)",
    "in1d": "np.in1d(j, [1, 2])",
    "isclose": "np.isclose(x, x + 1e-9)", "allclose": "np.allclose(x, y)",
    "array_equal": "np.array_equal(x, y) | np.array_equal(x, x) |"
                   " np.array_equal(x, v)",
    "array_equiv": "np.array_equiv(x, x[0])",
    "unravel_index": "np.unravel_index(i, (2, 3))",
    "ravel_multi_index": "np.ravel_multi_index((i % 2, i % 3), (2, 3)) |"
    " np.ravel_multi_index(np.stack([i, -i]), (2, 3), mode='wrap')",
    "linalg.matrix_rank": "np.linalg.matrix_rank(x)",
    # arrays made while tracing
    "array": "np.array([c, 2 * c]) | np.array(x)",
    "asarray": "np.asarray(x)", "asanyarray": "np.asanyarray(x)",
    "ascontiguousarray": "np.ascontiguousarray(x)",
    "asarray_chkfinite": "np.asarray_chkfinite(x)",
    "empty": "y = np.empty((3, 4)); y[...] = x; y",
    "empty_like": "y = np.empty_like(x); y[...] = 1; y",
    "full": "np.full((2, 2), c) | np.full(3, 4.0) * w", "eye": "np.eye(3) * w",
    "identity": "np.identity(3) + m", "tri": "np.tri(3) * m",
    "indices": "np.indices((3, 4))[0] * x", "kaiser": "np.kaiser(4, 2.0) * x",
    "fromfunction": "np.fromfunction(lambda a, b: a + b, (3, 4)) + x",
    "diag_indices": "m[np.diag_indices(3)]",
    "tril_indices": "m[np.tril_indices(3)]",
    "triu_indices": "m[np.triu_indices(3)]",
    "ix_": "x[np.ix_([0, 2], [1, 3])]",
    "mask_indices": "m[np.mask_indices(3, np.triu)]",
    # questions about dtypes and shapes, answered while tracing
    "issubdtype": "x if np.issubdtype(x.dtype.name, np.floating) else y",
    "can_cast": "x if np.can_cast(np.int8, np.int16) else y",
    "promote_types": "x.astype(np.promote_types(np.int8, np.float32))",
    "isdtype": "x if np.isdtype(np.dtype('int8'), 'integral') else y",
    "broadcast_shapes": "x + np.zeros(np.broadcast_shapes((3, 1), (4,)))",
    "isscalar": "x if np.isscalar(3) else y",
    "iterable": "x if np.iterable([3]) else y",
    "mintypecode": "x.astype(np.mintypecode('f'))",
    "base_repr": "x * len(np.base_repr(5))",
    "binary_repr": "x * len(np.binary_repr(5))",
    "typename": "x * len(np.typename('d'))",
    "geterr": "x * len(np.geterr())",
    "fft.fftfreq": "np.fft.fftfreq(4) * x",
    "fft.rfftfreq": "np.fft.rfftfreq(6) * x",
}

GRADIENT |= {
    "i0": "np.i0(v) | np.i0(4 * v)",
    "polyfit": "np.polyfit(np.arange(6), s, 1) |"
               " np.polyfit(v, x[0, :1] * v, 2) |"
               " np.polyfit(v, v * v, 1, w=v) |"
    " np.polyfit(np.arange(3), x, 1, w=w)",
    "matvec": "np.matvec(m, w)", "vecmat": "np.vecmat(w, m)",
    "poly": "np.poly(w)",
    "linalg.tensorinv": "np.linalg.tensorinv(m, 1)",
    "linalg.tensorsolve": "np.linalg.tensorsolve(m, w)",
    "polyadd": "np.polyadd(v, w)", "polysub": "np.polysub(w, v)",
    "polymul": "np.polymul(v, w)", "polyder": "np.polyder(v, 2)",
    "polyint": "np.polyint(v) | np.polyint(v, 2, 1.0) |"
    " np.polyint(v, 2, [1.0, 3.0])",
    "fft.fft": "np.fft.fft(v) | np.fft.fft(x, 6, 0) | np.fft.fft(h, 3) |"
               " np.fft.fft(z, norm='ortho') | np.abs(np.fft.fft(v)) ** 2",
    "fft.ifft": "np.fft.ifft(v + 1j * v[::-1]) |"
                " np.fft.ifft(z + x, 7, axis=0) |"
                " np.fft.ifft(x, norm='forward')",
    "fft.rfft": "np.fft.rfft(v) | np.fft.rfft(x, 3) | np.fft.rfft(h, 6, 0) |"
                " np.fft.rfft(x[:, ::-2], norm='ortho') | np.fft.rfft(v, 1)",
    "fft.irfft": "np.fft.irfft(v) | np.fft.irfft(v + 1j * v[::-1], 7) |"
                 " np.fft.irfft(z, 4, 0) |"
                 " np.fft.irfft(x, 12, norm='forward')",
    "fft.hfft": "np.fft.hfft(v + 1j * v[::-1]) | np.fft.hfft(x, 5)",
    "fft.ihfft": "np.fft.ihfft(v) | np.fft.ihfft(x, 5, 0, 'ortho')",
    "fft.fft2": "np.fft.fft2(x) | np.fft.fft2(q, (2, 6), (0, 2))",
    "fft.ifft2": "np.fft.ifft2(x) | np.fft.ifft2(z, norm='ortho')",
    "fft.rfft2": "np.fft.rfft2(x) | np.fft.rfft2(x, (4, 3))",
    "fft.irfft2": "np.fft.irfft2(x) | np.fft.irfft2(z - x, (3, 5))",
    "fft.fftn": "np.fft.fftn(q) | np.fft.fftn(q, axes=(0, 2)) |"
                " np.fft.fftn(x, (2, 5), (-2, -1))",
    "fft.ifftn": "np.fft.ifftn(q, norm='forward')",
    "fft.rfftn": "np.fft.rfftn(q) | np.fft.rfftn(q, (3, 3), (2, 1))",
    "fft.irfftn": "np.fft.irfftn(q) | np.fft.irfftn(x, (4, 6), (-2, -1))",
    "fft.fftshift": "np.fft.fftshift(v) | np.fft.fftshift(x, 1)",
    "fft.ifftshift": "np.fft.ifftshift(v)",
    "lib.stride_tricks.sliding_window_view":
        "np.lib.stride_tricks.sliding_window_view(x, (2, 3)) | "
        "np.lib.stride_tricks.sliding_window_view(v, 3) | "
        "np.lib.stride_tricks.sliding_window_view(x, 2, -1)",
}
NATIVE |= {
    "frexp": "np.frexp(x) | np.frexp(h * 1e30) | np.frexp(n) |"
             " np.frexp(2.0 ** (10 * i - 30)) | np.frexp(0 * x)",
    "bitwise_count": "np.bitwise_count(j) | np.bitwise_count(-37 * j) |"
                     " np.bitwise_count(j.astype(np.uint8))",
    "packbits": "np.packbits(b) | np.packbits(b, axis=1) |"
                " np.packbits(j, axis=0, bitorder='little')",
    "unpackbits": "np.unpackbits(j.astype(np.uint8)) |"
                  " np.unpackbits(j.astype(np.uint8), axis=1, count=-3) |"
                  " np.unpackbits(j.astype(np.uint8), 0, 30, 'little')",
    "sort_complex": "np.sort_complex(v) | np.sort_complex(z) |"
                    " np.sort_complex(j.astype(np.int8))",
    "spacing": "np.spacing(x) | np.spacing(h)",
    "result_type": "x.astype(np.result_type(h, np.float32))",
    "common_type": "j.astype(np.common_type(h, h))",
    "min_scalar_type": "j.astype(np.min_scalar_type(h))",
    "einsum_path": "x * len(np.einsum_path('ij,kj->ik', x, y)[0]) |"
                   " x * len(np.einsum_path('ij,kj,kl->il', x, y, x,"
                   " optimize=False)[0])",
    "tril_indices_from": "m[np.tril_indices_from(m)]",
    "triu_indices_from": "x[np.triu_indices_from(x, 1)]",
    "diag_indices_from": "m[np.diag_indices_from(m)]",
}

NATIVE |= {"alltrue": "np.alltrue(b, axis=0)",
           "sometrue": "np.sometrue(b, axis=0)"}
GRADIENT |= {"product": "np.product(x, axis=0)", "msort": "np.msort(x)",
             "cumproduct": "np.cumproduct(v)"}
NATIVE["round_"] = "np.round_(x, 1)"

# Extents that depend on values; more of them in test_data_shapes.py.
NATIVE |= {
    "nonzero": "np.nonzero(b)[0].sum() | x[np.nonzero(b)].sum()",
    "argwhere": "np.argwhere(b).sum(axis=0)",
    "flatnonzero": "np.flatnonzero(b).sum()",
    "extract": "np.extract(b, x).sum()", "unique": "np.unique(j).sum() |"
    " np.unique(j, return_inverse=True)[1].ravel() |"
    " np.unique(j, return_counts=True)[1].max()",
    "unique_all": "np.unique_all(j)[1].sum()",
    "unique_counts": "np.unique_counts(j).counts.sum()",
    "unique_inverse": "np.unique_inverse(j).inverse_indices",
    "unique_values": "np.unique_values(j).sum()",
    "union1d": "np.union1d(j, k).sum()",
    "intersect1d": "np.intersect1d(j, k).sum()",
    "setdiff1d": "np.setdiff1d(j, k).sum() | np.setdiff1d(j, [1, 2]).sum()",
    "setxor1d": "np.setxor1d(j, k).sum()",
    "trim_zeros": "np.trim_zeros(np.where(v > 0, v, 0)).sum() |"
    " np.trim_zeros(j[0], 'b').sum()",
    "bincount": "np.bincount(i, minlength=5).sum() | np.bincount(i).max() |"
                " np.bincount(i[:5], weights=v).max()",
    "ndarray.nonzero": "b.nonzero()[1].sum()",
}
GRADIENT["repeat"] += " | np.repeat(v, i[:5]).sum() | np.repeat(x, i[0]).sum()"
GRADIENT["delete"] += " | np.delete(x, b[:, 0], axis=0).sum()"
GRADIENT["insert"] += " | np.insert(x, i[:2] % 3, w[:2], axis=1)"
GRADIENT["compress"] += " | np.compress(b[:, 0], x, axis=0).sum(axis=0)"
NATIVE["arange"] += " | np.arange(i[0]).sum()"
NATIVE["zeros"] += " | np.zeros(i[0]).sum()"
NATIVE["ones"] += " | np.ones((i[0], 2)).sum()"
NATIVE["full"] += " | np.full(i[0], c).sum()"
NATIVE["eye"] += " | np.eye(i[0]).sum()"

# What is known while tracing, and NumPy's state, which is set then.
NATIVE |= {
    "get_include": "x * len(np.get_include())",
    "get_printoptions": "x * np.get_printoptions()['precision']",
    "getbufsize": "x * np.getbufsize()",
    "geterrcall": "x * (np.geterrcall() is None)",
    "set_printoptions": "np.set_printoptions(precision=8); x * 2",
    "seterr": "np.seterr(all='warn'); x * 2",
    "seterrcall": "np.seterrcall(None); x * 2",
    "setbufsize": "np.setbufsize(8192); x * 2",
    "printoptions": "t = np.printoptions(precision=3); x * 2",
    "isnat": "x * (not np.isnat(np.datetime64('2020-01-01')))",
    "busday_count": "x * np.busday_count('2020-01', '2020-02')",
    "is_busday": "x * np.is_busday('2020-01-03')",
    "datetime_as_string":
        "x * len(np.datetime_as_string(np.datetime64('2020-01-03')))",
    "datetime_data": "x * np.datetime_data(np.dtype('M8[7D]'))[1]",
    "loadtxt": "x * np.loadtxt(['1', '2'])[1]",
    "genfromtxt": "x * np.genfromtxt(['1', '2'])[1]",
    "fromstring": "x * np.fromstring('1 2', sep=' ')[1]",
    "frombuffer": "x * np.frombuffer(b'ab', np.uint8)[0]",
    "busday_offset": "x * (np.busday_offset('2020-01-04', 0, 'forward') =="
                     " np.datetime64('2020-01-06'))",
}

GRADIENT |= numpy_methods_table.GRADIENT
NATIVE |= numpy_methods_table.NATIVE
