"""Tensors of the model that is built, by the names the user gave."""
_tensors = {}


def clear():
  """Forgets all names; a model function is about to be called."""
  _tensors.clear()


def give(tensor, name):
  """Names a symbolic tensor; returns it."""
  if name is not None and tensor.is_symbolic:
    _tensors[name] = tensor
  return tensor


def find(name):
  """The tensor of that name ("x" or "x:0"), or None."""
  return _tensors.get(name, _tensors.get(name.split(":")[0]))
