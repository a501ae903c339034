"""tf.compat.v1.estimator.inputs: input functions of arrays in memory."""
import numpy as np

from numest.data import Dataset


def _checked(shuffle):
  if shuffle not in (True, False):
    raise ValueError("shuffle must be provided and explicitly set as boolean "
                     f"(it is recommended to set it as True for training); "
                     f"got {shuffle}")


def _input_fn(data, count, batch_size, num_epochs, shuffle):
  def input_fn():
    dataset = Dataset.from_tensor_slices(data)
    if shuffle:
      dataset = dataset.shuffle(count)
    return dataset.repeat(num_epochs).batch(batch_size)
  return input_fn


def _check_lengths(arrays):
  lengths = {k: len(v) for k, v in arrays.items()}
  if len(set(lengths.values())) > 1:
    raise ValueError("Length of tensors in x and y is mismatched. All "
                     "elements in x and y must have the same length: got "
                     f"{lengths}")
  return next(iter(lengths.values()))


def numpy_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=None,
                   queue_capacity=1000, num_threads=1):
  """An input function of arrays: epochs follow one another in batches.

  Args:
    x: an array, or a dictionary of them; a structured array is one.
    y: labels: an array, a dictionary, or None.
    num_epochs: None goes on for ever.
    shuffle: True or False, must be given.

  Raises:
    ValueError: for shuffle not given, an empty dictionary, lengths that
      differ.
    TypeError: for x that is neither an array nor a dictionary.
  """
  _checked(shuffle)
  if not isinstance(x, (dict, np.ndarray)):
    raise TypeError("x must be a dict or array; got "
                    f"{type(x).__name__}")
  for what, value in (("x", x), ("y", y)):
    if isinstance(value, dict) and not value:
      raise ValueError(f"{what} cannot be an empty dict")
  arrays = dict(x) if isinstance(x, dict) else {"x": x}
  labels = {} if y is None else dict(y) if isinstance(y, dict) else {"y": y}
  count = _check_lengths({**{f"x[{k!r}]": v for k, v in arrays.items()},
                          **{f"y[{k!r}]": v for k, v in labels.items()}})
  return _input_fn(x if y is None else (x, y), count, batch_size, num_epochs,
                   shuffle)


def pandas_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=None,
                    queue_capacity=1000, num_threads=1,
                    target_column="target"):
  """As numpy_input_fn, of the columns of a DataFrame and a Series."""
  _checked(shuffle)
  features = {k: x[k].to_numpy() for k in x.columns}
  if y is None:
    labels = None
  else:
    if len(x) != len(y):
      raise ValueError("Length of tensors in x and y is mismatched: got "
                       f"{len(x)} and {len(y)}")
    if hasattr(y, "columns"):
      labels = {k: y[k].to_numpy() for k in y.columns}
    else:
      labels = y.to_numpy()
  return numpy_input_fn(features, labels, batch_size, num_epochs, shuffle)
