"""Elements that a mask chooses: sums of them need not gather them."""
from numest import _core
from numest.tensor import Tensor, call

_SUMMED = {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16",
           "uint32", "uint64", "float32", "float64"}


def note(chosen, array, keys):
  """Notes that `chosen` is array[keys], if that is one mask of its shape."""
  mask = keys[0]
  if len(keys) == 1 and isinstance(mask, Tensor) and mask.is_symbolic and (
      mask._dtype_name == "bool" and mask.ndim == array.ndim > 0 and
      array._dtype_name in _SUMMED):
    chosen._chosen_by = array._alias(), mask._alias()
  return chosen


def source(a, axis, keepdims, where):
  """(array, mask) that the one axis of `a` was chosen by, or None."""
  found = getattr(a, "__dict__", {}).get("_chosen_by")
  is_whole = axis in (None, 0, -1, (0,), (-1,)) and not keepdims
  return found if is_whole and where is True else None


def mean(array, mask, dtype):
  """The mean of array[mask]."""
  dtype = dtype or ("float64" if "float" not in array._dtype_name
                    else array._dtype_name)
  chosen = call("where", [mask, array, call("zeros_like", [array])])
  total = call("sum", [chosen], dtype=dtype)
  return total / call("sum", [mask]).astype(_core.tensor(total)._dtype_name)
