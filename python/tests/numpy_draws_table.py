"""Rows of numpy_table.py for draws: their numbers are Numest's own, keyed, of
NumPy's shape and dtype."""
import numpy as np

RANDOM = {f"random.{name}": f"np.random.{call}" for name, call in {
    "rand": "rand(3)", "randn": "randn(2, 3)", "random": "random((2, 3))",
    "random_sample": "random_sample(4)", "ranf": "ranf(4)",
    "sample": "sample(4)", "uniform": "uniform(-1, 2, 5)",
    "normal": "normal(1, 2, (2, 2))", "standard_normal": "standard_normal(3)",
    "randint": "randint(0, 9, 4)", "choice": "choice(5, 3)",
    "permutation": "permutation(6)", "exponential": "exponential(2.0, 3)",
    "laplace": "laplace(0, 1, 3)", "logistic": "logistic(0, 1, 3)",
    "gumbel": "gumbel(0, 1, 3)", "rayleigh": "rayleigh(1.0, 3)",
    "weibull": "weibull(2.0, 3)", "pareto": "pareto(2.0, 3)",
    "triangular": "triangular(0, 1, 2, 3)", "binomial": "binomial(5, 0.5, 3)",
    "lognormal": "lognormal(0, 1, 3)",
    "shuffle": "shuffle(x); x", "default_rng": "default_rng(0).random(3)",
    "standard_exponential": "standard_exponential(3)",
    "beta": "beta(2.0, 0.5, 3)", "gamma": "gamma(0.7, 2.0, 3)",
    "standard_gamma": "standard_gamma(c, 3)", "chisquare": "chisquare(3, 3)",
    "f": "f(3.0, 9.0, 3)", "standard_t": "standard_t(5.0, 3)",
    "dirichlet": "dirichlet([1.0, 2.0, 0.5], 2)", "power": "power(3.0, 3)",
    "standard_cauchy": "standard_cauchy(3)", "wald": "wald(2.0, 3.0, 3)",
    "geometric": "geometric(0.01, 4)", "poisson": "poisson(30.0, 4)",
    "multivariate_normal":
        "multivariate_normal([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]], 2)",
    "multinomial": "multinomial(99, [0.2, 0.3, 0.5])",
    "random_integers": "random_integers(1, 6, 3)",
    "negative_binomial": "negative_binomial(2.5, 0.4, 3)",
    "noncentral_chisquare": "noncentral_chisquare(3.0, 1.5, 3)",
    "noncentral_f": "noncentral_f(3.0, 9.0, 1.5, 3)",
    "seed": "seed(0); np.random.rand(2)",
}.items()}
RANDOM |= {f"random.{name}": f"np.random.{call}" for name, call in {
    "zipf": "zipf(1.5, 4)", "vonmises": "vonmises(1.0, 2.0, 3)",
    "logseries": "logseries(0.9, 9)",
    "hypergeometric": "hypergeometric(15, 15, 15, 9)",
}.items()}
# The same by methods.
for _owner, _make in (("Generator", "default_rng(0)"),
                      ("RandomState", "RandomState(0)")):
  RANDOM |= {f"random.{_owner}.{name}": RANDOM[f"random.{name}"].replace(
      "np.random.", f"np.random.{_make}.")
             for name in dir(getattr(np.random, _owner))
             if f"random.{name}" in RANDOM}
RANDOM |= {
    "random.RandomState.tomaxint": "np.random.RandomState(0).tomaxint(3)",
    "random.RandomState.seed":
        "r = np.random.RandomState(0); r.seed(1); r.rand(2)",
} | {f"random.Generator.{name}": f"np.random.default_rng(0).{call}"
     for name, call in {
         "integers": "integers(0, 99, 4, endpoint=True)",
         "random": "random((2, 3)) | np.random.default_rng(0).random(3,"
                   " np.float32)",
         "permuted": "permuted(x, axis=1)",
         "multivariate_hypergeometric":
             "multivariate_hypergeometric([15, 20, 30], 20, 3)",
         "spawn": "spawn(2)[1].random(3)",
         "standard_normal": "standard_normal(3, np.float32)",
     }.items()}
