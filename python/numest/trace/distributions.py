"""Distributions that are made of other draws."""
import numpy as np

from numest import _core
from numest import trace_state as state
from numest.tensor import Tensor, call
from numest.trace.keyed import (angles, binomial_draws, extent_of, gamma_1,
                                marbles, normal_01, number, of_arrays, open_01,
                                poisson_draws, shape_of, uniform_01, written,
                                zipf_draws)


@of_arrays("standard_gamma", "gamma", "chisquare", "beta", "f", "standard_t",
           "power", "geometric", "wald", "negative_binomial",
           "noncentral_chisquare", "noncentral_f", "poisson", "binomial",
           "zipf", "vonmises", "logseries", "hypergeometric")
class Distributions:
  """Methods of np.random, RandomState and Generator."""

  # --- of gamma draws ---
  def standard_gamma(self, shape, size=None, dtype=np.float64, out=None):
    return written(out, size, lambda size: number(gamma_1(
        shape, extent_of(size, shape)).astype(dtype), size))

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

  def logseries(self, p, size=None):
    """Kemp (1981)."""
    shape = extent_of(size, p)
    u, v = open_01(shape), open_01(shape)
    q = -np.expm1(np.log1p(-p) * u)
    far = np.floor(1.0 + np.log(v) / np.log(q))
    drawn = call("where", [v <= q * q, far, call("where", [v >= q, 1.0, 2.0])])
    drawn = call("where", [v >= p, 1.0, np.maximum(drawn, 1.0)])
    return number(drawn.astype("int64"), size)

  def vonmises(self, mu, kappa, size=None):
    angle = mu + angles(kappa, extent_of(size, mu, kappa))
    turned = np.remainder(angle + np.pi, 2 * np.pi) - np.pi
    inside = np.abs(angle) <= np.pi  # as it is: no rounding
    return number(call("where", [inside, angle, turned]), size)

  # --- of draws that depend on others ---
  def negative_binomial(self, n, p, size=None):
    shape = extent_of(size, n, p)
    rate = gamma_1(n, shape) * ((1.0 - p) / p)
    return number(poisson_draws(rate, shape), size)

  def noncentral_chisquare(self, df, nonc, size=None):
    shape = extent_of(size, df, nonc)
    more = 2.0 * poisson_draws(nonc * 0.5, shape)
    return number(2.0 * gamma_1((df + more) * 0.5, shape), size)

  def noncentral_f(self, dfnum, dfden, nonc, size=None):
    shape = extent_of(size, dfnum, dfden, nonc)
    above = self.noncentral_chisquare(dfnum, nonc, shape) / dfnum
    return number(above * dfden / self.chisquare(dfden, shape), size)

  # --- counts ---
  def poisson(self, lam=1.0, size=None):
    return number(poisson_draws(lam, extent_of(size, lam)), size)

  def binomial(self, n, p, size=None):
    return number(binomial_draws(n, p, extent_of(size, n, p)), size)

  def zipf(self, a, size=None):
    return number(zipf_draws(a, extent_of(size, a)), size)

  def hypergeometric(self, ngood, nbad, nsample, size=None):
    shape = extent_of(size, ngood, nbad, nsample)
    return number(marbles(ngood, nbad, nsample, shape), size)

  def multivariate_hypergeometric(self, colors, nsample, size=None,
                                  method="marginals"):
    """One draw for each color, of what the colors before left."""
    colors = _core.tensor(colors if isinstance(colors, Tensor)
                          else np.asarray(colors, np.int64))
    shape = shape_of(size)
    left = call("broadcast_to", [call("astype", [nsample], dtype="int64")],
                shape=shape)
    counts, rest = [], call("sum", [colors])
    for i in range(int(colors._shape[0]) - 1):
      rest = rest - colors[i]
      counts.append(marbles(colors[i], rest, left, shape))
      left = left - counts[-1]
    return _core.functions.stack([*counts, left], -1)

  def multinomial(self, n, pvals, size=None):
    """One binomial draw for each side, of what the sides before left."""
    p = _core.tensor(pvals if isinstance(pvals, Tensor)
                     else np.asarray(pvals, np.float64))
    if p.ndim != 1:
      raise state.Untraceable("np.random.multinomial needs one axis of pvals")
    shape = extent_of(size, n)
    left = call("broadcast_to", [call("astype", [n], dtype="int64")],
                shape=shape)
    counts, rest = [], 1.0
    for i in range(int(p._shape[0]) - 1):
      share = call("where", [rest > p[i], p[i] / rest, 1.0])
      counts.append(binomial_draws(left, share, shape))
      left, rest = left - counts[-1], rest - p[i]
    return _core.functions.stack([*counts, left], -1)
