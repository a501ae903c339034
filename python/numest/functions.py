"""TensorFlow's names of common functions."""
import numpy as np

from numest import _core, arguments, math, names
from numest.dtypes import as_dtype
from numest.tensor import Tensor, call as _call


def constant(value, dtype=None, shape=None, name="Const"):
  """A tensor of the given data; Python floats are float32, ints int32."""
  if isinstance(value, Tensor):
    array = value._numpy()
  else:
    array = np.asarray(value)
    is_python = not isinstance(value, (np.ndarray, np.generic))
    if dtype is None and is_python:
      if array.dtype == np.float64:
        array = array.astype(np.float32)
      elif array.dtype == np.int64:
        fits = not array.size or np.abs(array).max() < 2**31
        array = array.astype(np.int32) if fits else array
  if dtype is not None and as_dtype(dtype).name != "string":
    array = array.astype(as_dtype(dtype).as_numpy_dtype)
  if shape is not None:
    count = int(np.prod(shape))
    if array.size not in (1, count):
      raise ValueError(f"constant: got {array.size} values, expected {count} "
                       f"for shape {tuple(shape)}")
    array = (np.full(shape, array) if array.size == 1
             else array.reshape(shape))
  return _core.constant(array)


def from_dlpack(x):
  """A tensor that shares the memory of an array of another library.

  Args:
    x: an object with __dlpack__, on the CPU.

  Raises:
    TypeError: x has no __dlpack__.
  """
  if not hasattr(x, "__dlpack__"):
    raise TypeError("from_dlpack: x must have a method __dlpack__: got "
                    f"{type(x).__name__}; use tf.constant")
  return _core.constant(np.from_dlpack(x))


def convert_to_tensor(value, dtype=None, name=None):
  """A tensor of the value; see `constant`. A Tensor is kept, or cast to
  dtype."""
  if isinstance(value, Tensor):
    return value if dtype is None else cast(value, dtype)
  return constant(value, dtype)


def cast(x, dtype, name=None):
  """The elements as another dtype; floats are cut towards zero for integers.

  Raises:
    TypeError: dtype is no dtype.
  """
  return names.give(_call("astype", [x], dtype=as_dtype(dtype).name), name)


def identity(x, name=None):
  """The tensor itself, under a name if one is given."""
  return names.give(_core.tensor(x), name)


def shape(x, out_type="int32", name=None):
  """The extents as an int32 vector of length ndim, also where they are
  unknown until the program runs."""
  t = _core.tensor(x)
  parts = [_call("extent", [t], axis=i) for i in range(t.ndim)]
  return cast(math.stack(parts), out_type)


def reshape(tensor, shape, name=None):
  """The elements in another shape.

  Args:
    tensor: a tensor or an array.
    shape: ints, or a tensor that is no promise; one extent may be -1.

  Raises:
    ValueError: the number of elements differs.
  """
  if isinstance(shape, Tensor):
    shape = shape._numpy().tolist()
  return names.give(math.reshape(tensor, tuple(shape)), name)


def matmul(a, b, transpose_a=False, transpose_b=False, name=None):
  """Matrix product over the last two axes; the others broadcast.

  Args:
    a, b: of shapes (..., m, k) and (..., k, n).
    transpose_a, transpose_b: swap the last two axes first.

  Raises:
    ValueError: the inner extents differ.
  """
  return names.give(_call("matmul", [a, b], transpose_a=transpose_a,
                         transpose_b=transpose_b), name)


def _reduction(name):
  function = getattr(math, name)

  def reduce(input_tensor, axis=None, keepdims=False, name=None,
             keep_dims=None, reduction_indices=None):
    axis = reduction_indices if axis is None else axis
    t = _core.tensor(input_tensor)
    result = function(t, axis=axis, keepdims=keep_dims or keepdims)
    if result._dtype_name != t._dtype_name:
      result = _call("astype", [result], dtype=t._dtype_name)
    return names.give(result, name)

  reduce.__name__ = f"reduce_{name}"
  reduce.__doc__ = f"""np.{name} over axes, an int or several; over all by
  default. The dtype is that of the input."""
  return reduce


reduce_sum = _reduction("sum")
reduce_mean = _reduction("mean")
reduce_max = _reduction("max")
reduce_min = _reduction("min")
reduce_prod = _reduction("prod")
reduce_all = _reduction("all")
reduce_any = _reduction("any")


def _unary(op):
  def function(x, name=None):
    return names.give(_call(op, [x]), name)
  function.__name__ = op
  function.__doc__ = f"np.{op} of each element." if hasattr(np, op) else (
      f"The {op} of each element.")
  return function


abs = _unary("absolute")
exp, log, sqrt, square = (_unary(n) for n in ("exp", "log", "sqrt", "square"))
sigmoid, tanh, sin, cos, floor, sign = (
    _unary(n) for n in ("sigmoid", "tanh", "sin", "cos", "floor", "sign"))
negative, logical_not = _unary("negative"), _unary("logical_not")


def _binary(op):
  def function(x, y, name=None):
    return names.give(_call(op, [x, y]), name)
  function.__name__ = op
  function.__doc__ = f"np.{op} of tensors or arrays, which broadcast."
  return function


add, subtract, multiply, divide, pow = (
    _binary(n) for n in ("add", "subtract", "multiply", "divide", "power"))
maximum, minimum, equal, not_equal = (
    _binary(n) for n in ("maximum", "minimum", "equal", "not_equal"))
less, less_equal, greater, greater_equal = (
    _binary(n) for n in ("less", "less_equal", "greater", "greater_equal"))
logical_and, logical_or = _binary("logical_and"), _binary("logical_or")


def argmax(input, axis=0, output_type="int64", name=None):
  """Index of the largest element along an axis (the first), int64."""
  return cast(math.argmax(_core.tensor(input), axis=axis), output_type, name)


def concat(values, axis, name=None):
  """The tensors one after another along an axis that exists.

  Raises:
    ValueError: other extents differ.
  """
  return names.give(math.concatenate(values, axis), name)


def stack(values, axis=0, name=None):
  """The tensors, of one shape, along a new axis."""
  return names.give(math.stack(values, axis), name)


def where(condition, x=None, y=None, name=None):
  """x where the condition holds, else y; the three broadcast. Without x and y
  the indices of the true elements."""
  return names.give(math.where(condition, x, y), name)


def expand_dims(input, axis, name=None):
  """One more axis of extent 1."""
  return names.give(math.expand_dims(input, axis), name)


def squeeze(input, axis=None, name=None):
  """Without the axes of extent 1, or those of `axis`; ValueError for others."""
  return names.give(math.squeeze(input, axis), name)


def transpose(a, perm=None, name=None):
  """The axes in the order of `perm`, reversed by default."""
  return names.give(math.transpose(a, perm), name)


def zeros(shape, dtype="float32", name=None):
  """Zeros of a shape, float32 by default."""
  return constant(np.zeros(shape, as_dtype(dtype).as_numpy_dtype))


def ones(shape, dtype="float32", name=None):
  """Ones of a shape, float32 by default."""
  return constant(np.ones(shape, as_dtype(dtype).as_numpy_dtype))


def zeros_like(x, dtype=None, name=None):
  """Zeros of the shape of x, and of its dtype by default."""
  return math.zeros_like(_core.tensor(x), dtype)


def ones_like(x, dtype=None, name=None):
  """Ones of the shape of x, and of its dtype by default."""
  return math.ones_like(_core.tensor(x), dtype)


def clip_by_value(t, clip_value_min, clip_value_max, name=None):
  """Elements below the minimum become it, those above the maximum that."""
  return names.give(math.clip(t, clip_value_min, clip_value_max), name)


def one_hot(indices, depth, dtype="float32", name=None):
  """A last axis of `depth` with 1 at the index; all zeros for an index
  outside [0, depth).

  Args:
    indices: integers of any shape.
    depth: number of classes.
    dtype: dtype of the result, float32 by default.
  """
  return _call("one_hot", [indices], depth=int(depth), dtype=dtype)


def gather(params, indices, axis=0, name=None):
  """The slices of `params` at `indices` along an axis.

  Raises:
    IndexError: an index lies outside of the axis.
  """
  return _call("take", [params, indices],
               axis=arguments.integer("gather", "axis", axis))


def stop_gradient(input, name=None):
  """The value as a constant: no gradient flows through."""
  return _call("stop_gradient", [input])


def group(*inputs, name=None):
  """An operation that is done when all of `inputs` are."""
  flat = [t for i in inputs for t in (i if isinstance(i, (list, tuple))
                                      else [i])]
  return _call("group", flat)


def no_op(name=None):
  """An operation that does nothing."""
  return constant(True)


def get_variable(name, shape=None, dtype=None, initializer=None,
                 regularizer=None, trainable=True, collections=None,
                 **ignored):
  """A variable of the model; the existing one of that name if there is.

  Args:
    initializer: values, which may come from np.random (they follow the seed
      of the run), or an initializer, or a NumPy function of the shape.
  """
  from numest import initializers
  if isinstance(initializer, Tensor) and initializer.is_symbolic:
    value = initializer.astype(dtype) if dtype else initializer
    return _core.get_variable(name, value._shape, value._dtype_name,
                              initializers.OfDraws(value), trainable, False)
  is_value = isinstance(initializer, (np.ndarray, np.generic, list, tuple,
                                      float, int, Tensor))
  if is_value:
    value = constant(initializer, dtype)._numpy()
    return _core.get_variable(name, value.shape, value.dtype,
                              _core.value_initializer(value), trainable,
                              False)
  return _core.get_variable(name, shape or (), dtype or "float32",
                            initializers.resolve(initializer), trainable,
                            False)


def assign(ref, value, name=None, **ignored):
  """Gives a variable of the model a new value in the step that runs it; returns
  the new value."""
  return _core.assign(ref, value)


def assign_add(ref, value, name=None, **ignored):
  """Adds to a variable of the model; see `assign`."""
  return _core.assign_add(ref, value)
