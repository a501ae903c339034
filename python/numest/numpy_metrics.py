"""Metrics written as plain NumPy functions."""
import numpy as np

from numest import _core
from numest.trace import nests
from numest.trace.failures import name_of
from numest.trace.model import of_model

_REDUCTIONS = ("accumulate", "mean")


class NumpyMetric:
  """A function of all rows, for eval_metric_ops; made by `from_numpy`."""

  def __init__(self, function, arguments, weights):
    self._function = function
    self._named = {} if weights is None else {"weights": weights}
    self._arguments = arguments

  def core_form(self):
    """(inputs, function of their rows)."""
    leaves = [nests.as_tensor(v) for v in nests.flatten(
        (self._arguments, self._named))]
    return leaves, self._compute

  def _compute(self, rows):
    rows = iter(rows)
    arguments = [_filled(a, rows) for a in self._arguments]
    named = {k: _filled(v, rows) for k, v in self._named.items()}
    value = np.asarray(self._function(*arguments, **named))
    if value.dtype.kind not in "biuf":
      raise TypeError(f"metric {name_of(self._function)}: got {value.dtype} of "
                      f"shape {value.shape}, expected numbers")
    return value


def from_numpy(function, *arguments, weights=None, reduction="accumulate"):
  """A metric of a plain NumPy function, for eval_metric_ops.

  Args:
    function: takes ndarrays in the place of `arguments`, such as labels and
      predictions, and gives a number or an array.
    arguments: tensors of the model, or dicts and tuples of tensors; the first
      axis is that of rows.
    weights: a tensor of one weight per row, or None. Accumulating hands it to
      the function as the keyword `weights`.
    reduction: "accumulate": the function is called once, in Python, with the
      rows of all batches, so the result does not depend on the batch size.
      "mean": the function is traced and its values are averaged: one value
      per row, weighted; or one value per batch, which counts as often as the
      batch has rows. Takes no memory, and equals the other where the metric
      is a mean over rows.

  Returns:
    A value of eval_metric_ops.

  Raises:
    TypeError: function is no function, or there are no arguments.
    ValueError: another reduction, or weights for one value per batch.
  """
  if not callable(function):
    raise TypeError("metrics.from_numpy: function: got "
                    f"{type(function).__name__}, expected a function of "
                    "arrays, such as lambda labels, predictions: ...")
  if not arguments:
    raise TypeError("metrics.from_numpy: got no arguments for "
                    f"{name_of(function)}, expected tensors of the model, such "
                    "as labels and predictions")
  if reduction not in _REDUCTIONS:
    raise ValueError(f"metrics.from_numpy: reduction: got {reduction!r}, "
                     f"expected one of {list(_REDUCTIONS)}")
  if reduction == "accumulate":
    return NumpyMetric(function, arguments, weights)
  return _mean_of(function, arguments, weights)


def _mean_of(function, arguments, weights):
  values = nests.as_tensor(of_model(function)(*arguments))
  if values.ndim == 0 and weights is not None:
    raise ValueError(f"metric {name_of(function)}: weights are for rows, but "
                     "the function gives one value per batch; return one value "
                     "per row, or use reduction='accumulate'")
  if values.ndim == 0:
    weights = _num_rows(nests.flatten(arguments)[0])
  return _core.metric("mean", [values], weights, 0.0)


def _num_rows(tensor):
  t = nests.as_tensor(tensor)
  rows = _core.call("extent", [t], {"axis": 0}) if t.ndim else np.int64(1)
  return _core.tensor(rows).astype("float32")


def _filled(nest, rows):
  """The nest with the next rows in place of its tensors."""
  return nests.build(nests.spec_of(nest), rows, lambda row, spec: row)
