"""Functions that give another value at each call, as clocks do: a program would
keep the one that the trace got."""
import functools
import os
import secrets
import time
import types
import uuid

from numest import trace_state as state

_NAMES = {
    time: ("time time_ns perf_counter perf_counter_ns monotonic monotonic_ns "
           "process_time process_time_ns thread_time thread_time_ns ctime "
           "gmtime localtime"),
    os: "urandom getrandom",
    secrets: "choice randbelow randbits token_bytes token_hex token_urlsafe",
    uuid: "uuid1 uuid4"}


def _refusing(module, name):
  function = getattr(module, name)

  @functools.wraps(function)
  def refuse(*args, **kwargs):
    if state.in_trace():
      raise state.Untraceable(f"{module.__name__}.{name} gives another value "
                              "at each call")
    return function(*args, **kwargs)
  return refuse


def _stand_in(module, functions):
  made = types.ModuleType(module.__name__, module.__doc__)
  made.__dict__.update(module.__dict__)
  for function, refusing in functions.items():
    setattr(made, function.__name__, refusing)
  return made


_BY_MODULE = {module: {getattr(module, name): _refusing(module, name)
                       for name in names.split() if hasattr(module, name)}
              for module, names in _NAMES.items()}
# What code sees in place of functions that it holds under a name of its own,
# and in place of the modules, by their identity.
FUNCTIONS = {f: refusing for functions in _BY_MODULE.values()
             for f, refusing in functions.items()}
MODULES = {id(module): _stand_in(module, functions)
           for module, functions in _BY_MODULE.items()}
