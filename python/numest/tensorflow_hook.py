"""An import hook: while it is installed, `import tensorflow` and its
submodules give Numest's modules of the same names."""
import importlib
import importlib.abc
import importlib.util
import os
import runpy
import sys


class _Loader(importlib.abc.Loader):
  """Gives a module that is there already."""

  def __init__(self, name):
    self._name = name

  def create_module(self, spec):
    module = importlib.import_module(self._name)
    self._spec = module.__spec__
    return module

  def exec_module(self, module):
    module.__spec__ = self._spec  # importlib put the alias' spec there


class Finder(importlib.abc.MetaPathFinder):
  """Finds tensorflow.x as numest.x."""

  def find_spec(self, fullname, path=None, target=None):
    """None for names that are not TensorFlow's; ModuleNotFoundError for what
    Numest lacks."""
    top, _, rest = fullname.partition(".")
    if top != "tensorflow":
      return None
    ours = f"numest.{rest}".rstrip(".")
    if importlib.util.find_spec(ours) is None:
      raise ModuleNotFoundError(
          f"No module named '{fullname}': Numest has no such part of "
          "TensorFlow", name=fullname)
    return importlib.util.spec_from_loader(
        fullname, _Loader(ours), is_package=hasattr(
            importlib.import_module(ours), "__path__"))


def install():
  """From now on TensorFlow's name means Numest; idempotent."""
  if not any(isinstance(f, Finder) for f in sys.meta_path):
    sys.meta_path.insert(0, Finder())


def run_script(script, arguments=()):
  """Runs a script as __main__, with its folder first on the path and
  `arguments` as sys.argv[1:]."""
  install()
  sys.argv = [script, *arguments]
  sys.path[0] = os.path.dirname(os.path.abspath(script))
  runpy.run_path(script, run_name="__main__")
