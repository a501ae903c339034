"""The draws of the core (numest/ops/distributions.h) as methods of np.random:
with the keys of the trace, and Python's numbers where NumPy gives them."""
import numpy as np

from numest import _core
from numest import trace_state as state
from numest.tensor import Tensor
from numest.trace.keyed import number, shape_of, written
from numest.trace.numpy_calls import joined

# Arguments that Python's forms have besides the core's.
_MORE = {"random": ("out",), "standard_normal": ("out",),
         "standard_exponential": ("method", "out"),
         "standard_gamma": ("out",), "permuted": ("out",)}
# Dtypes of which NumPy gives Python's numbers.
_PLAIN = (np.dtype("float64"), np.dtype("int64"), np.dtype("bool"))


def draw(name, *args, **kwargs) -> Tensor:
  """A draw of the core by name, with keys of the run that is active."""
  state.mark_location()
  return getattr(_core.draws, name)(state.active().next_key, *args, **kwargs)


def _form(name, names):
  """NumPy's method `name`, whose arguments in the core are `names`."""
  all_names = (*names, *_MORE.get(name, ()))

  def form(self, *args, **kwargs):
    if len(args) > len(all_names):
      raise TypeError(f"{name}: got {len(args)} arguments, expected at most "
                      f"{len(all_names)}: {', '.join(all_names)}")
    given = dict(zip(all_names, args)) | kwargs
    size, out = given.pop("size", None), given.pop("out", None)
    if "method" not in names:
      given.pop("method", None)
    given = {k: joined(v) for k, v in given.items()}
    is_plain = name != "integers" and (
        np.dtype(given.get("dtype") or float) in _PLAIN)

    def drawn(size):
      if size is not None:
        given["size"] = shape_of(size)
      return number(draw(name, **given), size, is_plain)
    return written(out, size, drawn)
  form.__name__ = form.__qualname__ = name
  return form


class Distributions:
  """Methods of np.random, RandomState and Generator."""


for _name, _names in _core.draws._arguments.items():
  setattr(Distributions, _name, _form(_name, _names))
