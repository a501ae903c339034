"""Distributions that are made of uniform and normal draws.

The number of draws of an op is fixed, so a rejection takes the first accepted
of TRIES candidates; that none is has a probability below 1e-15.
"""
import numpy as np

from numest import _core
from numest import trace_state as state
from numest.tensor import Tensor, call
from numest.trace.keyed import (extent_of, normal_01, number, open_01,
                                shape_of, uniform_01)

TRIES = 12  # one candidate of Marsaglia and Tsang is refused in 5 % at most


def gamma_1(shape_parameter, shape):
  """Gamma draws of scale 1, by Marsaglia and Tsang (2000)."""
  k = call("broadcast_to", [call("astype", [shape_parameter],
                                 dtype="float64")], shape=shape)
  is_small = k < 1.0  # the draw of k + 1, times a power of a uniform one
  d = call("where", [is_small, k + 1.0, k]) - 1.0 / 3.0
  x = normal_01((TRIES, *shape))
  v = (1.0 + x / np.sqrt(9.0 * d)) ** 3
  positive = call("where", [v > 0, v, 1.0])
  bound = 0.5 * x * x + d - d * v + d * np.log(positive)
  accepted = (v > 0) & (np.log(open_01((TRIES, *shape))) < bound)
  first = call("argmax", [accepted.astype("int32")], axis=0, keepdims=True)
  chosen = call("take_along_axis", [positive, first], axis=0)[0]
  boost = call("where", [is_small, open_01(shape) ** (1.0 / k), 1.0])
  return d * chosen * boost


def _known(name, *values):
  """The arguments as NumPy's, which a table is made of."""
  if any(isinstance(v, Tensor) and v.is_symbolic for v in values):
    raise state.Untraceable(f"np.random.{name} needs parameters that are "
                            "known while tracing")
  return [v._numpy() if isinstance(v, Tensor) else np.asarray(v)
          for v in values]


class Distributions:
  """Methods of np.random, RandomState and Generator."""

  # --- of gamma draws ---
  def standard_gamma(self, shape, size=None):
    return number(gamma_1(shape, extent_of(size, shape)), size)

  def gamma(self, shape, scale=1.0, size=None):
    drawn = gamma_1(shape, extent_of(size, shape, scale))
    return number(drawn * scale, size)

  def chisquare(self, df, size=None):
    return number(2.0 * gamma_1(df * 0.5, extent_of(size, df)), size)

  def beta(self, a, b, size=None):
    shape = extent_of(size, a, b)
    x, y = gamma_1(a, shape), gamma_1(b, shape)
    return number(x / (x + y), size)

  def f(self, dfnum, dfden, size=None):
    shape = extent_of(size, dfnum, dfden)
    above, below = gamma_1(dfnum * 0.5, shape), gamma_1(dfden * 0.5, shape)
    return number(above / below * (dfden / dfnum), size)

  def standard_t(self, df, size=None):
    shape = extent_of(size, df)
    return number(normal_01(shape) * np.sqrt(
        df * 0.5 / gamma_1(df * 0.5, shape)), size)

  def dirichlet(self, alpha, size=None):
    alpha = _core.tensor(np.asarray(alpha, np.float64)
                         if not isinstance(alpha, Tensor) else alpha)
    drawn = gamma_1(alpha, (*shape_of(size), *alpha._shape))
    return drawn / call("sum", [drawn], axis=-1, keepdims=True)

  def multivariate_normal(self, mean, cov, size=None, check_valid="warn",
                          tol=1e-8, *, method="svd"):
    mean = _core.tensor(mean if isinstance(mean, Tensor)
                        else np.asarray(mean, np.float64))
    _, s, vh = call("svd", [np.asarray(cov, np.float64)
                            if not isinstance(cov, Tensor) else cov])
    z = normal_01((*shape_of(size), mean._shape[0]))
    return mean + call("matmul", [z * np.sqrt(s), vh])

  # --- of one uniform or normal draw ---
  def standard_cauchy(self, size=None):
    return number(np.tan(np.pi * (uniform_01(shape_of(size)) - 0.5)), size)

  def power(self, a, size=None):
    return number(open_01(extent_of(size, a)) ** (1.0 / a), size)

  def geometric(self, p, size=None):
    u = open_01(extent_of(size, p))
    drawn = np.maximum(np.ceil(np.log(u) / np.log1p(-p)), 1.0)
    return number(drawn.astype("int64"), size)

  def wald(self, mean, scale, size=None):
    """Michael, Schucany and Haas (1976)."""
    shape = extent_of(size, mean, scale)
    y = mean * normal_01(shape) ** 2
    x = mean + mean / (2.0 * scale) * (y - np.sqrt(4.0 * scale * y + y * y))
    is_first = uniform_01(shape) <= mean / (mean + x)
    return number(call("where", [is_first, x, mean * mean / x]), size)

  # --- by a table of the distribution ---
  def poisson(self, lam=1.0, size=None):
    rate, = _known("poisson", lam)
    if rate.ndim or not 0 <= rate <= 500:
      raise state.Untraceable("np.random.poisson needs one known lam up to "
                              "500")
    last = int(rate + 12 * np.sqrt(rate) + 30)
    terms = np.arange(1, last + 1)
    logs = np.log(rate) - np.log(terms) if rate else np.full(last, -np.inf)
    cdf = np.cumsum(np.exp(np.concatenate([[0], np.cumsum(logs)]) - rate))
    u = uniform_01(shape_of(size))
    return number(call("searchsorted", [cdf, u], side="right"), size)

  def multinomial(self, n, pvals, size=None):
    count, p = _known("multinomial", n, pvals)
    if count.ndim or p.ndim != 1 or count > 4096:
      raise state.Untraceable("np.random.multinomial needs one known n up to "
                              "4096 and one axis of pvals")
    u = uniform_01((*shape_of(size), int(count)))
    side = call("searchsorted", [np.cumsum(p)[:-1], u], side="right")
    hits = call("one_hot", [side], depth=len(p), dtype="int64")
    return call("sum", [hits], axis=-2)
